//! Dense numbers sorted by the byte strings that they name.
//!
//! The order is a list of chunks, so that a number costs little more than its four bytes, and an
//! insertion moves few others. A large batch is not inserted one by one: everything is sorted
//! again.

use std::ops::Range;

/// The most numbers in one chunk. Tests use small chunks, so that a few strings fill several.
const CHUNK: usize = if cfg!(test) { 4 } else { 512 };
/// The length up to which a run is sorted by comparing complete strings.
const RUN: usize = if cfg!(test) { 2 } else { 16 };
/// The number of bytes of each string that are compared at a time.
const WINDOW: usize = 15;

/// Sorted numbers.
#[derive(Debug, Default)]
pub struct Sorted {
    /// No chunk is empty.
    chunks: Vec<Vec<u32>>,
    len: usize,
}

/// A position in the order: a chunk, and a position in it.
pub type SortedPosition = (usize, usize);

impl Sorted {
    /// The number of entries.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Returns true if there are no entries.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns true if a batch of this size is better sorted with all others than inserted one by
    /// one.
    #[must_use]
    pub const fn is_large_batch(&self, new: usize) -> bool {
        new > CHUNK && new > self.len / 8
    }

    /// The order of these numbers, which are sorted.
    #[must_use]
    pub fn of(numbers: &[u32]) -> Self {
        Self { chunks: numbers.chunks(CHUNK).map(<[u32]>::to_vec).collect(), len: numbers.len() }
    }

    /// Inserts a number after all for which `before` returns true.
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

    /// The first position whose number does not sort before the one that is searched.
    pub fn place(&self, before: impl Fn(u32) -> bool) -> SortedPosition {
        let chunk = self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| before(*last)));
        let numbers = self.chunks.get(chunk);
        (chunk, numbers.map_or(0, |numbers| numbers.partition_point(|number| before(*number))))
    }

    /// The position after all numbers.
    #[must_use]
    pub const fn end(&self) -> SortedPosition {
        (self.chunks.len(), 0)
    }

    /// The numbers from one position (included) to another (excluded).
    pub fn between(
        &self,
        from: SortedPosition,
        to: SortedPosition,
    ) -> impl DoubleEndedIterator<Item = u32> + use<'_> {
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
/// A comparison of two strings costs two cache misses. So the next bytes of each string are copied
/// next to its number, and only runs with equal bytes are sorted further, after their common
/// prefix.
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

/// The length of the common prefix of all strings.
fn common<'a>(numbers: &[u32], string: impl Fn(u32) -> &'a [u8]) -> usize {
    let Some((first, others)) = numbers.split_first() else { return 0 };
    let first = string(*first);
    others.iter().fold(first.len(), |common, number| {
        first.iter().zip(string(*number)).take(common).take_while(|(a, b)| a == b).count()
    })
}

/// The next bytes of a string, and their count, so that a prefix sorts before a longer string. Two
/// windows are equal only if both strings continue.
fn window(string: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let here = string.len().min(WINDOW);
    bytes[..here].copy_from_slice(&string[..here]);
    bytes[WINDOW] = if string.len() > WINDOW { 16 } else { here as u8 };
    u128::from_be_bytes(bytes)
}
