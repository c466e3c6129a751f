//! Conditions on attributes of the head.

use std::ops::Bound;

use super::part::{COUNTED, Part, heads, sum};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::searchable::ValueKey;
use crate::domain::search::selection::{Predicate, Selection, Test};
use crate::lineage::At;
use crate::lineage::index::containers::column::Column;

/// One condition.
struct Attribute<'a> {
    at: At<'a>,
    /// The attribute's values; none where no version ever had it.
    column: Option<&'a Column>,
    test: Test,
}

pub(super) fn parts<'a>(at: At<'a>, selection: &Selection, parts: &mut Vec<Box<dyn Part + 'a>>) {
    let predicates = selection.attributes.iter();
    if selection.attributes.as_ref().is_some_and(Vec::is_empty) {
        // As any empty list: nothing.
        parts.push(Box::new(Attribute { at, column: None, test: Test::In(Vec::new()) }));
    }
    for predicate in predicates.flatten() {
        let column = at.index.postings.attribute(&predicate.path);
        parts.push(Box::new(Attribute { at, column, test: predicate.test.clone() }));
    }
}

impl At<'_> {
    /// Returns true if a version's own attributes pass a condition.
    #[must_use]
    pub fn passes(self, version: VersionNo, predicate: &Predicate) -> bool {
        let column = self.index.postings.attribute(&predicate.path);
        predicate.test.passes(column.and_then(|column| column.of(version.0)))
    }
}

impl<'a> Attribute<'a> {
    /// The values that pass, in their order.
    fn values(&self, column: &'a Column) -> Box<dyn Iterator<Item = u32> + 'a> {
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

impl Part for Attribute<'_> {
    fn most(&self) -> Option<usize> {
        let below = self.at.visible();
        match (&self.test, self.column) {
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

    fn candidates(&self, give: &mut dyn FnMut(ItemNo)) {
        let (at, below) = (self.at, self.at.visible());
        let Some(column) = self.column else { return };
        if self.test == Test::Exists(true) {
            return heads(at, column.holders(below).iter().map(|version| VersionNo(*version)), give);
        }
        for value in self.values(column) {
            heads(at, column.lists().having(value, below).iter().map(|version| VersionNo(*version)), give);
        }
    }

    fn holds(&self, _: ItemNo, head: VersionNo) -> bool {
        self.test.passes(self.column.and_then(|column| column.of(head.0)))
    }
}
