//! Stale versions: those made from something wrong, found in one traversal from all wrong versions.
//!
//! The traversal follows the rules of the main question (see [`flow`](crate::lineage::walk::flow))
//! with models open: a model that was trained on a wrong label is stale, and so are its
//! derivatives. A set is judged by its pins; a derivation into it is not followed. Being wrong
//! itself does not make a version stale.

use fixedbitset::FixedBitSet;

use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::walker::Walker;

impl At<'_> {
    /// As [`Walker::stale`], without pauses.
    #[must_use]
    pub fn stale(self, budget: &mut EdgeBudget) -> Option<FixedBitSet> {
        self.walker().stale(budget)
    }
}

impl Walker<'_> {
    /// The versions that were made from something wrong or pin it, directly or not. `None` if the
    /// budget is spent: each derivation and each pin counts.
    #[must_use]
    pub fn stale(&mut self, budget: &mut EdgeBudget) -> Option<FixedBitSet> {
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
