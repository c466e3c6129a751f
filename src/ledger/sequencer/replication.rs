//! How far this process has come where others write too, and who waits for it to come further.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use crate::domain::id::Seq;
use crate::domain::version::Timestamp;
use crate::ledger::{Ledger, LedgerError};

/// How long after its time a commit of another process may still turn up, in microseconds: as long as its outcome may take to
/// be known, and ten seconds for clocks that are not the same.
const LATE: Timestamp = 60_000_000;

/// What the sequencer says of the others' commits, and what readers ask of it.
pub(crate) struct Following {
    /// How often the others' commits are looked for.
    pub every: Duration,
    /// Somebody waits for a commit that is not here yet.
    pub wanted: Notify,
    /// Before this time no other process can still commit.
    settled: AtomicI64,
}

impl Following {
    pub(in crate::ledger) fn new(every: Duration) -> Self {
        Self { every, wanted: Notify::new(), settled: AtomicI64::new(Timestamp::MIN) }
    }

    /// All that others had committed at this time is here.
    pub(in crate::ledger) fn caught_up(&self, at: Timestamp) {
        self.settled.fetch_max(at.saturating_sub(LATE), Ordering::AcqRel);
    }

    /// Whether no other process can still commit something with this time.
    pub(in crate::ledger) fn is_past(&self, time: Timestamp) -> bool {
        time < self.settled.load(Ordering::Acquire)
    }
}

impl Ledger {
    /// Returns once everything up to a commit can be read here, which another process may have written.
    ///
    /// # Errors
    /// [`LedgerError::AsOfUnavailable`] where that takes longer than `patience`, or cannot happen.
    pub async fn reach(&self, seq: Seq, patience: Duration) -> Result<(), LedgerError> {
        let shared = &self.shared;
        let reached = async {
            let mut news = shared.news.subscribe();
            while *news.borrow_and_update() < seq {
                shared.following.wanted.notify_one();
                if news.changed().await.is_err() {
                    return;
                }
            }
        };
        let newest = shared.durable();
        if newest >= seq {
            return Ok(());
        }
        if !shared.graph.is_shared() {
            return Err(LedgerError::AsOfUnavailable(format!(
                "there is no commit {seq} here: the newest is {newest}, and nobody else writes to this store"
            )));
        }
        timeout(patience, reached).await.map_err(|_| {
            LedgerError::AsOfUnavailable(format!(
                "commit {seq} has not come here within {} ms: the newest here is {}; ask again, or ask the process that wrote it",
                patience.as_millis(),
                shared.durable(),
            ))
        })
    }
}
