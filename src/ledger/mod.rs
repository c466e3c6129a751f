//! The ledger: the only place where writes are ordered, and where graph, index and blobs meet.
//!
//! Writing: [`Ledger::commit`] hands a proposal to the one sequencer task, which applies the rules, gives numbers,
//! writes a group of commits in one transaction and waits until it is durable. Reading: every read goes through a
//! [`View`], pinned to one seq that was durable when the view was made; nothing is shown before it is durable.
//!
//! Several processes may write to one store: each takes its turn, and follows the others.
//!
//! It knows no GraphQL and no HTTP, and no query language of the database.

mod chain;
mod clock;
mod error;
mod garbage;
mod index;
mod open;
mod signed_urls;
mod pending;
mod records;
mod restore;
mod sequencer;
#[cfg(test)]
mod tests;
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
pub use crate::graph::{CheckpointState, CommitNote, Engine, Login, Rank, Server};
pub use clock::{Clock, StepClock, SystemClock};
pub use error::LedgerError;
pub use garbage::{Standing, Unnamed};
pub use open::Settings;
pub use records::CommitFacts;
pub use restore::{Restore, RestoreError};
pub use signed_urls::{BadPass, Passes};
pub use uploads::{Announced, Begun, Sent};
pub use view::{AsOf, View};
pub use weight::Weight;

use crate::domain::id::{Digest, Seq};
use crate::domain::log::entry::Head;
use crate::domain::log::facts::Outcome;
use crate::domain::version::Timestamp;
use crate::domain::write::proposal::Proposal;
use crate::domain::write::world::Refreshed;
use crate::graph::Graph;
use crate::lineage::Index;
use chain::Chain;
use clock::Skew;
use index::Generations;
use pending::Pending;
use records::Cache;
use sequencer::replication::Following;
use sequencer::{Job, Order};
use uploads::Uploads;

/// A handle on the ledger; clones share it.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
    jobs: mpsc::Sender<Order>,
    sequencer: Arc<std::sync::Mutex<Option<JoinHandle<()>>>>,
}

/// What readers and the sequencer share.
pub(crate) struct Shared {
    pub graph: Graph,
    pub blobs: Arc<dyn BlobStore>,
    pub passes: Arc<Passes>,
    pub uploads: Uploads,
    pub clock: Arc<dyn Clock>,
    /// How far it is behind the newest commit.
    pub skew: Skew,
    /// Runs ahead of `durable` while a group is being written; readers are pinned behind it.
    pub index: Generations,
    /// The newest commit that is durable.
    pub durable: AtomicU64,
    /// The marks of all commits up to that one.
    pub chain: Chain,
    /// Tells those who wait for commits of the newest durable one.
    pub news: watch::Sender<Seq>,
    pub cache: Cache,
    pub pending: Pending,
    /// Where other processes write to the store as well.
    pub following: Following,
    /// What this process calls itself among them; nothing where there are none.
    pub name: String,
    /// How often payloads were deleted.
    pub sweeps: AtomicU64,
    /// Whether payloads may be deleted although others could write: somebody has said that none does.
    pub alone: AtomicBool,
    /// False once the outcome of a write is unknown, or the store is not what it was; then only reading goes on.
    pub writable: AtomicBool,
}

/// The answer to a proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct Committed {
    /// The commit that holds what was made, or the newest of what was found.
    pub seq: Seq,
    /// The newest commit when the request was first answered, its own included.
    pub answered_at: Seq,
    /// Whether anything was made.
    pub created: bool,
    /// Whether this is the first answer to the idempotency key, given again.
    pub replayed: bool,
    /// One per change, in order.
    pub outcomes: Vec<Outcome>,
    /// What a refresh found.
    pub refreshed: Option<Refreshed>,
}

impl Ledger {
    /// Writes a proposal, or finds that what it asks for is there already. Returns when it is durable.
    ///
    /// Dropping the future does not take the proposal back once it is queued; an idempotency key finds out.
    ///
    /// # Errors
    /// [`LedgerError`]; on any but `Unavailable`, nothing was written.
    pub async fn commit(&self, proposal: Proposal) -> Result<Committed, LedgerError> {
        self.order(proposal, Order::Write).await
    }

    /// What a proposal would come to if it were committed now. Nothing is written.
    ///
    /// # Errors
    /// As [`Ledger::commit`].
    pub async fn preview(&self, proposal: Proposal) -> Result<Committed, LedgerError> {
        self.order(proposal, Order::Preview).await
    }

