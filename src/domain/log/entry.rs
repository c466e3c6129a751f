//! Entries: one commit with all its rows, as it is stored, and the digests that chain the log.

pub mod former;
mod rows;

use std::collections::BTreeMap;

use super::facts::{Facts, PackedFacts, Pin};
use super::tree::TreeHead;
use crate::domain::canonical::bytes::Canon;
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::numbers::VersionNo;
use crate::domain::statement::StatementRecord;
use crate::domain::version::{Activity, Timestamp, VersionRecord};

/// A commit as it is stored and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitRecord {
    /// The number of the commit.
    pub seq: Seq,
    /// The time of the commit.
    pub time: Timestamp,
    /// The author.
    pub author: String,
    /// A note on the commit.
    pub message: Option<String>,
    /// The packed facts: [`Facts::pack`].
    pub facts: PackedFacts,
    /// The tree of the rows that the facts do not contain: [`Entry::rows_tree`]. In entry format 1,
    /// their digest is in place of the root.
    pub rows: TreeHead,
    /// Digest of the commit before; zeros for the first.
    pub previous: [u8; 32],
}

impl CommitRecord {
    /// Returns the header of the commit, which contains the hashes of all its parts. It is the leaf
    /// of the commit in the tree of the log.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        if self.facts.is_former() {
            return former::header(self);
        }
        let message = self.message.as_deref().map(part_hash);
        let mut canon = Canon::new("stemma commit v2");
        canon
            .number(self.seq.0)
            .number(self.time.cast_unsigned())
            .field(&part_hash(&self.author))
            .optional(message.as_ref().map(<[u8; 32]>::as_slice))
            .field(blake3::hash(self.facts.covered()).as_bytes())
            .number(self.rows.size)
            .field(&self.rows.root)
            .field(&self.previous);
        canon.into_bytes()
    }

    /// Returns the commit's digest, BLAKE3 of its header. It covers the complete log up to it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        *blake3::hash(&self.header()).as_bytes()
    }
}

/// Returns the hash of a part. Digests cover it in place of the part, so that they are the same
/// after the part is erased.
fn part_hash(part: &str) -> [u8; 32] {
    *blake3::hash(part.as_bytes()).as_bytes()
}

/// The newest commit's number and digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The number; 0 in an empty store.
    pub seq: Seq,
    /// The digest; zeros in an empty store.
    pub digest: [u8; 32],
}

/// A derivation asserted after the version was made, as it is stored and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertedRecord {
    /// The commit that asserted it.
    pub seq: Seq,
    /// Its position among the assertions of that commit, from 0.
    pub place: u32,
    /// The version that was made.
    pub derived: VersionId,
    /// The version that it was made from.
    pub source: VersionId,
    /// The role of the source.
    pub role: String,
    /// The reason for the assertion.
    pub reason: String,
}

/// A tag set on a version or removed, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagMove {
    /// The commit.
    pub seq: Seq,
    /// Its position among the tag moves of that commit, from 0.
    pub place: u32,
    /// The tag.
    pub name: String,
    /// True for an alias, false for a label tag.
    pub alias: bool,
    /// The item of the version.
    pub item: ItemId,
    /// The version on which the tag was set, or from which it was removed.
    pub version: VersionId,
    /// True if it was set, false if it was removed.
    pub set: bool,
}

/// The metadata of a payload that a version names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobRecord {
    /// BLAKE3 of the bytes.
    pub digest: Digest,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// The number of bytes.
    pub size: u64,
}

/// A part of the difference between the members of a training set version and those of the version
/// before: members with the same split and weight. The index is built from the facts; these rows
/// are the copy in the graph, under content ids.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberChunk {
    /// The training set version.
    pub set: VersionId,
    /// The position of the chunk among those of its set version, from 0.
    pub place: u32,
    /// The split of all versions in the chunk.
    pub split: String,
    /// The weight of all versions in the chunk.
    pub weight: Option<f64>,
    /// True if the versions were added, false if they were removed.
    pub added: bool,
    /// At most [`MemberChunk::MOST`] versions.
    pub versions: Vec<VersionId>,
}

impl MemberChunk {
    /// The most versions in one chunk.
    pub const MOST: usize = 4_096;

    /// Returns the chunks of a set version: the pins that it no longer has, and the new ones, both
    /// by version number.
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
    /// Members that new training set versions pin.
    pub chunks: Vec<MemberChunk>,
    /// Derivations asserted after the version was made.
    pub asserted: Vec<AssertedRecord>,
    /// Statements.
    pub statements: Vec<StatementRecord>,
    /// Tag moves.
    pub tags: Vec<TagMove>,
    /// Payloads that were named for the first time.
    pub blobs: Vec<BlobRecord>,
}

impl Entry {
    /// Returns the seqs and digests of consecutive commits. Each contains the digest of the previous
    /// one.
    #[must_use]
    pub fn heads(entries: &[Self]) -> Vec<Head> {
        let later = entries.iter().skip(1).map(|entry| entry.commit.previous);
        let digests = later.chain(entries.last().map(|entry| entry.commit.digest()));
        entries.iter().zip(digests).map(|(entry, digest)| Head { seq: entry.commit.seq, digest }).collect()
    }

    /// Returns the bytes that the rows take in the store, by estimate.
    #[must_use]
    pub fn weight(&self) -> usize {
        /// The size of a row without its free texts and lists.
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
        let rest = ROW * (self.items.len() + self.tags.len() + self.blobs.len()) + self.commit.facts.size();
        self.versions.iter().map(version).sum::<usize>() + chunks + prose + asserted + rest
    }
}

impl Activity {
    /// Returns the id of the activity. Activities with equal fields are one record.
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
