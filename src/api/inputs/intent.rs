//! What the inputs of mutations have in common, and the two places where they stand: alone, and in a commit.

use async_graphql::Result;

use crate::api::errors;
use crate::api::scope::Scope;
use crate::domain::text;
use crate::domain::write::proposal::Change;

/// The input of a mutation, which is also a change of a commit.
pub trait Intent: Sized {
    /// How later changes of the same commit name its result.
    fn name(&self) -> Option<&str> {
        None
    }

    /// What tells a retry from a new request.
    fn idempotency_key(&self) -> Option<&str>;

    /// The change that it asks for, its references resolved in the scope.
    ///
    /// # Errors
    /// BAD_USER_INPUT, with a reason where there is one.
    fn change(self, scope: &Scope) -> Result<Change>;
}

/// The change that a mutation of its own asks for, and its idempotency key.
///
/// # Errors
/// As [`Intent::change`]; BAD_USER_INPUT for `as`, which only means something inside a commit.
pub fn alone<I: Intent>(input: I, scope: &Scope) -> Result<(Change, Option<String>)> {
    if input.name().is_some() {
        return Err(errors::bad_input(
            "`as` names a change for later changes of its commit; leave it out here, or use the mutation `commit`",
        ));
    }
    let key = key(input.idempotency_key())?;
    Ok((input.change(scope)?, key))
}

/// The change that one entry of a commit asks for.
pub(super) fn part<I: Intent>(input: I, scope: &Scope) -> Result<Change> {
    if input.idempotency_key().is_some() {
        return Err(errors::bad_input(
            "`idempotencyKey` stands for a whole commit; put it on the commit, not on one of its changes",
        ));
    }
    input.change(scope)
}

/// A checked idempotency key.
pub(super) fn key(given: Option<&str>) -> Result<Option<String>> {
    let Some(key) = given else { return Ok(None) };
    if key.is_empty() {
        return Err(errors::bad_input("`idempotencyKey` is empty; give 1 to 256 bytes or leave it out"));
    }
    super::read::limit("bytes of `idempotencyKey`", key.len(), text::MAX_KEY)?;
    Ok(Some(key.to_owned()))
}
