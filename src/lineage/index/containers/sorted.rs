//! Dense numbers in the order of the byte strings that they stand for.
//!
//! The order is a list of chunks, so that a number costs little more than its four bytes, and one that comes in the middle
//! moves few others. Many new ones at once are not put in one by one: all are sorted anew.

use std::ops::Range;

/// The most numbers in one chunk. Tests have small ones, so that a few strings are many.
const CHUNK: usize = if cfg!(test) { 4 } else { 512 };
/// A run of at most so many strings is sorted by comparing them whole.
const RUN: usize = if cfg!(test) { 2 } else { 16 };
/// So many bytes of each string are compared at a time.
const WINDOW: usize = 15;

/// Numbers in order.
#[derive(Debug, Default)]
pub struct Sorted {
    /// No chunk is empty.
    chunks: Vec<Vec<u32>>,
    len: usize,
}

/// A place in the order: a chunk, and a place in it.
pub type Place = (usize, usize);

impl Sorted {
    /// How many numbers there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether so many new numbers are better sorted with all others than put in one by one.
    #[must_use]
    pub const fn are_many(&self, new: usize) -> bool {
        new > CHUNK && new > self.len / 8
    }

    /// The order of these numbers, which are in order.
    #[must_use]
    pub fn of(numbers: &[u32]) -> Self {
        Self { chunks: numbers.chunks(CHUNK).map(<[u32]>::to_vec).collect(), len: numbers.len() }
    }

    /// Puts a number behind all that come before it.
    pub fn insert(&mut self, number: u32, before: impl Fn(u32) -> bool) {
        self.len += 1;
        let last = self.chunks.last().and_then(|chunk| chunk.last());
        if last.is_none_or(|last| before(*last)) {
            match self.chunks.last_mut().filter(|chunk| chunk.len() < CHUNK) {
                Some(chunk) => chunk.push(number),
                None => self.chunks.push(vec![number]),
            }
            return;
        }
        let (chunk, place) = self.place(before);
        self.chunks[chunk].insert(place, number);
        if self.chunks[chunk].len() > CHUNK {
            let upper = self.chunks[chunk].split_off(CHUNK / 2);
            self.chunks.insert(chunk + 1, upper);
        }
    }

    /// The first place whose number does not come before what is sought.
    pub fn place(&self, before: impl Fn(u32) -> bool) -> Place {
        let chunk = self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| before(*last)));
        let numbers = self.chunks.get(chunk);
        (chunk, numbers.map_or(0, |numbers| numbers.partition_point(|number| before(*number))))
    }

    /// The place behind all numbers.
    #[must_use]
    pub const fn end(&self) -> Place {
        (self.chunks.len(), 0)
    }

    /// The numbers from one place up to before another.
    pub fn between(&self, from: Place, to: Place) -> impl DoubleEndedIterator<Item = u32> + use<'_> {
        let chunks = self.chunks.get(from.0..self.chunks.len().min(to.0 + 1)).unwrap_or_default();
        chunks.iter().enumerate().flat_map(move |(place, numbers)| {
            let chunk = from.0 + place;
            let start = if chunk == from.0 { from.1 } else { 0 };
            let end = if chunk == to.0 { to.1 } else { numbers.len() };
            numbers[start.min(end)..end].iter().copied()
        })
    }
}

/// Sorts numbers by their strings, which must differ.
///
/// A comparison of two strings is two steps to far places in memory. So each string's next bytes are brought beside its
/// number, and only runs in which these are the same are looked at again, behind what all of the run begin with.
pub fn sort<'a>(numbers: &mut [u32], string: impl Fn(u32) -> &'a [u8]) {
    let mut open: Vec<(Range<usize>, usize)> = vec![(0..numbers.len(), 0)];
    let mut windows: Vec<(u128, u32)> = Vec::new();
    while let Some((run, depth)) = open.pop() {
        let part = &mut numbers[run.clone()];
        if part.len() <= RUN {
            part.sort_unstable_by(|a, b| string(*a).cmp(string(*b)));
            continue;
        }
        let depth = depth + common(part, |number| &string(number)[depth..]);
        windows.clear();
        windows.extend(part.iter().map(|number| (window(&string(*number)[depth..]), *number)));
        windows.sort_unstable();
        let mut start = run.start;
        for same in windows.chunk_by(|a, b| a.0 == b.0) {
            if same.len() > 1 {
                open.push((start..start + same.len(), depth + WINDOW));
            }
            for (_, number) in same {
                numbers[start] = *number;
                start += 1;
            }
        }
    }
}

/// How many bytes all strings begin with.
fn common<'a>(numbers: &[u32], string: impl Fn(u32) -> &'a [u8]) -> usize {
    let Some((first, others)) = numbers.split_first() else { return 0 };
    let first = string(*first);
    others.iter().fold(first.len(), |common, number| {
        first.iter().zip(string(*number)).take(common).take_while(|(a, b)| a == b).count()
    })
}

/// The next bytes of a string, and how many there are, so that one that ends comes before one that goes on. Two equal
/// ones are of strings that both go on.
fn window(string: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let here = string.len().min(WINDOW);
    bytes[..here].copy_from_slice(&string[..here]);
    bytes[WINDOW] = if string.len() > WINDOW { 16 } else { here as u8 };
    u128::from_be_bytes(bytes)
}
