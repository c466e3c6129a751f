//! The multi-writer protocol: writing while other processes write to the store as well.
//!
//! One proposal at a time is planned on the newest head, and appended if no other process was
//! first. The index gets it only then, so a lost race costs only the planning: the other commit is
//! applied, and the proposal is planned again. A process that lost several races requests write
//! priority; the others then wait until it has written, for a bounded time, so that a large commit
//! succeeds between many small ones. The log is consistent because a seq is taken once; priority is
//! not needed for that.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::{CommitResult, FirstAnswer, QueuedProposal, Sequencer, SequencerMessage, committed};
use crate::domain::invalid::{Invalid, MAX_COMMIT_BYTES};
use crate::domain::log::entry::{CommitRecord, Entry, Head};
use crate::domain::log::facts::{Facts, Stamp};
use crate::domain::write::plan::{Planned, plan};
use crate::domain::write::proposal::Proposal;
use crate::graph::{AppendError, Graph, GraphError, RaceOutcome, WritePriority};
use crate::ledger::LedgerError;
use crate::ledger::sequencer::prepare::PreparedProposal;
use crate::lineage::Index;

/// The number of commits that are read together. Their facts are in one message.
const PAGE: usize = 16;
/// The number of lost races after which a proposal fails.
const MAX_RACES: u32 = 64;
/// The number of lost races after which write priority is requested.
const RACES_BEFORE_PRIORITY: u32 = 3;
/// The maximum time to wait for a process with write priority.
const PRIORITY_WAIT: Duration = if cfg!(test) { Duration::from_millis(300) } else { Duration::from_secs(2) };
/// The interval of checks for its commit.
const PRIORITY_POLL: Duration = Duration::from_millis(5);
/// The pause before the next poll after one without an answer.
const POLL_BACK_OFF: Duration = Duration::from_secs(1);
/// The number of such polls before a reconnect.
const POLLS_BEFORE_RECONNECT: u32 = 4;
/// The lead of a commit over this clock, in microseconds, from which on one of the two clocks is
/// considered wrong.
const CLOCK_TOLERANCE: i64 = 10_000_000;

/// The message if the database cannot be reached.
const AWAY: &str =
    "the graph's server does not answer; nothing was written; send the request again in a moment";
/// The message if the log has changed.
const BROKEN: &str = "this process no longer reads the store's log and accepts no writes; restart it";
/// The message after too many lost races.
const OVERTAKEN: &str =
    "other processes were first too many times; nothing was written; send the request again";
/// The message if the outcome is unknown.
const UNKNOWN: &str =
    "it is unknown whether this was written; send the request again with the same idempotency key";

/// The state of the protocol in this process.
#[derive(Default)]
pub(super) struct MultiWriterState {
    /// The process that had write priority and did not use it in time.
    ignored_priority: Option<WritePriority>,
    /// True if this process has requested write priority.
    has_priority: bool,
    /// The number of consecutive polls without an answer.
    failed_polls: u32,
    /// True if a difference of the clocks was logged.
    clock_logged: bool,
}

impl Sequencer {
    /// Returns the next message, and applies the commits of other processes until it arrives.
    /// `None` once the queue is closed and empty.
    pub(super) async fn next(
        &mut self,
        queue: &mut mpsc::Receiver<SequencerMessage>,
    ) -> Option<SequencerMessage> {
        if !self.shared.store.is_shared() {
            return queue.recv().await;
        }
        loop {
            let shared = Arc::clone(&self.shared);
            tokio::select! {
                biased;
                order = queue.recv() => return order,
                () = sleep(self.pace()) => {}
                () = shared.replication.wanted.notified() => {}
            }
            // An error is returned to the next caller with a request.
            let _ = self.follow().await;
            if self.multi_writer.failed_polls > 0
                && self.multi_writer.failed_polls.is_multiple_of(POLLS_BEFORE_RECONNECT)
            {
                self.reconnect().await;
            }
        }
    }

    /// Returns the rows that the processes share.
    fn rows(&self) -> Result<&Graph, LedgerError> {
        self.shared.store.shared().ok_or_else(|| LedgerError::unavailable(BROKEN))
    }

    /// Returns the time until the next poll, which is longer if the last one had no answer.
    fn pace(&self) -> Duration {
        let every = self.shared.replication.every;
        if self.multi_writer.failed_polls > 0 { every.max(POLL_BACK_OFF) } else { every }
    }

    async fn reconnect(&self) {
        let Ok(graph) = self.rows() else { return };
        match graph.reconnect().await {
            Ok(()) => tracing::info!("reconnected to the graph's server"),
            Err(error) => tracing::debug!(%error, "the graph's server cannot be reached"),
        }
    }

