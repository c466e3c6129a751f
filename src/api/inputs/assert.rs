//! A derivation said later.

use async_graphql::{ID, InputObject, Result};

use super::intent::Intent;
use super::read::reference;
use crate::api::scope::Scope;
use crate::domain::write::proposal::{Assert, Change};

/// A derivation between versions that exist. It counts from the commit that says it, and must not close a cycle.
#[derive(InputObject, Debug, Clone)]
pub struct AssertDerivationInput {
    /// The version that was made.
    pub derived: ID,
    /// What it was made from.
    pub source: ID,
    /// The part that the source played.
    #[graphql(default = "INPUT")]
    pub role: String,
    /// How it is known.
    pub reason: String,
    /// A name for this request, 1 to 256 bytes: a retry with the same key and content gets the first answer.
    pub idempotency_key: Option<String>,
}

impl Intent for AssertDerivationInput {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn change(self, _: &Scope) -> Result<Change> {
        Ok(Change::Assert(Assert {
            derived: reference(&self.derived)?,
            source: reference(&self.source)?,
            role: self.role,
            reason: self.reason,
        }))
    }
}
