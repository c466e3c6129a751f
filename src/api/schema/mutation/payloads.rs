//! Payloads: the results of mutations, read just after the write.
//!
//! [`WriteResult`] makes them, with one method for each.

use async_graphql::{Error, Result, SimpleObject};

use crate::api::engine::code::{Code, Reason};
use crate::api::errors;
use crate::api::scope::Scope;
use crate::api::types::{Commit, Derivation, Statement, Tag, Version};
use crate::domain::id::Seq;
use crate::domain::log::facts::Outcome;
use crate::domain::numbers::VersionNo;
use crate::domain::statement::StatementId;
use crate::domain::write::proposal::{Assert, Change};
use crate::ledger::Committed;

mod refreshed;

pub use refreshed::{MemberReplacement, SnapshotTrainingSetPayload};

/// The result of a write, and the scope in which it is read.
pub struct WriteResult {
    /// The state just after the write.
    pub scope: Scope,
    /// The result from the ledger.
    pub committed: Committed,
}

/// The result of a commit.
#[derive(SimpleObject, Clone)]
pub struct CommitPayload {
    /// The commit that holds what was created, or the newest of those that hold what existed
    /// already.
    pub commit: Commit,
    /// True if anything was created; false if all of it existed already.
    pub created: bool,
    /// One entry per change, in their order: the version that was created or found, null if the
    /// change creates no version.
    pub results: Vec<Option<Version>>,
    /// One entry per change, in their order: the newest statement about its version, if the change
    /// repeated an older statement that it answers. Such a change has created nothing.
    pub answered_by: Vec<Option<Statement>>,
}

/// A version that was created or found.
#[derive(SimpleObject, Clone)]
pub struct PutVersionPayload {
    /// The commit that holds it.
    pub commit: Commit,
    /// True if anything was created; false if all of it existed already.
    pub created: bool,
    /// The version.
    pub version: Version,
}

/// A correction that was made or found.
#[derive(SimpleObject, Clone)]
pub struct CorrectPayload {
    /// The commit that holds it.
    pub commit: Commit,
    /// True if anything was created; false if all of it existed already.
    pub created: bool,
    /// The corrected version.
    pub version: Version,
    /// The statement that the given version was wrong.
    pub statement: Statement,
    /// The newest statement about the given version, if the correction was made before and this
    /// statement answers it: a reinstatement, or a correction to something else. Then nothing was
    /// created. To correct the version once more, give another reason or a new `idempotencyKey`.
    pub answered_by: Option<Statement>,
}

/// A statement that was made or found.
#[derive(SimpleObject, Clone)]
pub struct StatementPayload {
    /// The commit that holds it.
    pub commit: Commit,
    /// True if anything was created; false if the statement was made before.
    pub created: bool,
    /// The statement.
    pub statement: Statement,
    /// The newest statement about the version, if the given statement was made before and this one
    /// answers it. Then nothing was created. To make the statement once more, give another reason
    /// or a new `idempotencyKey`.
    pub answered_by: Option<Statement>,
}

/// The state of a tag after a change.
#[derive(SimpleObject, Clone)]
pub struct TagPayload {
    /// The commit that set or removed it.
    pub commit: Commit,
    /// True if anything was changed; false if that was its state already.
    pub created: bool,
    /// The tag on the version; null if the version does not have it, or has it no longer.
    pub tag: Option<Tag>,
    /// The version.
    pub version: Version,
}

/// A derivation that was asserted or found.
#[derive(SimpleObject, Clone)]
pub struct DerivationPayload {
    /// The commit that holds it.
    pub commit: Commit,
    /// True if anything was created; false if the derivation was known already.
    pub created: bool,
    /// The derivation.
    pub derivation: Derivation,
}

