//! Meter: measures a walk against its budgets.

use super::flow::Budget;

/// Why a walk stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// As many versions as may be visited were visited.
    Nodes,
    /// As many edges as may be followed were followed.
    Edges,
    /// As deep as was asked for, with more beyond.
    Depth,
    /// The time ran out.
    Time,
}

/// The clock is looked at after so many edges and versions. Tests have few of them.
const TICK: u64 = if cfg!(test) { 2 } else { 65_536 };

/// Measures a walk against its budgets.
pub(in crate::lineage) struct Meter<'m> {
    /// Versions before this place were shown already.
    pub(super) place: usize,
    pub(super) reached: usize,
    pub(super) most: usize,
    pub(super) edges_left: u64,
    pub(super) again: &'m mut Budget,
    pub(super) time_up: &'m dyn Fn() -> bool,
    pub(super) since_tick: u64,
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
