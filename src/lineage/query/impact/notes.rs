//! Notes: the findings of one question, collected while its items are followed.

use super::wrong::Wrong;
use crate::lineage::Walker;
use crate::lineage::walk::flow::{Budget, Flow};

/// Collects findings while items are followed, and can forget those of the last item.
pub(super) trait Notes {
    /// How much is noted.
    type Mark;

    fn mark(&self) -> Self::Mark;

    /// Notes the flow of a wrong version, whose place among those that were followed this is.
    fn note(&mut self, walker: &mut Walker<'_>, wrong: u32, followed: &Wrong, flow: &Flow);

    /// Continues after the last wrong version of an item, with what is left of the budget.
    fn item(&mut self, _: &mut Walker<'_>, _: &[Wrong], _: &mut Budget) {}

    /// Forgets what was noted since.
    fn undo(&mut self, mark: Self::Mark);
}
