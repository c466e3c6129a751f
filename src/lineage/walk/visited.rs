//! Visited sets: the versions that a traversal has seen.
//!
//! A traversal of twenty versions must not pay for two million. A set has a bit for each version up
//! to the highest that was seen, remembers which words are not zero, and is cleared word by word.
//! Unused sets are kept in one pool for all threads, which is bounded in number and in bytes.

use std::sync::{Mutex, PoisonError};

use crate::domain::numbers::VersionNo;

/// The most sets that the pool keeps.
const KEPT: usize = 16;
/// The most bytes that the pool keeps.
const KEPT_BYTES: usize = 32 << 20;
/// The fewest words of a set that is not empty.
const LEAST: usize = 16;

static POOL: Mutex<Pool> = Mutex::new(Pool { sets: Vec::new(), bytes: 0 });

/// Unused sets.
#[derive(Debug)]
struct Pool {
    sets: Vec<Bits>,
    bytes: usize,
}

impl Pool {
    fn take(&mut self) -> Bits {
        let set = self.sets.pop().unwrap_or_default();
        self.bytes -= set.bytes();
        set
    }

    /// Keeps a set, or drops it if the pool is full.
    fn put(&mut self, set: Bits) {
        let bytes = set.bytes();
        if bytes > 0 && self.sets.len() < KEPT && self.bytes + bytes <= KEPT_BYTES {
            self.bytes += bytes;
            self.sets.push(set);
        }
    }
}

#[derive(Debug, Default)]
struct Bits {
    /// The most words.
    most: usize,
    words: Vec<u64>,
    /// The words that are not zero, each once.
    touched: Vec<u32>,
}

impl Bits {
    const fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>() + self.touched.capacity() * size_of::<u32>()
    }

    fn clear(&mut self) {
        if self.touched.len() > self.words.len() / 8 {
            self.words.fill(0);
        } else {
            self.touched.iter().for_each(|word| self.words[*word as usize] = 0);
        }
        self.touched.clear();
    }

    #[cold]
    fn grow(&mut self, word: usize) {
        let doubled = (self.words.len() * 2).max(LEAST).min(self.most);
        self.words.resize(doubled.max(word + 1), 0);
    }
}

/// The versions that a traversal has seen.
#[derive(Debug)]
pub struct VisitedSet(Bits);

impl VisitedSet {
    /// An empty set for the first `versions` versions.
    #[must_use]
    pub fn new(versions: u32) -> Self {
        let mut set = POOL.lock().unwrap_or_else(PoisonError::into_inner).take();
        set.most = place(VersionNo(versions)).0 as usize + 1;
        Self(set)
    }

    /// Empties the set for another traversal.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds a version. Returns true if it is new.
    #[inline]
    pub fn put(&mut self, version: VersionNo) -> bool {
        let (place, bit) = place(version);
        if place as usize >= self.0.words.len() {
            self.0.grow(place as usize);
        }
        let word = &mut self.0.words[place as usize];
        if *word == 0 {
            self.0.touched.push(place);
        }
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Returns true if the version was added.
    #[inline]
    #[must_use]
    pub fn has(&self, version: VersionNo) -> bool {
        let (place, bit) = place(version);
        self.0.words.get(place as usize).is_some_and(|word| word & bit != 0)
    }
}

/// The word of a version, and its bit there.
const fn place(version: VersionNo) -> (u32, u64) {
    (version.0 / u64::BITS, 1 << (version.0 % u64::BITS))
}

impl Drop for VisitedSet {
    fn drop(&mut self) {
        let mut set = std::mem::take(&mut self.0);
        set.clear();
        POOL.lock().unwrap_or_else(PoisonError::into_inner).put(set);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_walk_begins_with_nothing_seen() {
        let (a, b) = (VersionNo(0), VersionNo(9));
        let mut visited = VisitedSet::new(10);
        assert!(visited.put(a) && !visited.put(a) && visited.has(a) && !visited.has(b));
        visited.clear();
        assert!(!visited.has(a) && visited.put(a));
        let mut inner = VisitedSet::new(100_001);
        assert!(inner.put(a) && inner.put(VersionNo(100_000)) && inner.put(b));
        drop((visited, inner));
        for _ in 0..2 * KEPT {
            let again = VisitedSet::new(100_001);
            assert!([0, 9, 63, 64, 99_999, 100_000].iter().all(|n| !again.has(VersionNo(*n))));
        }
    }

    #[test]
    fn a_set_is_as_large_as_the_highest_version_seen_and_is_cleared_by_what_was() {
        let mut visited = VisitedSet(Bits { most: 1_000_000 / 64, ..Bits::default() });
        assert_eq!(visited.0.bytes(), 0);
        visited.put(VersionNo(1));
        assert!(visited.0.bytes() <= 256, "{} bytes for one version", visited.0.bytes());
        // Many versions in few words, and few versions in many words.
        for versions in [(0..5_000).collect::<Vec<u32>>(), (0..50).map(|n| n * 20_000).collect()] {
            versions.iter().for_each(|version| assert!(visited.put(VersionNo(*version)) || *version == 1));
            visited.clear();
            assert!(versions.iter().all(|version| !visited.has(VersionNo(*version))));
            assert!(visited.0.touched.is_empty() && visited.0.words.iter().all(|word| *word == 0));
        }
        assert!(visited.0.bytes() < 2 * 1_000_000 / 8 + 4 * 5_000, "{} bytes", visited.0.bytes());
    }

    #[test]
    fn the_pool_is_bounded() {
        let mut pool = Pool { sets: Vec::new(), bytes: 0 };
        let set = |words: usize| Bits { words: vec![0; words], ..Bits::default() };
        pool.put(Bits::default());
        assert!(pool.sets.is_empty(), "an empty set is not kept");
        pool.put(set(KEPT_BYTES / 8 + 1));
        assert!(pool.sets.is_empty(), "a set that is too large is dropped");
        (0..2 * KEPT).for_each(|_| pool.put(set(LEAST)));
        assert_eq!((pool.sets.len(), pool.bytes), (KEPT, KEPT * LEAST * 8));
        while pool.bytes > 0 {
            assert_eq!(pool.take().words.len(), LEAST);
        }
        assert!(pool.take().words.is_empty() && pool.sets.is_empty());
    }
}