impl WriteResult {
    fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.committed.seq)
    }

    fn object(&self, version: VersionNo) -> Version {
        Version::new(self.scope.clone(), version)
    }

    /// Returns the outcome of the only change.
    fn outcome(&self) -> Outcome {
        self.committed.outcomes.first().copied().unwrap_or_default()
    }

    fn version(&self) -> Result<VersionNo> {
        self.outcome().version.ok_or_else(|| incomplete("version"))
    }

    fn statement(&self) -> Result<Statement> {
        self.placed(self.outcome().statement).ok_or_else(|| incomplete("statement"))
    }

    /// Returns the statement at a position in a commit.
    fn placed(&self, place: Option<(Seq, u32)>) -> Option<Statement> {
        let (seq, place) = place?;
        let said = self.scope.read(|at| at.statement(StatementId { seq, place }).copied())?;
        Some(Statement::new(self.scope.clone(), said))
    }

    /// Returns the result of a commit whose changes create versions if `makes` is true.
    #[must_use]
    pub fn commit_payload(&self, makes: &[bool]) -> CommitPayload {
        let made = self.committed.outcomes.iter().zip(makes);
        let results = made.map(|(outcome, makes)| Some(self.object(outcome.version.filter(|_| *makes)?)));
        let answers = self.committed.outcomes.iter().map(|outcome| self.placed(outcome.answered_by));
        CommitPayload {
            results: results.collect(),
            answered_by: answers.collect(),
            commit: self.commit(),
            created: self.committed.created,
        }
    }

    /// Returns the result of a change that creates a version.
    ///
    /// # Errors
    /// CORRUPT if the ledger did not return the version.
    pub fn put_payload(&self) -> Result<PutVersionPayload> {
        let version = self.object(self.version()?);
        Ok(PutVersionPayload { version, commit: self.commit(), created: self.committed.created })
    }

    /// Returns the result of a correction.
    ///
    /// # Errors
    /// As [`WriteResult::put_payload`].
    pub fn correct_payload(&self) -> Result<CorrectPayload> {
        let (version, statement) = (self.object(self.version()?), self.statement()?);
        let answered_by = self.placed(self.outcome().answered_by);
        let created = self.committed.created;
        Ok(CorrectPayload { version, statement, answered_by, commit: self.commit(), created })
    }

    /// Returns the result of a statement.
    ///
    /// # Errors
    /// As [`WriteResult::put_payload`].
    pub fn statement_payload(&self) -> Result<StatementPayload> {
        let (statement, answered_by) = (self.statement()?, self.placed(self.outcome().answered_by));
        Ok(StatementPayload {
            statement,
            answered_by,
            commit: self.commit(),
            created: self.committed.created,
        })
    }

    /// Returns the result of a change to the tag `name`.
    ///
    /// # Errors
    /// As [`WriteResult::put_payload`].
    pub fn tag_payload(&self, name: &str) -> Result<TagPayload> {
        let version = self.version()?;
        let tag = self.scope.read(|at| {
            at.tags(version).into_iter().find(|moved| at.index().text(moved.name) == name).copied()
        });
        Ok(TagPayload {
            commit: self.commit(),
            created: self.committed.created,
            tag: tag.map(|tag| Tag::new(self.scope.clone(), tag)),
            version: self.object(version),
        })
    }

    /// Returns the result of the change that asserted a derivation.
    ///
    /// # Errors
    /// As [`WriteResult::put_payload`].
    pub fn derivation_payload(&self, change: &Change) -> Result<DerivationPayload> {
        let derived = self.version()?;
        let edge = self.scope.read(|at| {
            let Change::Assert(Assert { role, .. }) = change else { return None };
            let (source, role) = (self.outcome().source?, at.name(role)?);
            at.sources(derived).find(|edge| edge.other == source && edge.role == role)
        });
        let edge = edge.ok_or_else(|| incomplete("derivation"))?;
        Ok(DerivationPayload {
            commit: self.commit(),
            created: self.committed.created,
            derivation: Derivation::new(self.scope.clone(), derived, edge),
        })
    }
}

/// Returns true if a change creates a version, or finds the one that it would create.
#[must_use]
pub const fn makes_version(change: &Change) -> bool {
    matches!(
        change,
        Change::Put(_) | Change::Correct(_) | Change::Rollback(_) | Change::Snapshot(_) | Change::Refresh(_)
    )
}

/// The error if the ledger's result lacks a part that every result of its kind has.
fn incomplete(what: &'static str) -> Error {
    tracing::error!(what, "an answer of the ledger is incomplete");
    let message = format!("the commit was written, but its {what} cannot be returned; see the server's log");
    errors::error(Code::InternalServerError, Some(Reason::Corrupt), message)
}
