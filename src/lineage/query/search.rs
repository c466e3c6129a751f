//! Search of items by identity, commit, author, and the tags, statements and attributes of their
//! heads.
//!
//! Every part of a filter has a list of candidates (see
//! [`postings`](crate::lineage::index::postings)), or can at least judge one candidate quickly. The
//! part with the shortest list provides the candidates, the others judge them. If even the shortest
//! list is long, a page is found by traversing the requested order and judging each item, so that a
//! first page costs what it shows. No search reads all items to find a few, and none stops without
//! saying so.

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
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::walker::{PART, Walker};
use identity::Identity;
pub(super) use moment::commits as commits_in;
pub use order::{SearchOrder, SortKey, Window};
use part::{Candidates, FilterPart};
pub use word::VersionWords;

/// The most candidates that one search reads, and the limit up to which a count is exact.
pub const MAX_CANDIDATES: usize = 1_000_000;
/// The length up to which a list of candidates is judged completely before the order is traversed.
const SHORT: usize = 65_536;

/// The limits of one search.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// The most candidates that it reads.
    pub candidates: usize,
    /// The longest list that is judged completely before the order is traversed.
    pub short: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { candidates: MAX_CANDIDATES, short: SHORT }
    }
}

/// The flow of everything wrong is too large to find what is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "finding stale items needs more edges than one request may follow; ask `affectedTrainingSets` or `lineage` about fewer wrong versions"
)]
pub struct TooFar;

/// A filter that is prepared for one seq.
pub struct Search {
    identity: Identity,
    /// The parts, those with the shortest lists first; without the identity if it does not narrow.
    parts: Vec<Box<dyn FilterPart>>,
    /// The length of the shortest list; `None` if there is no list.
    shortest: Option<usize>,
    /// The items, or heads, that are possible results.
    items: Range<u32>,
    heads: Range<u32>,
    effort: Effort,
}

/// Adjacent items of an order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundPage {
    /// The items with their positions, in the requested order.
    pub items: Vec<(u32, ItemNo)>,
    /// True if there are more before the first, or after the last if the window is at the start.
    pub more: bool,
    /// The position up to which the order was traversed, if that had to stop early.
    pub stopped: Option<u32>,
}

/// The number of items that a search finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The number, or a lower bound of it.
    pub number: usize,
    /// True if it is exact.
    pub exact: bool,
}

impl Walker<'_> {
    /// Prepares a search. The selection's own `at` is ignored: the caller chose the seq. The budget
    /// is for finding what is stale, if the selection asks for it.
    ///
    /// # Errors
    /// [`TooFar`] if the selection asks for what is stale, and that cannot be found.
    pub fn search(&mut self, selection: &Selection, budget: &mut EdgeBudget) -> Result<Search, TooFar> {
        let at = self.at();
        let identity = Identity::new(at, selection);
        let items = moment::items(at, selection.created);
        let heads = moment::versions(at, selection.committed);
        let mut parts: Vec<Box<dyn FilterPart>> = Vec::new();
        if identity.narrows() {
            parts.push(Box::new(identity.clone()));
        }
        attribute::parts(at, selection, &mut parts);
        moment::parts(at, selection, &mut parts);
        said::parts(self, selection, budget, &mut parts)?;
        word::parts(self, selection, &mut parts);
        let at = self.at();
        parts.sort_by_cached_key(|part| part.most(at).unwrap_or(usize::MAX));
        let shortest = parts.first().and_then(|part| part.most(at));
        Ok(Search { identity, parts, shortest, items, heads, effort: Effort::default() })
    }
}

impl At<'_> {
    /// The items that a selection finds, by namespace, kind and key.
    ///
    /// # Errors
    /// As [`Walker::search`].
    pub fn select(self, selection: &Selection, budget: &mut EdgeBudget) -> Result<Vec<ItemNo>, TooFar> {
        let mut walker = self.walker();
        Ok(walker.search(selection, budget)?.all(&mut walker))
    }

    /// Returns true if the version has one of these tags, which are sorted.
    #[must_use]
    pub fn carries(self, version: VersionNo, tags: &[String]) -> bool {
        let asked = |tag: &str| tags.binary_search_by(|asked| asked.as_str().cmp(tag)).is_ok();
        self.tags(version).iter().any(|moved| asked(self.index.text(moved.name)))
    }
}

