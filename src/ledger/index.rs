//! The lineage index behind its lock. The sequencer writes, everything else reads.
//!
//! A thread holds one read lock at a time, because a second one would wait for a writer that waits
//! for the first. Builds with assertions (such as tests) panic at a second lock and name both call
//! sites; a release build takes it without waiting for writers, which cannot deadlock. A walk may
//! take long and releases the lock between its steps while a writer waits ([`IndexLock`]); a short read
//! does not queue behind the writer that waits for a walk. A refused group of commits replaces the
//! index by another [`Generation`]; a view keeps its generation.

pub(super) mod replay;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::lineage::{Index, IndexLock};

thread_local! {
    /// The number of read locks of this thread, and the call site of the first.
    static HELD: Cell<(u32, Option<&'static Location<'static>>)> = const { Cell::new((0, None)) };
}

/// The current index and the number of rebuilds before it.
pub(crate) struct Generations(RwLock<Arc<Generation>>);

/// One index, until a rebuild replaces it.
pub(crate) struct Generation {
    number: u64,
    lock: RwLock<Index>,
    /// The number of walks that hold the lock.
    walks: AtomicUsize,
}

/// A read lock.
pub(crate) struct IndexGuard<'g> {
    generation: &'g Generation,
    is_walk: bool,
    guard: RwLockReadGuard<'g, Index>,
    /// The lock is counted per thread, so the guard must not be sent to another one.
    stays: PhantomData<*const ()>,
}

impl Generations {
    pub(super) fn new(index: Index) -> Self {
        Self(RwLock::new(Arc::new(Generation::new(0, index))))
    }

    /// Returns the index that is written to.
    pub(crate) fn newest(&self) -> Arc<Generation> {
        Arc::clone(&self.0.read())
    }

    /// Replaces the index. Views keep their generation.
    pub(super) fn replace(&self, index: Index) {
        let mut newest = self.0.write();
        let number = newest.number + 1;
        *newest = Arc::new(Generation::new(number, index));
    }
}

impl Generation {
    const fn new(number: u64, index: Index) -> Self {
        Self { number, lock: RwLock::new(index), walks: AtomicUsize::new(0) }
    }

    /// Returns the number of rebuilds before this index.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Locks the index for a short read.
    #[track_caller]
    pub(crate) fn read(&self) -> IndexGuard<'_> {
        self.held(false)
    }

    /// Locks the index for a walk that may take long, and that pauses between its steps.
    #[track_caller]
    pub(crate) fn walk(&self) -> IndexGuard<'_> {
        self.held(true)
    }

    #[track_caller]
    fn held(&self, is_walk: bool) -> IndexGuard<'_> {
        let (held, first) = HELD.get();
        let here = Location::caller();
        refuse_second(first, here, "read");
        // A writer that waits for a walk blocks other walks, but not short reads: it would wait for
        // the walk with or without them. Once no walk holds the lock, the writer is next.
        let is_recursive = held > 0 || (!is_walk && self.walks.load(Ordering::Acquire) > 0);
        let guard = if is_recursive { self.lock.read_recursive() } else { self.lock.read() };
        self.walks.fetch_add(usize::from(is_walk), Ordering::AcqRel);
        HELD.set((held + 1, first.or(Some(here))));
        IndexGuard { generation: self, is_walk, guard, stays: PhantomData }
    }

    /// Locks the index for writing.
    #[track_caller]
    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Index> {
        refuse_second(HELD.get().1, Location::caller(), "written");
        self.lock.write()
    }

    /// Returns true if the index can be read now without waiting.
    pub(super) fn is_readable(&self) -> bool {
        self.lock.try_read().is_some()
    }
}

/// Panics in builds with assertions if this thread holds a read lock.
fn refuse_second(first: Option<&Location<'_>>, here: &Location<'_>, how: &str) {
    if let Some(first) = first.filter(|_| cfg!(any(debug_assertions, test))) {
        panic!(
            "the index must not be {how} at {here} inside the read at {first}: a waiting writer would stop both; read \
             what is needed before, and pass it in"
        );
    }
}

impl Deref for IndexGuard<'_> {
    type Target = Index;

    fn deref(&self) -> &Index {
        &self.guard
    }
}

impl IndexLock for IndexGuard<'_> {
    fn index(&self) -> &Index {
        &self.guard
    }

    fn pause(&mut self) {
        // An outer lock would remain held, and locking again would wait for the writer.
        if HELD.get().0 == 1 {
            self.without_walk(RwLockReadGuard::bump);
        }
    }

    fn unlocked(&mut self, work: &mut dyn FnMut()) {
        if HELD.get().0 == 1 {
            self.without_walk(|guard| RwLockReadGuard::unlocked(guard, work));
        } else {
            work();
        }
    }
}

impl<'g> IndexGuard<'g> {
    /// Calls `act` without being counted as a walk, so that short reads do not block the writer.
    fn without_walk(&mut self, act: impl FnOnce(&mut RwLockReadGuard<'g, Index>)) {
        let counted = usize::from(self.is_walk);
        self.generation.walks.fetch_sub(counted, Ordering::AcqRel);
        let _again = CountedAgain { walks: &self.generation.walks, counted };
        act(&mut self.guard);
    }
}

/// Counts a walk again when it is dropped, also after a panic.
struct CountedAgain<'g> {
    walks: &'g AtomicUsize,
    counted: usize,
}

impl Drop for CountedAgain<'_> {
    fn drop(&mut self) {
        self.walks.fetch_add(self.counted, Ordering::AcqRel);
    }
}

impl Drop for IndexGuard<'_> {
    fn drop(&mut self) {
        self.generation.walks.fetch_sub(usize::from(self.is_walk), Ordering::AcqRel);
        let (held, first) = HELD.get();
        let left = held.saturating_sub(1);
        HELD.set((left, first.filter(|_| left > 0)));
    }
}
