//! Search of items by what they are called, when and by whom they were committed, and what their heads say.
//!
//! Every part of a filter has a list of its own (see [`postings`](crate::lineage::index::postings)) from which candidates come, or can at
//! least judge one candidate at once. The part with the shortest list gives the candidates, the others judge them. Where
//! even the shortest list is long, a page is found by walking the asked order and judging what comes, so that a first page
//! costs what it shows. Nothing reads all items to find a few, and nothing stops without saying so.

mod attribute;
mod identity;
mod moment;
mod order;
mod part;
mod said;
#[cfg(test)]
mod tests;
mod word;

use std::ops::Range;

use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::selection::Selection;
use crate::lineage::at::At;
use crate::lineage::walk::flow::Budget;
use identity::Identity;
pub use order::{By, Order, Window};
use part::Part;

/// The most candidates that one search looks at, and up to which a count is exact.
pub const MAX_CANDIDATES: usize = 1_000_000;
/// A list of at most so many candidates is judged whole before the order is walked.
const SHORT: usize = 65_536;

/// How far a search looks for one answer.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// The most candidates it looks at.
    pub candidates: usize,
    /// The longest list that is judged whole before the order is walked.
    pub short: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { candidates: MAX_CANDIDATES, short: SHORT }
    }
}

/// Too much was said to be wrong, and too much made from it, to tell what is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "too much was made from what is wrong to tell which items are stale; ask `affectedTrainingSets` or `lineage` of fewer wrong versions"
)]
pub struct TooFar;

/// A filter, ready to be answered at one seq.
pub struct Search<'a> {
    at: At<'a>,
    identity: Identity<'a>,
    /// All parts but the identity's where it is not narrow; those with the shortest lists first.
    parts: Vec<Box<dyn Part + 'a>>,
    /// The items, and the heads, that can be found at all.
    items: Range<u32>,
    heads: Range<u32>,
    effort: Effort,
}

/// Items that stand next to each other in an order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The items with their places, in the order asked for.
    pub items: Vec<(u32, ItemNo)>,
    /// Whether more come before the first, or after the last where the window is at the start.
    pub more: bool,
    /// The place up to which the order was walked where that had to end early.
    pub stopped: Option<u32>,
}

/// How many items a search finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The number; where it is not exact, there are at least so many.
    pub number: usize,
    /// Whether it is exact.
    pub exact: bool,
}

impl<'a> At<'a> {
    /// Prepares a search. The selection's own `at` is not looked at: the caller chose the seq. The budget is for telling
    /// what is stale, where that is asked.
    ///
    /// # Errors
    /// [`TooFar`] where the selection asks for what is stale, and that cannot be told.
    pub fn search(self, selection: &Selection, budget: &mut Budget) -> Result<Search<'a>, TooFar> {
        let identity = Identity::new(self, selection);
        let items = moment::items(self, selection.created);
        let heads = moment::versions(self, selection.committed);
        let mut parts: Vec<Box<dyn Part + 'a>> = Vec::new();
        if identity.narrows() {
            parts.push(Box::new(identity.clone()));
        }
        attribute::parts(self, selection, &mut parts);
        moment::parts(self, selection, &mut parts);
        said::parts(self, selection, budget, &mut parts)?;
        word::parts(self, selection, &mut parts);
        parts.sort_by_key(|part| part.most().unwrap_or(usize::MAX));
        Ok(Search { at: self, identity, parts, items, heads, effort: Effort::default() })
    }

    /// The items that a selection finds, in the order of namespace, kind and key.
    ///
    /// # Errors
    /// As [`At::search`].
    pub fn select(self, selection: &Selection, budget: &mut Budget) -> Result<Vec<ItemNo>, TooFar> {
        Ok(self.search(selection, budget)?.all())
    }

    /// Whether the version carries one of these tags, which are in order.
    #[must_use]
    pub fn carries(self, version: VersionNo, tags: &[String]) -> bool {
        let asked = |tag: &str| tags.binary_search_by(|asked| asked.as_str().cmp(tag)).is_ok();
        self.tags(version).iter().any(|moved| asked(self.index.text(moved.name)))
    }
}

impl<'a> Search<'a> {
    /// The same search with another effort.
    #[must_use]
    pub fn with_effort(self, effort: Effort) -> Self {
        Self { effort, ..self }
    }

