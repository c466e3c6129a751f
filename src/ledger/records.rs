//! Records by id, from the store or from a bounded cache. Records never change, so the cache needs
//! no invalidation.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use quick_cache::Weighter;

use super::log_entries::first_named;
use super::store::Store;
use super::store::records::VersionPlace;
use super::weight::{self, Weight};
use super::{LedgerError, LedgerState, View};
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::log::entry::{AssertedRecord, BlobRecord, CommitRecord};
use crate::domain::log::facts::Facts;
use crate::domain::numbers::VersionNo;
use crate::domain::statement::{StatementId, StatementRecord};
use crate::domain::version::VersionRecord;
use crate::graph::CommitNote;
use crate::lineage::At;

/// The longest pause between two read-ahead steps, also if the clock jumps.
const LONGEST_REST: Duration = Duration::from_secs(1);
/// The number of records in a read-ahead step.
const READ_AHEAD: u32 = 256;

/// A cache of version records.
pub(crate) struct RecordCache {
    kept: quick_cache::sync::Cache<VersionId, Arc<VersionRecord>, RecordBytes>,
    bytes: u64,
}

#[derive(Clone)]
struct RecordBytes;

impl Weighter<VersionId, Arc<VersionRecord>> for RecordBytes {
    fn weight(&self, _: &VersionId, record: &Arc<VersionRecord>) -> u64 {
        record.weight() as u64
    }
}

impl RecordCache {
    /// Creates a cache of this many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        let records = usize::try_from(bytes / weight::VERSION as u64).unwrap_or(usize::MAX);
        Self { kept: quick_cache::sync::Cache::with_weighter(records, bytes, RecordBytes), bytes }
    }

    #[cfg(test)]
    pub(crate) fn clear(&self) {
        self.kept.clear();
    }
}

/// The contents, author and time of a commit.
#[derive(Debug, Clone)]
pub struct CommitFacts {
    /// Author and time.
    pub note: CommitNote,
    /// The records that it added.
    pub facts: Facts,
}

impl LedgerState {
    /// Returns the records of versions, in the order of the ids.
    pub(crate) async fn versions(
        &self,
        ids: &[VersionId],
    ) -> Result<Vec<Option<Arc<VersionRecord>>>, LedgerError> {
        let mut found: Vec<Option<Arc<VersionRecord>>> =
            ids.iter().map(|id| self.cache.kept.get(id)).collect();
        let missing: Vec<VersionId> =
            ids.iter().zip(&found).filter(|(_, record)| record.is_none()).map(|(id, _)| *id).collect();
        if !missing.is_empty() {
            let mut read = self.records(&missing).await?.into_iter();
            for place in found.iter_mut().filter(|place| place.is_none()) {
                *place = read.next().flatten().map(Arc::new);
                if let Some(record) = place {
                    self.cache.kept.insert(record.id, Arc::clone(record));
                }
            }
        }
        Ok(found)
    }

    /// Returns the records of versions from the store.
    async fn records(&self, ids: &[VersionId]) -> Result<Vec<Option<VersionRecord>>, LedgerError> {
        match &self.store {
            Store::Segments(segments) => segments.versions(&self.places(ids)),
            Store::Rows(graph) => Ok(graph.versions(ids).await?),
        }
    }

    /// Returns the places of durable versions in the log.
    fn places(&self, ids: &[VersionId]) -> Vec<(VersionId, Option<VersionPlace>)> {
        let durable = self.durable();
        self.reading(|index| {
            let at = At::new(index, durable);
            let place = |id: &VersionId| {
                let version = at.version(id)?;
                let seq = at.seq_of(version);
                Some(VersionPlace { seq, place: version.0 - at.made_by(seq).start })
            };
            ids.iter().map(|id| (*id, place(id))).collect()
        })
    }

    /// Returns the records of payloads from the store.
    async fn payloads(&self, digests: &[Digest]) -> Result<Vec<Option<BlobRecord>>, LedgerError> {
        let segments = match &self.store {
            Store::Segments(segments) => segments,
            Store::Rows(graph) => return Ok(graph.blobs(digests).await?),
        };
        let durable = self.durable();
        let wanted: Vec<(Digest, Option<Seq>)> = self.reading(|index| {
            let at = At::new(index, durable);
            digests.iter().map(|digest| (*digest, first_named(at, digest))).collect()
        });
        segments.blobs(&wanted)
    }

