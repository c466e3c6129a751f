//! The ledger: orders all writes and combines log, graph, index and blobs. It knows no GraphQL, no HTTP
//! and no query language of the database.
//!
//! Writing: [`Ledger::commit`] hands a proposal to the one sequencer task, which applies the rules,
//! assigns numbers, appends a group of commits to the log and waits until it is durable. Several
//! processes may write to one store on a server. Reading: every read goes through a [`View`], pinned to
//! one seq that was durable when the view was made; nothing is visible before it is durable.

mod log_marks;
mod clock;
mod error;
mod garbage;
mod index;
mod open;
mod projector;
mod signed_urls;
mod records;
mod restore;
mod sequencer;
mod store;
#[cfg(test)]
pub(crate) mod tests;
mod log_entries;
mod uploads;
mod view;
mod weight;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

pub use crate::blob::{
    BlobError, BlobMeta, BlobStore, ByteRange, Chunks, Deletion, Listed, MemStore, Opened, Stored, once,
};
pub use crate::graph::{CommitNote, Engine, Login, Rank, Server};
pub use crate::log::HeadState;
pub use clock::{Clock, StepClock, SystemClock};
pub use error::LedgerError;
pub use garbage::{PayloadState, UnreferencedPayload};
pub use open::{Settings, WriteSettings};
pub use projector::{Lag, LagLimit, Projected, ProjectionFailure};
pub use records::CommitFacts;
pub use restore::{Migrated, MigrationStage, Restore, RestoreError, migrate};
pub use signed_urls::{InvalidUrl, UrlSigner};
pub use store::CheckpointMode;
pub use store::place::{OtherStore, has_store};
pub use uploads::{AnnouncedUpload, ClientRequest, StartedUpload};
pub use view::{AsOf, View};
pub use weight::Weight;

use crate::domain::id::{Digest, Seq};
use crate::domain::log::entry::Head;
use crate::domain::log::facts::Outcome;
use crate::domain::version::Timestamp;
use crate::domain::write::proposal::Proposal;
use crate::domain::write::world::Refreshed;
use crate::lineage::Index;
use clock::Skew;
use index::Generations;
use log_marks::LogMarks;
use projector::{ProjectionProgress, Projector};
use records::RecordCache;
use sequencer::pending::Pending;
use sequencer::replication::Replication;
use sequencer::{QueuedProposal, SequencerMessage};
use store::Store;
use uploads::UploadCompletions;

/// A handle for the ledger; clones share it.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<LedgerState>,
    jobs: mpsc::Sender<SequencerMessage>,
    sequencer: Arc<std::sync::Mutex<Option<JoinHandle<()>>>>,
    projector: Arc<std::sync::Mutex<Option<Projector>>>,
}

/// The state that readers and the sequencer share.
pub(crate) struct LedgerState {
    pub store: Store,
    pub blobs: Arc<dyn BlobStore>,
    pub url_signer: Arc<UrlSigner>,
    pub uploads: UploadCompletions,
    pub clock: Arc<dyn Clock>,
    /// The lag of the clock behind the newest commit.
    pub skew: Skew,
    /// Runs ahead of `durable` while a group is being written; readers are pinned behind it.
    pub index: Generations,
    /// The newest commit that is durable.
    pub durable: AtomicU64,
    /// The marks of all commits up to `durable`.
    pub marks: LogMarks,
    /// The progress of the graph, which is written behind the log; `None` if this process writes
    /// none.
    pub projection: Option<ProjectionProgress>,
    /// Notifies waiting tasks of the newest durable commit.
    pub news: watch::Sender<Seq>,
    pub cache: RecordCache,
    pub pending: Pending,
    /// The replication of commits of other processes.
    pub replication: Replication,
    /// The name of this process among several; empty if there is only one.
    pub name: String,
    /// The number of times that payloads were deleted.
    pub sweeps: AtomicU64,
    /// True if deletions are permitted in a shared store: the operator guarantees that no other
    /// process writes.
    pub deletion_permitted: AtomicBool,
    /// False once the outcome of a write is unknown or the store has changed; then the ledger is
    /// read-only.
    pub writable: AtomicBool,
}

/// The answer to a proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct Committed {
    /// The commit of the new records, or the newest commit of those that existed.
    pub seq: Seq,
    /// The newest commit when the request was first answered, its own included.
    pub answered_at: Seq,
    /// True if anything was created.
    pub created: bool,
    /// True if this is the first answer to the idempotency key, returned again.
    pub replayed: bool,
    /// One outcome for each change, in the order of the changes.
    pub outcomes: Vec<Outcome>,
    /// The result of a refresh.
    pub refreshed: Option<Refreshed>,
}

impl Ledger {
    /// Writes a proposal, or finds that what it asks for exists already. Returns when it is
    /// durable. Waits for a limited time if the projection is too far behind the log.
    ///
    /// Dropping the future does not cancel a queued proposal; ask again with its idempotency key
    /// for the outcome.
    ///
    /// # Errors
    /// Returns [`LedgerError`]; nothing was written unless it is `Unavailable`.
    pub async fn commit(&self, proposal: Proposal) -> Result<Committed, LedgerError> {
        self.shared.wait_for_projection(&proposal).await?;
        self.order(proposal, SequencerMessage::Write).await
    }

    /// Returns the result that a commit of the proposal would have now. Nothing is written.
    ///
    /// # Errors
    /// As [`Ledger::commit`].
    pub async fn preview(&self, proposal: Proposal) -> Result<Committed, LedgerError> {
        self.order(proposal, SequencerMessage::Preview).await
    }

