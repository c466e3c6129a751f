//! Garbage collection of payloads that no version names (decision 016).
//!
//! The index knows which payloads are named. The sequencer makes the last check between two groups
//! of commits, so that no commit can name a payload while it is being deleted. A proposal that was
//! prepared before a deletion checks its payloads again.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::oneshot;

use super::sequencer::{SequencerMessage, Sweep};
use super::{Ledger, LedgerError, LedgerState};
use crate::blob::{Deletion, Listed};
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;
use crate::lineage::At;

/// The number of payloads that are deleted before queued commits are processed.
const AT_A_TIME: usize = 64;
/// The number of concurrent deletions.
const AT_ONCE: usize = 8;

/// A payload that no version names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnreferencedPayload {
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// The time since it was last put.
    pub age: Duration,
}

/// The state of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadState {
    /// Its size in bytes and the time since it was last put; `None` if it is not stored.
    pub stored: Option<(u64, Duration)>,
    /// The number of versions that name it.
    pub versions: usize,
}

impl Ledger {
    /// Permits deletions in a shared store: the operator guarantees that no other process writes to
    /// it.
    pub fn permit_deletion(&self) {
        self.shared.deletion_permitted.store(true, Ordering::Release);
    }

    /// Returns the payloads whose digest begins with this byte, that no version names, and that
    /// were last put more than `grace` ago. There are 256 such pages.
    ///
    /// # Errors
    /// [`LedgerError::Blob`].
    pub async fn unreferenced_payloads(
        &self,
        first: u8,
        grace: Duration,
    ) -> Result<Vec<UnreferencedPayload>, LedgerError> {
        let listed = self.shared.blobs.list(first).await?;
        let now = self.shared.clock.now();
        let found = listed.into_iter().map(|Listed { digest, size, touched }| UnreferencedPayload {
            digest,
            size,
            age: age(now, touched),
        });
        let old = found.filter(|blob| blob.age >= grace);
        // The check comes last: a payload that a version named in the meantime is left out.
        Ok(old.filter(|blob| self.shared.names(&blob.digest) == 0).collect())
    }

    /// Deletes those of these payloads that no version names and that were last put more than
    /// `grace` ago. Returns the deleted ones.
    ///
    /// # Errors
    /// Returns [`LedgerError::Blob`] if the blob store fails, and [`LedgerError::Unavailable`] if
    /// nothing can be written, because it is then unknown which payloads are named. Some payloads
    /// may have been deleted.
    pub async fn sweep(&self, digests: &[Digest], grace: Duration) -> Result<Vec<Digest>, LedgerError> {
        if self.shared.store.is_shared() && !self.shared.deletion_permitted.load(Ordering::Acquire) {
            return Err(LedgerError::unavailable(
                "nothing was deleted: other processes may write to this graph, and the payloads that they are about to \
                 name are not known here; stop them all, then run `stemma gc --delete --alone`",
            ));
        }
        let grace = Timestamp::try_from(grace.as_micros()).unwrap_or(Timestamp::MAX);
        // A payload that is exactly as old as the grace is old enough.
        let before = self.shared.clock.now().saturating_sub(grace).saturating_add(1);
        let mut deleted = Vec::new();
        for digests in digests.chunks(AT_A_TIME) {
            let closed = || LedgerError::unavailable("the ledger is closed");
            let (answer, answered) = oneshot::channel();
            let sweep = Sweep { digests: digests.to_vec(), before, answer };
            self.jobs.send(SequencerMessage::Sweep(Box::new(sweep))).await.map_err(|_| closed())?;
            deleted.extend(answered.await.map_err(|_| closed())??);
        }
        Ok(deleted)
    }

    /// Returns the state of a payload: its size and age, and the number of versions that name it.
    ///
    /// # Errors
    /// [`LedgerError::Blob`].
    pub async fn payload_state(&self, digest: Digest) -> Result<PayloadState, LedgerError> {
        let found = self.shared.blobs.list_one(digest).await?;
        let now = self.shared.clock.now();
        let stored = found.map(|blob| (blob.size, age(now, blob.touched)));
        Ok(PayloadState { stored, versions: self.shared.names(&digest) })
    }
}

fn age(now: Timestamp, touched: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(now.saturating_sub(touched)).unwrap_or(0))
}

impl LedgerState {
    /// Returns the number of versions that name a payload, including versions that are being
    /// written.
    fn names(&self, digest: &Digest) -> usize {
        self.reading(|index| At::new(index, index.seq()).with_payload(digest).len())
    }

    /// Deletes the payloads that may be deleted. The sequencer calls this between two groups, while
    /// nothing is being planned.
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
                "nothing was deleted: the outcome of an earlier write is unknown; restart the server",
            ))
        };
        // This follows the last deletion, so a proposal that checked a payload before it checks
        // again.
        self.sweeps.fetch_add(1, Ordering::SeqCst);
        let _ = answer.send(result);
    }
}
