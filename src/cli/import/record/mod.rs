//! The records of an import file: told apart by `type`. See `docs/import.md`.
//!
//! Owns their shape: names of fields and defaults. What a record refers to is looked up later.

pub(super) mod digest;
pub(super) mod fault;
pub(super) mod name;
pub(super) mod payload;
pub(super) mod reader;
pub(super) mod select;
pub(super) mod shape;
mod read;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::Digest;
use crate::domain::item::ItemKey;
use crate::domain::version::Timestamp;
use name::{Key, Named};

pub(super) use read::object;

/// One line of an import file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Record {
    /// That an item exists.
    Item(Item),
    /// A version of an item.
    Version(Box<Version>),
    /// A training set version.
    TrainingSet(Box<TrainingSet>),
    /// That a version was wrong, or was not.
    Statement(Box<Statement>),
    /// A tag put on a version or taken away.
    Tag(Tag),
    /// A derivation between versions that exist.
    Derivation(Derivation),
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Item {
    pub r#as: Option<String>,
    pub item: Key,
    #[serde(default = "no_attributes", deserialize_with = "attributes")]
    pub attributes: Attributes,
    pub message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Version {
    pub r#as: Option<String>,
    pub item: Key,
    pub parent: Option<Named>,
    pub expect_head: Option<Named>,
    /// The item must not exist yet.
    #[serde(default)]
    pub expect_new: bool,
    #[serde(default = "no_attributes", deserialize_with = "attributes")]
    pub attributes: Attributes,
    #[serde(default, deserialize_with = "digest")]
    pub payload: Option<Digest>,
    pub media_type: Option<String>,
    /// A file with the payload, below the folder of payloads.
    pub file: Option<String>,
    #[serde(default)]
    pub record_image_size: bool,
    pub ontology: Option<Named>,
    #[serde(default)]
    pub sources: Vec<Source>,
    pub activity: Option<Activity>,
    #[serde(default)]
    pub class_changes: Vec<ClassChange>,
    #[serde(default)]
    pub tags: Vec<String>,
    pub message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Source {
    pub version: Named,
    #[serde(default = "input")]
    pub role: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Activity {
    pub name: String,
    pub code_reference: Option<String>,
    #[serde(default = "no_attributes", deserialize_with = "attributes")]
    pub parameters: Attributes,
    #[serde(default, deserialize_with = "time")]
    pub started_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    pub ended_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ClassChange {
    pub kind: ClassChangeKind,
    pub from: Option<Vec<Value>>,
    pub to: Option<Vec<Value>>,
    pub classes: Option<Vec<Value>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum ClassChangeKind {
    Rename,
    Merge,
    Split,
    Redefine,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TrainingSet {
    pub r#as: Option<String>,
    pub item: Key,
    pub members: Option<Vec<Member>>,
    pub change: Option<MembersChange>,
    pub select: Option<Select>,
    #[serde(default = "yes")]
    pub complete: bool,
    pub expect_head: Option<Named>,
    /// The item must not exist yet.
    #[serde(default)]
    pub expect_new: bool,
    #[serde(default = "no_attributes", deserialize_with = "attributes")]
    pub attributes: Attributes,
    #[serde(default)]
    pub sources: Vec<Source>,
    #[serde(default)]
    pub tags: Vec<String>,
    pub message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Member {
    pub version: Named,
    #[serde(default = "train")]
    pub split: String,
    pub weight: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MembersChange {
    pub base: Named,
    pub onto: Option<Onto>,
    #[serde(default)]
    pub add: Vec<Member>,
    #[serde(default)]
    pub remove: Vec<Named>,
}

/// The version to which a change of members is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Onto {
    Head,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Select {
    pub namespaces: Option<Vec<String>>,
    pub kinds: Option<Vec<String>>,
    pub key_prefix: Option<String>,
    pub tags: Option<Vec<String>>,
    pub attribute: Option<AttributeTest>,
    pub attributes: Option<Vec<AttributeTest>>,
    #[serde(default)]
    pub committed: CommitSpan,
    #[serde(default)]
    pub created: CommitSpan,
    pub authors: Option<Vec<String>>,
    pub wrong: Option<bool>,
    pub stale: Option<bool>,
    pub words: Option<String>,
    #[serde(default = "train")]
    pub split: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AttributeTest {
    pub path: String,
    /// Null is a value here.
    #[serde(default, deserialize_with = "given")]
    pub equals: Option<Value>,
    pub r#in: Option<Vec<Value>>,
    pub at_least: Option<Value>,
    pub above: Option<Value>,
    pub at_most: Option<Value>,
    pub below: Option<Value>,
    pub exists: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CommitSpan {
    pub from: Option<u64>,
    pub to: Option<u64>,
    #[serde(default, deserialize_with = "time")]
    pub since: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Statement {
    pub r#as: Option<String>,
    pub kind: StatementKind,
    pub version: Named,
    pub reason: String,
    pub activity: Option<Activity>,
    pub message: Option<String>,
    pub expect_head: Option<Named>,
    #[serde(default, deserialize_with = "some_attributes")]
    pub attributes: Option<Attributes>,
    #[serde(default, deserialize_with = "digest")]
    pub payload: Option<Digest>,
    pub media_type: Option<String>,
    /// A file with the payload, below the folder of payloads.
    pub file: Option<String>,
    #[serde(default)]
    pub record_image_size: bool,
    pub ontology: Option<Named>,
    pub sources: Option<Vec<Source>>,
}

/// The statements that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum StatementKind {
    Corrects,
    Retracts,
    Reinstates,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Tag {
    pub name: String,
    pub version: Named,
    #[serde(default)]
    pub alias: bool,
    pub expect_version: Option<Named>,
    /// The alias must not exist yet.
    #[serde(default)]
    pub expect_new: bool,
    #[serde(default)]
    pub remove: bool,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Derivation {
    pub derived: Named,
    pub source: Named,
    #[serde(default = "input")]
    pub role: String,
    pub reason: String,
}

impl Record {
    /// The record's name for later records.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Item(item) => item.r#as.as_deref(),
            Self::Version(version) => version.r#as.as_deref(),
            Self::TrainingSet(set) => set.r#as.as_deref(),
            Self::Statement(statement) => statement.r#as.as_deref(),
            Self::Tag(_) | Self::Derivation(_) => None,
        }
    }

    /// The item that the record makes a version of.
    pub(super) fn item(&self) -> Option<&ItemKey> {
        match self {
            Self::Item(item) => Some(&item.item.0),
            Self::Version(version) => Some(&version.item.0),
            Self::TrainingSet(set) => Some(&set.item.0),
            Self::Statement(_) | Self::Tag(_) | Self::Derivation(_) => None,
        }
    }
}

impl Version {
    /// A version of an item that says nothing yet.
    pub(super) fn new(item: ItemKey) -> Self {
        Self {
            r#as: None,
            item: Key(item),
            parent: None,
            expect_head: None,
            expect_new: false,
            attributes: Attributes::empty(),
            payload: None,
            media_type: None,
            file: None,
            record_image_size: false,
            ontology: None,
            sources: Vec::new(),
            activity: None,
            class_changes: Vec::new(),
            tags: Vec::new(),
            message: None,
        }
    }
}

impl TrainingSet {
    /// A training set version of just these members.
    pub(super) fn of(item: ItemKey, members: Vec<Member>) -> Self {
        Self {
            r#as: None,
            item: Key(item),
            members: Some(members),
            change: None,
            select: None,
            complete: true,
            expect_head: None,
            expect_new: false,
            attributes: Attributes::empty(),
            sources: Vec::new(),
            tags: Vec::new(),
            message: None,
        }
    }
}

impl Statement {
    /// Whether it says what only a correction can say.
    pub(super) const fn describes_a_version(&self) -> bool {
        self.attributes.is_some()
            || self.payload.is_some()
            || self.media_type.is_some()
            || self.file.is_some()
            || self.ontology.is_some()
            || self.sources.is_some()
            || self.r#as.is_some()
    }
}

fn attributes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Attributes, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Attributes::new(&value).map_err(D::Error::custom)
}

fn some_attributes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Attributes>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value => Attributes::new(&value).map(Some).map_err(D::Error::custom),
    }
}

fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn digest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Digest>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse()).transpose().map_err(D::Error::custom)
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| chrono::DateTime::parse_from_rfc3339(&text).map(|time| time.timestamp_micros()))
        .transpose()
        .map_err(|_| D::Error::custom("a time looks like 2026-03-01T12:00:00Z"))
}

fn no_attributes() -> Attributes {
    Attributes::empty()
}

fn input() -> String {
    "INPUT".to_owned()
}

fn train() -> String {
    "TRAIN".to_owned()
}

const fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests;
