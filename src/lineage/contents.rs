//! Contents: the versions that a training set stands for.
//!
//! A member that is a set stands for what it pins. `members` speaks of pins; whatever counts, compares or writes data
//! speaks of contents: each version once, in the split of the outermost pin.

use std::collections::{HashSet, VecDeque};

use super::at::At;
use super::flow::Budget;
use super::membership::Stay;
use crate::domain::facts::VersionNo;
use crate::domain::item::Kind;

impl At<'_> {
    /// Returns the contents of a set version: its members in their order, then those of its member sets, nearest sets
    /// first. A version that is found more than once counts where it is found first. Weights multiply on the way in.
    /// Empty for any other version.
    ///
    /// Returns `None` if the budget is spent first: each member of a member set takes one edge.
    #[must_use]
    pub fn contents(self, set: VersionNo, budget: &mut Budget) -> Option<Vec<Stay>> {
        if self.kind(set) != Kind::TrainingSet {
            return Some(Vec::new());
        }
        let is_set = |stay: &Stay| self.kind(stay.member) == Kind::TrainingSet;
        let (open, mut found): (Vec<Stay>, Vec<Stay>) = self.members(set).partition(is_set);
        let mut open = VecDeque::from(open);
        if open.is_empty() {
            return Some(found);
        }
        let mut seen: HashSet<VersionNo> = found.iter().chain(&open).map(|stay| stay.member).collect();
        while let Some(outer) = open.pop_front() {
            for inner in self.members(outer.member) {
                if !budget.take() {
                    return None;
                }
                if !seen.insert(inner.member) {
                    continue;
                }
                let weight = match (outer.weight, inner.weight) {
                    (Some(outer), Some(inner)) => Some(outer * inner),
                    (outer, inner) => outer.or(inner),
                };
                let stay = Stay { member: inner.member, weight, ..outer };
                if is_set(&stay) { open.push_back(stay) } else { found.push(stay) }
            }
        }
        Some(found)
    }
}