    async fn order(
        &self,
        proposal: Proposal,
        order: fn(Box<Job>) -> Order,
    ) -> Result<Committed, LedgerError> {
        let prepared = self.shared.prepare(&proposal).await?;
        let (answer, answered) = oneshot::channel();
        let closed = || LedgerError::unavailable("the ledger is closed");
        let job = order(Box::new(Job { proposal, prepared, answer }));
        self.jobs.send(job).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Returns the outcomes of the changes of the first request with this key; `None` if there was none.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`], [`LedgerError::Corrupt`].
    pub async fn first_answer(&self, key: &[u8; 32]) -> Result<Option<Vec<Outcome>>, LedgerError> {
        let Some((seq, _)) = self.view().read(|at| at.index().request(key)) else { return Ok(None) };
        Ok(self.shared.facts_of(seq).await?.request.map(|request| request.outcomes))
    }

    /// The world at the newest durable commit.
    #[must_use]
    pub fn view(&self) -> View {
        View::new(Arc::clone(&self.shared), self.shared.durable())
    }

    /// The world at an earlier moment.
    ///
    /// # Errors
    /// [`LedgerError::AsOfUnavailable`] for a moment that has not come yet.
    pub fn at(&self, as_of: AsOf) -> Result<View, LedgerError> {
        self.view().back_to(as_of)
    }

    /// The newest durable commit, for those who wait for the next.
    #[must_use]
    pub fn newest(&self) -> watch::Receiver<Seq> {
        self.shared.news.subscribe()
    }

    /// Whether writes are taken.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.shared.writable.load(Ordering::Acquire) && !self.jobs.is_closed()
    }

    /// Returns true if the index can be read at this moment. A writer has it for a few milliseconds at most.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.shared.index.newest().is_readable()
    }

    /// Keeps the index from everything else while `inside` runs.
    #[cfg(test)]
    pub(crate) fn while_locked<T>(&self, inside: impl FnOnce() -> T) -> T {
        let newest = self.shared.index.newest();
        let _index = newest.write();
        inside()
    }

    /// Compares the clock with the newest commit, and logs if it is behind. Every write does so too.
    pub fn check_clock(&self) {
        self.shared.now_after(self.shared.floor());
    }

    /// Returns how far the clock is behind the newest commit; `None` if it is not, within ten seconds.
    #[must_use]
    pub fn behind_its_commits(&self) -> Option<Duration> {
        self.shared.skew.behind()
    }

    /// The payloads.
    #[must_use]
    pub fn blobs(&self) -> &Arc<dyn BlobStore> {
        &self.shared.blobs
    }

    /// What makes addresses of payloads that lie in a directory, and knows them again.
    #[must_use]
    pub fn passes(&self) -> &Arc<Passes> {
        &self.shared.passes
    }

    /// An address under which anybody can read the payload for so long: that of a bucket, or a path on this server.
    ///
    /// Whether the payload is there is not looked at.
    ///
    /// # Errors
    /// [`LedgerError::Blob`] where the bucket makes none.
    pub async fn address(&self, digest: Digest, expires: Duration) -> Result<String, LedgerError> {
        let own = self.shared.blobs.url(digest, expires).await?;
        Ok(own.unwrap_or_else(|| self.shared.passes.address(digest, expires)))
    }

    /// The threads on which the database runs, for what asks it often. The store is not closed before everything there
    /// has ended.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] where the ledger is closed.
    pub fn runtime(&self) -> Result<Handle, LedgerError> {
        Ok(self.shared.graph.runtime()?)
    }

    /// Reads the newest records into the cache, as many as fit, without taking more than half of one processor.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] where the ledger is closed.
    pub fn read_ahead(&self) -> Result<(), LedgerError> {
        drop(self.runtime()?.spawn(Arc::clone(&self.shared).read_ahead()));
        Ok(())
    }

    /// Finishes what is queued and closes the store. Later commits are refused.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] where the store does not close.
    pub async fn close(self) -> Result<(), LedgerError> {
        let Self { shared, jobs, sequencer } = self;
        // Other handles may still hold senders, so the sequencer is told to stop rather than left without work.
        let _ = jobs.send(Order::Close).await;
        let task = sequencer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            let _ = task.await;
        }
        Ok(shared.graph.clone().close().await?)
    }
}

impl Shared {
    pub(crate) fn durable(&self) -> Seq {
        Seq(self.durable.load(Ordering::Acquire))
    }

    /// What the clock shows, where the next commit is of `earliest` at the earliest.
    pub(crate) fn now_after(&self, earliest: Timestamp) -> Timestamp {
        let now = self.clock.now();
        self.skew.note(earliest, now);
        now
    }

    /// The earliest time that the next commit may get: recorded time never runs backwards.
    pub(crate) fn floor(&self) -> Timestamp {
        self.reading(|index| index.last_time().map_or(Timestamp::MIN, |last| last + 1))
    }

    /// The next commits are durable: readers may see them, and those who wait for them are notified.
    pub(crate) fn publish(&self, commits: &[Head]) {
        let Some(Head { seq, .. }) = commits.last() else { return };
        self.chain.extend(commits);
        self.durable.store(seq.0, Ordering::Release);
        self.news.send_replace(*seq);
    }

    /// Reads the newest index as it is, beyond what is durable too. Panics where this thread reads it already.
    #[track_caller]
    pub(crate) fn reading<T>(&self, reading: impl FnOnce(&Index) -> T) -> T {
        reading(&self.index.newest().read())
    }
}
