//! The projector: writes the graph behind the log.
//!
//! It is a separate task. The graph answers nothing that the ledger is asked, so neither a slow
//! nor a failing engine delays an answer; the task tries again after a pause. What it has to do is
//! always read from the log, and what is in the graph is noted there.

#[cfg(test)]
mod tests;

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::store::{SegmentStore, Store};
use super::{Engine, LedgerError, LedgerState};
use crate::domain::id::Seq;
use crate::domain::log::entry::{Entry, Head};
use crate::domain::log::facts::Facts;
use crate::domain::write::log_entry::LogEntry;
use crate::graph::Projection;

/// The pause after a commit: what follows it is written in the same transaction.
const GATHER: Duration = Duration::from_millis(200);
/// The approximate size of a transaction, in bytes of entries.
const TRANSACTION: usize = 4 << 20;
/// The first pause after a failure. It doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// The time that a close gives the projector to catch up.
const CATCH_UP: Duration = Duration::from_secs(5);

/// The running projector of a ledger.
pub(crate) struct Projector {
    ends: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Projector {
    /// Starts the task. It ends with the ledger.
    pub(super) fn start(shared: &Arc<LedgerState>) -> Result<Option<Self>, LedgerError> {
        let Store::Segments(segments) = &shared.store else { return Ok(None) };
        if shared.store.is_read_only() {
            return Ok(None);
        }
        let (ends, ending) = watch::channel(false);
        let run = Run {
            shared: Arc::downgrade(shared),
            segments: segments.clone(),
            engine: Engine::SurrealKv,
            news: shared.news.subscribe(),
            ending,
            graph: None,
            at: Head::default(),
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
}

impl Run {
    async fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        while self.work_arrives().await {
            match self.catch_up().await {
                Ok(()) => pause = FIRST_PAUSE,
                Err(error) => {
                    tracing::warn!(%error, at = %self.at.seq, "the graph could not be written; it is tried again, and nothing else is affected");
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
        if self.shared.strong_count() > 0 && tokio::time::timeout(CATCH_UP, self.catch_up()).await.is_err() {
            tracing::info!(at = %self.at.seq, "the graph is behind the log; the next start continues");
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
        let graph = match self.graph.take() {
            Some(graph) => graph,
            None => self.opened().await?,
        };
        let graph = self.graph.insert(graph);
        while self.at.seq < newest {
            let Some(shared) = self.shared.upgrade() else { return Ok(()) };
            let Some((entries, last)) = next_entries(&self.segments, &shared, self.at)? else { break };
            drop(shared);
            graph.write(Arc::new(entries)).await?;
            self.at = last;
            if let Some(shared) = self.shared.upgrade() {
                shared.projected.store(last.seq.0, std::sync::atomic::Ordering::Release);
            }
        }
        Ok(())
    }

    /// Opens the graph and finds the commit to continue after.
    async fn opened(&mut self) -> Result<Projection, LedgerError> {
        let (mut graph, mut at) = Projection::open(self.segments.dir(), &self.engine).await?;
        if !self.is_ours(at)? {
            tracing::warn!(at = %at.seq, "the graph belongs to another log; it is set aside and made again");
            graph = graph.restarted(&self.engine).await?;
            at = Head::default();
        }
        self.at = at;
        if let Some(shared) = self.shared.upgrade() {
            shared.projected.store(at.seq.0, std::sync::atomic::Ordering::Release);
        }
        Ok(graph)
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
