//! The input that refreshes a training set.

use async_graphql::{ID, InputObject, MaybeUndefined, Result};

use super::intent::Intent;
use super::item::ItemKey;
use super::read::{MAX_LIST, expected, limit};
use crate::api::enums::StatementKind;
use crate::api::scope::Scope;
use crate::domain::write::proposal::{Change, Refresh};

/// The next version of a training set, with its wrong members replaced by the current versions. A
/// replacement takes the split and weight of the member it replaces; if it is a member already it
/// keeps its own; if it replaces several members, it takes those of the oldest.
#[derive(InputObject, Debug, Clone)]
pub struct RefreshTrainingSetInput {
    /// The training set.
    pub item: ItemKey,
    /// The kinds of statements that make a member wrong: CORRECTS, RETRACTS or both. With an empty
    /// list nothing is wrong.
    #[graphql(default_with = "Some(vec![StatementKind::Corrects, StatementKind::Retracts])")]
    pub causes: Option<Vec<StatementKind>>,
    /// Fails with CONFLICT unless this is the set's current version or the same write was done
    /// before.
    pub expect_head: MaybeUndefined<ID>,
    /// Returns what would be replaced, and writes nothing.
    #[graphql(default = false)]
    pub dry_run: bool,
    /// A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
    /// first result.
    pub idempotency_key: Option<String>,
}

impl RefreshTrainingSetInput {
    /// Converts the input into a refresh.
    ///
    /// # Errors
    /// BAD_USER_INPUT for an invalid item or reference.
    pub fn refresh(&self) -> Result<Refresh> {
        let causes: Vec<StatementKind> = match &self.causes {
            Some(causes) => causes.clone(),
            None => vec![StatementKind::Corrects, StatementKind::Retracts],
        };
        limit("causes of one refresh", causes.len(), MAX_LIST)?;
        Ok(Refresh {
            item: self.item.identity()?,
            causes: causes.into_iter().map(Into::into).collect(),
            expect_head: expected(&self.expect_head)?,
        })
    }
}

impl Intent for RefreshTrainingSetInput {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn change(self, _: &Scope) -> Result<Change> {
        Ok(Change::Refresh(self.refresh()?))
    }
}
