//! Notes: the findings of one question, collected while its items are followed.

use super::wrong::FollowedWrong;
use crate::lineage::Walker;
use crate::lineage::walk::flow::{EdgeBudget, Flow};

/// Records findings while items are followed, and can discard those of the last item.
pub(super) trait Notes {
    /// The state of the records at one moment.
    type Savepoint;

    fn savepoint(&self) -> Self::Savepoint;

    /// Records the flow of a wrong version; `wrong` is its position among those that were followed.
    fn note(&mut self, walker: &mut Walker<'_>, wrong: u32, followed: &FollowedWrong, flow: &Flow);

    /// Continues after the last wrong version of an item, with the rest of the budget.
    fn item(&mut self, _: &mut Walker<'_>, _: &[FollowedWrong], _: &mut EdgeBudget) {}

    /// Discards the records since a state.
    fn undo(&mut self, savepoint: Self::Savepoint);
}
