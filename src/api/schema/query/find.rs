//! Lookup of objects by global id.

use async_graphql::{ID, Result};

use super::{MOMENT, Moment, Node};
use crate::api::engine::code::Reason;
use crate::api::errors;
use crate::api::scope::Scope;
use crate::api::types::{Commit, Item, Statement, Version};
use crate::domain::id::{ItemId, Seq, VersionId};
use crate::domain::names::moment;
use crate::domain::statement::StatementId;
use crate::ledger::AsOf;

/// Converts an error with reason `NOT_FOUND` to `None`.
pub(in crate::api) fn absent<T>(found: Result<T>) -> Result<Option<T>> {
    let missing = |error: &async_graphql::Error| {
        let reason = error.extensions.as_ref().and_then(|extensions| extensions.get("reason"));
        reason == Some(&async_graphql::Value::from(Reason::NotFound.as_str()))
    };
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the object with a global id, read at the moment that the id carries.
///
/// The result has the same id again. Therefore only full ids are accepted: no references, and no
/// prefixes.
///
/// # Errors
/// `BAD_USER_INPUT` if the text is not an id, `AS_OF_UNAVAILABLE` for a moment after the scope's.
pub(in crate::api) fn find_node(scope: &Scope, id: &ID) -> Result<Option<Node>> {
    let (name, carried) = moment::split(id);
    let scope = match carried {
        Some(moment) => scope.of_id(moment)?,
        None => scope.clone(),
    };
    let malformed = |error| errors::malformed(&error);
    if name.starts_with(ItemId::PREFIX) {
        let id: ItemId = name.parse().map_err(malformed)?;
        return Ok(scope.read(|at| at.item(&id)).map(|item| Node::Item(Item::new(scope, item))));
    }
    if name.starts_with(VersionId::PREFIX) {
        let id: VersionId = name.parse().map_err(malformed)?;
        return Ok(scope
            .read(|at| at.version(&id))
            .map(|version| Node::Version(Version::new(scope, version))));
    }
    if name.starts_with("commit:") {
        return Ok(
            absent(scope.commit(&ID(name.to_owned())))?.map(|seq| Node::Commit(Commit::new(scope, seq)))
        );
    }
    if name.starts_with("statement:") {
        let id: StatementId = name.parse().map_err(malformed)?;
        let said = scope.read(|at| at.statement(id).filter(|said| at.sees(said.fact.version)).copied());
        return Ok(said.map(|said| Node::Statement(Statement::new(scope, said))));
    }
    if let Some(seq) = name.strip_prefix(MOMENT) {
        let seq: Seq = seq.parse().map_err(malformed)?;
        return Ok(Some(Node::Moment(Moment::new(scope.back_to(AsOf::Seq(seq))?))));
    }
    Err(errors::bad_input(format!(
        "expected a global id (`item:`, `version:`, `commit:`, `statement:` or `moment:`), found {:?}; references such as \
         `namespace/KIND/key` are accepted by `resolve`, `version` and `item`",
        name.chars().take(80).collect::<String>()
    )))
}
