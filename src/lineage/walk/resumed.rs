//! Closures that go on where an earlier one had to stop.
//!
//! A closure is a fixed order of versions, and a budget cuts it to a beginning. To go on is to walk again, and there are
//! two budgets: one for what lies beyond what was shown already, and one for the way there. How much a walk follows before
//! it reaches anything new depends on the graph (edges lead back to what was seen; one version may have more of them than a
//! budget), so where the first budget leads to nothing new, the second pays until something is. Every request gets further
//! or says that it cannot, and the requests together give the whole order, each version once.

use super::closure::{Closure, Walk};
use super::flow::Budget;
use super::meter::Meter;
use super::walker::Walker;
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;

impl At<'_> {
    /// As [`Walker::closure_beyond`], without a pause.
    #[must_use]
    pub fn closure_beyond(
        self,
        starts: &[VersionNo],
        walk: &Walk<'_>,
        place: usize,
        again: &mut Budget,
    ) -> Closure {
        self.walker().closure_beyond(starts, walk, place, again)
    }
}

impl Walker<'_> {
    /// The closure, with at least one version beyond the first `place`, or whole as far as depth allows. The budgets of
    /// `walk` are for what lies beyond them, and `again` is for the way there. Where that is spent, or the time is up, there
    /// may be nothing beyond.
    #[must_use]
    pub fn closure_beyond(
        &mut self,
        starts: &[VersionNo],
        walk: &Walk<'_>,
        place: usize,
        again: &mut Budget,
    ) -> Closure {
        let mut meter = Meter {
            place,
            reached: 0,
            most: walk.max_nodes.saturating_add(place),
            edges_left: walk.max_edges,
            again,
            time_up: walk.time_up,
            since_tick: 0,
        };
        self.measured(starts, walk, &mut meter)
    }
}
