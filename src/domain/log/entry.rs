//! Entries: one commit with all its rows, as the store keeps it, and the chain of digests that seals the log.

use std::collections::BTreeMap;

use super::facts::{Facts, Pin};
use crate::domain::canonical::bytes::Canon;
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::numbers::VersionNo;
use crate::domain::statement::StatementRecord;
use crate::domain::version::{Activity, Timestamp, VersionRecord};

/// A commit as it is stored and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitRecord {
    /// Its number.
    pub seq: Seq,
    /// When it was made.
    pub time: Timestamp,
    /// Who made it.
    pub author: String,
    /// A note on it.
    pub message: Option<String>,
    /// [`Facts::pack`].
    pub facts: Vec<u8>,
    /// Digest of the rows beside the facts: [`Entry::rows_digest`].
    pub rows: [u8; 32],
    /// Digest of the commit before; zeros for the first.
    pub previous: [u8; 32],
}

impl CommitRecord {
    /// The commit's digest, which covers the whole log up to it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut canon = Canon::new("stemma commit v1");
        canon
            .number(self.seq.0)
            .number(self.time.cast_unsigned())
            .field(self.author.as_bytes())
            .optional(self.message.as_deref().map(str::as_bytes))
            .field(blake3::hash(&self.facts).as_bytes())
            .field(&self.rows)
            .field(&self.previous);
        canon.hash()
    }
}

/// The newest commit's number and digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// Its number; 0 in an empty store.
    pub seq: Seq,
    /// Its digest; zeros in an empty store.
    pub digest: [u8; 32],
}

/// A derivation said later, as it is stored and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertedRecord {
    /// The commit that said it.
    pub seq: Seq,
    /// Its place among that commit's assertions, from 0.
    pub place: u32,
    /// What was made.
    pub derived: VersionId,
    /// From what.
    pub source: VersionId,
    /// In which role.
    pub role: String,
    /// How it is known.
    pub reason: String,
}

/// A tag put on a version or taken away, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagMove {
    /// The commit.
    pub seq: Seq,
    /// Its place among that commit's moves, from 0.
    pub place: u32,
    /// The tag.
    pub name: String,
    /// Whether it is an alias.
    pub alias: bool,
    /// The item of the version.
    pub item: ItemId,
    /// Where it was put, or from where it was taken.
    pub version: VersionId,
    /// Put, or taken away.
    pub set: bool,
}

/// What is known of a payload that a version names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobRecord {
    /// BLAKE3 of the bytes.
    pub digest: Digest,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// How many bytes.
    pub size: u64,
}

/// How a training set version's members differ from those of the version before: one run of members with the
/// same split and weight. The index is fed by the facts; these rows are the graph's own copy, under content ids.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberChunk {
    /// The training set version.
    pub set: VersionId,
    /// The chunk's place among those of its set version, from 0.
    pub place: u32,
    /// The split of all versions in the chunk.
    pub split: String,
    /// The weight of all versions in the chunk.
    pub weight: Option<f64>,
    /// True: they were added. False: they were removed.
    pub added: bool,
    /// At most [`MemberChunk::MOST`] versions.
    pub versions: Vec<VersionId>,
}

impl MemberChunk {
    /// The most versions in one chunk.
    pub const MOST: usize = 4_096;

    /// The chunks of a set version: what it does not pin any more, and what it pins now, both by version number.
    #[must_use]
    pub fn of(
        set: VersionId,
        removed: &[Pin],
        added: &[Pin],
        id: impl Fn(VersionNo) -> VersionId,
    ) -> Vec<Self> {
        let mut runs: BTreeMap<(bool, &str, Option<u64>), Vec<VersionId>> = BTreeMap::new();
        for (is_added, pins) in [(false, removed), (true, added)] {
            for pin in pins {
                let run = (is_added, pin.split.as_str(), pin.weight.map(f64::to_bits));
                runs.entry(run).or_default().push(id(pin.version));
            }
        }
        let mut chunks = Vec::new();
        for ((added, split, weight), versions) in runs {
            for part in versions.chunks(Self::MOST) {
                chunks.push(Self {
                    set,
                    place: u32::try_from(chunks.len()).unwrap_or(u32::MAX),
                    split: split.to_owned(),
                    weight: weight.map(f64::from_bits),
                    added,
                    versions: part.to_vec(),
                });
            }
        }
        chunks
    }
}

/// One commit and all its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The commit.
    pub commit: CommitRecord,
    /// The facts that `commit.facts` holds packed.
    pub facts: Facts,
    /// New items.
    pub items: Vec<ItemKey>,
    /// New versions.
    pub versions: Vec<VersionRecord>,
    /// What new training set versions pin.
    pub chunks: Vec<MemberChunk>,
    /// Derivations said later.
    pub asserted: Vec<AssertedRecord>,
    /// Statements.
    pub statements: Vec<StatementRecord>,
    /// Tag moves.
    pub tags: Vec<TagMove>,
    /// Payloads that were named for the first time.
    pub blobs: Vec<BlobRecord>,
}

