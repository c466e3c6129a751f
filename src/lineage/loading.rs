//! An index while a log is read: many commits are added at once, and put in order at the end.
//!
//! Members and search lists hang on nothing but the numbers of versions and items. So each is filled on a thread of its
//! own, some commits behind the rest.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{JoinHandle, spawn};

use super::index::{Added, Index, Misfit, pin};
use super::membership::Membership;
use super::postings::Postings;
use crate::domain::facts::{Facts, Stamp};

/// So many commits a thread may be behind.
const BEHIND: usize = 4;

/// An index that answers nothing yet.
pub struct Loading {
    index: Index,
    postings: Worker<Postings>,
    membership: Worker<Membership>,
}

/// A commit whose numbers are checked.
type Job = (Arc<Added>, Arc<Facts>);

/// A part of the index that is filled on a thread of its own.
struct Worker<T> {
    jobs: SyncSender<Job>,
    thread: JoinHandle<Result<T, Misfit>>,
}

impl<T: Default + Send + 'static> Worker<T> {
    fn start(work: fn(Receiver<Job>) -> Result<T, Misfit>) -> Self {
        let (jobs, queue) = sync_channel(BEHIND);
        Self { jobs, thread: spawn(move || work(queue)) }
    }

    fn end(self) -> Result<T, Misfit> {
        drop(self.jobs);
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Default for Loading {
    fn default() -> Self {
        let (index, postings, membership) = (Index::default(), Worker::start(list), Worker::start(gather));
        Self { index, postings, membership }
    }
}

impl Loading {
    /// Adds the next commit. What does not fit may show only at the end.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn apply(&mut self, stamp: Stamp<'_>, facts: Facts) -> Result<(), Misfit> {
        let (added, facts) = (Arc::new(self.index.add(stamp, &facts)?), Arc::new(facts));
        // A thread that is gone says why at the end.
        if !facts.memberships.is_empty() {
            let _ = self.membership.jobs.send((Arc::clone(&added), Arc::clone(&facts)));
        }
        let _ = self.postings.jobs.send((added, facts));
        Ok(())
    }

    /// The index of what was added.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn settled(self) -> Result<Index, Misfit> {
        let mut index = self.index;
        index.items.settle();
        index.postings = self.postings.end()?;
        index.membership = self.membership.end()?;
        Ok(index)
    }
}

fn list(jobs: Receiver<Job>) -> Result<Postings, Misfit> {
    let mut postings = Postings::default();
    for (added, facts) in jobs {
        postings.add(&added, &facts);
    }
    postings.settle();
    Ok(postings)
}

fn gather(jobs: Receiver<Job>) -> Result<Membership, Misfit> {
    let mut membership = Membership::default();
    for (added, facts) in jobs {
        pin(&mut membership, &added, &facts)?;
    }
    Ok(membership)
}
