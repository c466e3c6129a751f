//! Tags put on versions and taken away.

use async_graphql::{ID, InputObject, MaybeUndefined, Result};

use super::intent::Intent;
use super::read::{expected, reference};
use crate::api::scope::Scope;
use crate::domain::write::proposal::{Change, RemoveTag, SetTag};

/// A tag put on a version. An alias is unique within its item and moves; a label tag marks any number of versions.
#[derive(InputObject, Debug, Clone)]
pub struct SetTagInput {
    /// The tag. A name is an alias or a label tag in all of a namespace, never both.
    pub name: String,
    /// Where it points.
    pub version: ID,
    /// Whether it is an alias.
    #[graphql(default = false)]
    pub alias: bool,
    /// Aliases only: refuse with CONFLICT unless it points at this version now. Null: unless the item has no such alias yet.
    pub expect_version: MaybeUndefined<ID>,
    /// A name for this request, 1 to 256 bytes: a retry with the same key and content gets the first answer.
    pub idempotency_key: Option<String>,
}

/// A tag taken away from a version.
#[derive(InputObject, Debug, Clone)]
pub struct RemoveTagInput {
    /// The tag.
    pub name: String,
    /// From where.
    pub version: ID,
    /// Aliases only: refuse with CONFLICT unless it points at this version now, or is gone already.
    pub expect_version: MaybeUndefined<ID>,
    /// A name for this request, 1 to 256 bytes: a retry with the same key and content gets the first answer.
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
