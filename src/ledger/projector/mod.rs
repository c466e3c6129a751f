//! The projector: writes the graph behind the log.
//!
//! It is a separate task. The graph answers nothing that the ledger is asked, so neither a slow
//! nor a failing engine delays an answer; the task tries again after a pause. What it has to do is
//! always read from the log, and what is in the graph is noted there. [`lag`] limits its lag.

mod lag;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(super) use lag::ProjectionProgress;
pub use lag::{Lag, LagLimit, Projected, ProjectionFailure};

use super::store::{SegmentStore, Store};
use super::{Engine, LedgerError, LedgerState};
use crate::domain::id::Seq;
use crate::domain::log::entry::{Entry, Head};
use crate::domain::log::facts::Facts;
use crate::domain::write::log_entry::LogEntry;
use crate::graph::{GraphError, Projection};

/// The pause after a commit: what follows it is written in the same transaction.
const GATHER: Duration = Duration::from_millis(if cfg!(test) { 10 } else { 200 });
/// The approximate size of a transaction, in bytes of entries.
const TRANSACTION: usize = 4 << 20;
/// The first pause after a failure. It doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(if cfg!(test) { 5 } else { 1_000 });
const LONGEST_PAUSE: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 60_000 });
/// The time that a close gives the projector to catch up.
const CATCH_UP: Duration = Duration::from_secs(5);

