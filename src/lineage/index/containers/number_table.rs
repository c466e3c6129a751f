//! A hash table of dense numbers whose keys are stored in an array elsewhere.
//!
//! A map would store each key a second time. Here an entry costs five bytes, a number and seven
//! bits of its hash, and the key is looked up in its array. Numbers are added in order, from 0, and
//! never removed.

use hashbrown::HashTable;

/// The capacity of the smallest table.
const LEAST: usize = 14;

/// Numbers by the hashes of their keys.
#[derive(Debug, Default)]
pub struct NumberTable(HashTable<u32>);

impl NumberTable {
    /// The number with this hash for which `is_sought` returns true.
    pub fn find(&self, hash: u64, is_sought: impl Fn(u32) -> bool) -> Option<u32> {
        self.0.find(hash, |number| is_sought(*number)).copied()
    }

    /// Adds the next number. `hash_of` is called for the others when the table grows.
    pub fn insert(&mut self, hash: u64, hash_of: impl Fn(u32) -> u64) {
        let count = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        if self.0.len() == self.0.capacity() {
            self.grow(count, &hash_of);
        }
        self.0.insert_unique(hash, count, |number| hash_of(*number));
    }

    /// Doubles the table in the order of numbers, which is the order of their keys in memory.
    /// [`HashTable`] would read the keys in random order, which takes a quarter longer.
    fn grow(&mut self, count: u32, hash_of: impl Fn(u32) -> u64) {
        let capacity = (self.0.capacity() * 2).max(LEAST);
        // The numbers are known, so the old table is released before the new one is allocated.
        self.0 = HashTable::new();
        self.0 = HashTable::with_capacity(capacity);
        for number in 0..count {
            self.0.insert_unique(hash_of(number), number, |number| hash_of(*number));
        }
    }
}
