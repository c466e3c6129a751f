//! The sequencer: the one task that orders writes.
//!
//! It takes the queued proposals (group commit), plans each against the index, which already
//! contains the proposals before it, writes the group in one transaction and answers when that is
//! durable. Readers are pinned to durable seqs, so they do not see what is ahead in the index. If
//! the store refuses a group, the index is rebuilt from the log. If the outcome is unknown, nothing
//! more is written until the server is restarted. If other processes write to the store as well,
//! [`multi_writer`] replaces the group commit.

mod message;
pub(super) mod pending;
mod prepare;
pub(super) mod replication;
mod multi_writer;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::{mpsc, oneshot};

use super::index::replay::{Replayed, replay};
use super::{Committed, LedgerError, LedgerState};
use crate::domain::id::Seq;
use crate::domain::invalid::{Invalid, MAX_CHANGES, MAX_COMMIT_BYTES};
use crate::domain::log::entry::{Entry, Head};
use crate::domain::log::facts::{Facts, Outcome, Stamp};
use crate::domain::version::Timestamp;
use crate::domain::write::plan::{Given, Planned, plan};
use crate::domain::write::proposal::Proposal;
use crate::domain::write::world::Refreshed;
use crate::graph::AppendError;
use crate::lineage::Index;
pub(super) use message::{QueuedProposal, SequencerMessage, Sweep};

use message::CommitResult;
use multi_writer::MultiWriterState;
use prepare::PreparedProposal;

/// The message after a write with an unknown outcome.
const NOT_WRITTEN: &str = "this was not written: the outcome of an earlier write is unknown, and the server accepts no \
                           writes until it is restarted";

/// The message while the disk is almost full.
const DISK_FULL: &str = "this was not written: the disk of the server is almost full; free some space in the \
                         file system of the data directory, then send the request, or run the command, again";

/// A group of commits that is being planned.
#[derive(Default)]
struct CommitGroup {
    entries: Vec<Entry>,
    /// The approximate size in the store.
    bytes: usize,
    answers: Vec<(oneshot::Sender<CommitResult>, CommitResult)>,
}

impl CommitGroup {
    /// Splits off the entries from this index on, as the beginning of the next group.
    fn split_off(&mut self, place: usize) -> Self {
        let entries = self.entries.split_off(place);
        let bytes = entries.iter().map(Entry::weight).sum();
        Self { entries, bytes, answers: Vec::new() }
    }
}

/// Runs until the queue is closed and empty.
pub(super) async fn run(shared: Arc<LedgerState>, mut queue: mpsc::Receiver<SequencerMessage>, head: Head) {
    let mut sequencer = Sequencer { shared, head, multi_writer: MultiWriterState::default() };
    while let Some(first) = sequencer.next(&mut queue).await {
        let step = gather(first, &mut queue);
        if sequencer.shared.store.is_shared() {
            sequencer.write_shared(step.writes).await;
        } else {
            sequencer.write(step.writes).await;
        }
        for job in step.previews {
            sequencer.preview(job).await;
        }
        for sweep in step.sweeps {
            sequencer.sweep(sweep).await;
        }
        if step.closes {
            queue.close();
        }
    }
}

/// The work until the queue is read again.
#[derive(Default)]
struct SequencerStep {
    /// Proposals to write, as many as fit into one group.
    writes: Vec<QueuedProposal>,
    /// Proposals to preview once these writes are durable: the index is ahead of the store before.
    previews: Vec<QueuedProposal>,
    /// Deletions, when nothing is being written.
    sweeps: Vec<Sweep>,
    /// True if the queue is to be closed afterwards.
    closes: bool,
}

/// Takes the queued messages.
fn gather(first: SequencerMessage, queue: &mut mpsc::Receiver<SequencerMessage>) -> SequencerStep {
    let (mut step, mut changes) = (SequencerStep::default(), 0);
    let mut next = Some(first);
    while let Some(order) = next {
        match order {
            SequencerMessage::Close => {
                step.closes = true;
                break;
            }
            SequencerMessage::Write(job) => {
                changes += job.proposal.changes.len();
                step.writes.push(*job);
            }
            SequencerMessage::Preview(job) => {
                changes += job.proposal.changes.len();
                step.previews.push(*job);
            }
            SequencerMessage::Sweep(sweep) => {
                step.sweeps.push(*sweep);
                // Later messages wait for it.
                break;
            }
        }
        next = if changes < MAX_CHANGES { queue.try_recv().ok() } else { None };
    }
    step
}

struct Sequencer {
    shared: Arc<LedgerState>,
    /// The newest commit in the index.
    head: Head,
    /// The state of the multi-writer protocol.
    multi_writer: MultiWriterState,
}

