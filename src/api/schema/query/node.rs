//! The interface of objects with a global id.

use async_graphql::{ID, Interface};

use super::Moment;
use crate::api::types::{Commit, Item, Statement, Version};

/// An object with a global id.
#[derive(Interface, Clone)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The id: its type and its name, such as `version:` and 64 hex digits; then the \
                    moment, such as `@26`, if that is not the newest commit."
))]
pub enum Node {
    /// An item.
    Item(Item),
    /// A version.
    Version(Version),
    /// A commit.
    Commit(Commit),
    /// A statement.
    Statement(Statement),
    /// A moment.
    Moment(Moment),
}
