//! Conditions on attributes of the head.

use std::ops::Bound;

use super::part::{COUNTED, Candidates, FilterPart, sum};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::searchable::ValueKey;
use crate::domain::search::selection::{Predicate, Selection, Test};
use crate::lineage::At;
use crate::lineage::index::containers::column::Column;

/// One condition.
struct AttributeCondition {
    /// The number of the attribute's column; `None` if no version ever had it.
    column: Option<usize>,
    test: Test,
}

pub(super) fn parts(at: At<'_>, selection: &Selection, parts: &mut Vec<Box<dyn FilterPart>>) {
    let predicates = selection.attributes.iter();
    if selection.attributes.as_ref().is_some_and(Vec::is_empty) {
        // As any empty list: finds nothing.
        parts.push(Box::new(AttributeCondition { column: None, test: Test::In(Vec::new()) }));
    }
    for predicate in predicates.flatten() {
        let column = at.index.postings.place(&predicate.path);
        parts.push(Box::new(AttributeCondition { column, test: predicate.test.clone() }));
    }
}

impl<'a> At<'a> {
    /// The value of a version at a path of its attributes, as the bytes of its [`ValueKey`]; `None` if
    /// there is none.
    #[must_use]
    pub fn attribute(self, version: VersionNo, path: &str) -> Option<&'a [u8]> {
        self.index.postings.attribute(path)?.of(version.0)
    }

    /// Returns true if a version's attributes match a condition.
    #[must_use]
    pub fn passes(self, version: VersionNo, predicate: &Predicate) -> bool {
        predicate.test.passes(self.attribute(version, &predicate.path))
    }

    /// Returns the versions whose attribute at a path has this value, oldest first.
    pub fn with_attribute(self, path: &str, value: &ValueKey) -> impl Iterator<Item = VersionNo> + use<'a> {
        let column = self.index.postings.attribute(path);
        let found = column.and_then(|column| Some((column, column.lists().find(value.as_bytes())?)));
        let versions = found.map_or(&[][..], |(column, value)| column.lists().having(value, self.visible()));
        versions.iter().copied().map(VersionNo)
    }
}

impl AttributeCondition {
    /// The attribute's values; `None` if no version ever had it.
    fn column<'a>(&self, at: At<'a>) -> Option<&'a Column> {
        self.column.map(|place| at.index.postings.at(place))
    }

    /// The values that match, sorted.
    fn values<'a>(&self, column: &'a Column) -> Box<dyn Iterator<Item = u32> + 'a> {
        match &self.test {
            Test::In(values) => {
                let found: Vec<u32> =
                    values.iter().filter_map(|value| column.lists().find(value.as_bytes())).collect();
                Box::new(found.into_iter())
            }
            Test::Between((low, high)) => Box::new(column.lists().range(bytes(low), bytes(high))),
            Test::Exists(_) => Box::new(std::iter::empty()),
        }
    }
}

fn bytes(bound: &Bound<ValueKey>) -> Bound<&[u8]> {
    bound.as_ref().map(ValueKey::as_bytes)
}

impl FilterPart for AttributeCondition {
    fn most(&self, at: At<'_>) -> Option<usize> {
        let below = at.visible();
        match (&self.test, self.column(at)) {
            (Test::Exists(false), _) => None,
            (_, None) => Some(0),
            (Test::Exists(true), Some(column)) => Some(column.holders(below).len()),
            (Test::In(_) | Test::Between(_), Some(column)) => {
                let counted =
                    sum(self.values(column).map(|value| column.lists().having(value, below).len().max(1)));
                Some(if counted < COUNTED { counted } else { column.holders(below).len() })
            }
        }
    }

    fn candidates(&self, at: At<'_>, list: &mut Candidates) {
        let below = at.visible();
        let Some(column) = self.column(at) else { return };
        if self.test == Test::Exists(true) {
            return list.versions.extend_from_slice(column.holders(below));
        }
        for value in self.values(column) {
            list.versions.extend_from_slice(column.lists().having(value, below));
        }
    }

    fn holds(&self, at: At<'_>, _: ItemNo, head: VersionNo) -> bool {
        self.test.passes(self.column(at).and_then(|column| column.of(head.0)))
    }
}