impl Sequencer {
    /// Plans proposals, writes them in as few transactions as their size allows, and answers them.
    async fn write(&mut self, jobs: Vec<QueuedProposal>) {
        let mut group = CommitGroup::default();
        // This is checked before planning: planned entries that are not written cause a rebuild of
        // the index.
        let is_full = self.shared.store.is_full();
        for QueuedProposal { proposal, mut prepared, answer } in jobs {
            if is_full {
                let _ = answer.send(Err(LedgerError::unavailable(DISK_FULL)));
                continue;
            }
            if !self.shared.writable.load(Ordering::Acquire) {
                let _ = answer.send(Err(LedgerError::unavailable(NOT_WRITTEN)));
                continue;
            }
            let floor = self.floor();
            self.shared.pending.begin(floor, || self.shared.now_after(floor));
            let before = group.entries.len();
            let mut result = self.take_one(&proposal, &mut prepared, &mut group.entries).await;
            group.bytes += group.entries[before..].iter().map(Entry::weight).sum::<usize>();
            if group.bytes > MAX_COMMIT_BYTES && before > 0 {
                let next = group.split_off(before);
                let group_time = next.entries.first().map(|entry| entry.commit.time);
                if let Err(error) = self.flush(std::mem::replace(&mut group, next), group_time).await {
                    // It was planned on top of entries that were not written.
                    group = CommitGroup::default();
                    result = result.and(Err(error.into()));
                }
            }
            group.answers.push((answer, result));
        }
        // The callers receive a failure through the answers of the group.
        let _ = self.flush(group, None).await;
    }

    /// Returns the earliest time of the next commit.
    fn floor(&self) -> Timestamp {
        self.shared.floor()
    }

    /// Writes the planned group and answers when it is durable. `next` is the time of the entries
    /// planned after it.
    async fn flush(
        &mut self,
        CommitGroup { entries, answers, .. }: CommitGroup,
        next: Option<Timestamp>,
    ) -> Result<(), AppendError> {
        // The head of the store. That of the index remains ahead after an unknown outcome.
        let heads = Entry::heads(&entries);
        let written = if entries.is_empty() { Ok(()) } else { self.shared.store.append(entries).await };
        match written {
            Ok(()) => {
                self.shared.publish(&heads);
                // This comes before the answers: a caller may ask for that very moment.
                self.settle(next);
                for (answer, result) in answers {
                    let _ = answer.send(result);
                }
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, seq = %self.head.seq, "a group of commits was not written");
                if matches!(error, AppendError::Failed { .. }) || !self.rebuild().await {
                    self.shared.writable.store(false, Ordering::Release);
                }
                self.settle(None);
                // Refusals fail too: they may be based on what was not written.
                for (answer, _) in answers {
                    let _ = answer.send(Err(LedgerError::from(error.clone())));
                }
                Err(error)
            }
        }
    }

    /// Settles all commits before a time, or all commits. After an unknown outcome, none are
    /// settled.
    fn settle(&self, next: Option<Timestamp>) {
        if self.shared.writable.load(Ordering::Acquire) {
            self.shared.pending.settle(next);
        }
    }

    /// Drops what the index contains beyond the log. Returns false if it cannot be rebuilt.
    async fn rebuild(&mut self) -> bool {
        match replay(&self.shared.store, |_, _| ()).await {
            Ok(Replayed { index, head, .. }) => {
                self.shared.index.replace(index);
                self.head = head;
                true
            }
            Err(error) => {
                tracing::error!(%error, "the index could not be rebuilt after a refused write");
                false
            }
        }
    }

    /// Plans one proposal and loads the records that the rules need.
    async fn take_one(
        &mut self,
        proposal: &Proposal,
        prepared: &mut PreparedProposal,
        entries: &mut Vec<Entry>,
    ) -> CommitResult {
        if let Some(answer) = self.shared.answered(proposal, entries).await? {
            return Ok(answer);
        }
        if prepared.sweeps != self.shared.sweeps.load(Ordering::SeqCst) {
            // Payloads that were found may have been deleted since. Nothing is deleted during this
            // planning.
            *prepared = self.shared.prepare(proposal).await?;
        }
        self.shared.load_records(proposal, prepared, entries).await?;
        loop {
            let result = self.plan_one(proposal, prepared, entries);
            match result.as_ref().err().and_then(LedgerError::unread) {
                Some(ids) => self.shared.load_unread(ids, prepared, entries).await?,
                None => return result,
            }
        }
    }

    /// Answers the result that a proposal would have. Runs between groups, when the index contains
    /// only durable commits.
    async fn preview(&mut self, QueuedProposal { proposal, mut prepared, answer }: QueuedProposal) {
        let followed = if self.shared.store.is_shared() { self.follow().await.map(drop) } else { Ok(()) };
        let result = if let Err(error) = followed {
            Err(error)
        } else if self.shared.writable.load(Ordering::Acquire) {
            self.shared.preview(&proposal, &mut prepared).await
        } else {
            Err(LedgerError::unavailable(NOT_WRITTEN))
        };
        let _ = answer.send(result);
    }

    /// Deletes unreferenced payloads, after reading the newest commits of other processes.
    async fn sweep(&mut self, sweep: Sweep) {
        let followed = if self.shared.store.is_shared() { self.follow().await.map(drop) } else { Ok(()) };
        match followed {
            Ok(()) => self.shared.delete(sweep).await,
            Err(error) => sweep.refuse(error),
        }
    }

    /// Plans one proposal on top of the index and adds its entry to the group.
    fn plan_one(
        &mut self,
        proposal: &Proposal,
        prepared: &PreparedProposal,
        entries: &mut Vec<Entry>,
    ) -> CommitResult {
        let newest = self.shared.index.newest();
        let Planned { entry, outcomes, refreshed } = {
            let index = newest.read();
            plan(&*index, proposal, &self.shared.given(&index, proposal, prepared, self.head))?
        };
        if let Some(entry) = entry {
            Invalid::limit("bytes of one commit", entry.weight(), MAX_COMMIT_BYTES)?;
            let stamp =
                Stamp { seq: entry.commit.seq, time: entry.commit.time, author: &entry.commit.author };
            if let Err(error) = newest.write().apply(stamp, &entry.facts) {
                // The index refuses what the rules accepted, which is a bug. The index cannot be
                // used for planning any more.
                self.shared.writable.store(false, Ordering::Release);
                return Err(LedgerError::Corrupt(error.to_string()));
            }
            self.head = Head { seq: entry.commit.seq, digest: entry.commit.digest() };
            entries.push(entry);
        }
        Ok(committed(outcomes, refreshed, FirstAnswer::Now(self.head.seq)))
    }
}