    /// All items, by key, whatever it costs.
    #[must_use]
    pub fn all(&self) -> Vec<ItemNo> {
        let order = Order { by: By::Key, descending: false };
        // Putting a few in order is cheaper than walking all keys; putting most of them in order is not.
        if self.most() <= self.items.len() / 16 {
            let mut found = self.gather();
            found.sort_unstable_by(|a, b| {
                order.compare(self.at, self.place(order, *a), self.place(order, *b))
            });
            return found;
        }
        let walk = self.walk(order, None, None, false);
        walk.filter_map(|(_, item)| item.filter(|item| self.finds(*item))).collect()
    }

    /// The items in a window of an order.
    #[must_use]
    pub fn page(&self, order: Order, window: Window) -> Found {
        if self.most() <= self.effort.short {
            return self.window_of(self.gather(), order, window);
        }
        let can_gather = self.most() <= self.effort.candidates;
        let patience = if can_gather { self.effort.short.max(1) } else { self.effort.candidates };
        let walked = self.walked(order, window, patience);
        if walked.stopped.is_some() && can_gather {
            return self.window_of(self.gather(), order, window);
        }
        walked
    }

    /// How many items there are: exact where the shortest list, or the store, has at most as many candidates as the
    /// effort allows to look at.
    #[must_use]
    pub fn count(&self) -> Count {
        let only_groups = self.parts.iter().all(|part| part.is_counted());
        if only_groups {
            return Count { number: self.identity.size(), exact: true };
        }
        if self.most() <= self.effort.candidates {
            return Count { number: self.gather().len(), exact: true };
        }
        let order = Order { by: By::Created, descending: false };
        let mut looked = self.walk(order, None, None, false);
        let known = looked.by_ref().take(self.effort.candidates);
        let number = known.filter(|(_, item)| item.is_some_and(|item| self.finds(item))).count();
        Count { number, exact: looked.next().is_none() }
    }

    /// At most so many candidates.
    fn most(&self) -> usize {
        let listed = self.parts.first().and_then(|part| part.most());
        listed.unwrap_or(usize::MAX).min(self.items.len())
    }

    /// Whether the search finds an item, which must be visible.
    fn finds(&self, item: ItemNo) -> bool {
        self.at.head(item).is_some_and(|head| self.parts.iter().all(|part| part.holds(item, head)))
    }

    /// All items, each once, in no order.
    fn gather(&self) -> Vec<ItemNo> {
        let mut found = Vec::new();
        let mut consider = |item: ItemNo| {
            if self.items.contains(&item.0) && self.finds(item) {
                found.push(item);
            }
        };
        match self.parts.first().filter(|part| part.most().is_some_and(|most| most <= self.items.len())) {
            Some(part) => part.candidates(&mut consider),
            None => self.items.clone().map(ItemNo).for_each(consider),
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The items of a window, given all that are found.
    fn window_of(&self, found: Vec<ItemNo>, order: Order, window: Window) -> Found {
        let at = self.at;
        let (low, high) = window.bounds(order);
        let beyond = |place: u32| {
            low.is_none_or(|low| order.compare(at, place, low).is_gt())
                && high.is_none_or(|high| order.compare(at, place, high).is_lt())
        };
        let mut placed: Vec<(u32, ItemNo)> = found
            .into_iter()
            .map(|item| (self.place(order, item), item))
            .filter(|(place, _)| beyond(*place))
            .collect();
        let more = placed.len() > window.most;
        let compare = |a: &(u32, ItemNo), b: &(u32, ItemNo)| {
            let ascending = order.compare(at, a.0, b.0);
            if window.reversed(order) { ascending.reverse() } else { ascending }
        };
        if more {
            placed.select_nth_unstable_by(window.most, compare);
            placed.truncate(window.most);
        }
        placed.sort_unstable_by(compare);
        if window.from_end {
            placed.reverse();
        }
        Found { items: placed, more, stopped: None }
    }

    /// The items of a window, by walking the order.
    fn walked(&self, order: Order, window: Window, patience: usize) -> Found {
        let (low, high) = window.bounds(order);
        let mut found = Found::default();
        let mut last = None;
        let mut walk = self.walk(order, low, high, window.reversed(order));
        for (place, item) in walk.by_ref().take(patience) {
            if let Some(item) = item.filter(|item| self.finds(*item)) {
                if found.items.len() == window.most {
                    found.more = true;
                    break;
                }
                found.items.push((place, item));
            }
            last = Some(place);
        }
        if !found.more && walk.next().is_some() {
            (found.more, found.stopped) = (true, last);
        }
        if window.from_end {
            found.items.reverse();
        }
        found
    }
}
