//! Statements about versions that exist. A repeated statement is found, even if there are newer
//! statements about the version.

use crate::domain::invalid::Invalid;
use crate::domain::log::facts::{Outcome, Saying, StatementFact};
use crate::domain::numbers::VersionNo;
use crate::domain::statement::{StatementId, StatementKind, StatementRecord};
use crate::domain::text;
use crate::domain::version::Activity;
use crate::domain::write::proposal::Say;
use crate::domain::write::world::World;

use super::Planner;
use super::versions::check_made;

/// The activity and message of a statement. They are recorded and not compared.
pub(super) struct StatementOrigin {
    pub activity: Option<Activity>,
    pub message: Option<String>,
}

/// An existing statement that says what a change asks for.
pub(super) struct Before {
    id: StatementId,
    /// The version that it says is right.
    pub by: Option<VersionNo>,
    answered_by: Option<StatementId>,
}

impl Before {
    /// Returns the outcome of a change that found the statement, combined with `found`.
    pub(super) fn outcome(&self, found: Outcome) -> Outcome {
        let place = |id: StatementId| (id.seq, id.place);
        Outcome {
            statement: Some(place(self.id)),
            answered_by: self.answered_by.map(place),
            seq: found.seq.max(self.id.seq),
            ..found
        }
    }
}

impl<W: World> Planner<'_, W> {
    pub(super) fn retract(&mut self, say: &Say) -> Result<Outcome, Invalid> {
        self.say_alone(StatementKind::Retracts, say)
    }

    pub(super) fn reinstate(&mut self, say: &Say) -> Result<Outcome, Invalid> {
        self.say_alone(StatementKind::Reinstates, say)
    }

    fn say_alone(&mut self, kind: StatementKind, say: &Say) -> Result<Outcome, Invalid> {
        text::prose("reason", &say.reason)?;
        check_made(say.activity.as_ref(), say.message.as_deref())?;
        let version = self.resolve(&say.version)?;
        let saying = Saying { kind, version, content: None, reason: reason_hash(&say.reason) };
        if let Some(before) = self.said_before(&saying) {
            return Ok(before.outcome(Outcome { version: Some(version), ..Outcome::default() }));
        }
        self.expect_head(self.item_key(self.item_of(version)), say.expect_head.as_ref())?;
        if kind == StatementKind::Reinstates && !self.wrong(version) {
            return Err(Invalid::refused(format!(
                "expected a wrong version, found {}, which is not wrong; there is nothing to reinstate",
                self.id_of(version)
            )));
        }
        let made = StatementOrigin { activity: say.activity.clone(), message: say.message.clone() };
        let said = self.say(kind, version, None, &say.reason, made);
        Ok(Outcome { version: Some(version), ..said })
    }

    /// Finds the newest statement that says this already. A statement that was answered since is
    /// not found if statements are to be repeated.
    pub(super) fn said_before(&self, saying: &Saying) -> Option<Before> {
        let (newest, last) = self.last_statement(saying.version)?;
        let says = self.saying(&last);
        if says == *saying {
            return Some(Before { id: newest, by: last.by, answered_by: None });
        }
        if self.repeat_statements {
            return None;
        }
        let (id, fact) = self.said(saying)?;
        let agrees = (says.kind, says.content) == (saying.kind, saying.content);
        Some(Before { id, by: fact.by, answered_by: (!agrees).then_some(newest) })
    }

    fn saying(&self, fact: &StatementFact) -> Saying {
        let StatementFact { kind, version, by, reason } = *fact;
        Saying { kind, version, content: by.map(|by| self.content_of(by)), reason }
    }

    /// Makes a statement.
    pub(super) fn say(
        &mut self,
        kind: StatementKind,
        version: VersionNo,
        by: Option<VersionNo>,
        reason: &str,
        StatementOrigin { activity, message }: StatementOrigin,
    ) -> Outcome {
        let fact = StatementFact { kind, version, by, reason: reason_hash(reason) };
        let place = u32::try_from(self.draft.statements.len()).unwrap_or(u32::MAX);
        let id = StatementId { seq: self.given.seq, place };
        let record = StatementRecord {
            id,
            kind,
            version: self.id_of(version),
            by: by.map(|by| self.id_of(by)),
            reason: reason.to_owned(),
            activity,
            message,
        };
        self.draft.statements.push(record);
        self.draft.facts.statements.push(fact);
        self.draft.said.insert(version, (id, fact));
        self.draft.sayings.insert(self.saying(&fact), (id, fact));
        Outcome { statement: Some((id.seq, place)), seq: id.seq, created: true, ..Outcome::default() }
    }
}

/// Returns the hash by which a reason is compared.
pub(super) fn reason_hash(reason: &str) -> [u8; 32] {
    *blake3::hash(reason.as_bytes()).as_bytes()
}
