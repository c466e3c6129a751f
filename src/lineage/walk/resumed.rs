//! Closures that continue after the versions that earlier requests returned.
//!
//! A closure returns versions in a fixed order, and no state is kept between requests. To continue,
//! it is traversed from the start again, and the first `place` versions are not returned. There are
//! two budgets: `again` pays for the edges up to that position, and the limits of [`Walk`] for the
//! versions after it. If the latter do not suffice for one new version, because a version has very
//! many edges, `again` pays for this one as well. So a request returns something new or reports that
//! it cannot, and the requests together return every version once.

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