impl LedgerState {
    /// Returns the result that a proposal would have now.
    async fn preview(&self, proposal: &Proposal, prepared: &mut PreparedProposal) -> CommitResult {
        self.load_records(proposal, prepared, &[]).await?;
        loop {
            let result = self.plan_alone(proposal, prepared);
            match result.as_ref().err().and_then(LedgerError::unread) {
                Some(ids) => self.load_unread(ids, prepared, &[]).await?,
                None => return result,
            }
        }
    }

    fn plan_alone(&self, proposal: &Proposal, prepared: &PreparedProposal) -> CommitResult {
        let newest = self.index.newest();
        let index = newest.read();
        let head = Head { seq: index.seq(), digest: [0; 32] };
        let planned = plan(&*index, proposal, &self.given(&index, proposal, prepared, head))?;
        Ok(committed(planned.outcomes, planned.refreshed, FirstAnswer::Now(index.seq())))
    }

    fn given<'a>(
        &self,
        index: &Index,
        proposal: &Proposal,
        prepared: &'a PreparedProposal,
        head: Head,
    ) -> Given<'a> {
        let last = index.last_time().map_or(Timestamp::MIN, |last| last + 1);
        Given {
            seq: head.seq.next(),
            time: self.pending.earliest().unwrap_or_else(|| self.clock.now()).max(last),
            previous: head.digest,
            records: &prepared.records,
            blobs: &prepared.blobs,
            media: &prepared.media,
            request: proposal.request(),
        }
    }

    /// Returns the first answer to the proposal's idempotency key, if there is one.
    async fn answered(
        &self,
        proposal: &Proposal,
        entries: &[Entry],
    ) -> Result<Option<Committed>, LedgerError> {
        let Some((key, asked)) = proposal.request() else { return Ok(None) };
        let Some((seq, before)) = self.reading(|index| index.request(&key)) else { return Ok(None) };
        if before != asked {
            return Err(Invalid::KeyReused.into());
        }
        let waiting = entries.iter().find(|entry| entry.commit.seq == seq);
        let facts = match waiting {
            Some(entry) => entry.facts.clone(),
            None => self.facts_of(seq).await?,
        };
        let Facts { request: Some(request), .. } = facts else {
            return Err(LedgerError::Corrupt(format!("commit {seq} does not hold the request it answered")));
        };
        Ok(Some(committed(request.outcomes, None, FirstAnswer::Before(seq))))
    }
}

/// The commit of the first answer to a request: this one, or an earlier one.
enum FirstAnswer {
    Now(Seq),
    Before(Seq),
}

fn committed(outcomes: Vec<Outcome>, refreshed: Option<Refreshed>, answered: FirstAnswer) -> Committed {
    let seq = outcomes.iter().map(|outcome| outcome.seq).max().unwrap_or(Seq::ZERO);
    let created = outcomes.iter().any(|outcome| outcome.created);
    let (answered_at, replayed) = match answered {
        FirstAnswer::Now(seq) => (seq, false),
        FirstAnswer::Before(seq) => (seq, true),
    };
    Committed { seq, answered_at, created, replayed, outcomes, refreshed }
}
