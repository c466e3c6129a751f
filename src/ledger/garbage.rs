//! Payloads that no version names, and how they go.
//!
//! Which ones are named is known to the index; the last look at it is the sequencer's, between two groups of commits, so
//! that no commit can name what is being deleted. A proposal that was prepared before looks for its payloads again.
//! Decision 016.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::oneshot;

use super::sequencer::Order;
use super::{Ledger, LedgerError, Shared};
use crate::blob::{Deletion, Listed};
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;
use crate::lineage::At;

/// How many payloads are deleted before commits get their turn.
const AT_A_TIME: usize = 64;
/// How many of them at once.
const AT_ONCE: usize = 8;

/// A payload that no version names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unnamed {
    /// Its name.
    pub digest: Digest,
    /// How many bytes.
    pub size: u64,
    /// How long ago it was last put.
    pub age: Duration,
}

/// How a payload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many bytes, and how long ago they were last put; none where they are not stored.
    pub stored: Option<(u64, Duration)>,
    /// How many versions name it.
    pub versions: usize,
}

/// What the sequencer is asked to delete.
pub(crate) struct Sweep {
    digests: Vec<Digest>,
    before: Timestamp,
    answer: oneshot::Sender<Result<Vec<Digest>, LedgerError>>,
}

impl Sweep {
    pub(super) fn refuse(self, error: LedgerError) {
        let _ = self.answer.send(Err(error));
    }
}

impl Ledger {
    /// Takes the word of whoever runs it that no other process writes to the store.
    pub fn is_alone(&self) {
        self.shared.alone.store(true, Ordering::Release);
    }

    /// The payloads whose digest begins with this byte, that no version names, and that were last put longer ago than
    /// `grace`: 256 pages in all.
    ///
    /// # Errors
    /// [`LedgerError::Blob`].
    pub async fn unnamed(&self, first: u8, grace: Duration) -> Result<Vec<Unnamed>, LedgerError> {
        let listed = self.shared.blobs.list(first).await?;
        let now = self.shared.clock.now();
        let found = listed.into_iter().map(|Listed { digest, size, touched }| Unnamed {
            digest,
            size,
            age: age(now, touched),
        });
        let old = found.filter(|blob| blob.age >= grace);
        // Asked last: what a version named meanwhile is not told.
        Ok(old.filter(|blob| self.shared.names(&blob.digest) == 0).collect())
    }

    /// Deletes those of these payloads that no version names and that were last put longer ago than `grace`; gives what
    /// was deleted.
    ///
    /// # Errors
    /// [`LedgerError::Blob`] where the place of the payloads fails; [`LedgerError::Unavailable`] where nothing is written,
    /// for it is not known then what is named. Some may be deleted.
    pub async fn sweep(&self, digests: &[Digest], grace: Duration) -> Result<Vec<Digest>, LedgerError> {
        if self.shared.graph.is_shared() && !self.shared.alone.load(Ordering::Acquire) {
            return Err(LedgerError::unavailable(
                "nothing was deleted: other processes may write to this graph, and what they are about to name is not known \
                 here; stop them all, then run `stemma gc --delete --alone`",
            ));
        }
        let grace = Timestamp::try_from(grace.as_micros()).unwrap_or(Timestamp::MAX);
        // What is exactly as old as the grace is old enough.
        let before = self.shared.clock.now().saturating_sub(grace).saturating_add(1);
        let mut deleted = Vec::new();
        for digests in digests.chunks(AT_A_TIME) {
            let closed = || LedgerError::unavailable("the ledger is closed");
            let (answer, answered) = oneshot::channel();
            let sweep = Sweep { digests: digests.to_vec(), before, answer };
            self.jobs.send(Order::Sweep(Box::new(sweep))).await.map_err(|_| closed())?;
            deleted.extend(answered.await.map_err(|_| closed())??);
        }
        Ok(deleted)
    }

    /// How a payload stands: whether it is stored, and how many versions name it.
    ///
    /// # Errors
    /// [`LedgerError::Blob`].
    pub async fn standing(&self, digest: Digest) -> Result<Standing, LedgerError> {
        let found = self.shared.blobs.look(digest).await?;
        let now = self.shared.clock.now();
        let stored = found.map(|blob| (blob.size, age(now, blob.touched)));
        Ok(Standing { stored, versions: self.shared.names(&digest) })
    }
}

fn age(now: Timestamp, touched: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(now.saturating_sub(touched)).unwrap_or(0))
}

impl Shared {
    /// How many versions name a payload, those that are being written included.
    fn names(&self, digest: &Digest) -> usize {
        self.reading(|index| At::new(index, index.seq()).with_payload(digest).len())
    }

    /// Deletes what may be. For the sequencer, between two groups: nothing is planned meanwhile.
    pub(super) async fn delete(&self, sweep: Sweep) {
        let Sweep { digests, before, answer } = sweep;
        let result = if self.writable.load(Ordering::Acquire) {
            let free = digests.into_iter().filter(|digest| self.names(digest) == 0);
            let deleting = stream::iter(free).map(|digest| async move {
                let deletion = self.blobs.delete(digest, before).await?;
                Ok::<_, LedgerError>((deletion == Deletion::Done).then_some(digest))
            });
            let deleted: Result<Vec<_>, _> = deleting.buffered(AT_ONCE).try_collect().await;
            deleted.map(|deleted| deleted.into_iter().flatten().collect())
        } else {
            // A write whose outcome is unknown may name any of them.
            Err(LedgerError::unavailable(
                "nothing was deleted: the outcome of an earlier write is unknown; start the server again",
            ))
        };
        // After the last deletion: who has looked for a payload before this looks again.
        self.sweeps.fetch_add(1, Ordering::SeqCst);
        let _ = answer.send(result);
    }
}
