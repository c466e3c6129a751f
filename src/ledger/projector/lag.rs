//! The progress of the projection: its lag behind the log, its failures, and the limit of the lag.
//!
//! At the limit a write waits before it is queued, so that dry runs, reads and the projector itself
//! are not delayed. Commits that were behind already when the process opened the graph do not
//! count: a graph that is made again may take long, and the log does not need it.

#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::domain::id::Seq;
use crate::domain::version::Timestamp;
use crate::domain::write::proposal::Proposal;
use crate::ledger::store::Store;
use crate::ledger::{Ledger, LedgerError, LedgerState};
use crate::lineage::At;

/// The lag of the projection at which writes wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LagLimit {
    /// The bytes of log.
    pub bytes: u64,
    /// The versions.
    pub versions: u64,
    /// The maximum time for which a write waits.
    pub wait: Duration,
}

impl LagLimit {
    /// The default in bytes of log.
    const BYTES: u64 = 256 << 20;
    /// The default in versions.
    const VERSIONS: u64 = 200_000;
    /// The default of the maximum time for which a write waits.
    const WAIT: Duration = Duration::from_secs(5);

    /// Returns the limit with this many bytes of log, and versions in proportion to the defaults.
    #[must_use]
    pub fn of(bytes: u64) -> Self {
        let versions = u128::from(bytes) * u128::from(Self::VERSIONS) / u128::from(Self::BYTES);
        Self { bytes, versions: u64::try_from(versions).unwrap_or(u64::MAX).max(1), wait: Self::WAIT }
    }

    /// Returns true if writes wait at this lag.
    const fn is_reached(&self, behind: &Lag) -> bool {
        behind.bytes >= self.bytes || behind.versions >= self.versions
    }
}

impl Default for LagLimit {
    fn default() -> Self {
        Self::of(Self::BYTES)
    }
}

/// The part of the log that is not in the projection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lag {
    /// The number of commits.
    pub commits: u64,
    /// The number of versions.
    pub versions: u64,
    /// The size of their frames in bytes. A frame that is in the projection in part counts
    /// completely.
    pub bytes: u64,
}

/// The state of the projection at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projected {
    /// The last commit in it; `None` if it was not opened yet.
    pub at: Option<Seq>,
    /// The newest durable commit.
    pub newest: Seq,
    /// The lag; as long as it was not opened, that of the commits since the start.
    pub behind: Lag,
    /// The failure, if it cannot be written now.
    pub failure: Option<ProjectionFailure>,
}

/// A failure of the projector that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectionFailure {
    /// The time of the first failure.
    pub since: Timestamp,
    /// The last error. It may name paths of the machine.
    pub error: String,
}

/// The progress that the projector reports, and for which writes wait.
pub(crate) struct ProjectionProgress {
    limit: LagLimit,
    state: Mutex<ProgressState>,
    /// Notifies waiting writes.
    moved: watch::Sender<()>,
    /// The error of the next transactions, as tests set it.
    #[cfg(test)]
    pub(super) fault: Mutex<Option<String>>,
}

struct ProgressState {
    at: Option<Seq>,
    /// Commits up to this one were behind when the graph was opened, and do not count.
    counted_after: Seq,
    failure: Option<ProjectionFailure>,
    /// True from the first failure that was logged until everything is written.
    is_reported: bool,
}

impl ProjectionProgress {
    /// Creates the progress of a projection that is not opened yet, for a log with this newest
    /// commit.
    pub(crate) fn new(limit: LagLimit, newest: Seq) -> Self {
        let state = ProgressState { at: None, counted_after: newest, failure: None, is_reported: false };
        Self {
            limit,
            state: Mutex::new(state),
            moved: watch::Sender::new(()),
            #[cfg(test)]
            fault: Mutex::default(),
        }
    }

    /// Records that the graph was opened at a commit, while the log had this newest one.
    pub(super) fn opened(&self, at: Seq, newest: Seq) {
        let mut state = self.lock();
        if state.at.is_some_and(|before| at < before) {
            // It is made again.
            state.counted_after = newest;
        }
        state.at = Some(at);
        drop(state);
        self.moved.send_replace(());
    }

    /// Records that all commits up to this one were written.
    pub(super) fn written(&self, at: Seq) {
        let mut state = self.lock();
        state.at = Some(at);
        state.failure = None;
        drop(state);
        self.moved.send_replace(());
    }

    /// Records that the graph has all commits.
    pub(super) fn caught_up(&self) {
        let mut state = self.lock();
        state.failure = None;
        let (at, was_reported) = (state.at.unwrap_or_default(), std::mem::take(&mut state.is_reported));
        drop(state);
        if was_reported {
            tracing::info!(%at, "the graph can be written again and has all commits");
        }
    }