    /// Writes proposals one by one.
    pub(super) async fn write_shared(&mut self, jobs: Vec<QueuedProposal>) {
        if jobs.is_empty() {
            return;
        }
        let mut caught_up = self.catch_up().await;
        for QueuedProposal { proposal, mut prepared, answer } in jobs {
            let result = match &caught_up {
                Ok(()) => self.commit_shared(&proposal, &mut prepared).await,
                Err(error) => Err(not_now(error)),
            };
            if caught_up.is_ok() && matches!(result, Err(LedgerError::Unavailable { .. })) {
                // If the server is gone, the other proposals need not find that out one by one.
                caught_up = self.catch_up().await;
            }
            let _ = answer.send(result);
            self.release_priority().await;
        }
    }

    /// Releases write priority if this process requested it.
    async fn release_priority(&mut self) {
        if std::mem::take(&mut self.multi_writer.has_priority)
            && let Ok(graph) = self.rows()
            && let Err(error) = graph.release_priority().await
        {
            tracing::debug!(%error, "write priority was not released; it ends after its maximum time");
        }
    }

    /// Applies all commits of other processes. Returns the process that has write priority.
    pub(super) async fn follow(&mut self) -> Result<Option<WritePriority>, LedgerError> {
        if !self.shared.writable.load(Ordering::Acquire) {
            return Err(LedgerError::unavailable(BROKEN));
        }
        loop {
            let since = self.shared.clock.now();
            let remote = self.rows()?.remote_commits(PAGE).await.map_err(|error| self.poll_failed(error))?;
            if std::mem::take(&mut self.multi_writer.failed_polls) > 0 {
                tracing::info!(seq = %self.head.seq, "the graph's server answers again");
            }
            let is_all = remote.commits.len() < PAGE;
            for commit in remote.commits {
                self.take(&commit).inspect_err(|error| {
                    tracing::error!(%error, seq = %commit.seq, "the log of the store has changed; nothing more is read from it");
                    self.shared.writable.store(false, Ordering::Release);
                })?;
            }
            if is_all {
                self.shared.replication.caught_up(since);
                return Ok(remote.priority);
            }
        }
    }

    /// Applies all commits of other processes, and waits for a process with write priority.
    async fn catch_up(&mut self) -> Result<(), LedgerError> {
        let Some(priority) = self.follow().await?.filter(|priority| self.yields_to(priority)) else {
            return Ok(());
        };
        let passing = async {
            loop {
                sleep(PRIORITY_POLL).await;
                if self.follow().await?.as_ref() != Some(&priority) {
                    return Ok(());
                }
            }
        };
        match timeout(PRIORITY_WAIT, passing).await {
            Ok(passed) => passed,
            Err(_) => {
                // It may have been killed.
                self.multi_writer.ignored_priority = Some(priority);
                Ok(())
            }
        }
    }

    fn yields_to(&self, priority: &WritePriority) -> bool {
        priority.by != self.shared.name && self.multi_writer.ignored_priority.as_ref() != Some(priority)
    }

