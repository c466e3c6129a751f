//! Versions: what one immutable state of an item consists of, and how it gets its id.

use serde_json::Value;

use super::canonical::attributes::{Attributes, canonical};
use super::canonical::bytes::Canon;
use super::class_change::ClassChange;
use super::id::{Digest, ItemId, Seq, VersionId};

/// One derivation known at birth: what a version was made from, and in which role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The part it played, for instance `INPUT`.
    pub role: String,
    /// The version it was made from.
    pub version: VersionId,
}

/// What ran to make a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its name, for instance `crop`.
    pub name: String,
    /// Which code ran: a commit, an image digest, an address.
    pub code_reference: Option<String>,
    /// With which parameters.
    pub parameters: Attributes,
    /// When it started, in microseconds of Unix time.
    pub started_at: Option<Timestamp>,
    /// When it ended, in microseconds of Unix time.
    pub ended_at: Option<Timestamp>,
}

/// Microseconds of Unix time, UTC.
pub type Timestamp = i64;

/// The members of a training set version, summed up: what its id commits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manifest {
    /// [`manifest_digest`] of the members.
    pub digest: [u8; 32],
    /// How many members there are.
    pub count: u32,
    /// Whether the members are all that the set holds. An incomplete manifest cannot be judged by its pins alone.
    pub complete: bool,
}

/// A member that a training set version pins.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The pinned version.
    pub version: VersionId,
    /// TRAIN, VALIDATION, TEST or another name.
    pub split: String,
    /// How much it counts; 1 where absent.
    pub weight: Option<f64>,
}

/// Everything that a version says. Equal content has an equal digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The bytes.
    pub payload: Option<Digest>,
    /// What the bytes are.
    pub media_type: Option<String>,
    /// Free attributes.
    pub attributes: Attributes,
    /// What it was made from: a set, sorted by role and version.
    pub sources: Vec<Source>,
    /// Training sets only.
    pub manifest: Option<Manifest>,
    /// The class list that a label uses.
    pub ontology: Option<VersionId>,
    /// Ontologies only: the changes to classes of the version before.
    pub class_changes: Vec<ClassChange>,
}

/// A version as it is stored and read: its content, and what is known of its making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// `Content::version_id` of its item, parent and content.
    pub id: VersionId,
    /// Whose version it is.
    pub item: ItemId,
    /// The version it followed.
    pub parent: Option<VersionId>,
    /// The commit that made it.
    pub seq: Seq,
    /// Its place in the item's history, from 1.
    pub number: u32,
    /// What it says.
    pub content: Content,
    /// What ran to make it.
    pub activity: Option<Activity>,
    /// A note of its author.
    pub message: Option<String>,
}

impl Content {
    /// Content with nothing in it.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            payload: None,
            media_type: None,
            attributes: Attributes::empty(),
            sources: Vec::new(),
            manifest: None,
            ontology: None,
            class_changes: Vec::new(),
        }
    }

    /// Brings the sources into their one order and drops repetitions.
    pub fn normalise(&mut self) {
        self.sources.sort();
        self.sources.dedup();
    }

    /// The version's id: `BLAKE3("stemma version v1", item, parent or none, content…)`.
    #[must_use]
    pub fn version_id(&self, item: ItemId, parent: Option<VersionId>) -> VersionId {
        let mut canon = Canon::new("stemma version v1");
        canon.field(item.as_bytes()).optional(parent.as_ref().map(|id| id.as_bytes().as_slice()));
        self.write(&mut canon);
        VersionId::from_bytes(canon.hash())
    }

    /// The digest by which two versions are seen to say the same, whatever their item and parent.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut canon = Canon::new("stemma content v1");
        self.write(&mut canon);
        canon.hash()
    }

    fn write(&self, canon: &mut Canon) {
        canon
            .optional(self.payload.as_ref().map(|digest| digest.as_bytes().as_slice()))
            .field(self.canonical_attributes().as_bytes())
            .number(self.sources.len() as u64);
        for source in &self.sources {
            canon.field(source.role.as_bytes()).field(source.version.as_bytes());
        }
        canon
            .optional(self.manifest.as_ref().map(|manifest| manifest.digest.as_slice()))
            .optional(self.ontology.as_ref().map(|id| id.as_bytes().as_slice()));
    }

    /// The attributes as they are hashed: what else a version says stands under reserved names (`$…`), and only
    /// where it says something, so that a field added later changes no id of today.
    fn canonical_attributes(&self) -> String {
        let incomplete = self.manifest.is_some_and(|manifest| !manifest.complete);
        if self.media_type.is_none() && !incomplete && self.class_changes.is_empty() {
            return self.attributes.as_str().to_owned();
        }
        let mut map = self.attributes.to_map();
        if let Some(media_type) = &self.media_type {
            map.insert("$mediaType".to_owned(), Value::from(media_type.as_str()));
        }
        if incomplete {
            map.insert("$complete".to_owned(), Value::from(false));
        }
        if !self.class_changes.is_empty() {
            map.insert(
                "$classChanges".to_owned(),
                self.class_changes.iter().map(|change| change.to_json("op")).collect(),
            );
        }
        canonical(&Value::Object(map))
    }
}

/// The digest of a set of members: sorted by version, each with its split and weight.
///
/// `members` must be sorted by version and free of repetitions.
#[must_use]
pub fn manifest_digest<'a>(
    members: impl ExactSizeIterator<Item = (&'a VersionId, &'a str, Option<f64>)>,
) -> [u8; 32] {
    let mut canon = Canon::new("stemma members v1");
    canon.number(members.len() as u64);
    for (version, split, weight) in members {
        canon
            .field(version.as_bytes())
            .field(split.as_bytes())
            .optional(weight.map(|weight| weight.to_bits().to_le_bytes()).as_ref().map(<[u8; 8]>::as_slice));
    }
    canon.hash()
}
