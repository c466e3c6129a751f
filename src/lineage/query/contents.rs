//! Contents: the versions that a training set stands for.
//!
//! A member that is a set stands for what it pins. `members`, rows and differences speak of pins; whatever counts, compares
//! or writes data speaks of contents: each version once, in the split of the outermost pin. That is the split of the
//! set's own pin if there is one, else that of the nearest set that leads to the version, of several the oldest.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;
use crate::lineage::index::membership::Stay;
use crate::lineage::walk::flow::Budget;

/// A version that a set version stands for; never a training set's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Content {
    /// The version with the split of the outermost pin, and the weights multiplied on the way.
    pub stay: Stay,
    /// True if a set version on any way to it is wrong itself.
    pub in_wrong_set: bool,
    /// True if a set version on any way to it is not its item's head.
    pub in_old_set: bool,
}

impl Content {
    const fn own(stay: Stay) -> Self {
        Self { stay, in_wrong_set: false, in_old_set: false }
    }
}

impl At<'_> {
    /// Returns true if a version of the set pins a set, so that its contents may be others than its members.
    #[must_use]
    pub fn pins_sets(self, set: VersionNo) -> bool {
        self.index().membership.is_outer(self.item_of(set))
    }

    /// Returns the contents of a set version: its members in their order, then those of its member sets, nearest sets
    /// first. Empty for any other version.
    ///
    /// Returns `None` if the budget is spent first: each member of a member set takes one edge.
    #[must_use]
    pub fn contents(self, set: VersionNo, budget: &mut Budget) -> Option<Vec<Content>> {
        if self.kind(set) != Kind::TrainingSet {
            return Some(Vec::new());
        }
        if !self.pins_sets(set) {
            return Some(self.members(set).map(Content::own).collect());
        }
        let is_set = |stay: &Stay| self.kind(stay.member) == Kind::TrainingSet;
        let (mut sets, own): (Vec<Stay>, Vec<Stay>) = self.members(set).partition(is_set);
        sets.sort_unstable_by_key(|stay| stay.member);
        let mut contents: Vec<Content> = own.into_iter().map(Content::own).collect();
        let places = contents.iter().enumerate().map(|(place, content)| (content.stay.member, place));
        let mut places: HashMap<VersionNo, usize> = places.collect();
        // A set is entered again if another way to it makes more of its contents wrong or old.
        let mut entered: HashSet<(VersionNo, bool, bool)> = HashSet::new();
        let mut open: VecDeque<Content> = VecDeque::new();
        let mut enter = |open: &mut VecDeque<Content>, outer: Content| {
            let member = outer.stay.member;
            let in_wrong_set = outer.in_wrong_set || self.is_wrong(member);
            let in_old_set = outer.in_old_set || !self.is_head(member);
            if entered.insert((member, in_wrong_set, in_old_set)) {
                open.push_back(Content { in_wrong_set, in_old_set, ..outer });
            }
        };
        sets.into_iter().for_each(|stay| enter(&mut open, Content::own(stay)));
        while let Some(outer) = open.pop_front() {
            let mut members: Vec<Stay> = self.members(outer.stay.member).collect();
            members.sort_unstable_by_key(|stay| stay.member);
            for inner in members {
                if !budget.take() {
                    return None;
                }
                let weight = match (outer.stay.weight, inner.weight) {
                    (Some(outer), Some(inner)) => Some(outer * inner),
                    (outer, inner) => outer.or(inner),
                };
                let content = Content { stay: Stay { member: inner.member, weight, ..outer.stay }, ..outer };
                if is_set(&content.stay) {
                    enter(&mut open, content);
                    continue;
                }
                match places.get(&inner.member) {
                    None => {
                        places.insert(inner.member, contents.len());
                        contents.push(content);
                    }
                    Some(place) => {
                        contents[*place].in_wrong_set |= content.in_wrong_set;
                        contents[*place].in_old_set |= content.in_old_set;
                    }
                }
            }
        }
        Some(contents)
    }
}
