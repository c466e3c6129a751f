//! Values of attributes by which versions are grouped.

use std::hash::{Hash, Hasher};

use crate::domain::numbers::VersionNo;
use crate::lineage::At;

/// The most paths of one grouping.
pub const MAX_PATHS: usize = 4;

/// The values at the requested paths, as the bytes of their
/// [`ValueKey`](crate::domain::search::searchable::ValueKey)s; `None` if there is nothing at a
/// path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Values<'a> {
    values: [Option<&'a [u8]>; MAX_PATHS],
    count: usize,
}

impl<'a> Values<'a> {
    /// The values, in the order of the paths.
    #[must_use]
    pub fn asked(&self) -> &[Option<&'a [u8]>] {
        &self.values[..self.count]
    }
}

impl Hash for Values<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Nothing at all if no path was requested, which is the common case.
        self.asked().iter().for_each(|value| value.hash(state));
    }
}

/// The numbers of values at the requested paths. They never change while the index grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Numbers([Option<u32>; MAX_PATHS]);

/// The positions of the columns of the requested paths.
#[derive(Debug, Clone)]
pub(super) struct Grouping {
    columns: Vec<Option<usize>>,
}

impl Grouping {
    /// A grouping by the first [`MAX_PATHS`] of these paths, each as
    /// [`path`](crate::domain::search::searchable::path) writes it.
    #[must_use]
    pub(super) fn new(at: At<'_>, paths: &[String]) -> Self {
        let columns = paths.iter().take(MAX_PATHS).map(|path| at.index.postings.place(path));
        Self { columns: columns.collect() }
    }

    /// The numbers of the values of a version.
    pub(super) fn numbers(&self, at: At<'_>, version: VersionNo) -> Numbers {
        let mut numbers = Numbers::default();
        for (number, column) in numbers.0.iter_mut().zip(&self.columns) {
            *number = column.and_then(|column| at.index.postings.at(column).number_of(version.0));
        }
        numbers
    }

    /// The values with these numbers.
    pub(super) fn values<'a>(&self, at: At<'a>, numbers: &Numbers) -> Values<'a> {
        let mut values = Values { count: self.columns.len(), ..Values::default() };
        for ((value, column), number) in values.values.iter_mut().zip(&self.columns).zip(&numbers.0) {
            *value = column.zip(*number).map(|(column, number)| at.index.postings.at(column).value(number));
        }
        values
    }
}
