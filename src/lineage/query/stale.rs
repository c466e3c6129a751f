//! Stale: made from something wrong. Found from the wrong side, in one walk.
//!
//! The walk follows what the main question follows (see [`flow`](crate::lineage::walk::flow)) with models open: a model that learnt from
//! a wrong label is stale, and so is what it made. A set is judged by its pins; a derivation into it is not followed. A
//! wrong version is not stale for being wrong itself.

use fixedbitset::FixedBitSet;

use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;
use crate::lineage::walk::flow::Budget;
use crate::lineage::walk::walker::Walker;

impl At<'_> {
    /// As [`Walker::stale`], without a pause.
    #[must_use]
    pub fn stale(self, budget: &mut Budget) -> Option<FixedBitSet> {
        self.walker().stale(budget)
    }
}

impl Walker<'_> {
    /// The versions that were made from something wrong or pin it, directly or not. None where the budget is spent before:
    /// each derivation and each pin counts.
    #[must_use]
    pub fn stale(&mut self, budget: &mut Budget) -> Option<FixedBitSet> {
        let mut stale = FixedBitSet::with_capacity(self.visible() as usize);
        let mut open: Vec<VersionNo> = self.at().all_wrong().collect();
        self.step(open.len());
        let mut expanded: FixedBitSet = FixedBitSet::with_capacity(self.visible() as usize);
        open.iter().for_each(|version| expanded.insert(version.at()));
        while let Some(version) = open.pop() {
            let left = budget.edges;
            let mut reach = |reached: VersionNo| {
                if budget.take() {
                    stale.insert(reached.at());
                    if !expanded.put(reached.at()) {
                        open.push(reached);
                    }
                }
                !budget.spent
            };
            let whole = self.each_made(version, |at, made| {
                let mut data = made.iter().filter(|made| at.kind(**made) != Kind::TrainingSet);
                data.all(|made| reach(*made))
            });
            let whole = whole
                && self.each_place(version, |at, place| {
                    let membership = &at.index.membership;
                    let span = at.span(membership.item(place.set), membership.at(place));
                    span.iter().all(|set| reach(*set)).then_some(span.len())
                });
            if !whole {
                return None;
            }
            self.step(budget.since(left));
        }
        Some(stale)
    }
}
