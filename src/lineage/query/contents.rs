//! Contents: the versions that a training set resolves to.
//!
//! A member that is a set is replaced by its own contents. `members`, rows and differences are
//! about pins; counts, comparisons and data exports are about contents: each version once, in the
//! split of the outermost pin. That is the split of the set's own pin if there is one, else that of
//! the nearest set that leads to the version, and of several the oldest.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

use crate::domain::canonical::attributes::Leaf;
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::at::At;
use crate::lineage::index::membership::MembershipInterval;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::walker::Walker;

/// A version among the contents of a set version; never a training set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContentEntry {
    /// The version with the split of the outermost pin, and the product of the weights on the path.
    pub interval: MembershipInterval,
    /// True if a set version on any path to it is wrong itself.
    pub in_wrong_set: bool,
    /// True if a set version on any path to it is not its item's head.
    pub in_old_set: bool,
}

impl ContentEntry {
    const fn own(interval: MembershipInterval) -> Self {
        Self { interval, in_wrong_set: false, in_old_set: false }
    }
}

impl At<'_> {
    /// Returns true if a version of the set pins a set, so that its contents may differ from its
    /// members.
    #[must_use]
    pub fn pins_sets(self, set: VersionNo) -> bool {
        self.index().membership.is_outer(self.item_of(set))
    }

    /// Returns all pins of a set version and of the versions of the set before it, in the order in
    /// which they began; also those of members that were removed since. Only those at these places.
    pub fn ever_pinned(
        self,
        set: VersionNo,
        places: Range<usize>,
    ) -> impl Iterator<Item = MembershipInterval> {
        self.index().membership.begun(self.item_of(set), self.number(set), places)
    }

    /// Returns the class list version that a label uses.
    #[must_use]
    pub fn class_list(self, label: VersionNo) -> Option<VersionNo> {
        self.index().ontologies.list_of(label)
    }

    /// Returns true if a version of a class list ever renamed a class.
    #[must_use]
    pub fn renames_classes(self, list: ItemNo) -> bool {
        self.index().ontologies.renames(list)
    }

    /// Replaces classes of a class list version by their names in a later version of the list, or in
    /// the newest one: renames are followed, also if another class has the old name now.
    pub fn follow_classes(self, list: VersionNo, later: Option<VersionNo>, classes: &mut [Leaf]) {
        let visible = later.map_or(self.visible(), |later| self.visible().min(later.0 + 1));
        self.index().ontologies.follow(self.item_of(list), list, visible, classes);
    }

    /// Returns the last version of a class list after this one that renamed classes and has not been
    /// undone since.
    #[must_use]
    pub fn last_rename(self, list: VersionNo) -> Option<VersionNo> {
        self.index().ontologies.last_rename(self.item_of(list), list, self.visible())
    }

    /// As [`Walker::contents`], without pauses.
    #[must_use]
    pub fn contents(self, set: VersionNo, budget: &mut EdgeBudget) -> Option<Vec<ContentEntry>> {
        self.walker().contents(set, budget)
    }
}

/// The contents of a set version.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SetContents {
    /// Its members in their order, then those of its member sets, nearest sets first.
    pub entries: Vec<ContentEntry>,
    /// True if one of its member sets, empty ones included, is not its item's head.
    pub has_old_set: bool,
}

/// The contents found so far.
#[derive(Default)]
struct GatheredContents {
    contents: Vec<ContentEntry>,
    has_old_set: bool,
    /// The position of each version among them.
    places: HashMap<VersionNo, usize>,
    /// Member sets, with the flags of the paths that reached them. A set is entered again if
    /// another path adds flags to its contents.
    entered: HashSet<(VersionNo, bool, bool)>,
    open: VecDeque<ContentEntry>,
}

