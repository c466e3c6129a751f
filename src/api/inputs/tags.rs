//! The inputs that set and remove tags.

use async_graphql::{ID, InputObject, MaybeUndefined, Result};

use super::intent::Intent;
use super::read::{expected, reference};
use crate::api::scope::Scope;
use crate::domain::write::proposal::{Change, RemoveTag, SetTag};

/// A tag to set on a version. An alias is unique within its item and moves; any number of versions
/// can have a label tag.
#[derive(InputObject, Debug, Clone)]
pub struct SetTagInput {
    /// The name of the tag. In one namespace, a name is either an alias or a label tag, never both.
    pub name: String,
    /// The version it points at.
    pub version: ID,
    /// True for an alias, false for a label tag.
    #[graphql(default = false)]
    pub alias: bool,
    /// Aliases only: fails with CONFLICT unless it currently points at this version. Null: unless
    /// the item has no such alias yet.
    pub expect_version: MaybeUndefined<ID>,
    /// A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
    /// first result.
    pub idempotency_key: Option<String>,
}

/// A tag to remove from a version.
#[derive(InputObject, Debug, Clone)]
pub struct RemoveTagInput {
    /// The name of the tag.
    pub name: String,
    /// The version to remove it from.
    pub version: ID,
    /// Aliases only: fails with CONFLICT unless it currently points at this version or has been
    /// removed before.
    pub expect_version: MaybeUndefined<ID>,
    /// A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
    /// first result.
    pub idempotency_key: Option<String>,
}

impl Intent for SetTagInput {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn change(self, _: &Scope) -> Result<Change> {
        Ok(Change::SetTag(SetTag {
            version: reference(&self.version)?,
            expect: expected(&self.expect_version)?,
            name: self.name,
            alias: self.alias,
        }))
    }
}

impl Intent for RemoveTagInput {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn change(self, _: &Scope) -> Result<Change> {
        Ok(Change::RemoveTag(RemoveTag {
            version: reference(&self.version)?,
            expect: expected(&self.expect_version)?,
            name: self.name,
        }))
    }
}
