//! The sequencer: the one task that orders writes.
//!
//! It takes what has queued up (group commit), plans each proposal against the index, which already holds the
//! proposals before it, writes the group in one transaction and answers when that is durable. Readers are pinned to
//! durable seqs, so what the index holds beyond them is invisible. If the store refuses a group, the index is rebuilt
//! from the log; if the outcome is unknown, nothing more is written until the server is started again. Where other processes
//! write to the store as well, `turns` goes another way.

mod prepare;
pub(super) mod replication;
mod multi_writer;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::{mpsc, oneshot};

use super::garbage::Sweep;
use super::{Committed, LedgerError, Shared, open};
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
use multi_writer::Others;
use prepare::Prepared;

/// Why nothing is taken after a write with an unknown outcome.
const NOT_WRITTEN: &str = "this was not written: the outcome of an earlier write is unknown, and the server writes \
                           nothing more until it is started again";

/// Why nothing is taken while the disk is almost full.
const DISK_FULL: &str = "this was not written: the disk of the server is almost full; free some space there, then send the \
                         request again";

/// What a caller hears.
type Answer = Result<Committed, LedgerError>;

/// What the sequencer is told.
pub(crate) enum Order {
    /// Write a proposal.
    Write(Box<Job>),
    /// Say what a proposal would come to.
    Preview(Box<Job>),
    /// Delete payloads that nothing names.
    Sweep(Box<Sweep>),
    /// Take no more; what is queued is still done.
    Close,
}

/// A proposal on its way through the queue.
pub(crate) struct Job {
    pub proposal: Proposal,
    pub prepared: Prepared,
    pub answer: oneshot::Sender<Answer>,
}

/// A group of commits that is being made.
#[derive(Default)]
struct Group {
    entries: Vec<Entry>,
    /// About how many bytes they take in the store.
    bytes: usize,
    answers: Vec<(oneshot::Sender<Answer>, Answer)>,
}

impl Group {
    /// The entries from this place on, as the beginning of the next group.
    fn split_off(&mut self, place: usize) -> Self {
        let entries = self.entries.split_off(place);
        let bytes = entries.iter().map(Entry::weight).sum();
        Self { entries, bytes, answers: Vec::new() }
    }
}

/// Runs until the queue is closed and empty.
pub(super) async fn run(shared: Arc<Shared>, mut queue: mpsc::Receiver<Order>, head: Head) {
    let mut sequencer = Sequencer { shared, head, others: Others::default() };
    while let Some(first) = sequencer.next(&mut queue).await {
        let turn = gather(first, &mut queue);
        if sequencer.shared.graph.is_shared() {
            sequencer.write_in_turn(turn.writes).await;
        } else {
            sequencer.write(turn.writes).await;
        }
        for job in turn.previews {
            sequencer.preview(job).await;
        }
        for sweep in turn.sweeps {
            sequencer.sweep(sweep).await;
        }
        if turn.closes {
            queue.close();
        }
    }
}

/// What is done before the queue is looked at again.
#[derive(Default)]
struct Turn {
    /// To be written, as far as it fits into one group.
    writes: Vec<Job>,
    /// To be planned once these are durable: the index is ahead of the store before.
    previews: Vec<Job>,
    /// To be done when nothing is being written.
    sweeps: Vec<Sweep>,
    /// Whether the queue is to be closed after it.
    closes: bool,
}

/// What has queued up.
fn gather(first: Order, queue: &mut mpsc::Receiver<Order>) -> Turn {
    let (mut turn, mut changes) = (Turn::default(), 0);
    let mut next = Some(first);
    while let Some(order) = next {
        match order {
            Order::Close => {
                turn.closes = true;
                break;
            }
            Order::Write(job) => {
                changes += job.proposal.changes.len();
                turn.writes.push(*job);
            }
            Order::Preview(job) => {
                changes += job.proposal.changes.len();
                turn.previews.push(*job);
            }
            Order::Sweep(sweep) => {
                turn.sweeps.push(*sweep);
                // Those that come after it wait for it.
                break;
            }
        }
        next = if changes < MAX_CHANGES { queue.try_recv().ok() } else { None };
    }
    turn
}

struct Sequencer {
    shared: Arc<Shared>,
    /// The newest commit in the index.
    head: Head,
    /// Where other processes write to the store as well.
    others: Others,
}

