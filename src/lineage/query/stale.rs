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
            let (at, left) = (self.at(), budget.edges);
            let made = at.flow_from(version).filter(|made| at.kind(*made) != Kind::TrainingSet);
            let pinning = at.pins(version).flat_map(|(item, stay)| at.span(item, stay).iter().copied());
            for reached in made.chain(pinning) {
                if !budget.take() {
                    return None;
                }
                stale.insert(reached.at());
                if !expanded.put(reached.at()) {
                    open.push(reached);
                }
            }
            self.step(budget.since(left));
        }
        Some(stale)
    }
}