impl Entry {
    /// About how many bytes the rows take in the store.
    #[must_use]
    pub fn weight(&self) -> usize {
        /// What a row weighs beside its free texts and lists.
        const ROW: usize = 700;
        let made = |activity: &Option<Activity>, message: &Option<String>| {
            let activity = activity.as_ref().map_or(0, |activity| 256 + activity.parameters.as_str().len());
            activity + message.as_ref().map_or(0, String::len)
        };
        let version = |record: &VersionRecord| {
            let content = &record.content;
            let sources: usize = content.sources.iter().map(|source| 200 + source.role.len()).sum();
            let classes: usize = content.class_changes.iter().map(|change| 64 * change.len()).sum();
            ROW + content.attributes.as_str().len()
                + sources
                + classes
                + made(&record.activity, &record.message)
        };
        let chunks: usize = self.chunks.iter().map(|chunk| ROW + 32 * chunk.versions.len()).sum();
        let said = |said: &StatementRecord| ROW + said.reason.len() + made(&said.activity, &said.message);
        let prose: usize = self.statements.iter().map(said).sum();
        let asserted: usize = self.asserted.iter().map(|edge| 2 * ROW + edge.reason.len()).sum();
        let rest = ROW * (self.items.len() + self.tags.len() + self.blobs.len()) + self.commit.facts.len();
        self.versions.iter().map(version).sum::<usize>() + chunks + prose + asserted + rest
    }

    /// Digest of the rows that the facts do not cover already.
    #[must_use]
    pub fn rows_digest(
        versions: &[VersionRecord],
        statements: &[StatementRecord],
        asserted: &[AssertedRecord],
        blobs: &[BlobRecord],
    ) -> [u8; 32] {
        let mut canon = Canon::new("stemma rows v1");
        canon.number(versions.len() as u64);
        for version in versions {
            canon.field(&version.seal());
        }
        canon.number(statements.len() as u64);
        for statement in statements {
            canon.field(&statement.seal());
        }
        canon.number(asserted.len() as u64);
        for edge in asserted {
            canon.field(&edge.seal());
        }
        canon.number(blobs.len() as u64);
        for blob in blobs {
            canon.field(blob.digest.as_bytes()).field(&blob.sha256).number(blob.size);
        }
        canon.hash()
    }
}

impl VersionRecord {
    /// Digest of the whole row, with what the version's id does not cover: commit, number, count of members, activity,
    /// message. It is kept in the row and compared when the row is read.
    #[must_use]
    pub fn seal(&self) -> [u8; 32] {
        let mut canon = Canon::new("stemma version row v1");
        canon
            .field(self.id.as_bytes())
            .number(self.seq.0)
            .number(self.number.into())
            .number(self.content.manifest.map_or(0, |manifest| u64::from(manifest.count) + 1))
            .optional(self.activity.as_ref().map(Activity::id).as_ref().map(<[u8; 32]>::as_slice))
            .optional(self.message.as_deref().map(str::as_bytes));
        canon.hash()
    }
}

impl StatementRecord {
    /// Digest of the whole row; kept in it and compared when it is read.
    #[must_use]
    pub fn seal(&self) -> [u8; 32] {
        let mut canon = Canon::new("stemma statement row v1");
        canon
            .number(self.id.seq.0)
            .number(self.id.place.into())
            .field(self.kind.name().as_bytes())
            .field(self.version.as_bytes())
            .optional(self.by.as_ref().map(|id| id.as_bytes().as_slice()))
            .field(self.reason.as_bytes());
        // Only if one of them is given: statements without them keep the seals that they have.
        if self.activity.is_some() || self.message.is_some() {
            canon
                .optional(self.activity.as_ref().map(Activity::id).as_ref().map(<[u8; 32]>::as_slice))
                .optional(self.message.as_deref().map(str::as_bytes));
        }
        canon.hash()
    }
}

impl AssertedRecord {
    /// Digest of the whole row; kept in it and compared when it is read.
    #[must_use]
    pub fn seal(&self) -> [u8; 32] {
        let mut canon = Canon::new("stemma derivation row v1");
        canon
            .number(self.seq.0)
            .number(self.place.into())
            .field(self.derived.as_bytes())
            .field(self.source.as_bytes())
            .field(self.role.as_bytes())
            .field(self.reason.as_bytes());
        canon.hash()
    }
}

impl Activity {
    /// Activities with equal fields are one record; this is its name.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        let time = |at: Option<Timestamp>| at.map(i64::to_le_bytes);
        let mut canon = Canon::new("stemma activity v1");
        canon
            .field(self.name.as_bytes())
            .optional(self.code_reference.as_deref().map(str::as_bytes))
            .field(self.parameters.as_str().as_bytes())
            .optional(time(self.started_at).as_ref().map(<[u8; 8]>::as_slice))
            .optional(time(self.ended_at).as_ref().map(<[u8; 8]>::as_slice));
        canon.hash()
    }
}
