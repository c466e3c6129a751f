//! Payloads: what mutations answer with, read in the world just after the write.
//!
//! [`Written`] makes them, one method for each kind of answer.

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

/// What was written, and the scope in which it is read.
pub struct Written {
    /// The world just after the write.
    pub scope: Scope,
    /// The ledger's answer.
    pub committed: Committed,
}

/// What a commit made or found.
#[derive(SimpleObject, Clone)]
pub struct CommitPayload {
    /// The commit that holds what was made, or the newest of those that hold what was found.
    pub commit: Commit,
    /// Whether anything was made; false where all of it was there already.
    pub created: bool,
    /// One per change, in order: the version that it made or found, null where it is not one that makes a version.
    pub results: Vec<Option<Version>>,
    /// One per change, in order: the newest statement about its version, if the change repeated an older statement
    /// that it answers. Such a change has made nothing.
    pub answered_by: Vec<Option<Statement>>,
}

/// A version that was made or found.
#[derive(SimpleObject, Clone)]
pub struct PutVersionPayload {
    /// The commit that holds it.
    pub commit: Commit,
    /// Whether anything was made; false where all of it was there already.
    pub created: bool,
    /// The version.
    pub version: Version,
}

/// A correction that was made or found.
#[derive(SimpleObject, Clone)]
pub struct CorrectPayload {
    /// The commit that holds it.
    pub commit: Commit,
    /// Whether anything was made; false where all of it was there already.
    pub created: bool,
    /// The better version.
    pub version: Version,
    /// The statement that the other version was wrong.
    pub statement: Statement,
    /// The newest statement about the other version, if the correction was made before and this one answers it: a
    /// reinstatement, or a correction to something else. Then nothing was made. To correct the version once more, give
    /// another reason or an `idempotencyKey` that was not used before.
    pub answered_by: Option<Statement>,
}

/// A statement that was made or found.
#[derive(SimpleObject, Clone)]
pub struct StatementPayload {
    /// The commit that holds it.
    pub commit: Commit,
    /// Whether anything was made; false if the statement was made before.
    pub created: bool,
    /// The statement.
    pub statement: Statement,
    /// The newest statement about the version, if the statement was made before and this one answers it. Then nothing
    /// was made. To make the statement once more, give another reason or an `idempotencyKey` that was not used before.
    pub answered_by: Option<Statement>,
}

/// Where a tag stands.
#[derive(SimpleObject, Clone)]
pub struct TagPayload {
    /// The commit that put it there or took it away.
    pub commit: Commit,
    /// Whether anything was changed; false where it was so already.
    pub created: bool,
    /// The tag on the version; null where it is not, or no longer, there.
    pub tag: Option<Tag>,
    /// The version.
    pub version: Version,
}

/// A derivation that was said or found.
#[derive(SimpleObject, Clone)]
pub struct DerivationPayload {
    /// The commit that holds it.
    pub commit: Commit,
    /// Whether anything was made; false where the derivation was known already.
    pub created: bool,
    /// The derivation.
    pub derivation: Derivation,
}

impl Written {
    fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.committed.seq)
    }

    fn object(&self, version: VersionNo) -> Version {
        Version::new(self.scope.clone(), version)
    }

    /// What became of the only change.
    fn outcome(&self) -> Outcome {
        self.committed.outcomes.first().copied().unwrap_or_default()
    }

    fn version(&self) -> Result<VersionNo> {
        self.outcome().version.ok_or_else(|| incomplete("version"))
    }

    fn statement(&self) -> Result<Statement> {
        self.placed(self.outcome().statement).ok_or_else(|| incomplete("statement"))
    }

    /// The statement at a place in a commit.
    fn placed(&self, place: Option<(Seq, u32)>) -> Option<Statement> {
        let (seq, place) = place?;
        let said = self.scope.read(|at| at.statement(StatementId { seq, place }).copied())?;
        Some(Statement::new(self.scope.clone(), said))
    }

    /// The answer to a commit whose changes make versions where `makes` says so.
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

    /// The answer to a change that makes a version.
    ///
    /// # Errors
    /// CORRUPT where the ledger did not say which.
    pub fn put_payload(&self) -> Result<PutVersionPayload> {
        let version = self.object(self.version()?);
        Ok(PutVersionPayload { version, commit: self.commit(), created: self.committed.created })
    }

    /// The answer to a correction.
    ///
    /// # Errors
    /// As [`Written::put_payload`].
    pub fn correct_payload(&self) -> Result<CorrectPayload> {
        let (version, statement) = (self.object(self.version()?), self.statement()?);
        let answered_by = self.placed(self.outcome().answered_by);
        let created = self.committed.created;
        Ok(CorrectPayload { version, statement, answered_by, commit: self.commit(), created })
    }

    /// The answer to a statement.
    ///
    /// # Errors
    /// As [`Written::put_payload`].
    pub fn statement_payload(&self) -> Result<StatementPayload> {
        let (statement, answered_by) = (self.statement()?, self.placed(self.outcome().answered_by));
        Ok(StatementPayload {
            statement,
            answered_by,
            commit: self.commit(),
            created: self.committed.created,
        })
    }

    /// The answer to a change of the tag `name`.
    ///
    /// # Errors
    /// As [`Written::put_payload`].
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

    /// The answer to the change that said a derivation.
    ///
    /// # Errors
    /// As [`Written::put_payload`].
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

/// Whether a change makes a version, or finds the one it would have made.
#[must_use]
pub const fn makes_version(change: &Change) -> bool {
    matches!(
        change,
        Change::Put(_) | Change::Correct(_) | Change::Rollback(_) | Change::Snapshot(_) | Change::Refresh(_)
    )
}

/// The ledger answered without what every answer of its kind has.
fn incomplete(what: &'static str) -> Error {
    tracing::error!(what, "an answer of the ledger is incomplete");
    let message = format!("it was written, but the {what} cannot be shown; see the server's log");
    errors::error(Code::InternalServerError, Some(Reason::Corrupt), message)
}
