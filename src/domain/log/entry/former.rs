//! The digests of entry format 1, in which stores and backups were written before: they cover the
//! parts themselves, and the rows by a list of their seals.

use super::{AssertedRecord, BlobRecord, CommitRecord};
use crate::domain::canonical::bytes::Canon;
use crate::domain::log::tree::TreeHead;
use crate::domain::statement::StatementRecord;
use crate::domain::version::{Activity, VersionRecord};

/// Returns the bytes that the digest of a commit is computed from.
pub(super) fn header(commit: &CommitRecord) -> Vec<u8> {
    let mut canon = Canon::new("stemma commit v1");
    canon
        .number(commit.seq.0)
        .number(commit.time.cast_unsigned())
        .field(commit.author.as_bytes())
        .optional(commit.message.as_deref().map(str::as_bytes))
        .field(blake3::hash(commit.facts.covered()).as_bytes())
        .field(&commit.rows.root)
        .field(&commit.previous);
    canon.into_bytes()
}

/// Returns the digest of the rows that the facts do not cover, which is in place of the root of a
/// tree.
#[must_use]
pub fn rows_digest(
    versions: &[VersionRecord],
    statements: &[StatementRecord],
    asserted: &[AssertedRecord],
    blobs: &[BlobRecord],
) -> TreeHead {
    let mut canon = Canon::new("stemma rows v1");
    canon.number(versions.len() as u64);
    for version in versions {
        canon.field(&version_seal(version));
    }
    canon.number(statements.len() as u64);
    for statement in statements {
        canon.field(&statement_seal(statement));
    }
    canon.number(asserted.len() as u64);
    for edge in asserted {
        canon.field(&asserted_seal(edge));
    }
    canon.number(blobs.len() as u64);
    for blob in blobs {
        canon.field(blob.digest.as_bytes()).field(&blob.sha256).number(blob.size);
    }
    TreeHead { size: 0, root: canon.hash() }
}

/// Returns the digest of the row of a version.
pub(super) fn version_seal(version: &VersionRecord) -> [u8; 32] {
    let mut canon = Canon::new("stemma version row v1");
    canon
        .field(version.id.as_bytes())
        .number(version.seq.0)
        .number(version.number.into())
        .number(version.content.manifest.map_or(0, |manifest| u64::from(manifest.count) + 1));
    made(&mut canon, version.activity.as_ref(), version.message.as_deref());
    canon.hash()
}

/// Returns the digest of the row of a statement.
pub(super) fn statement_seal(statement: &StatementRecord) -> [u8; 32] {
    let mut canon = Canon::new("stemma statement row v1");
    canon
        .number(statement.id.seq.0)
        .number(statement.id.place.into())
        .field(statement.kind.name().as_bytes())
        .field(statement.version.as_bytes())
        .optional(statement.by.as_ref().map(|id| id.as_bytes().as_slice()))
        .field(statement.reason.as_bytes());
    // Only if one of them is given.
    if statement.activity.is_some() || statement.message.is_some() {
        made(&mut canon, statement.activity.as_ref(), statement.message.as_deref());
    }
    canon.hash()
}

/// Returns the digest of the row of an asserted derivation.
pub(super) fn asserted_seal(edge: &AssertedRecord) -> [u8; 32] {
    let mut canon = Canon::new("stemma derivation row v1");
    canon
        .number(edge.seq.0)
        .number(edge.place.into())
        .field(edge.derived.as_bytes())
        .field(edge.source.as_bytes())
        .field(edge.role.as_bytes())
        .field(edge.reason.as_bytes());
    canon.hash()
}

fn made(canon: &mut Canon, activity: Option<&Activity>, message: Option<&str>) {
    canon
        .optional(activity.map(Activity::id).as_ref().map(<[u8; 32]>::as_slice))
        .optional(message.map(str::as_bytes));
}