impl Sequencer {
    /// Plans proposals, writes them in as few transactions as their size allows, and answers them.
    async fn write(&mut self, jobs: Vec<Job>) {
        let mut group = Group::default();
        // Known before anything is planned: what is planned and not written has the index rebuilt.
        let is_full = self.shared.graph.is_full();
        for Job { proposal, mut prepared, answer } in jobs {
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
                    // It was planned on top of what was not written.
                    group = Group::default();
                    result = result.and(Err(error.into()));
                }
            }
            group.answers.push((answer, result));
        }
        // Whoever is told of a refusal hears it from the group's answers.
        let _ = self.flush(group, None).await;
    }

    /// The earliest time that the next commit may get: recorded time never runs backwards.
    fn floor(&self) -> Timestamp {
        self.shared.floor()
    }

    /// Writes what is planned and answers when it is durable. `next` is the time of what is planned beyond it.
    async fn flush(
        &mut self,
        Group { entries, answers, .. }: Group,
        next: Option<Timestamp>,
    ) -> Result<(), AppendError> {
        // The head of the store, not of the index, which stays ahead after an unknown outcome.
        let heads = heads(&entries);
        let written = if entries.is_empty() { Ok(()) } else { self.shared.graph.append(entries).await };
        match written {
            Ok(()) => {
                self.shared.publish(&heads);
                // Before anybody is told, who may ask for that very moment.
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
                // A refusal too: it may have been made on the ground of what was not written.
                for (answer, _) in answers {
                    let _ = answer.send(Err(LedgerError::from(error.clone())));
                }
                Err(error)
            }
        }
    }

    /// All commits before a time are settled, or all there are. After an unknown outcome nothing is.
    fn settle(&self, next: Option<Timestamp>) {
        if self.shared.writable.load(Ordering::Acquire) {
            self.shared.pending.settle(next);
        }
    }

    /// Drops what the index holds beyond the log; false where it cannot be rebuilt.
    async fn rebuild(&mut self) -> bool {
        match open::replay(&self.shared.graph, |_, _| ()).await {
            Ok(open::Replayed { index, head, .. }) => {
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

    /// Plans one proposal, looking up what the rules ask for on the way.
    async fn take_one(
        &mut self,
        proposal: &Proposal,
        prepared: &mut Prepared,
        entries: &mut Vec<Entry>,
    ) -> Answer {
        if let Some(answer) = self.shared.answered(proposal, entries).await? {
            return Ok(answer);
        }
        if prepared.sweeps != self.shared.sweeps.load(Ordering::SeqCst) {
            // What was stored when it was looked for may have been deleted since. Nothing is while this is planned.
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

    /// Answers what a proposal would come to. Between groups, so that the index holds nothing that is not durable.
    async fn preview(&mut self, Job { proposal, mut prepared, answer }: Job) {
        let followed = if self.shared.graph.is_shared() { self.follow().await.map(drop) } else { Ok(()) };
        let result = if let Err(error) = followed {
            Err(error)
        } else if self.shared.writable.load(Ordering::Acquire) {
            self.shared.preview(&proposal, &mut prepared).await
        } else {
            Err(LedgerError::unavailable(NOT_WRITTEN))
        };
        let _ = answer.send(result);
    }

    /// Deletes payloads that nothing names, by what is known last.
    async fn sweep(&mut self, sweep: Sweep) {
        let followed = if self.shared.graph.is_shared() { self.follow().await.map(drop) } else { Ok(()) };
        match followed {
            Ok(()) => self.shared.delete(sweep).await,
            Err(error) => sweep.refuse(error),
        }
    }

    /// Plans one proposal on top of the index and adds its entry to the group.
    fn plan_one(&mut self, proposal: &Proposal, prepared: &Prepared, entries: &mut Vec<Entry>) -> Answer {
        let newest = self.shared.index.newest();
        let Planned { entry, outcomes, refreshed } = {
            let index = newest.read();
            plan(&*index, proposal, &self.shared.given(&index, proposal, prepared, self.head))?
        };
        if let Some(entry) = entry {
            Invalid::limit("bytes of one commit", entry.weight(), MAX_COMMIT_BYTES)?;
            let stamp =
                Stamp { seq: entry.commit.seq, time: entry.commit.time, author: &entry.commit.author };
            if let Err(misfit) = newest.write().apply(stamp, &entry.facts) {
                // The rules let something through that the index does not take: a mistake of ours. The index is of
                // no use for planning any more.
                self.shared.writable.store(false, Ordering::Release);
                return Err(LedgerError::Corrupt(misfit.to_string()));
            }
            self.head = Head { seq: entry.commit.seq, digest: entry.commit.digest() };
            entries.push(entry);
        }
        Ok(committed(outcomes, refreshed, Answered::Now(self.head.seq)))
    }
}

impl Shared {
    /// What a proposal would come to now.
    async fn preview(&self, proposal: &Proposal, prepared: &mut Prepared) -> Answer {
        self.load_records(proposal, prepared, &[]).await?;
        loop {
            let result = self.plan_alone(proposal, prepared);
            match result.as_ref().err().and_then(LedgerError::unread) {
                Some(ids) => self.load_unread(ids, prepared, &[]).await?,
                None => return result,
            }
        }
    }

    fn plan_alone(&self, proposal: &Proposal, prepared: &Prepared) -> Answer {
        let newest = self.index.newest();
        let index = newest.read();
        let head = Head { seq: index.seq(), digest: [0; 32] };
        let planned = plan(&*index, proposal, &self.given(&index, proposal, prepared, head))?;
        Ok(committed(planned.outcomes, planned.refreshed, Answered::Now(index.seq())))
    }

    fn given<'a>(&self, index: &Index, proposal: &Proposal, prepared: &'a Prepared, head: Head) -> Given<'a> {
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

    /// The first answer to the proposal's idempotency key, if it was answered before.
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
        Ok(Some(committed(request.outcomes, None, Answered::Before(seq))))
    }
}

/// The numbers and digests of commits that follow one another. Each holds the digest of the one before.
fn heads(entries: &[Entry]) -> Vec<Head> {
    let later = entries.iter().skip(1).map(|entry| entry.commit.previous);
    let digests = later.chain(entries.last().map(|entry| entry.commit.digest()));
    entries.iter().zip(digests).map(|(entry, digest)| Head { seq: entry.commit.seq, digest }).collect()
}

/// When a request was answered first: in this turn, or in that of a commit.
enum Answered {
    Now(Seq),
    Before(Seq),
}

fn committed(outcomes: Vec<Outcome>, refreshed: Option<Refreshed>, answered: Answered) -> Committed {
    let seq = outcomes.iter().map(|outcome| outcome.seq).max().unwrap_or(Seq::ZERO);
    let created = outcomes.iter().any(|outcome| outcome.created);
    let (answered_at, replayed) = match answered {
        Answered::Now(seq) => (seq, false),
        Answered::Before(seq) => (seq, true),
    };
    Committed { seq, answered_at, created, replayed, outcomes, refreshed }
}
