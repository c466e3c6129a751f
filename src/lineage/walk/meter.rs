//! Meter: measures a traversal against its budgets.

use super::flow::EdgeBudget;

/// The reason why a traversal stopped early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The limit of versions was reached.
    Nodes,
    /// The limit of edges was reached.
    Edges,
    /// The limit of depth was reached, and there is more beyond.
    Depth,
    /// The time is up.
    Time,
}

/// The number of edges and versions between two checks of the clock. Small in tests.
const TICK: u64 = if cfg!(test) { 2 } else { 65_536 };

/// Measures a traversal against its budgets.
pub(in crate::lineage) struct TraversalMeter<'m> {
    /// Versions before this position were shown by earlier requests.
    pub(super) place: usize,
    pub(super) reached: usize,
    pub(super) most: usize,
    pub(super) edges_left: u64,
    pub(super) again: &'m mut EdgeBudget,
    pub(super) time_up: &'m dyn Fn() -> bool,
    pub(super) since_tick: u64,
}

impl TraversalMeter<'_> {
    /// Charges the edges of a version, which are all followed or none.
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

    /// The number of edges that may still be followed beyond the position.
    pub(in crate::lineage) const fn edges_left(&self) -> u64 {
        self.edges_left
    }
}
