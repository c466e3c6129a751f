//! The index while a log is read: many commits are added at once, and sorted at the end.
//!
//! Members and search lists depend on the numbers of versions and items alone. So each is filled on
//! a separate thread, a few commits behind. Each thread unpacks the facts itself: that is cheaper
//! than handing over the unpacked facts with all their texts, and freeing them on another thread.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{JoinHandle, spawn};

use super::membership::Membership;
use super::postings::Postings;
use super::{Added, InconsistentFacts, Index, pin};
use crate::domain::id::Seq;
use crate::domain::log::facts::{Facts, PackedFacts, Stamp};
use crate::domain::search::searchable::KeyBytes;

/// The number of commits that a thread may be behind.
const BEHIND: usize = 4;

/// An index under construction, not readable yet.
pub struct Loading {
    index: Index,
    postings: Worker<Postings>,
    membership: Worker<Membership>,
}

/// A commit whose numbers are checked, with its packed facts.
type LoadJob = (Arc<Added>, Arc<PackedFacts>);

/// A part of the index that is filled on a separate thread.
struct Worker<T> {
    jobs: SyncSender<LoadJob>,
    thread: JoinHandle<Result<T, InconsistentFacts>>,
}

impl<T: Default + Send + 'static> Worker<T> {
    fn start(work: fn(Receiver<LoadJob>) -> Result<T, InconsistentFacts>) -> Self {
        let (jobs, queue) = sync_channel(BEHIND);
        Self { jobs, thread: spawn(move || work(queue)) }
    }

    fn end(self) -> Result<T, InconsistentFacts> {
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
    /// Adds the next commit by its packed facts. Some inconsistencies are only found by
    /// [`Loading::settled`].
    ///
    /// # Errors
    /// [`InconsistentFacts`], also if the facts cannot be unpacked.
    pub fn apply(&mut self, stamp: Stamp<'_>, packed: PackedFacts) -> Result<(), InconsistentFacts> {
        let facts = read(stamp.seq, &packed)?;
        let (added, has_members) = (Arc::new(self.index.add(stamp, &facts)?), !facts.memberships.is_empty());
        let packed = Arc::new(packed);
        // If the thread has ended, the reason is returned at the end.
        if has_members {
            let _ = self.membership.jobs.send((Arc::clone(&added), Arc::clone(&packed)));
        }
        let _ = self.postings.jobs.send((added, packed));
        Ok(())
    }

    /// The index of all commits that were added.
    ///
    /// # Errors
    /// [`InconsistentFacts`] if facts are inconsistent with the commits before them.
    pub fn settled(self) -> Result<Index, InconsistentFacts> {
        let mut index = self.index;
        index.items.sort_new();
        index.postings = self.postings.end()?;
        index.membership = self.membership.end()?;
        Ok(index)
    }
}

fn read(seq: Seq, packed: &PackedFacts) -> Result<Facts<&str, KeyBytes<'_>>, InconsistentFacts> {
    Facts::read(packed).map_err(|broken| InconsistentFacts { seq, why: broken.to_string().into() })
}

fn list(jobs: Receiver<LoadJob>) -> Result<Postings, InconsistentFacts> {
    let mut postings = Postings::default();
    for (added, packed) in jobs {
        postings.add(&added, &read(added.seq, &packed)?);
    }
    postings.sort_new();
    Ok(postings)
}

fn gather(jobs: Receiver<LoadJob>) -> Result<Membership, InconsistentFacts> {
    let mut membership = Membership::default();
    for (added, packed) in jobs {
        pin(&mut membership, &added, &read(added.seq, &packed)?)?;
    }
    membership.sort_new();
    Ok(membership)
}