impl Walker<'_> {
    /// Returns the contents of a set version, as [`SetContents::entries`]. Empty for any other
    /// version.
    ///
    /// Returns `None` if the budget is spent: each member of a member set takes one edge.
    #[must_use]
    pub fn contents(&mut self, set: VersionNo, budget: &mut EdgeBudget) -> Option<Vec<ContentEntry>> {
        self.set_contents(set, budget).map(|contents| contents.entries)
    }

    /// Returns the contents of a set version, and the state of its member sets. As
    /// [`Walker::contents`].
    #[must_use]
    pub fn set_contents(&mut self, set: VersionNo, budget: &mut EdgeBudget) -> Option<SetContents> {
        let at = self.at();
        if at.kind(set) != Kind::TrainingSet {
            return Some(SetContents::default());
        }
        let mut gathered = GatheredContents::default();
        let pins_sets = at.pins_sets(set);
        let mut sets: Vec<MembershipInterval> = Vec::new();
        self.each_member(set, |at, interval| {
            if pins_sets && at.kind(interval.member) == Kind::TrainingSet {
                sets.push(interval);
            } else {
                gathered.contents.push(ContentEntry::own(interval));
            }
            true
        });
        if sets.is_empty() {
            return Some(SetContents { entries: gathered.contents, has_old_set: false });
        }
        sets.sort_unstable_by_key(|interval| interval.member);
        self.unlocked_if_many(gathered.contents.len(), || {
            let places = gathered.contents.iter().enumerate();
            gathered.places = places.map(|(place, content)| (content.interval.member, place)).collect();
        });
        sets.into_iter().for_each(|interval| gathered.enter(self.at(), ContentEntry::own(interval)));
        while let Some(outer) = gathered.open.pop_front() {
            let mut members: Vec<MembershipInterval> = Vec::new();
            self.each_member(outer.interval.member, |_, interval| {
                members.push(interval);
                true
            });
            self.unlocked_if_many(members.len(), || members.sort_unstable_by_key(|interval| interval.member));
            budget.take_all(members.len());
            if budget.spent {
                return None;
            }
            self.by_parts(members.len(), |at, part| {
                members[part].iter().for_each(|inner| gathered.add(at, outer, inner));
            });
        }
        Some(SetContents { entries: gathered.contents, has_old_set: gathered.has_old_set })
    }
}

/// Returns the product of the weights of two pins; `None` is an absent weight. A product of weights
/// that are not 0 is never 0 or infinite, which would leave the version out, or be no number: it is
/// the smallest or the largest number that there is.
pub(in crate::lineage) fn product(outer: Option<f64>, inner: Option<f64>) -> Option<f64> {
    let (Some(outer), Some(inner)) = (outer, inner) else { return outer.or(inner) };
    let product = outer * inner;
    if outer == 0.0 || inner == 0.0 {
        return Some(product);
    }
    Some(product.abs().clamp(f64::MIN_POSITIVE, f64::MAX).copysign(product))
}

impl GatheredContents {
    fn enter(&mut self, at: At<'_>, outer: ContentEntry) {
        let member = outer.interval.member;
        let in_wrong_set = outer.in_wrong_set || at.is_wrong(member);
        let in_old_set = outer.in_old_set || !at.is_head(member);
        self.has_old_set |= in_old_set;
        if self.entered.insert((member, in_wrong_set, in_old_set)) {
            self.open.push_back(ContentEntry { in_wrong_set, in_old_set, ..outer });
        }
    }

    /// Adds a member of a set that was entered.
    fn add(&mut self, at: At<'_>, outer: ContentEntry, inner: &MembershipInterval) {
        let weight = product(outer.interval.weight, inner.weight);
        let content = ContentEntry {
            interval: MembershipInterval { member: inner.member, weight, ..outer.interval },
            ..outer
        };
        if at.kind(inner.member) == Kind::TrainingSet {
            return self.enter(at, content);
        }
        match self.places.get(&inner.member) {
            None => {
                self.places.insert(inner.member, self.contents.len());
                self.contents.push(content);
            }
            Some(place) => {
                self.contents[*place].in_wrong_set |= content.in_wrong_set;
                self.contents[*place].in_old_set |= content.in_old_set;
            }
        }
    }
}
