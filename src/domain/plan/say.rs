//! Statements about versions that exist.

use crate::domain::facts::{Outcome, StatementFact, VersionNo};
use crate::domain::proposal::Say;
use crate::domain::rules::Invalid;
use crate::domain::statement::{StatementId, StatementKind, StatementRecord};
use crate::domain::text;
use crate::domain::world::World;

use super::Planner;

impl<W: World> Planner<'_, W> {
    pub(super) fn retract(&mut self, say: &Say) -> Result<Outcome, Invalid> {
        text::prose("reason", &say.reason)?;
        let version = self.resolve(&say.version)?;
        let said = self.say(StatementKind::Retracts, version, None, &say.reason)?;
        Ok(Outcome { version: Some(version), ..said })
    }

    pub(super) fn reinstate(&mut self, say: &Say) -> Result<Outcome, Invalid> {
        text::prose("reason", &say.reason)?;
        let version = self.resolve(&say.version)?;
        let said = self.say(StatementKind::Reinstates, version, None, &say.reason)?;
        Ok(Outcome { version: Some(version), ..said })
    }

    /// Says it, unless it is what was said last about the version: a retry finds its own statement, and a
    /// retraction after a reinstatement is a new one.
    pub(super) fn say(
        &mut self,
        kind: StatementKind,
        version: VersionNo,
        by: Option<VersionNo>,
        reason: &str,
    ) -> Result<Outcome, Invalid> {
        let fact = StatementFact { kind, version, by, reason: *blake3::hash(reason.as_bytes()).as_bytes() };
        if let Some((id, last)) = self.last_statement(version)
            && last == fact
        {
            return Ok(Outcome { statement: Some((id.seq, id.place)), seq: id.seq, ..Outcome::default() });
        }
        if kind == StatementKind::Reinstates && !self.wrong(version) {
            return Err(Invalid::refused(format!(
                "{} is not wrong, so there is nothing to reinstate",
                self.id_of(version)
            )));
        }
        let place = u32::try_from(self.draft.statements.len()).unwrap_or(u32::MAX);
        let id = StatementId { seq: self.given.seq, place };
        let record = StatementRecord {
            id,
            kind,
            version: self.id_of(version),
            by: by.map(|by| self.id_of(by)),
            reason: reason.to_owned(),
        };
        self.draft.statements.push(record);
        self.draft.facts.statements.push(fact);
        self.draft.said.insert(version, (id, fact));
        Ok(Outcome { statement: Some((id.seq, place)), seq: id.seq, created: true, ..Outcome::default() })
    }
}
