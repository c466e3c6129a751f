//! Closures that continue after the end of an earlier one.
//!
//! A closure is a fixed order of versions, and a budget limits it to a prefix. To continue is to
//! traverse again, with two budgets: one for the versions beyond those that were shown, and one for
//! repeating these. The edges that are followed before anything new is reached depend on the graph
//! (edges lead back to visited versions; one version may have more edges than a budget), so if the
//! first budget reaches nothing new, the second pays until something is reached. Every request gets
//! further or reports that it cannot, and the requests together give the complete order, each
//! version once.

use super::closure::{Closure, Walk};
use super::flow::EdgeBudget;
use super::meter::TraversalMeter;
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
        again: &mut EdgeBudget,
    ) -> Closure {
        self.walker().closure_beyond(starts, walk, place, again)
    }
}

impl Walker<'_> {
    /// The closure with at least one version beyond the first `place` or, as far as depth allows,
    /// the complete one. The budgets of `walk` are for the versions beyond, and `again` is for
    /// those before. If that is spent, or the time is up, there may be none beyond.
    #[must_use]
    pub fn closure_beyond(
        &mut self,
        starts: &[VersionNo],
        walk: &Walk<'_>,
        place: usize,
        again: &mut EdgeBudget,
    ) -> Closure {
        let mut meter = TraversalMeter {
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