/// The running projector of a ledger.
pub(crate) struct Projector {
    ends: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Projector {
    /// Starts the task. It ends with the ledger.
    pub(super) fn start(shared: &Arc<LedgerState>, engine: Engine) -> Result<Option<Self>, LedgerError> {
        let Store::Segments(segments) = &shared.store else { return Ok(None) };
        if shared.projection.is_none() {
            return Ok(None);
        }
        let (ends, ending) = watch::channel(false);
        let run = Run {
            shared: Arc::downgrade(shared),
            segments: segments.clone(),
            engine,
            news: shared.news.subscribe(),
            ending,
            graph: None,
            at: Head::default(),
            was_remade: false,
        };
        let task = shared.store.runtime()?.spawn(run.run());
        Ok(Some(Self { ends, task }))
    }

    /// Catches up for a limited time and closes the graph.
    pub(super) async fn end(self) {
        self.ends.send_replace(true);
        let _ = self.task.await;
    }
}

struct Run {
    shared: Weak<LedgerState>,
    segments: SegmentStore,
    engine: Engine,
    news: watch::Receiver<Seq>,
    ending: watch::Receiver<bool>,
    /// `None` until it is needed, and after a failure.
    graph: Option<Projection>,
    /// The last commit in the graph.
    at: Head,
    /// True if the graph was made again because it refused a transaction.
    was_remade: bool,
}

impl Run {
    async fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        while self.work_arrives().await {
            match self.catch_up().await {
                Ok(()) => {
                    pause = FIRST_PAUSE;
                    self.report(|progress, _| progress.caught_up());
                }
                Err(error) => {
                    self.report(|progress, shared| progress.failed(&error, shared.clock.now()));
                    self.leave().await;
                    let ending = self.ending.wait_for(|ends| *ends);
                    if tokio::time::timeout(pause, ending).await.is_ok() {
                        break;
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
        // A graph that is complete needs no reading of the log to be asked.
        if self.shared.strong_count() > 0 {
            match tokio::time::timeout(CATCH_UP, self.catch_up()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => self.report(|progress, shared| progress.failed(&error, shared.clock.now())),
                Err(_) => {
                    tracing::info!(at = %self.at.seq, "the graph is behind the log; the next start continues");
                }
            }
        }
        self.leave().await;
    }

    /// Waits until there may be commits to write. Returns false at the end.
    async fn work_arrives(&mut self) -> bool {
        let is_behind = |run: &Self| *run.news.borrow() > run.at.seq;
        while !is_behind(self) {
            tokio::select! {
                changed = self.news.changed() => if changed.is_err() { return false },
                _ = self.ending.wait_for(|ends| *ends) => return false,
            }
        }
        let ending = self.ending.wait_for(|ends| *ends);
        tokio::time::timeout(GATHER, ending).await.is_err()
    }

    /// Writes all commits up to the newest durable one.
    async fn catch_up(&mut self) -> Result<(), LedgerError> {
        let newest = self.segments.reader().head().seq;
        if newest == Seq::ZERO {
            return Ok(());
        }
        if self.graph.is_none() {
            let (graph, at) = self.opened().await?;
            self.begin(graph, at);
        }
        while self.at.seq < newest {
            let Some(graph) = &self.graph else { break };
            let Some(shared) = self.shared.upgrade() else { return Ok(()) };
            let Some((entries, last)) = next_entries(&self.segments, &shared, self.at)? else { break };
            #[cfg(test)]
            inject(&shared)?;
            drop(shared);
            match graph.write(Arc::new(entries)).await {
                Err(GraphError::Corrupt { why, .. }) if !self.was_remade => {
                    // Its rows are not those that were written: once, it is made again.
                    tracing::warn!(why, at = %self.at.seq, "the graph refuses the commits after it; it is set aside and made again");
                    self.was_remade = true;
                    if let Some(refused) = self.graph.take() {
                        let made = refused.restarted(&self.engine).await?;
                        self.begin(made, Head::default());
                    }
                    continue;
                }
                written => written?,
            }
            self.at = last;
            self.report(|progress, _| progress.written(last.seq));
        }
        Ok(())
    }

    /// Opens the graph and finds the commit to continue after.
    async fn opened(&self) -> Result<(Projection, Head), LedgerError> {
        let (mut graph, mut at) = Projection::open(self.segments.dir(), &self.engine).await?;
        if !self.is_ours(at)? {
            tracing::warn!(at = %at.seq, "the graph belongs to another log; it is set aside and made again");
            graph = graph.restarted(&self.engine).await?;
            at = Head::default();
        }
        Ok((graph, at))
    }

    /// Continues with a graph that has the commits up to `at`.
    fn begin(&mut self, graph: Projection, at: Head) {
        self.graph = Some(graph);
        self.at = at;
        self.report(|progress, shared| progress.opened(at.seq, shared.durable()));
    }

    /// Reports progress, unless the ledger was dropped.
    fn report(&self, report: impl FnOnce(&ProjectionProgress, &LedgerState)) {
        if let Some(shared) = self.shared.upgrade()
            && let Some(progress) = &shared.projection
        {
            report(progress, &shared);
        }
    }

    /// Returns true if the log has this commit.
    fn is_ours(&self, at: Head) -> Result<bool, LedgerError> {
        if at == Head::default() {
            return Ok(true);
        }
        let Some(frame) = self.segments.reader().frame(at.seq)? else { return Ok(false) };
        let commit = frame.entry(at.seq).map(LogEntry::unpack_commit);
        Ok(commit.and_then(Result::ok).is_some_and(|commit| commit.digest() == at.digest))
    }

    async fn leave(&mut self) {
        if let Some(graph) = self.graph.take()
            && let Err(error) = graph.close().await
        {
            tracing::warn!(%error, "the graph was not cleanly closed");
        }
    }
}

/// Fails if a test has set a fault.
#[cfg(test)]
fn inject(shared: &LedgerState) -> Result<(), LedgerError> {
    let fault = shared.projection.as_ref().and_then(|progress| progress.fault.lock().unwrap().clone());
    fault.map_or(Ok(()), |why| Err(GraphError::Unavailable(why).into()))
}

/// Returns the entries after a commit, as many as fit into one transaction, and the last of them.
fn next_entries(
    segments: &SegmentStore,
    shared: &LedgerState,
    after: Head,
) -> Result<Option<(Vec<Entry>, Head)>, LedgerError> {
    let (mut found, mut head, mut weight) = (Vec::new(), after, 0);
    segments.each_after(after.seq, |_, packed| {
        if weight >= TRANSACTION {
            return Ok(false);
        }
        let corrupt = |error: &dyn std::fmt::Display| LedgerError::Corrupt(error.to_string());
        let log_entry = LogEntry::unpack(packed).map_err(|error| corrupt(&error))?;
        let (facts, next): (Facts, Head) = log_entry.check(head).map_err(|error| corrupt(&error))?;
        let entry = shared.reading(|index| log_entry.entry(facts, index));
        let entry = entry.map_err(|error| corrupt(&error))?;
        weight += entry.weight();
        head = next;
        found.push(entry);
        Ok(true)
    })?;
    Ok((!found.is_empty()).then_some((found, head)))
}
