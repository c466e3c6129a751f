//! Common behaviour of mutation inputs, which are used alone and as changes of a commit.

use async_graphql::Result;

use crate::api::errors;
use crate::api::scope::Scope;
use crate::domain::text;
use crate::domain::write::proposal::Change;

/// The input of a mutation, which can also be a change of a commit.
pub trait Intent: Sized {
    /// Returns the name by which later changes of the same commit refer to its result.
    fn name(&self) -> Option<&str> {
        None
    }

    /// Returns the key that distinguishes a retry from a new request.
    fn idempotency_key(&self) -> Option<&str>;

    /// Converts the input into a change, its references resolved in the scope.
    ///
    /// # Errors
    /// BAD_USER_INPUT, with a reason code if there is one.
    fn change(self, scope: &Scope) -> Result<Change>;
}

/// Returns the change and the idempotency key of a mutation that is a separate request.
///
/// # Errors
/// As [`Intent::change`]; BAD_USER_INPUT for `as`, which is only valid in a commit.
pub fn alone<I: Intent>(input: I, scope: &Scope) -> Result<(Change, Option<String>)> {
    if input.name().is_some() {
        return Err(errors::bad_input(
            "`as` is only valid for a change of a commit; leave it out, or use the mutation `commit`",
        ));
    }
    let key = key(input.idempotency_key())?;
    Ok((input.change(scope)?, key))
}

/// Returns the change of one entry of a commit.
pub(super) fn part<I: Intent>(input: I, scope: &Scope) -> Result<Change> {
    if input.idempotency_key().is_some() {
        return Err(errors::bad_input(
            "`idempotencyKey` is only valid for a complete commit; give it to the commit, not to one of its changes",
        ));
    }
    input.change(scope)
}

/// Validates an idempotency key.
pub(super) fn key(given: Option<&str>) -> Result<Option<String>> {
    let Some(key) = given else { return Ok(None) };
    if key.is_empty() {
        return Err(errors::bad_input(
            "`idempotencyKey` must have 1 to 256 bytes, found none; leave it out for a request without a key",
        ));
    }
    super::read::limit("bytes of `idempotencyKey`", key.len(), text::MAX_KEY)?;
    Ok(Some(key.to_owned()))
}
