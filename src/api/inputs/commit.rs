//! The input of a commit of several changes.

use async_graphql::{InputObject, OneofObject, Result};

use super::intent::{key, part};
use super::read::{limit, placed};
use super::{
    AssertDerivationInput, CorrectInput, PutVersionInput, ReinstateInput, RemoveTagInput, RetractInput,
    RollbackInput, SetTagInput, SnapshotTrainingSetInput,
};
use crate::api::errors;
use crate::api::scope::Scope;
use crate::domain::invalid::MAX_CHANGES;
use crate::domain::write::proposal::Change;

/// Changes that are committed atomically.
#[derive(InputObject, Debug, Clone)]
pub struct CommitInput {
    /// The changes, applied in this order; 1 to 10,000.
    pub changes: Vec<ChangeInput>,
    /// A note about the commit.
    pub message: Option<String>,
    /// A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
    /// first result.
    pub idempotency_key: Option<String>,
}

/// One change of a commit. Give exactly one field.
#[derive(OneofObject, Debug, Clone)]
pub enum ChangeInput {
    /// A version of an item.
    PutVersion(Box<PutVersionInput>),
    /// A corrected version of an item.
    Correct(Box<CorrectInput>),
    /// A statement that a version was wrong.
    Retract(RetractInput),
    /// A statement that a version was not wrong after all.
    Reinstate(ReinstateInput),
    /// A new version with the content of an older one.
    Rollback(Box<RollbackInput>),
    /// A training set version.
    SnapshotTrainingSet(Box<SnapshotTrainingSetInput>),
    /// A tag to set on a version.
    SetTag(SetTagInput),
    /// A tag to remove from a version.
    RemoveTag(RemoveTagInput),
    /// A derivation between existing versions.
    AssertDerivation(AssertDerivationInput),
}

impl CommitInput {
    /// Returns the idempotency key, validated.
    ///
    /// # Errors
    /// BAD_USER_INPUT for a key that is empty or too long.
    pub fn key(&self) -> Result<Option<String>> {
        key(self.idempotency_key.as_deref())
    }

    /// Converts the changes. Their references are resolved when they are written.
    ///
    /// # Errors
    /// BAD_USER_INPUT, with the index of the change if there is more than one.
    pub fn changes(self, scope: &Scope) -> Result<Vec<Change>> {
        limit("changes in one commit", self.changes.len(), MAX_CHANGES)?;
        if self.changes.is_empty() {
            return Err(errors::bad_input("the commit has no changes; give at least one"));
        }
        let several = self.changes.len() > 1;
        let change = |(index, change): (usize, ChangeInput)| {
            let place = |error| if several { placed(format_args!("change {index}"), error) } else { error };
            change.change(scope).map_err(place)
        };
        self.changes.into_iter().enumerate().map(change).collect()
    }
}

impl ChangeInput {
    fn change(self, scope: &Scope) -> Result<Change> {
        match self {
            Self::PutVersion(input) => part(*input, scope),
            Self::Correct(input) => part(*input, scope),
            Self::Retract(input) => part(input, scope),
            Self::Reinstate(input) => part(input, scope),
            Self::Rollback(input) => part(*input, scope),
            Self::SnapshotTrainingSet(input) => part(*input, scope),
            Self::SetTag(input) => part(input, scope),
            Self::RemoveTag(input) => part(input, scope),
            Self::AssertDerivation(input) => part(input, scope),
        }
    }
}
