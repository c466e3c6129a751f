//! Things by global id, and absence as null.

use async_graphql::{ID, Result};

use super::code::Reason;
use super::errors;
use super::scope::Scope;
use super::types::{Commit, Item, Node, Statement, Version};
use crate::domain::id::{ItemId, VersionId};

/// Absence as null: an error of reason NOT_FOUND is none.
pub(super) fn absent<T>(found: Result<T>) -> Result<Option<T>> {
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

/// The object with a global id.
pub(super) fn find_node(scope: &Scope, id: &ID) -> Result<Option<Node>> {
    if id.starts_with(ItemId::PREFIX) {
        return Ok(absent(scope.item(id))?.map(|item| Node::Item(Item::new(scope.clone(), item))));
    }
    if id.starts_with(VersionId::PREFIX) {
        return Ok(
            absent(scope.version(id))?.map(|version| Node::Version(Version::new(scope.clone(), version)))
        );
    }
    if id.starts_with("commit:") {
        return Ok(absent(scope.commit(id))?.map(|seq| Node::Commit(Commit::new(scope.clone(), seq))));
    }
    if id.starts_with("statement:") {
        let id = id.parse().map_err(|error| errors::malformed(&error))?;
        let said = scope.read(|at| at.statement(id).copied());
        return Ok(said.map(|said| Node::Statement(Statement::new(scope.clone(), said))));
    }
    Err(errors::bad_input("a global id starts with `item:`, `version:`, `commit:` or `statement:`"))
}
