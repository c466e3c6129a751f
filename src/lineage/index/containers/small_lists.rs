//! Growing lists, one per dense number, most of which have at most one element.
//!
//! A list of one element takes eight bytes, and small lists share one arena; only long lists are
//! separate allocations.

use super::arena::Arena;
use crate::domain::numbers::VersionNo;

/// The count of a long list.
const LONG: u32 = u32::MAX;
/// The most elements of a list in the arena: a power of two.
const FEW: u32 = if cfg!(test) { 4 } else { 64 };

/// The elements of lists: numbers of 32 bits.
pub trait Number: Copy + Default {
    /// The element with this number.
    fn of(number: u32) -> Self;
    /// The element's number.
    fn number(self) -> u32;
}

impl Number for u32 {
    fn of(number: u32) -> Self {
        number
    }

    fn number(self) -> u32 {
        self
    }
}

impl Number for VersionNo {
    fn of(number: u32) -> Self {
        Self(number)
    }

    fn number(self) -> u32 {
        self.0
    }
}

/// Lists by number.
#[derive(Debug)]
pub struct SmallLists<T> {
    lists: Vec<SmallList<T>>,
    few: Arena<T>,
    long: Vec<Vec<T>>,
}

#[derive(Debug, Clone, Copy)]
struct SmallList<T> {
    /// With one element: the element. With few: their position in the arena. With many: the
    /// position of the long list.
    start: T,
    count: u32,
}

impl<T> Default for SmallLists<T> {
    fn default() -> Self {
        Self { lists: Vec::new(), few: Arena::default(), long: Vec::new() }
    }
}

impl<T: Number> SmallLists<T> {
    /// The number of lists.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.lists.len()
    }

    /// Returns true if there is no list.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Adds an empty list.
    pub fn begin(&mut self) {
        self.lists.push(SmallList { start: T::default(), count: 0 });
    }

    /// Adds an element to a list.
    pub fn push(&mut self, list: usize, element: T) {
        let SmallList { start, count } = &mut self.lists[list];
        let place = start.number() as usize;
        match *count {
            0 => (*start, *count) = (element, 1),
            LONG => self.long[place].push(element),
            // The capacity of a small list is the next power of two.
            full if full.is_power_of_two() => self.grow(list, element),
            few => {
                self.few.set(place + few as usize, element);
                *count += 1;
            }
        }
    }

    /// Adds an element to a list that is full.
    fn grow(&mut self, list: usize, element: T) {
        let SmallList { start, count } = self.lists[list];
        let (from, len) = (start.number() as usize, count as usize);
        let to = if count < FEW { self.few.take(len * 2) } else { usize::MAX };
        let Ok(number) = u32::try_from(to) else {
            let long = [self.get(list), &[element]].concat();
            self.few.release(from, len);
            let place = u32::try_from(self.long.len()).unwrap_or(u32::MAX);
            self.long.push(long);
            self.lists[list] = SmallList { start: T::of(place), count: LONG };
            return;
        };
        if count == 1 {
            self.few.set(to, start);
        } else {
            self.few.copy(from, len, to);
            self.few.release(from, len);
        }
        self.few.set(to + len, element);
        self.lists[list] = SmallList { start: T::of(number), count: count + 1 };
    }

    /// The elements of a list, in the order in which they were added.
    #[must_use]
    pub fn get(&self, list: usize) -> &[T] {
        let SmallList { start, count } = &self.lists[list];
        let place = start.number() as usize;
        match *count {
            0 => &[],
            1 => std::slice::from_ref(start),
            LONG => &self.long[place],
            few => self.few.get(place, few as usize),
        }
    }
}
