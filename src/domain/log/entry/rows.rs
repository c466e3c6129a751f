//! The rows of a commit as the leaves of a tree ([RFC 6962](super::super::tree)), so that one row of
//! a large commit is proved with a few hashes.
//!
//! A leaf names everything in its row: erasable parts by their hashes, the rest itself. So a row
//! whose parts were erased, and whose id cannot be computed again for that reason, has the same
//! leaf.

use super::{AssertedRecord, BlobRecord, Entry, former, part_hash};
use crate::domain::canonical::bytes::Canon;
use crate::domain::class_change::ClassChange;
use crate::domain::log::tree::{TreeFrontier, TreeHead, leaf_hash};
use crate::domain::statement::StatementRecord;
use crate::domain::version::{Activity, Content, Manifest, Timestamp, VersionRecord};

impl Entry {
    /// Returns the tree of the rows that the facts do not contain: versions, statements, asserted
    /// derivations and payloads, in this order.
    #[must_use]
    pub fn rows_tree(
        versions: &[VersionRecord],
        statements: &[StatementRecord],
        asserted: &[AssertedRecord],
        blobs: &[BlobRecord],
    ) -> TreeHead {
        let versions = versions.iter().map(VersionRecord::leaf);
        let statements = statements.iter().map(StatementRecord::leaf);
        let asserted = asserted.iter().map(AssertedRecord::leaf);
        let leaves = versions.chain(statements).chain(asserted).chain(blobs.iter().map(BlobRecord::leaf));
        let mut tree = TreeFrontier::default();
        leaves.for_each(|leaf| tree.append(leaf_hash(leaf.as_bytes())));
        tree.head()
    }
}

impl VersionRecord {
    /// Returns the leaf of the version.
    fn leaf(&self) -> Canon {
        // Without `..`, so that a new field is an error here: it must be in the leaf.
        let Self { id, item, parent, seq, number, content, activity, message } = self;
        let Content { payload, media_type, attributes, sources, manifest, ontology, class_changes } = content;
        let mut canon = Canon::new("stemma version row v2");
        canon
            .field(id.as_bytes())
            .field(item.as_bytes())
            .optional(parent.as_ref().map(|id| id.as_bytes().as_slice()))
            .number(seq.0)
            .number((*number).into())
            .optional(payload.as_ref().map(|digest| digest.as_bytes().as_slice()))
            .optional(media_type.as_deref().map(str::as_bytes))
            .field(&part_hash(attributes.as_str()))
            .number(sources.len() as u64);
        for source in sources {
            canon.field(source.role.as_bytes()).field(source.version.as_bytes());
        }
        canon.number(manifest.is_some().into());
        if let Some(Manifest { digest, count, complete }) = manifest {
            canon.field(digest).number((*count).into()).number((*complete).into());
        }
        canon.optional(ontology.as_ref().map(|id| id.as_bytes().as_slice()));
        optional_part(&mut canon, ClassChange::list_text(class_changes).as_deref());
        made(&mut canon, activity.as_ref(), message.as_deref());
        canon
    }

    /// Returns the digest of the complete row, with what the version's id does not cover: commit,
    /// number, count of members, activity, message. It is stored in the row and compared when the
    /// row is read.
    #[must_use]
    pub fn seal(&self) -> [u8; 32] {
        self.leaf().hash()
    }

    /// Returns true if this is the digest of the row, in this entry format or in format 1.
    #[must_use]
    pub fn has_seal(&self, seal: &[u8; 32]) -> bool {
        self.seal() == *seal || former::version_seal(self) == *seal
    }
}

impl StatementRecord {
    /// Returns the leaf of the statement.
    fn leaf(&self) -> Canon {
        let Self { id, kind, version, by, reason, activity, message } = self;
        let mut canon = Canon::new("stemma statement row v2");
        canon
            .number(id.seq.0)
            .number(id.place.into())
            .field(kind.name().as_bytes())
            .field(version.as_bytes())
            .optional(by.as_ref().map(|id| id.as_bytes().as_slice()))
            .field(&part_hash(reason));
        made(&mut canon, activity.as_ref(), message.as_deref());
        canon
    }

    /// Returns the digest of the complete row; stored in the row and compared when it is read.
    #[must_use]
    pub fn seal(&self) -> [u8; 32] {
        self.leaf().hash()
    }

    /// Returns true if this is the digest of the row, in this entry format or in format 1.
    #[must_use]
    pub fn has_seal(&self, seal: &[u8; 32]) -> bool {
        self.seal() == *seal || former::statement_seal(self) == *seal
    }
}

impl AssertedRecord {
    /// Returns the leaf of the derivation.
    fn leaf(&self) -> Canon {
        let Self { seq, place, derived, source, role, reason } = self;
        let mut canon = Canon::new("stemma derivation row v2");
        canon
            .number(seq.0)
            .number((*place).into())
            .field(derived.as_bytes())
            .field(source.as_bytes())
            .field(role.as_bytes())
            .field(&part_hash(reason));
        canon
    }

    /// Returns the digest of the complete row; stored in the row and compared when it is read.
    #[must_use]
    pub fn seal(&self) -> [u8; 32] {
        self.leaf().hash()
    }

    /// Returns true if this is the digest of the row, in this entry format or in format 1.
    #[must_use]
    pub fn has_seal(&self, seal: &[u8; 32]) -> bool {
        self.seal() == *seal || former::asserted_seal(self) == *seal
    }
}

impl BlobRecord {
    /// Returns the leaf of the payload.
    fn leaf(&self) -> Canon {
        let Self { digest, sha256, size } = self;
        let mut canon = Canon::new("stemma payload row v2");
        canon.field(digest.as_bytes()).field(sha256).number(*size);
        canon
    }
}

fn made(canon: &mut Canon, activity: Option<&Activity>, message: Option<&str>) {
    let activity = activity.map(activity_hash);
    canon.optional(activity.as_ref().map(<[u8; 32]>::as_slice));
    optional_part(canon, message);
}

fn optional_part(canon: &mut Canon, part: Option<&str>) {
    canon.optional(part.map(part_hash).as_ref().map(<[u8; 32]>::as_slice));
}

/// Returns the hash of an activity, in which code reference and parameters are erasable parts.
fn activity_hash(activity: &Activity) -> [u8; 32] {
    let Activity { name, code_reference, parameters, started_at, ended_at } = activity;
    let time = |at: &Option<Timestamp>| at.map(i64::to_le_bytes);
    let mut canon = Canon::new("stemma activity v2");
    canon.field(name.as_bytes());
    optional_part(&mut canon, code_reference.as_deref());
    canon
        .field(&part_hash(parameters.as_str()))
        .optional(time(started_at).as_ref().map(<[u8; 8]>::as_slice))
        .optional(time(ended_at).as_ref().map(<[u8; 8]>::as_slice));
    canon.hash()
}
