//! A column: the values of each holder, and the holders of each value.
//!
//! Holders are versions or items, by number, and are added in ascending order. So the holders of a
//! value that are visible at a seq are a prefix of a list, and a binary search tells if a holder
//! has a value.

use std::ops::Bound;

use super::dictionary::Dictionary;
use super::small_lists::SmallLists;

/// The holders of each value.
#[derive(Debug, Default)]
pub struct Lists {
    dictionary: Dictionary,
    holders: SmallLists<u32>,
}

/// Values of holders, at most one per holder, found from either side.
#[derive(Debug, Default)]
pub struct Column {
    lists: Lists,
    holders: Vec<u32>,
    values: Vec<u32>,
}

impl Lists {
    /// Adds a value of a holder, which must not be smaller than the last one. Returns the value's
    /// number.
    pub fn push(&mut self, holder: u32, value: &[u8]) -> u32 {
        let (number, new) = self.dictionary.intern(value);
        if new {
            self.holders.begin();
        }
        self.push_known(holder, number);
        number
    }

    /// Adds a value by its number. A value that is repeated for a holder counts once.
    pub fn push_known(&mut self, holder: u32, value: u32) {
        if self.holders.get(value as usize).last() != Some(&holder) {
            self.holders.push(value as usize, holder);
        }
    }

    /// The number of holders of a value.
    #[must_use]
    pub fn count(&self, value: u32) -> usize {
        self.holders.get(value as usize).len()
    }

    /// Sorts the new values in. Ranges do not contain them before.
    pub fn sort_new(&mut self) {
        self.dictionary.sort_new();
    }

    /// The number of a value; `None` if no holder has it.
    #[must_use]
    pub fn find(&self, value: &[u8]) -> Option<u32> {
        self.dictionary.find(value)
    }

    /// The holders of a value below a bound, ascending.
    #[must_use]
    pub fn having(&self, value: u32, below: u32) -> &[u32] {
        let all = self.holders.get(value as usize);
        &all[..all.partition_point(|holder| *holder < below)]
    }

    /// The values within bounds, sorted.
    pub fn range<'a>(&'a self, low: Bound<&[u8]>, high: Bound<&[u8]>) -> impl Iterator<Item = u32> + use<'a> {
        self.dictionary.range(low, high)
    }

    /// The values with this prefix, sorted.
    pub fn beginning<'a>(&'a self, prefix: &[u8]) -> impl Iterator<Item = u32> + use<'a> {
        self.dictionary.beginning(prefix)
    }
}

impl Column {
    /// Adds the value of a holder, which must be larger than the last one. Returns the value's
    /// number.
    pub fn push(&mut self, holder: u32, value: &[u8]) -> u32 {
        let number = self.lists.push(holder, value);
        self.holders.push(holder);
        self.values.push(number);
        number
    }

    /// Sorts the new values in. Ranges do not contain them before.
    pub fn sort_new(&mut self) {
        self.lists.sort_new();
    }

    /// The holders of each value.
    #[must_use]
    pub const fn lists(&self) -> &Lists {
        &self.lists
    }

    /// All holders below a bound, ascending.
    #[must_use]
    pub fn holders(&self, below: u32) -> &[u32] {
        &self.holders[..self.holders.partition_point(|holder| *holder < below)]
    }

    /// The value of a holder.
    #[must_use]
    pub fn of(&self, holder: u32) -> Option<&[u8]> {
        self.number_of(holder).map(|number| self.value(number))
    }

    /// The number of a holder's value.
    #[must_use]
    pub fn number_of(&self, holder: u32) -> Option<u32> {
        self.holders.binary_search(&holder).ok().map(|place| self.values[place])
    }

    /// The value with this number.
    #[must_use]
    pub fn value(&self, number: u32) -> &[u8] {
        self.lists.dictionary.get(number)
    }
}
