//! Closures that go on where an earlier one had to stop.
//!
//! A closure is a fixed order of versions, and a budget cuts it to a beginning. To go on is to walk again, with a budget
//! that has grown by what was shown already. How much of a budget a walk needs before it reaches anything new depends on
//! the graph (edges lead back to what was seen; both directions share versions), so the budget doubles until it does:
//! every request gets further, and the requests together give the whole order, each version once.

use super::at::At;
use super::closure::{Closure, Stopped, Walk};
use crate::domain::facts::VersionNo;

impl At<'_> {
    /// The closure, with at least one version beyond the first `place`, or whole as far as depth allows. The budget of
    /// `walk` is for what lies beyond them.
    #[must_use]
    pub fn closure_beyond(self, starts: &[VersionNo], walk: &Walk<'_>, place: usize) -> Closure {
        let mut times = 1;
        loop {
            let closure = self.closure(
                starts,
                &Walk {
                    roles: walk.roles.clone(),
                    max_nodes: walk.max_nodes.max(1).saturating_mul(times).saturating_add(place),
                    max_edges: walk
                        .max_edges
                        .max(1)
                        .saturating_mul(times as u64)
                        .saturating_add(place as u64),
                    ..*walk
                },
            );
            let cut = matches!(closure.stopped, Some(Stopped::Nodes | Stopped::Edges));
            if !cut || closure.visits.len() > place {
                return closure;
            }
            times = times.saturating_mul(2);
        }
    }
}
