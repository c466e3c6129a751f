//! The order of a list of items.

use async_graphql::Enum;

use crate::lineage::query::search::{By, Order};

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

impl From<ItemOrder> for Order {
    fn from(order: ItemOrder) -> Self {
        let (by, descending) = match order {
            ItemOrder::Key => (By::Key, false),
            ItemOrder::KeyDescending => (By::Key, true),
            ItemOrder::Created => (By::Created, false),
            ItemOrder::CreatedDescending => (By::Created, true),
            ItemOrder::Committed => (By::Committed, false),
            ItemOrder::CommittedDescending => (By::Committed, true),
        };
        Self { by, descending }
    }
}
