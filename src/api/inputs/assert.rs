//! The input that asserts a derivation between existing versions.

use async_graphql::{ID, InputObject, Result};

use super::intent::Intent;
use super::read::reference;
use crate::api::scope::Scope;
use crate::domain::write::proposal::{Assert, Change};

/// A derivation between existing versions. It takes effect with the commit that asserts it, and
/// must not close a cycle.
#[derive(InputObject, Debug, Clone)]
pub struct AssertDerivationInput {
    /// The derived version.
    pub derived: ID,
    /// The version it was made from.
    pub source: ID,
    /// The role of the source.
    #[graphql(default = "INPUT")]
    pub role: String,
    /// The evidence for the derivation.
    pub reason: String,
    /// A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
    /// first result.
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
