//! A new version with the content of an older one.

use async_graphql::{ID, InputObject, MaybeUndefined, Result};

use super::intent::Intent;
use super::item::ItemKey;
use super::read::{expected, reference};
use crate::api::scope::Scope;
use crate::domain::write::proposal::{Change, Rollback};

/// A new version of an item with the content of an older one. It is no statement about the versions
/// between.
#[derive(InputObject, Debug, Clone)]
pub struct RollbackInput {
    /// In a commit only: a name for the result, which later changes use as `@name` in place of a
    /// version.
    #[graphql(name = "as")]
    pub name: Option<String>,
    /// The item.
    pub item: ItemKey,
    /// The version whose content is restored.
    pub to: ID,
    /// The reason.
    pub reason: Option<String>,
    /// Fails with CONFLICT unless this is the item's current version or the same write was done
    /// before.
    pub expect_head: MaybeUndefined<ID>,
    /// A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
    /// first result.
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
