//! Values of attributes, by which groups are told apart.

use std::hash::{Hash, Hasher};

use crate::domain::numbers::VersionNo;
use crate::lineage::At;
use crate::lineage::index::containers::column::Column;

/// The most paths by which one answer is grouped.
pub const MAX_PATHS: usize = 4;

/// The values at the paths that were asked for, as the bytes of their [`ValueKey`](crate::domain::search::searchable::ValueKey)s;
/// none if there is nothing at a path.
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
        // Nothing at all if no path was asked for, which is the common case.
        self.asked().iter().for_each(|value| value.hash(state));
    }
}

/// The columns of the paths that were asked for.
#[derive(Debug, Clone)]
pub struct Grouping<'a> {
    columns: Vec<Option<&'a Column>>,
}

impl<'a> Grouping<'a> {
    /// A grouping by the first [`MAX_PATHS`] of these paths, each as [`path`](crate::domain::search::searchable::path) writes it.
    #[must_use]
    pub fn new(at: At<'a>, paths: &[String]) -> Self {
        let columns = paths.iter().take(MAX_PATHS).map(|path| at.index.postings.attribute(path));
        Self { columns: columns.collect() }
    }

    /// The values of a version.
    #[must_use]
    pub fn of(&self, version: VersionNo) -> Values<'a> {
        let mut values = Values { count: self.columns.len(), ..Values::default() };
        for (value, column) in values.values.iter_mut().zip(&self.columns) {
            *value = column.and_then(|column| column.of(version.0));
        }
        values
    }
}
