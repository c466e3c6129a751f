//! A column: which values each holder has, and which holders have each value.
//!
//! Holders are versions or items, by number, and come in ascending order. So the holders of a value that are visible at
//! a seq are the beginning of a list, and whether a holder has a value is one search by halving.

use std::ops::Bound;

use super::dictionary::Dictionary;

/// Stands for "no further holders".
const ALONE: u32 = u32::MAX;

/// Values of holders.
#[derive(Debug, Default)]
pub struct Column {
    dictionary: Dictionary,
    /// Of each value, the first holder, and where the list of all is, where there are several.
    first: Vec<u32>,
    lists: Vec<u32>,
    many: Vec<Vec<u32>>,
    /// One entry per holder and value, by holder.
    holders: Vec<u32>,
    values: Vec<u32>,
}

impl Column {
    /// Adds a value of a holder, which must not come before the last one, and has each value once.
    pub fn push(&mut self, holder: u32, value: &[u8]) {
        let (number, new) = self.dictionary.intern(value);
        self.holders.push(holder);
        self.values.push(number);
        if new {
            self.first.push(holder);
            self.lists.push(ALONE);
            return;
        }
        let at = number as usize;
        if self.lists[at] == ALONE {
            self.lists[at] = u32::try_from(self.many.len()).unwrap_or(ALONE);
            self.many.push(vec![self.first[at], holder]);
        } else {
            self.many[self.lists[at] as usize].push(holder);
        }
    }

    /// The number of a value that some holder has.
    #[must_use]
    pub fn find(&self, value: &[u8]) -> Option<u32> {
        self.dictionary.find(value)
    }

    /// The holders of a value below a bound, ascending.
    #[must_use]
    pub fn having(&self, value: u32, below: u32) -> &[u32] {
        let at = value as usize;
        let all = match self.lists[at] {
            ALONE => std::slice::from_ref(&self.first[at]),
            list => &self.many[list as usize],
        };
        &all[..all.partition_point(|holder| *holder < below)]
    }

    /// All entries' holders below a bound, ascending; a holder of several values stands there several times.
    #[must_use]
    pub fn holders(&self, below: u32) -> &[u32] {
        &self.holders[..self.holders.partition_point(|holder| *holder < below)]
    }

    /// The values that a holder has.
    pub fn of(&self, holder: u32) -> impl Iterator<Item = &[u8]> {
        let from = self.holders.partition_point(|other| *other < holder);
        let to = from + self.holders[from..].iter().take_while(|other| **other == holder).count();
        self.values[from..to].iter().map(|value| self.dictionary.get(*value))
    }

    /// The values within bounds, in their order.
    pub fn range<'a>(&'a self, low: Bound<&[u8]>, high: Bound<&[u8]>) -> impl Iterator<Item = u32> + use<'a> {
        self.dictionary.range(low, high)
    }

    /// The values that begin so, in their order.
    pub fn beginning<'a>(&'a self, prefix: &[u8]) -> impl Iterator<Item = u32> + use<'a> {
        self.dictionary.beginning(prefix)
    }
}