    /// Reads records into the cache, newest first, until it is nearly full or all are read. Pauses
    /// after each step for as long as the step took.
    pub(super) async fn read_ahead(self: Arc<Self>) {
        let durable = self.durable();
        let mut next = self.reading(|index| At::new(index, durable).visible());
        // More would evict the records that were read first.
        let mut room = self.cache.bytes / 10 * 8;
        while next > 0 && room > 0 && self.writable.load(Ordering::Acquire) {
            let first = next.saturating_sub(READ_AHEAD);
            let ids: Vec<VersionId> = self.reading(|index| {
                let at = At::new(index, durable);
                (first..next).rev().map(|version| at.id(VersionNo(version))).collect()
            });
            let begun = self.clock.now();
            let Ok(records) = self.versions(&ids).await else { return };
            let weigh = |record: &Arc<VersionRecord>| record.weight() as u64;
            room = room.saturating_sub(records.iter().flatten().map(weigh).sum());
            let took = u64::try_from(self.clock.now() - begun).unwrap_or(0);
            tokio::time::sleep(Duration::from_micros(took).min(LONGEST_REST)).await;
            next = first;
        }
    }

    /// Returns the facts of a commit.
    pub(crate) async fn facts_of(&self, seq: Seq) -> Result<Facts, LedgerError> {
        let missing = || LedgerError::Corrupt(format!("commit {seq} is missing from the log"));
        let before = Seq(seq.0.checked_sub(1).ok_or_else(missing)?);
        let commit = self.store.commits(before, 1).await?.pop().filter(|commit| commit.seq == seq);
        let commit = commit.ok_or_else(missing)?;
        Facts::unpack(&commit.facts).map_err(|error| LedgerError::Corrupt(format!("commit {seq}: {error}")))
    }
}

/// Reads of full records. The caller filters what the view does not contain.
impl View {
    /// Returns the records of versions, in the order of the ids.
    ///
    /// # Errors
    /// Returns [`LedgerError::Unavailable`] or [`LedgerError::Corrupt`]. A damaged record fails
    /// only the calls that ask for it.
    pub async fn versions(&self, ids: &[VersionId]) -> Result<Vec<Option<Arc<VersionRecord>>>, LedgerError> {
        self.shared().versions(ids).await
    }

    /// Returns the records of versions, in the order of the ids, bypassing the cache, which is for
    /// queries.
    ///
    /// # Errors
    /// Returns the errors of [`View::versions`].
    pub async fn versions_uncached(
        &self,
        ids: &[VersionId],
    ) -> Result<Vec<Option<VersionRecord>>, LedgerError> {
        self.shared().records(ids).await
    }

    /// Returns at most `limit` commits after `after` up to this view, ascending and without gaps.
    ///
    /// # Errors
    /// Returns [`LedgerError::Unavailable`], and [`LedgerError::Corrupt`] if one is missing.
    pub async fn commits_after(&self, after: Seq, limit: usize) -> Result<Vec<CommitRecord>, LedgerError> {
        let left = usize::try_from(self.seq().0.saturating_sub(after.0)).unwrap_or(usize::MAX);
        self.shared().store.commits(after, limit.min(left)).await
    }

    /// Returns the record of a version if it is in the cache.
    #[must_use]
    pub fn cached_version(&self, id: &VersionId) -> Option<Arc<VersionRecord>> {
        self.shared().cache.kept.get(id)
    }

    /// Returns the records of statements, in the order of the ids.
    ///
    /// # Errors
    /// Returns the errors of [`View::versions`].
    pub async fn statements(&self, ids: &[StatementId]) -> Result<Vec<Option<StatementRecord>>, LedgerError> {
        self.shared().store.statements(ids).await
    }

    /// Returns the author and time of commits, in the order of the seqs.
    ///
    /// # Errors
    /// Returns the errors of [`View::versions`].
    pub async fn commits(&self, seqs: &[Seq]) -> Result<Vec<Option<CommitNote>>, LedgerError> {
        self.shared().store.commit_notes(seqs).await
    }

    /// Returns the records of asserted derivations, in the order of the ids.
    ///
    /// # Errors
    /// Returns the errors of [`View::versions`].
    pub async fn asserted(&self, ids: &[(Seq, u32)]) -> Result<Vec<Option<AssertedRecord>>, LedgerError> {
        self.shared().store.asserted(ids).await
    }

    /// Returns the records of payloads that versions name, in the order of the digests.
    ///
    /// # Errors
    /// Returns the errors of [`View::versions`].
    pub async fn blobs(&self, digests: &[Digest]) -> Result<Vec<Option<BlobRecord>>, LedgerError> {
        self.shared().payloads(digests).await
    }

    /// Returns the bytes of a payload, verified.
    ///
    /// # Errors
    /// Returns [`LedgerError::Blob`] if it is not stored or cannot be read.
    pub async fn payload(&self, digest: Digest) -> Result<Vec<u8>, LedgerError> {
        let mut chunks = self.shared().blobs.open(digest, None).await?.chunks;
        let mut bytes = Vec::new();
        while let Some(chunk) = chunks.try_next().await? {
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}
