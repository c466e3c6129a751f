//! Closures that go on where an earlier one had to stop.
//!
//! A closure is a fixed order of versions, and a budget cuts it to a beginning. To go on is to walk again, and there are
//! two budgets: one for what lies beyond what was shown already, and one for the way there. How much a walk follows before
//! it reaches anything new depends on the graph (edges lead back to what was seen; one version may have more of them than a
//! budget), so where the first budget leads to nothing new, the second pays until something is. Every request gets further
//! or says that it cannot, and the requests together give the whole order, each version once.

use super::closure::{Closure, Stopped, Walk};
use super::flow::Budget;
use super::walker::Walker;
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;

/// The clock is looked at after so many edges and versions. Tests have few of them.
const TICK: u64 = if cfg!(test) { 2 } else { 65_536 };

/// Measures a walk against its budgets.
pub(in crate::lineage) struct Meter<'m> {
    /// Versions before this place were shown already.
    place: usize,
    reached: usize,
    most: usize,
    edges_left: u64,
    again: &'m mut Budget,
    time_up: &'m dyn Fn() -> bool,
    since_tick: u64,
}

impl Meter<'_> {
    /// Charges the edges around a version. They are followed all or not at all.
    pub(in crate::lineage) fn follow(&mut self, edges: usize) -> Result<(), Stopped> {
        let count = edges as u64;
        self.since_tick += count + 1;
        if self.since_tick > TICK {
            self.since_tick = 0;
            if (self.time_up)() {
                return Err(Stopped::Time);
            }
        }
        if self.reached >= self.place && count <= self.edges_left {
            self.edges_left -= count;
            return Ok(());
        }
        if self.reached > self.place {
            return Err(Stopped::Edges);
        }
        self.again.take_all(edges);
        if self.again.spent { Err(Stopped::Edges) } else { Ok(()) }
    }

    /// Counts a version that is reached.
    pub(in crate::lineage) const fn reach(&mut self) -> Result<(), Stopped> {
        if self.reached >= self.most {
            return Err(Stopped::Nodes);
        }
        self.reached += 1;
        Ok(())
    }

    /// How many edges may still be followed beyond the place.
    pub(in crate::lineage) const fn edges_left(&self) -> u64 {
        self.edges_left
    }
}

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
