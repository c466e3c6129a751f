//! A training set without what is wrong.

use async_graphql::{ID, InputObject, MaybeUndefined, Result};

use super::intent::Intent;
use super::item::ItemKey;
use super::read::{MAX_LIST, expected, limit};
use crate::api::enums::StatementKind;
use crate::api::scope::Scope;
use crate::domain::write::proposal::{Change, Refresh};

/// The next version of a training set, its wrong members replaced by what they are now. What takes the place of a member
/// gets its split and weight; if it is a member already it keeps its own, and if it takes the place of several, those of
/// the oldest of them apply.
#[derive(InputObject, Debug, Clone)]
pub struct RefreshTrainingSetInput {
    /// The training set.
    pub item: ItemKey,
    /// Which statements make a member wrong: CORRECTS, RETRACTS, or both. An empty list finds nothing wrong.
    #[graphql(default_with = "Some(vec![StatementKind::Corrects, StatementKind::Retracts])")]
    pub causes: Option<Vec<StatementKind>>,
    /// Refuse with CONFLICT unless this is the set's current version, or the same write was done already.
    pub expect_head: MaybeUndefined<ID>,
    /// Say what would be replaced, and write nothing.
    #[graphql(default = false)]
    pub dry_run: bool,
    /// A name for this request, 1 to 256 bytes: a retry with the same key and content gets the first answer.
    pub idempotency_key: Option<String>,
}

impl RefreshTrainingSetInput {
    /// What is asked for.
    ///
    /// # Errors
    /// BAD_USER_INPUT.
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
