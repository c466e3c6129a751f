//! The lineage index behind its lock.
//!
//! The sequencer writes, everything else reads. A thread holds one read lock at a time: a waiting writer keeps later
//! readers out, so a thread that asks for a second lock waits for the writer, which waits for the first lock. Builds
//! with assertions, tests among them, panic at a second lock and say where both were taken. A release build takes it
//! without waiting for writers, which cannot deadlock.
//!
//! A refused group of commits replaces the index by another [`Generation`]. A view keeps the generation that it began
//! with, so nothing that is read through it changes between two reads.

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::lineage::Index;

thread_local! {
    /// How many read locks this thread holds, and where the first was taken.
    static HELD: Cell<(u32, Option<&'static Location<'static>>)> = const { Cell::new((0, None)) };
}

/// The index, and how often it was rebuilt.
pub(crate) struct Generations(RwLock<Arc<Generation>>);

/// One index from its start to the moment when another one takes its place.
pub(crate) struct Generation {
    number: u64,
    lock: RwLock<Index>,
}

/// A read lock.
pub(crate) struct Reading<'g> {
    guard: RwLockReadGuard<'g, Index>,
    /// The lock is counted on its thread, so it stays there.
    stays: PhantomData<*const ()>,
}

impl Generations {
    pub(super) fn new(index: Index) -> Self {
        Self(RwLock::new(Arc::new(Generation { number: 0, lock: RwLock::new(index) })))
    }

    /// The index that is written to.
    pub(crate) fn newest(&self) -> Arc<Generation> {
        Arc::clone(&self.0.read())
    }

    /// Goes on with another index. Views keep the one that they read.
    pub(super) fn replace(&self, index: Index) {
        let mut newest = self.0.write();
        let number = newest.number + 1;
        *newest = Arc::new(Generation { number, lock: RwLock::new(index) });
    }
}

impl Generation {
    /// How often the index had been rebuilt before.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Locks the index for reading.
    #[track_caller]
    pub(crate) fn read(&self) -> Reading<'_> {
        let (held, first) = HELD.get();
        let here = Location::caller();
        refuse_second(first, here, "read");
        let guard = if held == 0 { self.lock.read() } else { self.lock.read_recursive() };
        HELD.set((held + 1, first.or(Some(here))));
        Reading { guard, stays: PhantomData }
    }

    /// Locks the index for writing.
    #[track_caller]
    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Index> {
        refuse_second(HELD.get().1, Location::caller(), "written");
        self.lock.write()
    }

    /// Returns true if the index can be read at this moment, without waiting.
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

impl Deref for Reading<'_> {
    type Target = Index;

    fn deref(&self) -> &Index {
        &self.guard
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let (held, first) = HELD.get();
        let left = held.saturating_sub(1);
        HELD.set((left, first.filter(|_| left > 0)));
    }
}
