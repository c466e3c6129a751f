//! The sequencer: the one task that orders writes.
//!
//! It takes what has queued up (group commit), plans each proposal against the index, which already holds the
//! proposals before it, writes the group in one transaction and answers when that is durable. Readers are pinned to
//! durable seqs, so what the index holds beyond them is invisible. If the store refuses a group, the index is rebuilt
//! from the log; if the outcome is unknown, nothing more is written until the server is started again.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::{Committed, LedgerError, Shared, open};
use crate::domain::entry::{BlobRecord, Entry, Head};
use crate::domain::facts::{Facts, Outcome, Stamp};
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::plan::{Given, Planned, plan};
use crate::domain::proposal::{Proposal, Ref};
use crate::domain::rules::{Invalid, MAX_CHANGES, MAX_COMMIT_BYTES};
use crate::domain::version::VersionRecord;
use crate::domain::world::World;
use crate::graph::AppendError;
use crate::lineage::Index;

/// Why nothing is taken after a write with an unknown outcome.
const NOT_WRITTEN: &str = "this was not written: the outcome of an earlier write is unknown, and the server writes \
                           nothing more until it is started again";

/// What a caller hears.
type Answer = Result<Committed, LedgerError>;

/// A proposal on its way through the queue.
pub(crate) struct Job {
    pub proposal: Proposal,
    pub prepared: Prepared,
    pub answer: oneshot::Sender<Answer>,
}

/// What was looked up for a proposal before it was queued.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    pub records: HashMap<VersionId, VersionRecord>,
    pub blobs: HashMap<Digest, BlobRecord>,
    /// Not a proposal but the end of the queue.
    closes: bool,
}

impl Job {
    /// The last job: everything before it is finished, nothing after it is taken.
    pub(crate) fn close(answer: oneshot::Sender<Result<Committed, LedgerError>>) -> Self {
        let proposal =
            Proposal { author: String::new(), message: None, idempotency_key: None, changes: Vec::new() };
        Self { proposal, prepared: Prepared { closes: true, ..Prepared::default() }, answer }
    }
}

/// A group of commits that is being made.
#[derive(Default)]
struct Group {
    entries: Vec<Entry>,
    answers: Vec<(oneshot::Sender<Answer>, Answer)>,
}

/// Runs until the queue is closed.
pub(super) async fn run(shared: Arc<Shared>, mut queue: mpsc::Receiver<Job>, head: Head) {
    let mut head = head;
    let mut failed = false;
    while let Some(first) = queue.recv().await {
        let mut closing = None;
        let mut jobs = vec![first];
        let mut changes = 0;
        while let Some(last) = jobs.last() {
            if last.prepared.closes {
                closing = jobs.pop();
                break;
            }
            changes += last.proposal.changes.len();
            match queue.try_recv() {
                Ok(job) if changes < MAX_CHANGES => jobs.push(job),
                Ok(job) => {
                    jobs.push(job);
                    break;
                }
                Err(_) => break,
            }
        }
        if closing.is_none() && jobs.last().is_some_and(|last| last.prepared.closes) {
            closing = jobs.pop();
        }
        if failed {
            for job in jobs {
                let _ = job.answer.send(Err(LedgerError::unavailable(NOT_WRITTEN)));
            }
        } else {
            failed = shared.write(jobs, &mut head).await;
        }
        if let Some(job) = closing {
            queue.close();
            drop(job.answer);
        }
    }
}

impl Shared {
    /// Plans and writes a group; true when nothing more may be written.
    async fn write(&self, jobs: Vec<Job>, head: &mut Head) -> bool {
        let mut before = *head;
        let mut group = Group::default();
        for job in jobs {
            let Job { proposal, mut prepared, answer } = job;
            let result = self.take_one(&proposal, &mut prepared, head, &mut group.entries).await;
            group.answers.push((answer, result));
            if group.entries.iter().map(Entry::weight).sum::<usize>() >= MAX_COMMIT_BYTES
                && self.flush(&mut group, &mut before, head).await
            {
                return true;
            }
        }
        self.flush(&mut group, &mut before, head).await
    }

    /// Writes what is planned and answers; true when nothing more may be written.
    async fn flush(&self, group: &mut Group, before: &mut Head, head: &mut Head) -> bool {
        let Group { entries, answers } = std::mem::take(group);
        let written = if entries.is_empty() { Ok(()) } else { self.graph.append(entries).await };
        match written {
            Ok(()) => {
                self.durable.store(head.seq.0, Ordering::Release);
                *before = *head;
                for (answer, result) in answers {
                    let _ = answer.send(result);
                }
                false
            }
            Err(error) => {
                tracing::error!(%error, seq = %head.seq, "a group of commits was not written");
                *head = *before;
                let failed = matches!(error, AppendError::Failed { .. }) || !self.rebuild(head).await;
                *before = *head;
                for (answer, result) in answers {
                    let _ = answer.send(result.and(Err(LedgerError::from(error.clone()))));
                }
                self.writable.store(!failed, Ordering::Release);
                failed
            }
        }
    }