impl Search {
    /// The same search with other limits.
    #[must_use]
    pub fn with_effort(self, effort: Effort) -> Self {
        Self { effort, ..self }
    }

    /// All items, by key, without limits.
    #[must_use]
    pub fn all(&self, walker: &mut Walker<'_>) -> Vec<ItemNo> {
        let order = SearchOrder { by: SortKey::Key, descending: false };
        // Sorting a few is cheaper than traversing all keys; sorting most of them is not.
        if self.most() <= self.items.len() / 16 {
            let mut found = self.gather(walker);
            let at = walker.at();
            found.sort_unstable_by(|a, b| order.compare(at, a.0, b.0));
            return found;
        }
        let mut walk = self.walk(walker.at(), order, (None, None), false);
        let (mut steps, mut found) = (Vec::new(), Vec::new());
        loop {
            let at = walker.at();
            walk.next_part(at, PART, &mut steps);
            if steps.is_empty() {
                return found;
            }
            found.extend(steps.iter().filter_map(|(_, item)| item.filter(|item| self.finds(at, *item))));
            walker.step(steps.len());
        }
    }

    /// The items in a window of an order.
    #[must_use]
    pub fn page(&self, walker: &mut Walker<'_>, order: SearchOrder, window: Window) -> FoundPage {
        if self.most() <= self.effort.short {
            let found = self.gather(walker);
            return window_of(walker, &found, order, window);
        }
        let can_gather = self.most() <= self.effort.candidates;
        let patience = if can_gather { self.effort.short.max(1) } else { self.effort.candidates };
        let walked = self.walked(walker, order, window, patience);
        if walked.stopped.is_some() && can_gather {
            let found = self.gather(walker);
            return window_of(walker, &found, order, window);
        }
        walked
    }

    /// The number of items: exact if the shortest list, or the store, has at most as many
    /// candidates as the limit.
    #[must_use]
    pub fn count(&self, walker: &mut Walker<'_>) -> Count {
        if self.is_by_identity() {
            return Count { number: self.identity.size(), exact: true };
        }
        if self.most() <= self.effort.candidates {
            return Count { number: self.gather(walker).len(), exact: true };
        }
        let looked = self.items.len().min(self.effort.candidates);
        let mut number = 0;
        walker.by_parts(looked, |at, part| {
            number += part.filter(|place| self.finds(at, self.item(*place))).count();
        });
        Count { number, exact: looked == self.items.len() }
    }

    /// Passes each item with its head to `give`, once and unordered. Each candidate takes one edge.
    /// Returns the reason if not all candidates were judged: then only the oldest items of the store
    /// were.
    pub(super) fn each(
        &self,
        walker: &mut Walker<'_>,
        budget: &mut EdgeBudget,
        mut give: impl FnMut(At<'_>, ItemNo, VersionNo),
    ) -> Option<Stopped> {
        let left = usize::try_from(budget.edges).unwrap_or(usize::MAX);
        if self.most() <= left.min(self.effort.candidates) {
            budget.take_all(self.most());
            let found = self.gather(walker);
            walker.by_parts(found.len(), |at, part| {
                for item in &found[part] {
                    at.head(*item).into_iter().for_each(|head| give(at, *item, head));
                }
            });
            return None;
        }
        let looked = left.min(self.effort.candidates);
        budget.take_all(looked);
        walker.by_parts(looked, |at, part| {
            for item in part.map(|place| self.item(place)).filter(|item| self.finds(at, *item)) {
                at.head(item).into_iter().for_each(|head| give(at, item, head));
            }
        });
        Some(if left < self.effort.candidates { Stopped::Edges } else { Stopped::Nodes })
    }

    /// True if it finds everything of some namespaces and kinds, and nothing else.
    pub(super) fn is_by_identity(&self) -> bool {
        self.parts.iter().all(|part| part.is_counted())
    }

    /// The items of each of its namespaces and kinds.
    pub(super) fn identities<'a>(&'a self, at: At<'a>) -> impl Iterator<Item = &'a [ItemNo]> {
        self.identity.groups(at)
    }

    /// The item at a position among the possible results.
    fn item(&self, place: usize) -> ItemNo {
        ItemNo(self.items.start + u32::try_from(place).unwrap_or(u32::MAX))
    }

    /// The most candidates.
    fn most(&self) -> usize {
        self.shortest.unwrap_or(usize::MAX).min(self.items.len())
    }

    /// Returns true if the search finds an item, which must be visible.
    fn finds(&self, at: At<'_>, item: ItemNo) -> bool {
        at.head(item).is_some_and(|head| self.parts.iter().all(|part| part.holds(at, item, head)))
    }

    /// All items, each once, by number.
    fn gather(&self, walker: &mut Walker<'_>) -> Vec<ItemNo> {
        let mut found = Vec::new();
        let mut consider = |at: At<'_>, item: ItemNo| {
            if self.items.contains(&item.0) && self.finds(at, item) {
                found.push(item);
            }
        };
        let Some(part) =
            self.parts.first().filter(|_| self.shortest.is_some_and(|most| most <= self.items.len()))
        else {
            walker.by_parts(self.items.len(), |at, part| {
                part.for_each(|place| consider(at, self.item(place)));
            });
            return found;
        };
        // Listing numbers is fast, a nanosecond for each of at most a million. Judging them is not.
        let mut candidates = Candidates::default();
        part.candidates(walker.at(), &mut candidates);
        let Candidates { items, versions } = candidates;
        walker.step(items.len() + versions.len());
        walker.by_parts(items.len(), |at, part| {
            items[part].iter().for_each(|item| consider(at, ItemNo(*item)));
        });
        walker.by_parts(versions.len(), |at, part| {
            for version in versions[part].iter().map(|version| VersionNo(*version)) {
                if at.sees(version) && at.is_head(version) {
                    consider(at, at.item_of(version));
                }
            }
        });
        walker.unlocked_if_many(found.len(), || {
            found.sort_unstable();
            found.dedup();
        });
        found
    }

