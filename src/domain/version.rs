//! Versions: the content of one immutable state of an item, and its id.

use serde_json::Value;

use super::canonical::attributes::{Attributes, canonical};
use super::canonical::bytes::Canon;
use super::class_change::ClassChange;
use super::id::{Digest, ItemId, Seq, VersionId};

/// A derivation recorded when the version was made: a source and its role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The role of the source, for instance `INPUT`.
    pub role: String,
    /// The version that it was made from.
    pub version: VersionId,
}

impl Source {
    /// The role of a class list whose names of classes a training set has, although its labels were made
    /// with an earlier version of the list.
    pub const CLASSES: &'static str = "CLASSES";
}

/// The activity that made a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The name, for instance `crop`.
    pub name: String,
    /// The code that ran: a commit, an image digest, an address.
    pub code_reference: Option<String>,
    /// The parameters.
    pub parameters: Attributes,
    /// The start, in microseconds of Unix time.
    pub started_at: Option<Timestamp>,
    /// The end, in microseconds of Unix time.
    pub ended_at: Option<Timestamp>,
}

impl Activity {
    /// The name of the activity of versions that an import of an export made.
    pub const IMPORT: &'static str = "import";

    /// Returns true if it is an import of an export.
    #[must_use]
    pub fn is_import(&self) -> bool {
        self.name == Self::IMPORT
    }
}

/// Microseconds of Unix time, UTC.
pub type Timestamp = i64;

/// A digest and count of the members of a training set version. The version's id covers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manifest {
    /// [`manifest_digest`] of the members.
    pub digest: [u8; 32],
    /// The number of members.
    pub count: u32,
    /// True if the members are all that the set holds. An incomplete manifest cannot be judged by
    /// its pins alone.
    pub complete: bool,
}

/// A member that a training set version pins.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The pinned version.
    pub version: VersionId,
    /// TRAIN, VALIDATION, TEST or another name.
    pub split: String,
    /// The weight; 1 if absent.
    pub weight: Option<f64>,
}

/// The content of a version. Equal content has an equal digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The payload.
    pub payload: Option<Digest>,
    /// The media type of the payload.
    pub media_type: Option<String>,
    /// Free attributes.
    pub attributes: Attributes,
    /// The sources: a set, sorted by role and version.
    pub sources: Vec<Source>,
    /// The members; training sets only.
    pub manifest: Option<Manifest>,
    /// The class list that a label uses.
    pub ontology: Option<VersionId>,
    /// The changes to classes of the version before; ontologies only.
    pub class_changes: Vec<ClassChange>,
}

/// A version as it is stored and read: its content, and the data of its creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// `Content::version_id` of its item, parent and content.
    pub id: VersionId,
    /// The item of the version.
    pub item: ItemId,
    /// The version that it follows.
    pub parent: Option<VersionId>,
    /// The commit that made it.
    pub seq: Seq,
    /// Its position in the item's history, from 1.
    pub number: u32,
    /// The content.
    pub content: Content,
    /// The activity that made it.
    pub activity: Option<Activity>,
    /// A note of its author.
    pub message: Option<String>,
}

impl VersionRecord {
    /// Returns true if an import of an export made it.
    #[must_use]
    pub fn is_imported(&self) -> bool {
        self.activity.as_ref().is_some_and(Activity::is_import)
    }
}

impl Content {
    /// Returns content with nothing in it.
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

    /// Sorts the sources and removes duplicates.
    pub fn normalise(&mut self) {
        self.sources.sort();
        self.sources.dedup();
    }

    /// Returns the version's id: `BLAKE3("stemma version v1", item, parent or none, content…)`.
    #[must_use]
    pub fn version_id(&self, item: ItemId, parent: Option<VersionId>) -> VersionId {
        let mut canon = Canon::new("stemma version v1");
        canon.field(item.as_bytes()).optional(parent.as_ref().map(|id| id.as_bytes().as_slice()));
        self.write(&mut canon);
        VersionId::from_bytes(canon.hash())
    }

    /// Returns the digest of the content: versions with equal content have equal digests,
    /// independent of item and parent.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut canon = Canon::new("stemma content v1");
        self.write(&mut canon);
        canon.hash()
    }

    fn write(&self, canon: &mut Canon) {
        // Without `..`, so that a new field is an error here: it must be in the id.
        let Self { payload, media_type: _, attributes: _, sources, manifest, ontology, class_changes: _ } =
            self;
        canon
            .optional(payload.as_ref().map(|digest| digest.as_bytes().as_slice()))
            .field(self.canonical_attributes().as_bytes())
            .number(sources.len() as u64);
        for source in sources {
            canon.field(source.role.as_bytes()).field(source.version.as_bytes());
        }
        canon
            .optional(manifest.as_ref().map(|manifest| manifest.digest.as_slice()))
            .optional(ontology.as_ref().map(|id| id.as_bytes().as_slice()));
    }

    /// Returns the attributes as they are hashed. Other content is added under reserved names
    /// (`$…`), and only if it is present, so that a field added in a later release does not change
    /// existing ids.
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

/// Returns the digest of a set of members: sorted by version, each with its split and weight.
///
/// `members` must be sorted by version and free of duplicates.
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