    /// Drops what the index holds beyond the log; false where it cannot be rebuilt.
    async fn rebuild(&self, head: &mut Head) -> bool {
        match open::replay(&self.graph, |_, _| ()).await {
            Ok((index, newest)) => {
                *self.index.write().unwrap_or_else(PoisonError::into_inner) = index;
                *head = newest;
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
        &self,
        proposal: &Proposal,
        prepared: &mut Prepared,
        head: &mut Head,
        entries: &mut Vec<Entry>,
    ) -> Result<Committed, LedgerError> {
        self.load_records(proposal, prepared, entries).await?;
        loop {
            let result = self.plan_one(proposal, prepared, head, entries).await;
            match result.as_ref().err().and_then(LedgerError::unread) {
                Some(id) => self.load_unread(id, prepared).await?,
                None => return result,
            }
        }
    }

    /// Looks up a record that only the rules could tell was needed: a name of this commit that stands for something
    /// older.
    pub(super) async fn load_unread(
        &self,
        id: VersionId,
        prepared: &mut Prepared,
    ) -> Result<(), LedgerError> {
        self.load(&[id], prepared).await?;
        let missing = || LedgerError::Corrupt(format!("the record of {id} is missing"));
        if prepared.records.contains_key(&id) { Ok(()) } else { Err(missing()) }
    }

    /// Plans one proposal on top of the index and adds its entry to the group.
    async fn plan_one(
        &self,
        proposal: &Proposal,
        prepared: &Prepared,
        head: &mut Head,
        entries: &mut Vec<Entry>,
    ) -> Result<Committed, LedgerError> {
        if let Some(answer) = self.answered(proposal, entries).await? {
            return Ok(answer);
        }
        let Planned { entry, outcomes, refreshed } = {
            let index = self.index();
            plan(&*index, proposal, &self.given(&index, proposal, prepared, *head))?
        };
        if let Some(entry) = entry {
            Invalid::limit("bytes of one commit", entry.weight(), MAX_COMMIT_BYTES)?;
            let stamp = Stamp { seq: entry.commit.seq, time: entry.commit.time };
            let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
            index.apply(stamp, &entry.facts).map_err(|misfit| LedgerError::Corrupt(misfit.to_string()))?;
            *head = Head { seq: entry.commit.seq, digest: entry.commit.digest() };
            entries.push(entry);
        }
        Ok(committed(outcomes, refreshed, false))
    }

    /// What a proposal would come to now.
    pub(super) fn preview(&self, proposal: &Proposal, prepared: &Prepared) -> Result<Committed, LedgerError> {
        let index = self.index();
        let head = Head { seq: index.seq(), digest: [0; 32] };
        let planned = plan(&*index, proposal, &self.given(&index, proposal, prepared, head))?;
        Ok(committed(planned.outcomes, planned.refreshed, false))
    }

    fn given<'a>(&self, index: &Index, proposal: &Proposal, prepared: &'a Prepared, head: Head) -> Given<'a> {
        // Recorded time never runs backwards.
        let time = index.last_time().map_or_else(|| self.clock.now(), |last| self.clock.now().max(last + 1));
        Given {
            seq: head.seq.next(),
            time,
            previous: head.digest,
            records: &prepared.records,
            blobs: &prepared.blobs,
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
        let Some((seq, before)) = self.index().request(&key) else { return Ok(None) };
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
        Ok(Some(committed(request.outcomes, None, true)))
    }

    /// Checks that the payloads that are named are stored.
    pub(super) async fn prepare(&self, proposal: &Proposal) -> Result<Prepared, LedgerError> {
        let mut prepared = Prepared::default();
        for digest in proposal.payloads() {
            let meta = self.blobs.stat(digest).await?.ok_or(LedgerError::BlobMissing { digest })?;
            prepared.blobs.insert(digest, BlobRecord { digest, sha256: meta.sha256, size: meta.size });
        }
        Ok(prepared)
    }

    /// Loads the records of versions whose content comes back, and of heads to refresh, as they are now. What does
    /// not exist is left to the rules to refuse.
    pub(super) async fn load_records(
        &self,
        proposal: &Proposal,
        prepared: &mut Prepared,
        group: &[Entry],
    ) -> Result<(), LedgerError> {
        let needed: BTreeSet<VersionId> = {
            let index = self.index();
            let head = |key: &ItemKey| index.history(index.item(&key.id())?).last().copied();
            let heads = proposal.refreshes().filter_map(head);
            let named = proposal.records_needed().filter_map(|reference| match reference {
                Ref::Id(id) => index.version(id),
                Ref::Named(text) => index.named(text).ok(),
                Ref::Local(_) => None,
            });
            heads.chain(named).map(|version| index.version_id(version)).collect()
        };
        // What this group made is not in the store yet.
        let waiting =
            group.iter().flat_map(|entry| &entry.versions).filter(|record| needed.contains(&record.id));
        prepared.records.extend(waiting.map(|record| (record.id, record.clone())));
        let needed: Vec<VersionId> =
            needed.into_iter().filter(|id| !prepared.records.contains_key(id)).collect();
        self.load(&needed, prepared).await
    }

    async fn load(&self, ids: &[VersionId], prepared: &mut Prepared) -> Result<(), LedgerError> {
        for record in self.versions(ids).await?.into_iter().flatten() {
            prepared.records.insert(record.id, VersionRecord::clone(&record));
        }
        Ok(())
    }
}

fn committed(
    outcomes: Vec<Outcome>,
    refreshed: Option<crate::domain::world::Refreshed>,
    replayed: bool,
) -> Committed {
    let seq = outcomes.iter().map(|outcome| outcome.seq).max().unwrap_or(Seq::ZERO);
    let created = outcomes.iter().any(|outcome| outcome.created);
    Committed { seq, created, replayed, outcomes, refreshed }
}
