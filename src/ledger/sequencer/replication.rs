//! The progress of this process in reading the commits of others, and the tasks that wait for it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use crate::domain::id::Seq;
use crate::domain::version::Timestamp;
use crate::ledger::{Ledger, LedgerError};

/// The time after which a commit of another process can no longer appear, in microseconds: the
/// maximum time until its outcome is known, plus ten seconds for differing clocks.
const LATE: Timestamp = 60_000_000;

/// The progress that the sequencer reports and readers query.
pub(crate) struct Replication {
    /// The polling interval.
    pub every: Duration,
    /// Notified when a reader waits for a commit that is not here yet.
    pub wanted: Notify,
    /// No other process can still commit with an earlier time.
    settled: AtomicI64,
}

impl Replication {
    pub(crate) fn new(every: Duration) -> Self {
        Self { every, wanted: Notify::new(), settled: AtomicI64::new(Timestamp::MIN) }
    }

    /// Records that all commits of others up to this time are here.
    pub(crate) fn caught_up(&self, at: Timestamp) {
        self.settled.fetch_max(at.saturating_sub(LATE), Ordering::AcqRel);
    }

    /// Returns true if no other process can still commit with this time.
    pub(crate) fn is_past(&self, time: Timestamp) -> bool {
        time < self.settled.load(Ordering::Acquire)
    }
}

impl Ledger {
    /// Returns once everything up to this commit, which another process may have written, can be
    /// read here.
    ///
    /// # Errors
    /// Returns [`LedgerError::AsOfUnavailable`] if that takes longer than `max_wait` or is
    /// impossible.
    pub async fn reach(&self, seq: Seq, max_wait: Duration) -> Result<(), LedgerError> {
        let shared = &self.shared;
        let reached = async {
            let mut news = shared.news.subscribe();
            while *news.borrow_and_update() < seq {
                shared.replication.wanted.notify_one();
                if news.changed().await.is_err() {
                    return;
                }
            }
        };
        let newest = shared.durable();
        if newest >= seq {
            return Ok(());
        }
        if !shared.store.is_shared() {
            return Err(LedgerError::AsOfUnavailable(format!(
                "there is no commit {seq} here: the newest is {newest}, and no other process writes to this store"
            )));
        }
        timeout(max_wait, reached).await.map_err(|_| {
            LedgerError::AsOfUnavailable(format!(
                "commit {seq} did not arrive here within {} ms: the newest here is {}; ask again, or ask the process \
                 that wrote it",
                max_wait.as_millis(),
                shared.durable(),
            ))
        })
    }
}
