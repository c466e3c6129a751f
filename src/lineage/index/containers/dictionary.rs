//! Byte strings, each once, with dense numbers and a sort order.
//!
//! The bytes are stored in one buffer; a string costs its own bytes and about 15 more, whatever its
//! length. New strings are found at once, and are in the sort order from the next
//! [`Dictionary::sort_new`] on.

use std::hash::{BuildHasher, RandomState};
use std::ops::Bound;

use super::number_table::NumberTable;
use super::sorted::{Sorted, sort};

/// The number of strings that share one start, so that an end takes four bytes: strings are shorter
/// than 64 KiB.
const BLOCK: usize = 1 << 16;

/// Byte strings with numbers, a hash table and a sort order.
#[derive(Debug, Default)]
pub struct Dictionary {
    strings: Strings,
    table: NumberTable,
    seed: Seed,
    order: Sorted,
}

#[derive(Debug, Default)]
struct Strings {
    bytes: Vec<u8>,
    starts: Vec<usize>,
    ends: Vec<u32>,
}

/// The hash seed, random in each process, so that no client can choose strings with equal hashes.
#[derive(Debug)]
struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0_u8))
    }
}

impl Seed {
    /// Eight bytes at a time are mixed by a multiplication whose halves are folded, as in wyhash.
    /// The hashes of `std` are made for long strings; most of these are words.
    fn hash(&self, string: &[u8]) -> u64 {
        let (chunks, rest) = string.as_chunks::<8>();
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        let start = self.0 ^ string.len() as u64;
        let mixed = chunks.iter().fold(start, |hash, chunk| mix(hash ^ u64::from_le_bytes(*chunk)));
        mix(mix(mixed ^ u64::from_le_bytes(last)) ^ self.0)
    }
}

fn mix(bits: u64) -> u64 {
    /// The golden ratio in 64 bits.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let product = u128::from(bits) * u128::from(SPREAD);
    (product as u64) ^ (product >> 64) as u64
}

impl Strings {
    fn get(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let block = self.starts[at / BLOCK];
        let start = if at.is_multiple_of(BLOCK) { 0 } else { self.ends[at - 1] as usize };
        &self.bytes[block + start..block + self.ends[at] as usize]
    }

    fn push(&mut self, string: &[u8]) -> u32 {
        let number = self.ends.len();
        if number.is_multiple_of(BLOCK) {
            self.starts.push(self.bytes.len());
        }
        self.bytes.extend_from_slice(string);
        let end = self.bytes.len() - self.starts[number / BLOCK];
        self.ends.push(u32::try_from(end).unwrap_or(u32::MAX));
        u32::try_from(number).unwrap_or(u32::MAX)
    }
}

impl Dictionary {
    /// The string with this number.
    #[must_use]
    pub fn get(&self, number: u32) -> &[u8] {
        self.strings.get(number)
    }

    /// The string's number; `None` if it is unknown.
    #[must_use]
    pub fn find(&self, string: &[u8]) -> Option<u32> {
        self.table.find(self.seed.hash(string), |number| self.strings.get(number) == string)
    }

    /// The string's number, a new one for a new string, and true if it is new. A string may have at
    /// most 65,535 bytes.
    pub fn intern(&mut self, string: &[u8]) -> (u32, bool) {
        let (strings, seed) = (&mut self.strings, &self.seed);
        let hash = seed.hash(string);
        if let Some(number) = self.table.find(hash, |number| strings.get(number) == string) {
            return (number, false);
        }
        let number = strings.push(string);
        self.table.insert(hash, |number| seed.hash(strings.get(number)));
        (number, true)
    }

    /// Sorts the new strings in.
    pub fn sort_new(&mut self) {
        let all = u32::try_from(self.strings.ends.len()).unwrap_or(u32::MAX);
        let ordered = u32::try_from(self.order.len()).unwrap_or(u32::MAX);
        let strings = &self.strings;
        if self.order.is_large_batch((all - ordered) as usize) {
            let mut numbers: Vec<u32> = (0..all).collect();
            sort(&mut numbers, |number| strings.get(number));
            self.order = Sorted::of(&numbers);
            return;
        }
        for number in ordered..all {
            let string = strings.get(number);
            self.order.insert(number, |other| strings.get(other) < string);
        }
    }

    /// The numbers of the strings within bounds, sorted by string.
    pub fn range<'a>(&'a self, low: Bound<&[u8]>, high: Bound<&[u8]>) -> impl Iterator<Item = u32> + use<'a> {
        let (strings, order) = (&self.strings, &self.order);
        let from = match low {
            Bound::Unbounded => (0, 0),
            Bound::Included(low) => order.place(|other| strings.get(other) < low),
            Bound::Excluded(low) => order.place(|other| strings.get(other) <= low),
        };
        let to = match high {
            Bound::Unbounded => order.end(),
            Bound::Included(high) => order.place(|other| strings.get(other) <= high),
            Bound::Excluded(high) => order.place(|other| strings.get(other) < high),
        };
        order.between(from, to)
    }

    /// The numbers of the strings with this prefix, sorted by string.
    pub fn beginning<'a>(&'a self, prefix: &[u8]) -> impl Iterator<Item = u32> + use<'a> {
        let (strings, order) = (&self.strings, &self.order);
        let from = order.place(|other| strings.get(other) < prefix);
        let begins = |string: &[u8]| string.starts_with(prefix);
        let to = order.place(|other| strings.get(other) < prefix || begins(strings.get(other)));
        order.between(from, to)
    }
}