    async fn order(
        &self,
        proposal: Proposal,
        order: fn(Box<QueuedProposal>) -> SequencerMessage,
    ) -> Result<Committed, LedgerError> {
        let prepared = self.shared.prepare(&proposal).await?;
        let (answer, answered) = oneshot::channel();
        let closed = || LedgerError::unavailable("the ledger is closed");
        let job = order(Box::new(QueuedProposal { proposal, prepared, answer }));
        self.jobs.send(job).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Returns the outcomes of the changes of the first request with this key; `None` if there was
    /// none.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`], [`LedgerError::Corrupt`].
    pub async fn first_answer(&self, key: &[u8; 32]) -> Result<Option<Vec<Outcome>>, LedgerError> {
        let Some((seq, _)) = self.view().read(|at| at.index().request(key)) else { return Ok(None) };
        Ok(self.shared.facts_of(seq).await?.request.map(|request| request.outcomes))
    }

    /// Returns the view at the newest durable commit.
    #[must_use]
    pub fn view(&self) -> View {
        View::new(Arc::clone(&self.shared), self.shared.durable())
    }

    /// Returns the view at an earlier moment.
    ///
    /// # Errors
    /// Returns [`LedgerError::AsOfUnavailable`] if the moment is in the future.
    pub fn at(&self, as_of: AsOf) -> Result<View, LedgerError> {
        self.view().back_to(as_of)
    }

    /// Returns a channel with the newest durable commit, for tasks that wait for the next one.
    #[must_use]
    pub fn newest(&self) -> watch::Receiver<Seq> {
        self.shared.news.subscribe()
    }

    /// Returns true if writes are accepted.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.shared.writable.load(Ordering::Acquire) && !self.jobs.is_closed()
    }

    /// Returns true if the index can be read now. A writer holds it for a few milliseconds at most.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.shared.index.newest().is_readable()
    }

    /// Holds the write lock of the index while `inside` runs.
    #[cfg(test)]
    pub(crate) fn while_locked<T>(&self, inside: impl FnOnce() -> T) -> T {
        let newest = self.shared.index.newest();
        let _index = newest.write();
        inside()
    }

    /// Compares the clock with the newest commit, and logs if it is behind. Every write does this
    /// too.
    pub fn check_clock(&self) {
        self.shared.now_after(self.shared.floor());
    }

    /// Returns the lag of the clock behind the newest commit; `None` if it is less than ten
    /// seconds.
    #[must_use]
    pub fn behind_its_commits(&self) -> Option<Duration> {
        self.shared.skew.behind()
    }

    /// Returns the blob store.
    #[must_use]
    pub fn blobs(&self) -> &Arc<dyn BlobStore> {
        &self.shared.blobs
    }

    /// Returns the issuer of pre-signed URLs for payloads in a directory.
    #[must_use]
    pub fn url_signer(&self) -> &Arc<UrlSigner> {
        &self.shared.url_signer
    }

    /// Returns a pre-signed URL for the payload: that of a bucket, or a path on this server. Does
    /// not check that the payload exists.
    ///
    /// # Errors
    /// Returns [`LedgerError::Blob`] if the bucket does not create one.
    pub async fn address(&self, digest: Digest, expires: Duration) -> Result<String, LedgerError> {
        let own = self.shared.blobs.url(digest, expires).await?;
        Ok(own.unwrap_or_else(|| self.shared.url_signer.address(digest, expires)))
    }

    /// Returns the threads of the store, for tasks with many reads. The store
    /// closes only after everything on them has ended.
    ///
    /// # Errors
    /// Returns [`LedgerError::Unavailable`] if the ledger is closed.
    pub fn runtime(&self) -> Result<Handle, LedgerError> {
        self.shared.store.runtime()
    }

    /// Reads the newest records into the cache, as many as fit, and uses at most half of one
    /// processor.
    ///
    /// # Errors
    /// Returns [`LedgerError::Unavailable`] if the ledger is closed.
    pub fn read_ahead(&self) -> Result<(), LedgerError> {
        drop(self.runtime()?.spawn(Arc::clone(&self.shared).read_ahead()));
        Ok(())
    }

    /// Processes the queue and closes the store. Later commits are refused.
    ///
    /// # Errors
    /// Returns [`LedgerError::Unavailable`] if the store does not close.
    pub async fn close(self) -> Result<(), LedgerError> {
        let Self { shared, jobs, sequencer, projector } = self;
        // Other handles may still hold senders, so the sequencer gets a message to stop.
        let _ = jobs.send(SequencerMessage::Close).await;
        let task = sequencer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            let _ = task.await;
        }
        let projector = projector.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(projector) = projector {
            projector.end().await;
        }
        shared.store.clone().close().await
    }
}

impl LedgerState {
    pub(crate) fn durable(&self) -> Seq {
        Seq(self.durable.load(Ordering::Acquire))
    }

    /// Reads the clock and records its lag behind `earliest`, the earliest time of the next commit.
    pub(crate) fn now_after(&self, earliest: Timestamp) -> Timestamp {
        let now = self.clock.now();
        self.skew.note(earliest, now);
        now
    }

    /// Returns the earliest time of the next commit: recorded time never runs backwards.
    pub(crate) fn floor(&self) -> Timestamp {
        self.reading(|index| index.last_time().map_or(Timestamp::MIN, |last| last + 1))
    }

    /// Makes commits visible that are durable now, and notifies waiting tasks.
    pub(crate) fn publish(&self, commits: &[Head]) {
        let Some(Head { seq, .. }) = commits.last() else { return };
        self.marks.extend(commits);
        self.durable.store(seq.0, Ordering::Release);
        self.news.send_replace(*seq);
    }

    /// Reads the newest index, including commits that are not durable. Panics if this thread is
    /// already reading it.
    #[track_caller]
    pub(crate) fn reading<T>(&self, reading: impl FnOnce(&Index) -> T) -> T {
        reading(&self.index.newest().read())
    }
}
