//! Marks over version numbers: which were seen in a walk.
//!
//! A walk that visits twenty versions must not pay for clearing a mark for each of two million. So marks are numbered
//! by walk, and are kept for the next walk of the same thread.

use std::cell::RefCell;

use crate::domain::facts::VersionNo;

/// How many a thread keeps: walks inside walks are two deep.
const KEPT: usize = 2;

thread_local! {
    static FREE: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

#[derive(Debug, Default)]
struct Kept {
    /// The walk in which a version was seen last.
    seen: Vec<u32>,
    walk: u32,
}

/// The marks of one walk after the other.
#[derive(Debug)]
pub struct Marks(Kept);

impl Marks {
    /// Marks for the first `versions` versions, none of which is seen.
    #[must_use]
    pub fn new(versions: u32) -> Self {
        let mut kept = FREE.with_borrow_mut(Vec::pop).unwrap_or_default();
        if kept.seen.len() < versions as usize {
            kept.seen.resize(versions as usize, 0);
        }
        let mut marks = Self(kept);
        marks.clear();
        marks
    }

    /// Begins another walk: nothing is seen.
    pub fn clear(&mut self) {
        let Kept { seen, walk } = &mut self.0;
        *walk = walk.checked_add(1).unwrap_or_else(|| {
            seen.fill(0);
            1
        });
    }

    /// Marks a version as seen; says whether it was not before.
    #[inline]
    pub fn put(&mut self, version: VersionNo) -> bool {
        let mark = &mut self.0.seen[version.at()];
        let is_new = *mark != self.0.walk;
        *mark = self.0.walk;
        is_new
    }

    /// Whether the version is seen.
    #[inline]
    #[must_use]
    pub fn has(&self, version: VersionNo) -> bool {
        self.0.seen[version.at()] == self.0.walk
    }
}

impl Drop for Marks {
    fn drop(&mut self) {
        FREE.with_borrow_mut(|free| {
            if free.len() < KEPT {
                free.push(std::mem::take(&mut self.0));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_walk_begins_with_nothing_seen() {
        let (a, b) = (VersionNo(0), VersionNo(9));
        let mut marks = Marks::new(10);
        assert!(marks.put(a) && !marks.put(a) && marks.has(a) && !marks.has(b));
        marks.clear();
        assert!(!marks.has(a) && marks.put(a));
        let mut inner = Marks::new(5);
        assert!(inner.put(a));
        drop((marks, inner));
        let mut again = Marks::new(12);
        assert!(!again.has(a) && again.put(VersionNo(11)));
        again.0.walk = u32::MAX;
        again.put(b);
        again.clear();
        assert!(!again.has(a) && !again.has(b) && again.put(b));
    }
}
