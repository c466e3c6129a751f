//! The records of an import file, by their `type`. See `docs/import.md`.
//!
//! Owns the names and defaults of fields. References are resolved later.

pub(crate) mod digest;
mod lines;
pub(crate) mod name;
pub(crate) mod naming;
pub(crate) mod ndjson;
pub(crate) mod overflow;
pub(crate) mod payload;
pub(crate) mod payload_files;
pub(crate) mod reader;
pub(crate) mod select;
pub(crate) mod shape;
pub(crate) mod texts;
mod fields;
mod read;
mod said;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{Digest, ItemId, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::version::Timestamp;
use fields::{given, input, no_attributes, train, yes};
use name::{ItemReference, VersionReference};

pub(crate) use crate::annotations::fault;
pub(crate) use read::{is_record_type, object};

/// A record of an import file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Record {
    /// An item.
    Item(ImportedItem),
    /// A version of an item.
    Version(Box<ImportedVersion>),
    /// A training set version.
    TrainingSet(Box<ImportedTrainingSet>),
    /// A statement that a version was wrong, or was not.
    Statement(Box<ImportedStatement>),
    /// A tag that is set or removed.
    Tag(ImportedTag),
    /// A derivation between existing versions.
    Derivation(ImportedDerivation),
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ImportedItem {
    pub r#as: Option<String>,
    pub item: ItemReference,
    #[serde(default = "no_attributes", with = "fields::attributes")]
    pub attributes: Attributes,
    pub message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ImportedVersion {
    pub r#as: Option<String>,
    pub item: ItemReference,
    pub parent: Option<VersionReference>,
    pub expect_head: Option<VersionReference>,
    /// The item must not exist yet.
    #[serde(default)]
    pub expect_new: bool,
    #[serde(default = "no_attributes", with = "fields::attributes")]
    pub attributes: Attributes,
    #[serde(default, with = "fields::digest")]
    pub payload: Option<Digest>,
    pub media_type: Option<String>,
    /// A file with the payload, below the folder of payloads.
    pub file: Option<String>,
    #[serde(default)]
    pub record_image_size: bool,
    pub ontology: Option<VersionReference>,
    #[serde(default)]
    pub sources: Vec<ImportedSource>,
    pub activity: Option<ImportedActivity>,
    #[serde(default)]
    pub class_changes: Vec<ImportedClassChange>,
    #[serde(default)]
    pub tags: Vec<String>,
    pub message: Option<String>,
    /// What was read of the store to make the record; `None` for a record of a file.
    #[serde(skip)]
    pub read: Option<ReadItem>,
}

/// What was read of the store to make a record of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadItem {
    /// The newest version of the item.
    pub head: Option<VersionId>,
    /// The image of a label that no label of it was recognised as.
    pub new_label_of: Option<ItemId>,
    /// The bytes that the image of a label has; `None` if it has none.
    pub picture: Option<Digest>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(crate) struct ImportedSource {
    pub version: VersionReference,
    #[serde(default = "input")]
    pub role: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(crate) struct ImportedActivity {
    pub name: String,
    pub code_reference: Option<String>,
    #[serde(default = "no_attributes", with = "fields::attributes")]
    pub parameters: Attributes,
    #[serde(default, with = "fields::time")]
    pub started_at: Option<Timestamp>,
    #[serde(default, with = "fields::time")]
    pub ended_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(crate) struct ImportedClassChange {
    pub kind: ImportedClassChangeKind,
    pub from: Option<Vec<Value>>,
    pub to: Option<Vec<Value>>,
    pub classes: Option<Vec<Value>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ImportedClassChangeKind {
    Rename,
    Merge,
    Split,
    Redefine,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ImportedTrainingSet {
    pub r#as: Option<String>,
    pub item: ItemReference,
    pub members: Option<Vec<ImportedMember>>,
    pub change: Option<MembersChange>,
    pub select: Option<Select>,
    #[serde(default = "yes")]
    pub complete: bool,
    pub expect_head: Option<VersionReference>,
    /// The item must not exist yet.
    #[serde(default)]
    pub expect_new: bool,
    #[serde(default = "no_attributes", with = "fields::attributes")]
    pub attributes: Attributes,
    #[serde(default)]
    pub sources: Vec<ImportedSource>,
    #[serde(default)]
    pub tags: Vec<String>,
    pub message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(crate) struct ImportedMember {
    pub version: VersionReference,
    #[serde(default = "train")]
    pub split: String,
    pub weight: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(crate) struct MembersChange {
    pub base: VersionReference,
    pub onto: Option<Onto>,
    #[serde(default)]
    pub add: Vec<ImportedMember>,
    #[serde(default)]
    pub remove: Vec<VersionReference>,
}

/// The version to which a change of members is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Onto {
    Head,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(crate) struct Select {
    pub namespaces: Option<Vec<String>>,
    pub kinds: Option<Vec<String>>,
    pub key_prefix: Option<String>,
    pub tags: Option<Vec<String>>,
    pub attribute: Option<AttributeTest>,
    pub attributes: Option<Vec<AttributeTest>>,
    #[serde(default)]
    pub committed: ImportedCommitSpan,
    #[serde(default)]
    pub created: ImportedCommitSpan,
    pub authors: Option<Vec<String>>,
    pub wrong: Option<bool>,
    pub stale: Option<bool>,
    pub words: Option<String>,
    #[serde(default = "train")]
    pub split: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(crate) struct AttributeTest {
    pub path: String,
    /// The value to compare with, which may be null.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    pub r#in: Option<Vec<Value>>,
    pub at_least: Option<Value>,
    pub above: Option<Value>,
    pub at_most: Option<Value>,
    pub below: Option<Value>,
    pub exists: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub(crate) struct ImportedCommitSpan {
    pub from: Option<u64>,
    pub to: Option<u64>,
    #[serde(default, with = "fields::time")]
    pub since: Option<Timestamp>,
    #[serde(default, with = "fields::time")]
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ImportedStatement {
    pub r#as: Option<String>,
    pub kind: ImportedStatementKind,
    pub version: VersionReference,
    pub reason: String,
    pub activity: Option<ImportedActivity>,
    pub message: Option<String>,
    pub expect_head: Option<VersionReference>,
    #[serde(default, with = "fields::some_attributes")]
    pub attributes: Option<Attributes>,
    #[serde(default, with = "fields::digest")]
    pub payload: Option<Digest>,
    pub media_type: Option<String>,
    /// A file with the payload, below the folder of payloads.
    pub file: Option<String>,
    #[serde(default)]
    pub record_image_size: bool,
    pub ontology: Option<VersionReference>,
    pub sources: Option<Vec<ImportedSource>>,
}

/// The statements that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ImportedStatementKind {
    Corrects,
    Retracts,
    Reinstates,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ImportedTag {
    pub name: String,
    pub version: VersionReference,
    #[serde(default)]
    pub alias: bool,
    pub expect_version: Option<VersionReference>,
    /// The alias must not exist yet.
    #[serde(default)]
    pub expect_new: bool,
    #[serde(default)]
    pub remove: bool,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ImportedDerivation {
    pub derived: VersionReference,
    pub source: VersionReference,
    #[serde(default = "input")]
    pub role: String,
    pub reason: String,
}

impl Record {
    /// Returns the name of the record for later records.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Item(item) => item.r#as.as_deref(),
            Self::Version(version) => version.r#as.as_deref(),
            Self::TrainingSet(set) => set.r#as.as_deref(),
            Self::Statement(statement) => statement.r#as.as_deref(),
            Self::Tag(_) | Self::Derivation(_) => None,
        }
    }

    /// Returns its approximate size, in bytes.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Version(version) => version.attributes.as_str().len() + 128,
            Self::TrainingSet(set) => set.members.as_ref().map_or(0, Vec::len) * 64 + 128,
            Self::Item(_) | Self::Statement(_) | Self::Tag(_) | Self::Derivation(_) => 128,
        }
    }

    /// Returns the item that the record makes a version of.
    pub(crate) fn item(&self) -> Option<&ItemKey> {
        match self {
            Self::Item(item) => Some(&item.item.0),
            Self::Version(version) => Some(&version.item.0),
            Self::TrainingSet(set) => Some(&set.item.0),
            Self::Statement(_) | Self::Tag(_) | Self::Derivation(_) => None,
        }
    }
}

impl ImportedVersion {
    /// Creates an empty version of an item.
    pub(crate) fn new(item: ItemKey) -> Self {
        Self {
            r#as: None,
            item: ItemReference(item),
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
            read: None,
        }
    }
}

impl ImportedTrainingSet {
    /// Creates a training set version with exactly these members.
    pub(crate) fn of(item: ItemKey, members: Vec<ImportedMember>) -> Self {
        Self {
            r#as: None,
            item: ItemReference(item),
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

impl ImportedStatement {
    /// Returns true if it has fields that only a correction can have.
    pub(crate) const fn describes_a_version(&self) -> bool {
        self.attributes.is_some()
            || self.payload.is_some()
            || self.media_type.is_some()
            || self.file.is_some()
            || self.ontology.is_some()
            || self.sources.is_some()
            || self.r#as.is_some()
    }
}

#[cfg(test)]
mod tests;
