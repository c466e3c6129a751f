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

/// A step of a walk: a place, and the item that stands there, if one does.
type Step = (u32, Option<ItemNo>);

impl<'a> Search<'a> {
    /// The place of an item.
    pub(super) fn place(&self, order: Order, item: ItemNo) -> u32 {
        match order.by {
            By::Key | By::Created => item.0,
            By::Committed => self.at.head(item).map_or(0, |head| head.0),
        }
    }

    /// What stands between two places, neither of them included, ascending or (`reversed`) descending.
    pub(super) fn walk(
        &self,
        order: Order,
        low: Option<u32>,
        high: Option<u32>,
        reversed: bool,
    ) -> Box<dyn Iterator<Item = Step> + 'a> {
        let at = self.at;
        match order.by {
            By::Key => self.walk_keys(low, high, reversed),
            By::Created => {
                either(between(&self.items, low, high).map(|item| (item, Some(ItemNo(item)))), reversed)
            }
            By::Committed => either(
                between(&self.heads, low, high).map(move |number| {
                    let version = VersionNo(number);
                    (number, at.is_head(version).then(|| at.item_of(version)))
                }),
                reversed,
            ),
        }
    }

    fn walk_keys(
        &self,
        low: Option<u32>,
        high: Option<u32>,
        reversed: bool,
    ) -> Box<dyn Iterator<Item = Step> + 'a> {
        let at = self.at;
        let (low, high) = (low.map(|low| at.key(ItemNo(low))), high.map(|high| at.key(ItemNo(high))));
        let mut runs: Vec<(ItemKey, ItemKey)> = self.identity.runs();
        if reversed {
            runs.reverse();
        }
        Box::new(runs.into_iter().flat_map(move |(first, last)| {
            let from = low.filter(|low| **low >= first).map_or(Bound::Included(&first), Bound::Excluded);
            let to = high.filter(|high| **high <= last).map_or(Bound::Included(&last), Bound::Excluded);
            let empty = low.is_some_and(|low| *low >= last)
                || high.is_some_and(|high| *high <= first || low.is_some_and(|low| low >= high));
            let items = (!empty).then(|| at.index.items.range(from, to));
            let seen = items.into_iter().flatten();
            either(seen.filter(move |item| at.sees_item(*item)).map(|item| (item.0, Some(item))), reversed)
        }))
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