    /// Records a failure. The first one is logged, until the graph has caught up again.
    pub(super) fn failed(&self, error: &LedgerError, now: Timestamp) {
        let error = cause(error);
        let mut state = self.lock();
        let at = state.at.unwrap_or_default();
        let was_reported = std::mem::replace(&mut state.is_reported, true);
        let since = state.failure.as_ref().map_or(now, |failure| failure.since);
        state.failure = Some(ProjectionFailure { since, error: error.clone() });
        drop(state);
        if was_reported {
            tracing::debug!(error, %at, "the graph could not be written");
        } else {
            tracing::warn!(
                error,
                %at,
                "the graph could not be written; it is tried again. Reads are not affected; writes are refused once \
                 the graph is too far behind the log"
            );
        }
    }

    fn lock(&self) -> MutexGuard<'_, ProgressState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProgressState {
    /// Returns the commit after which commits count for the limit.
    fn counted_after(&self) -> Seq {
        self.at.unwrap_or_default().max(self.counted_after)
    }
}

/// Returns the cause that an error has for the log of the server.
fn cause(error: &LedgerError) -> String {
    match error {
        LedgerError::Unavailable { why, .. } if !why.is_empty() => why.clone(),
        error => error.to_string(),
    }
}

impl Ledger {
    /// Returns the state of the projection; `None` if this process writes none: the store is on a
    /// server, or was opened read-only. Reads nothing from the disk.
    #[must_use]
    pub fn projection(&self) -> Option<Projected> {
        let shared = &self.shared;
        let progress = shared.projection.as_ref()?;
        let (at, after, failure) = {
            let state = progress.lock();
            (state.at, state.at.unwrap_or(state.counted_after), state.failure.clone())
        };
        let newest = shared.durable();
        Some(Projected { at, newest, behind: shared.lag_after(after, newest), failure })
    }
}

#[cfg(test)]
impl Ledger {
    /// Makes the next transactions of the projector fail with an error, or succeed again.
    pub(crate) fn fail_projection(&self, why: Option<&str>) {
        let progress = self.shared.projection.as_ref().unwrap();
        *progress.fault.lock().unwrap() = why.map(str::to_owned);
    }
}

impl LedgerState {
    /// Returns the lag of a projection whose last commit is `after`.
    fn lag_after(&self, after: Seq, newest: Seq) -> Lag {
        let Store::Segments(segments) = &self.store else { return Lag::default() };
        if after >= newest {
            return Lag::default();
        }
        let versions = self.reading(|index| {
            let visible = |seq: Seq| u64::from(At::new(index, seq).visible());
            visible(newest).saturating_sub(visible(after))
        });
        Lag { commits: newest.0 - after.0, versions, bytes: segments.reader().bytes_after(after) }
    }

    /// Returns the lag that counts for the limit, if it is reached.
    fn excessive_lag(&self, progress: &ProjectionProgress) -> Option<Lag> {
        let after = progress.lock().counted_after();
        Some(self.lag_after(after, self.durable())).filter(|behind| progress.limit.is_reached(behind))
    }

    /// Waits while the projection is too far behind for a write. Writes that pass at the same time
    /// may exceed the limit together.
    ///
    /// # Errors
    /// Returns [`LedgerError::Unavailable`] if that takes too long; nothing was written.
    pub(in crate::ledger) async fn wait_for_projection(
        &self,
        proposal: &Proposal,
    ) -> Result<(), LedgerError> {
        let Some(progress) = &self.projection else { return Ok(()) };
        let mut moved = progress.moved.subscribe();
        if self.excessive_lag(progress).is_none() || self.is_answered(proposal) {
            return Ok(());
        }
        let reached = async {
            while self.excessive_lag(progress).is_some() {
                if moved.changed().await.is_err() {
                    break;
                }
            }
        };
        if timeout(progress.limit.wait, reached).await.is_ok() {
            return Ok(());
        }
        // It may have caught up just now.
        self.excessive_lag(progress).map_or(Ok(()), |behind| Err(progress.too_far_behind(behind)))
    }

    /// Returns true if a proposal needs no new commit because its idempotency key was used before.
    fn is_answered(&self, proposal: &Proposal) -> bool {
        proposal.request().is_some_and(|(key, _)| self.reading(|index| index.request(&key)).is_some())
    }
}

impl ProjectionProgress {
    fn too_far_behind(&self, behind: Lag) -> LedgerError {
        let LagLimit { bytes, versions, .. } = self.limit;
        let what = format!(
            "this was not written: expected the graph to be less than {} and {versions} versions behind the log, found {} \
             and {} versions; send the request, or run the command, again in a moment. If that does not help, see \
             /readyz and the log for the cause, or raise --lag",
            size(bytes),
            size(behind.bytes),
            behind.versions
        );
        let why = self.lock().failure.as_ref().map_or_else(
            || "the graph is written more slowly than the log".to_owned(),
            |failure| failure.error.clone(),
        );
        LedgerError::Unavailable { what, why }
    }
}

/// Returns a size for a message.
fn size(bytes: u64) -> String {
    if bytes < 10 << 20 { format!("{bytes} bytes") } else { format!("{} MiB", bytes >> 20) }
}