    /// The items of a window, by traversing the order.
    fn walked(
        &self,
        walker: &mut Walker<'_>,
        order: SearchOrder,
        window: Window,
        patience: usize,
    ) -> FoundPage {
        let mut walk = self.walk(walker.at(), order, window.bounds(order), window.reversed(order));
        let (mut found, mut last, mut steps) = (FoundPage::default(), None, Vec::new());
        // A page is often full after as many steps as it has entries.
        let mut part = window.most.saturating_add(1).min(PART);
        let mut left = patience;
        'walk: loop {
            let at = walker.at();
            walk.next_part(at, part.min(left.max(1)), &mut steps);
            if left == 0 && !steps.is_empty() {
                (found.more, found.stopped) = (true, last);
            }
            if left == 0 || steps.is_empty() {
                break;
            }
            for (place, item) in &steps {
                if let Some(item) = item.filter(|item| self.finds(at, *item)) {
                    if found.items.len() == window.most {
                        found.more = true;
                        break 'walk;
                    }
                    found.items.push((*place, item));
                }
                last = Some(*place);
            }
            left -= steps.len();
            part = (2 * part).min(PART);
            walker.step(steps.len());
        }
        if window.from_end {
            found.items.reverse();
        }
        found
    }
}

/// The items of a window, given all results.
fn window_of(walker: &mut Walker<'_>, found: &[ItemNo], order: SearchOrder, window: Window) -> FoundPage {
    let (low, high) = window.bounds(order);
    let compare = |at: At<'_>, a: u32, b: u32| {
        let ascending = order.compare(at, a, b);
        if window.reversed(order) { ascending.reverse() } else { ascending }
    };
    let (mut placed, mut more) = (Vec::new(), false);
    // The first position that is known to be outside.
    let mut outside: Option<u32> = None;
    walker.by_parts(found.len(), |at, part| {
        let beyond = |place: u32| {
            low.is_none_or(|low| order.compare(at, place, low).is_gt())
                && high.is_none_or(|high| order.compare(at, place, high).is_lt())
        };
        for item in &found[part] {
            let place = Search::place(order, at, *item);
            if beyond(place) {
                let is_outside = outside.is_some_and(|outside| compare(at, place, outside).is_gt());
                more |= is_outside;
                if !is_outside {
                    placed.push((place, *item));
                }
            }
        }
        if placed.len() > window.most {
            placed.select_nth_unstable_by(window.most, |a, b| compare(at, a.0, b.0));
            outside = Some(placed[window.most].0);
            placed.truncate(window.most);
            more = true;
        }
    });
    let at = walker.at();
    placed.sort_unstable_by(|a, b| compare(at, a.0, b.0));
    if window.from_end {
        placed.reverse();
    }
    FoundPage { items: placed, more, stopped: None }
}
