//! The orders of lists of items and of statements.

use async_graphql::Enum;

use crate::lineage::query::search::{SearchOrder, SortKey};

/// The order of a list of items. Kinds are in the order of `ItemKind`, SOURCE first; namespaces and
/// keys compare by bytes.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ItemOrder {
    /// By namespace, kind and key, ascending.
    #[default]
    Key,
    /// By namespace, kind and key, descending.
    KeyDescending,
    /// By creation, oldest first.
    Created,
    /// By creation, newest first.
    CreatedDescending,
    /// By the commit of the current version, oldest first.
    Committed,
    /// By the commit of the current version, newest first.
    CommittedDescending,
}

/// The order of a list of statements.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StatementOrder {
    /// By commit, and by place in the commit, oldest first.
    Committed,
    /// By commit, and by place in the commit, newest first.
    #[default]
    CommittedDescending,
}

impl From<ItemOrder> for SearchOrder {
    fn from(order: ItemOrder) -> Self {
        let (by, descending) = match order {
            ItemOrder::Key => (SortKey::Key, false),
            ItemOrder::KeyDescending => (SortKey::Key, true),
            ItemOrder::Created => (SortKey::Created, false),
            ItemOrder::CreatedDescending => (SortKey::Created, true),
            ItemOrder::Committed => (SortKey::Committed, false),
            ItemOrder::CommittedDescending => (SortKey::Committed, true),
        };
        Self { by, descending }
    }
}
