//! A hash table of dense numbers whose keys are stored in an array elsewhere.
//!
//! A map would store each key a second time. Here an entry costs five bytes, a number and eight
//! bits of its hash, and the key is looked up in its array. Numbers are added in order, from 0, and
//! never removed.

/// The tag of a free slot. Tags of numbers have the highest bit set.
const FREE: u8 = 0;
/// The smallest number of slots: a power of two, as every number of slots.
const LEAST: usize = 16;

/// Numbers by the hashes of their keys.
#[derive(Debug, Default)]
pub struct NumberTable {
    tags: Vec<u8>,
    numbers: Vec<u32>,
    used: u32,
}

impl NumberTable {
    /// The number with this hash for which `is_sought` returns true.
    pub fn find(&self, hash: u64, is_sought: impl Fn(u32) -> bool) -> Option<u32> {
        self.places(hash).find_map(|place| {
            let number = self.numbers[place];
            (self.tags[place] == tag(hash) && is_sought(number)).then_some(number)
        })
    }

    /// Adds the next number. `hash_of` is called for the others when the table grows.
    pub fn insert(&mut self, hash: u64, hash_of: impl Fn(u32) -> u64) {
        // At most three of four slots are taken, so that probe sequences are short.
        if (self.used as usize + 1) * 4 > self.tags.len() * 3 {
            self.grow(hash_of);
        }
        self.put(hash, self.used);
        self.used += 1;
    }

    fn put(&mut self, hash: u64, number: u32) {
        let mask = self.tags.len() - 1;
        let mut place = start(hash, mask);
        while self.tags[place] != FREE {
            place = (place + 1) & mask;
        }
        self.tags[place] = tag(hash);
        self.numbers[place] = number;
    }

    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) {
        let places = (self.tags.len() * 2).max(LEAST);
        (self.tags, self.numbers) = (vec![FREE; places], vec![0; places]);
        // In the order of numbers, which is the order of their keys in memory.
        (0..self.used).for_each(|number| self.put(hash_of(number), number));
    }

    /// The taken slots in the probe sequence of a hash.
    fn places(&self, hash: u64) -> impl Iterator<Item = usize> {
        let mask = self.tags.len().wrapping_sub(1);
        let mut place = start(hash, mask);
        std::iter::from_fn(move || {
            let here = place;
            place = (place + 1) & mask;
            self.tags.get(here).is_some_and(|tag| *tag != FREE).then_some(here)
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the mask takes the lowest bits anyway")]
const fn start(hash: u64, mask: usize) -> usize {
    hash as usize & mask
}

/// The highest bits, which do not determine the slot.
const fn tag(hash: u64) -> u8 {
    (hash >> 57) as u8 | 0x80
}
