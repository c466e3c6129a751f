//! Questions about statements.

use crate::domain::log::facts::StatementFact;
use crate::domain::statement::StatementId;
use crate::lineage::At;

impl At<'_> {
    /// Returns the newest statement about the version of a statement if it says otherwise; `None`
    /// if it is the statement itself, or agrees with it.
    #[must_use]
    pub fn answer_to(self, id: StatementId) -> Option<StatementId> {
        let said = self.statement(id)?;
        let newest = self.said_about(said.fact.version).last()?;
        let says = |fact: StatementFact| (fact.kind, fact.by.map(|by| *self.content(by)));
        (newest.id != id && says(newest.fact) != says(said.fact)).then_some(newest.id)
    }
}
