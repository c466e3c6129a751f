//! Byte strings, each once, with dense numbers and an order.
//!
//! The bytes lie in one buffer; the order is a list of chunks of numbers, so that a string costs its own bytes and about
//! 14 more, whatever it is. A string that comes after all others, such as a later date, goes to the end at once.

use std::cmp::Ordering;
use std::ops::Bound;

/// The most numbers in one chunk of the order.
const CHUNK: usize = 512;

/// Byte strings in order.
#[derive(Debug, Default)]
pub struct Dictionary {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Numbers in the order of their strings; no chunk is empty.
    order: Vec<Vec<u32>>,
}

/// A place in the order: a chunk, and a place in it.
type Place = (usize, usize);

impl Dictionary {
    /// The string with this number.
    #[must_use]
    pub fn get(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[at]]
    }

    /// The string's number, where it is known.
    #[must_use]
    pub fn find(&self, string: &[u8]) -> Option<u32> {
        let (chunk, place) = self.place(|other| other < string);
        let number = *self.order.get(chunk)?.get(place)?;
        (self.get(number) == string).then_some(number)
    }

    /// The string's number, a new one where it is new, and whether it is.
    pub fn intern(&mut self, string: &[u8]) -> (u32, bool) {
        let last = self.order.last().and_then(|chunk| chunk.last()).map(|number| self.get(*number));
        let after_all = match last.map(|last| last.cmp(string)) {
            Some(Ordering::Equal) => {
                return (self.order.last().and_then(|chunk| chunk.last()).copied().unwrap_or(0), false);
            }
            Some(Ordering::Less) | None => true,
            Some(Ordering::Greater) => false,
        };
        let place = if after_all { None } else { Some(self.place(|other| other < string)) };
        if let Some((chunk, place)) = place
            && let Some(number) = self.order.get(chunk).and_then(|chunk| chunk.get(place))
            && self.get(*number) == string
        {
            return (*number, false);
        }
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(string);
        self.ends.push(self.bytes.len());
        match place {
            None => self.append(number),
            Some(place) => self.insert(place, number),
        }
        (number, true)
    }

    fn append(&mut self, number: u32) {
        match self.order.last_mut().filter(|chunk| chunk.len() < CHUNK) {
            Some(chunk) => chunk.push(number),
            None => self.order.push(vec![number]),
        }
    }

    fn insert(&mut self, (chunk, place): Place, number: u32) {
        self.order[chunk].insert(place, number);
        if self.order[chunk].len() > CHUNK {
            let upper = self.order[chunk].split_off(CHUNK / 2);
            self.order.insert(chunk + 1, upper);
        }
    }

    /// The first place of the order whose string does not come before what is sought.
    fn place(&self, before: impl Fn(&[u8]) -> bool) -> Place {
        let ends_before = |chunk: &Vec<u32>| chunk.last().is_some_and(|last| before(self.get(*last)));
        let chunk = self.order.partition_point(ends_before);
        let place = self
            .order
            .get(chunk)
            .map_or(0, |numbers| numbers.partition_point(|number| before(self.get(*number))));
        (chunk, place)
    }

    /// The numbers of the strings within bounds, in the order of strings.
    pub fn range<'a>(&'a self, low: Bound<&[u8]>, high: Bound<&[u8]>) -> impl Iterator<Item = u32> + use<'a> {
        let from = match low {
            Bound::Unbounded => (0, 0),
            Bound::Included(low) => self.place(|other| other < low),
            Bound::Excluded(low) => self.place(|other| other <= low),
        };
        let to = match high {
            Bound::Unbounded => (self.order.len(), 0),
            Bound::Included(high) => self.place(|other| other <= high),
            Bound::Excluded(high) => self.place(|other| other < high),
        };
        self.between(from, to)
    }

    /// The numbers of the strings that begin so, in the order of strings.
    pub fn beginning<'a>(&'a self, prefix: &[u8]) -> impl Iterator<Item = u32> + use<'a> {
        let from = self.place(|other| other < prefix);
        let to = self.place(|other| other < prefix || other.starts_with(prefix));
        self.between(from, to)
    }

    fn between(&self, from: Place, to: Place) -> impl Iterator<Item = u32> + '_ {
        let last = to.0.min(self.order.len().saturating_sub(1));
        let chunks = self.order.iter().enumerate().take(last + 1).skip(from.0);
        chunks.flat_map(move |(chunk, numbers)| {
            let start = if chunk == from.0 { from.1 } else { 0 };
            let end = match chunk.cmp(&to.0) {
                Ordering::Less => numbers.len(),
                Ordering::Equal => to.1,
                Ordering::Greater => 0,
            };
            numbers[start.min(end)..end].iter().copied()
        })
    }
}