    async fn commit_shared(&mut self, proposal: &Proposal, prepared: &mut PreparedProposal) -> CommitResult {
        for lost in 0..MAX_RACES {
            if let Some(answer) = self.shared.answered(proposal, &[]).await? {
                return Ok(answer);
            }
            let Planned { entry, outcomes, refreshed } = self.plan_shared(proposal, prepared).await?;
            let Some(entry) = entry.map(Arc::new) else {
                return Ok(committed(outcomes, refreshed, FirstAnswer::Now(self.head.seq)));
            };
            Invalid::limit("bytes of one commit", entry.weight(), MAX_COMMIT_BYTES)?;
            // A commit that does not fit must not get into the log: no process could apply it.
            let follows = |index: &Index| index.follows(stamp(&entry.commit), &entry.facts);
            self.shared.reading(follows).map_err(mistaken)?;
            match self.rows()?.append_shared(Arc::clone(&entry)).await {
                Ok(RaceOutcome::Written) => {
                    self.put(&entry)?;
                    return Ok(committed(outcomes, refreshed, FirstAnswer::Now(self.head.seq)));
                }
                Ok(RaceOutcome::Lost) => {
                    if lost + 1 == RACES_BEFORE_PRIORITY {
                        self.request_priority().await;
                    }
                    // Once requested, the priority is ours: later requests wait until we have
                    // written.
                    let followed = if self.multi_writer.has_priority {
                        self.follow().await.map(drop)
                    } else {
                        self.catch_up().await
                    };
                    followed.map_err(|error| not_now(&error))?;
                }
                Err(error @ AppendError::Failed { .. }) => {
                    return Err(LedgerError::Unavailable {
                        what: UNKNOWN.to_owned(),
                        why: error.to_string(),
                    });
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(LedgerError::unavailable(OVERTAKEN))
    }

    /// Plans a proposal on top of the durable commits and loads the records that the rules need.
    async fn plan_shared(
        &self,
        proposal: &Proposal,
        prepared: &mut PreparedProposal,
    ) -> Result<Planned, LedgerError> {
        self.shared.load_records(proposal, prepared, &[]).await?;
        loop {
            let planned = {
                let newest = self.shared.index.newest();
                let index = newest.read();
                plan(&*index, proposal, &self.shared.given(&index, proposal, prepared, self.head))
            };
            match planned.map_err(LedgerError::from) {
                Ok(planned) => return Ok(planned),
                Err(error) => match error.unread() {
                    Some(ids) => self.shared.load_unread(ids, prepared, &[]).await?,
                    None => return Err(error),
                },
            }
        }
    }

    /// Requests write priority.
    async fn request_priority(&mut self) {
        let priority = WritePriority { by: self.shared.name.clone(), at: self.head.seq };
        let Ok(graph) = self.rows() else { return };
        match graph.request_priority(&priority).await {
            Ok(()) => self.multi_writer.has_priority = true,
            // Writing continues without it.
            Err(error) => tracing::debug!(%error, "write priority was not requested"),
        }
    }

    /// Applies a commit of another process.
    fn take(&mut self, commit: &CommitRecord) -> Result<(), LedgerError> {
        let damaged = |why: &str| LedgerError::Corrupt(format!("commit {}: {why}", commit.seq));
        if commit.previous != self.head.digest {
            return Err(damaged("it does not follow the commit before it"));
        }
        let facts = Facts::unpack(&commit.facts).map_err(|error| damaged(&error.to_string()))?;
        if commit.time > self.shared.clock.now().saturating_add(CLOCK_TOLERANCE)
            && !std::mem::replace(&mut self.multi_writer.clock_logged, true)
        {
            tracing::warn!(seq = %commit.seq, "the time of a commit is in the future: the clocks of the processes differ");
        }
        self.add(commit, &facts)
    }

    /// Applies a commit of this process.
    fn put(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        self.add(&entry.commit, &entry.facts)
    }

    fn add(&mut self, commit: &CommitRecord, facts: &Facts) -> Result<(), LedgerError> {
        let applied = self.shared.index.newest().write().apply(stamp(commit), facts);
        if let Err(error) = applied {
            // The index cannot be used for planning any more; readers are pinned to earlier
            // commits.
            self.shared.writable.store(false, Ordering::Release);
            return Err(mistaken(error));
        }
        self.head = Head { seq: commit.seq, digest: commit.digest() };
        if let Some(graph) = self.shared.store.shared() {
            graph.advance_head(self.head);
        }
        self.shared.publish(&[self.head]);
        Ok(())
    }

    fn poll_failed(&mut self, error: GraphError) -> LedgerError {
        if matches!(error, GraphError::Corrupt { .. }) {
            tracing::error!(%error, "the store is damaged; nothing more is read from it");
            self.shared.writable.store(false, Ordering::Release);
            return error.into();
        }
        self.multi_writer.failed_polls = self.multi_writer.failed_polls.saturating_add(1);
        if self.multi_writer.failed_polls == 1 {
            tracing::warn!(%error, seq = %self.head.seq, "the graph's server does not answer; this process only serves reads");
        }
        error.into()
    }
}

fn stamp(commit: &CommitRecord) -> Stamp<'_> {
    Stamp { seq: commit.seq, time: commit.time, author: &commit.author }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn mistaken(error: crate::lineage::InconsistentFacts) -> LedgerError {
    LedgerError::Corrupt(error.to_string())
}

/// Returns the error for a caller if this process could not read the newest commits.
fn not_now(error: &LedgerError) -> LedgerError {
    match error {
        LedgerError::Unavailable { what, why } if why.is_empty() => LedgerError::unavailable(what),
        LedgerError::Unavailable { why, .. } => {
            LedgerError::Unavailable { what: AWAY.to_owned(), why: why.clone() }
        }
        LedgerError::Corrupt(what) => LedgerError::Corrupt(what.clone()),
        other => LedgerError::Unavailable { what: AWAY.to_owned(), why: other.to_string() },
    }
}
