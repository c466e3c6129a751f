//! Orders of items, and their traversal from any position in either direction.
//!
//! A position in an order is a number that never changes: the item's if the order is by key or by
//! creation, the head's if it is by the commit of the head. So a page can start after a position
//! without counting the items before it.

use std::cmp::Ordering;
use std::ops::{Bound, Range};

use super::Search;
use crate::domain::item::ItemKey;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::At;

/// The sort key of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortKey {
    /// Namespace, kind and key.
    #[default]
    Key,
    /// Creation of the item.
    Created,
    /// Commit of the head.
    Committed,
}

/// An order of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SearchOrder {
    /// The sort key.
    pub by: SortKey,
    /// True if the last is first.
    pub descending: bool,
}

/// A section of an ordered list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// After this position.
    pub after: Option<u32>,
    /// Before this position.
    pub before: Option<u32>,
    /// The most entries.
    pub most: usize,
    /// True for the last entries, false for the first.
    pub from_end: bool,
}

impl Window {
    /// The positions before and after it, in ascending order.
    pub(super) const fn bounds(self, order: SearchOrder) -> (Option<u32>, Option<u32>) {
        if order.descending { (self.before, self.after) } else { (self.after, self.before) }
    }

    /// Returns true if it is filled from the end of the ascending order.
    pub(super) const fn reversed(self, order: SearchOrder) -> bool {
        order.descending != self.from_end
    }
}

impl SearchOrder {
    /// Compares two positions, ascending.
    pub(super) fn compare(self, at: At<'_>, a: u32, b: u32) -> Ordering {
        match self.by {
            SortKey::Key => at.key(ItemNo(a)).cmp(at.key(ItemNo(b))),
            SortKey::Created | SortKey::Committed => a.cmp(&b),
        }
    }

    /// Returns true if a position is possible at this seq.
    #[must_use]
    pub fn has(self, at: At<'_>, place: u32) -> bool {
        match self.by {
            SortKey::Key | SortKey::Created => at.sees_item(ItemNo(place)),
            SortKey::Committed => at.sees(VersionNo(place)),
        }
    }
}

/// A position in an order, and the item there, if there is one.
type OrderStep = (u32, Option<ItemNo>);

/// A traversal of an order, ascending or descending, part by part.
pub(super) struct OrderWalk<'s> {
    search: &'s Search,
    order: SearchOrder,
    /// The bounds, neither included.
    low: Option<u32>,
    high: Option<u32>,
    reversed: bool,
    /// In an order by key: the remaining runs, the next one last.
    runs: Vec<(ItemKey, ItemKey)>,
}

impl Search {
    /// The position of an item.
    pub(super) fn place(order: SearchOrder, at: At<'_>, item: ItemNo) -> u32 {
        match order.by {
            SortKey::Key | SortKey::Created => item.0,
            SortKey::Committed => at.head(item).map_or(0, |head| head.0),
        }
    }

    /// A traversal between two positions, neither included, ascending or (`reversed`) descending.
    pub(super) fn walk(
        &self,
        at: At<'_>,
        order: SearchOrder,
        (low, high): (Option<u32>, Option<u32>),
        reversed: bool,
    ) -> OrderWalk<'_> {
        let mut runs = Vec::new();
        if order.by == SortKey::Key {
            runs = self.identity.runs(at);
            if !reversed {
                runs.reverse();
            }
        }
        OrderWalk { search: self, order, low, high, reversed, runs }
    }
}

impl OrderWalk<'_> {
    /// Reads the next steps into an empty list, at most `most`; none at the end.
    pub(super) fn next_part(&mut self, at: At<'_>, most: usize, steps: &mut Vec<OrderStep>) {
        steps.clear();
        match self.order.by {
            SortKey::Key => self.next_keys(at, most, steps),
            SortKey::Created => self.next_numbers(self.search.items.clone(), most, |item| {
                steps.push((item, Some(ItemNo(item))));
            }),
            SortKey::Committed => self.next_numbers(self.search.heads.clone(), most, |number| {
                let version = VersionNo(number);
                steps.push((number, at.is_head(version).then(|| at.item_of(version))));
            }),
        }
    }

    fn next_numbers(&mut self, all: Range<u32>, most: usize, step: impl FnMut(u32)) {
        let open = between(&all, self.low, self.high);
        let most = u32::try_from(most).unwrap_or(u32::MAX).min(open.end - open.start);
        if most == 0 {
            return;
        }
        if self.reversed {
            let first = open.end - most;
            (first..open.end).rev().for_each(step);
            self.high = Some(first);
        } else {
            let end = open.start + most;
            (open.start..end).for_each(step);
            self.low = Some(end - 1);
        }
    }

    fn next_keys(&mut self, at: At<'_>, most: usize, steps: &mut Vec<OrderStep>) {
        while let Some((first, last)) = self.runs.last().filter(|_| steps.len() < most) {
            let key = |place: u32| at.key(ItemNo(place));
            let (low, high) = (self.low.map(key), self.high.map(key));
            let from = low.filter(|low| **low >= *first).map_or(Bound::Included(first), Bound::Excluded);
            let to = high.filter(|high| **high <= *last).map_or(Bound::Included(last), Bound::Excluded);
            let empty = low.is_some_and(|low| *low >= *last)
                || high.is_some_and(|high| *high <= *first || low.is_some_and(|low| low >= high));
            let before = steps.len();
            let items = (!empty).then(|| at.index.items.range(from, to));
            let seen = items.into_iter().flatten().filter(|item| at.sees_item(*item));
            let wanted = either(seen.map(|item| (item.0, Some(item))), self.reversed).take(most - before);
            steps.extend(wanted);
            if steps.len() < most {
                self.runs.pop();
            }
            if let Some((place, _)) = steps.last().filter(|_| steps.len() > before) {
                *(if self.reversed { &mut self.high } else { &mut self.low }) = Some(*place);
            }
        }
    }
}

fn between(all: &Range<u32>, low: Option<u32>, high: Option<u32>) -> Range<u32> {
    let start = low.map_or(all.start, |low| all.start.max(low.saturating_add(1)));
    start..high.map_or(all.end, |high| all.end.min(high)).max(start)
}

fn either<'a, T>(
    ascending: impl DoubleEndedIterator<Item = T> + 'a,
    reversed: bool,
) -> Box<dyn Iterator<Item = T> + 'a> {
    if reversed { Box::new(ascending.rev()) } else { Box::new(ascending) }
}
