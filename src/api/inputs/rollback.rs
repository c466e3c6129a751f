//! The content of an older version again.

use async_graphql::{ID, InputObject, MaybeUndefined, Result};

use super::intent::Intent;
use super::item::ItemKey;
use super::read::{expected, reference};
use crate::api::scope::Scope;
use crate::domain::write::proposal::{Change, Rollback};

/// A new version of an item with the content of an older one. It says nothing about the versions between.
#[derive(InputObject, Debug, Clone)]
pub struct RollbackInput {
    /// Inside a commit only: names the result, so that later changes can say `@name` where a version is asked for.
    #[graphql(name = "as")]
    pub name: Option<String>,
    /// The item.
    pub item: ItemKey,
    /// The version of it whose content comes back.
    pub to: ID,
    /// Why.
    pub reason: Option<String>,
    /// Refuse with CONFLICT unless this is the item's current version, or the same write was done already.
    pub expect_head: MaybeUndefined<ID>,
    /// A name for this request, 1 to 256 bytes: a retry with the same key and content gets the first answer.
    pub idempotency_key: Option<String>,
}

impl Intent for RollbackInput {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn change(self, _: &Scope) -> Result<Change> {
        Ok(Change::Rollback(Rollback {
            item: self.item.identity()?,
            to: reference(&self.to)?,
            name: self.name,
            reason: self.reason,
            expect_head: expected(&self.expect_head)?,
        }))
    }
}
