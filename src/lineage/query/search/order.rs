//! Orders of items, and walking them from any place in either direction.
//!
//! A place in an order is a number that stays what it is: an item's where the order is by key or by creation, the head's
//! where it is by the commit of the head. So a page can start after a place without counting what lies before it.

use std::cmp::Ordering;
use std::ops::{Bound, Range};

use super::Search;
use crate::domain::item::ItemKey;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::At;

/// By what items are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// Namespace, kind and key.
    #[default]
    Key,
    /// When they were made.
    Created,
    /// When their heads were committed.
    Committed,
}

/// An order of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Order {
    /// By what.
    pub by: By,
    /// The last first.
    pub descending: bool,
}

/// A part of an ordered list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// After this place.
    pub after: Option<u32>,
    /// Before this place.
    pub before: Option<u32>,
    /// At most so many.
    pub most: usize,
    /// Those at the end, not those at the start.
    pub from_end: bool,
}

impl Window {
    /// The places between which it lies, in ascending order.
    pub(super) const fn bounds(self, order: Order) -> (Option<u32>, Option<u32>) {
        if order.descending { (self.before, self.after) } else { (self.after, self.before) }
    }

    /// Whether it is filled from the end of the ascending order.
    pub(super) const fn reversed(self, order: Order) -> bool {
        order.descending != self.from_end
    }
}

impl Order {
    /// Compares two places, ascending.
    pub(super) fn compare(self, at: At<'_>, a: u32, b: u32) -> Ordering {
        match self.by {
            By::Key => at.key(ItemNo(a)).cmp(at.key(ItemNo(b))),
            By::Created | By::Committed => a.cmp(&b),
        }
    }

    /// Whether a place can be one at this seq.
    #[must_use]
    pub fn has(self, at: At<'_>, place: u32) -> bool {
        match self.by {
            By::Key | By::Created => at.sees_item(ItemNo(place)),
            By::Committed => at.sees(VersionNo(place)),
        }
    }
}

/// A place in an order, and the item that is there, if one is.
type Step = (u32, Option<ItemNo>);

/// A walk along an order, ascending or descending, from one part to the next.
pub(super) struct Walk<'s> {
    search: &'s Search,
    order: Order,
    /// It is between these places, neither of them included.
    low: Option<u32>,
    high: Option<u32>,
    reversed: bool,
    /// In an order of keys: the runs that are left, the next one last.
    runs: Vec<(ItemKey, ItemKey)>,
}

impl Search {
    /// The place of an item.
    pub(super) fn place(order: Order, at: At<'_>, item: ItemNo) -> u32 {
        match order.by {
            By::Key | By::Created => item.0,
            By::Committed => at.head(item).map_or(0, |head| head.0),
        }
    }

    /// A walk from one place to another, neither of them included, ascending or (`reversed`) descending.
    pub(super) fn walk(
        &self,
        at: At<'_>,
        order: Order,
        (low, high): (Option<u32>, Option<u32>),
        reversed: bool,
    ) -> Walk<'_> {
        let mut runs = Vec::new();
        if order.by == By::Key {
            runs = self.identity.runs(at);
            if !reversed {
                runs.reverse();
            }
        }
        Walk { search: self, order, low, high, reversed, runs }
    }
}

impl Walk<'_> {
    /// Reads the next steps into an empty list, at most so many; none at the end of the walk.
    pub(super) fn next_part(&mut self, at: At<'_>, most: usize, steps: &mut Vec<Step>) {
        steps.clear();
        match self.order.by {
            By::Key => self.next_keys(at, most, steps),
            By::Created => self.next_numbers(self.search.items.clone(), most, |item| {
                steps.push((item, Some(ItemNo(item))));
            }),
            By::Committed => self.next_numbers(self.search.heads.clone(), most, |number| {
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

    fn next_keys(&mut self, at: At<'_>, most: usize, steps: &mut Vec<Step>) {
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
