//! Walks of the index within the budget of a request.

use async_graphql::Result;

use super::engine::budget::{Purpose, RequestBudget};
use crate::lineage::walk::flow::EdgeBudget;

/// The edges that a request may follow.
pub(super) trait FollowEdges {
    /// Follows derivations within the remaining budget.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED` if the budget was not enough.
    fn walk<T>(&self, purpose: Purpose, walk: impl FnOnce(&mut EdgeBudget) -> T) -> Result<T>;

    /// Follows derivations within the remaining budget. The result itself says if that was enough.
    fn follow<T>(&self, purpose: Purpose, walk: impl FnOnce(&mut EdgeBudget) -> T) -> T;
}

impl FollowEdges for RequestBudget {
    fn walk<T>(&self, purpose: Purpose, walk: impl FnOnce(&mut EdgeBudget) -> T) -> Result<T> {
        let (found, spent) = self.follow(purpose, |budget| (walk(budget), budget.spent));
        if spent { Err(self.too_far(purpose)) } else { Ok(found) }
    }

    fn follow<T>(&self, purpose: Purpose, walk: impl FnOnce(&mut EdgeBudget) -> T) -> T {
        let left = self.edges_left(purpose);
        let mut budget = EdgeBudget::edges(left);
        let found = walk(&mut budget);
        self.followed(purpose, left.saturating_sub(budget.edges));
        found
    }
}
