//! The order of items.

use async_graphql::Enum;

use crate::lineage::query::search::{By, Order};

/// The order of items. Kinds come in the order of `ItemKind`, SOURCE first; namespaces and keys compare by their bytes.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ItemOrder {
    /// By namespace, kind and key.
    #[default]
    Key,
    /// By namespace, kind and key, the last first.
    KeyDescending,
    /// As they were made, the oldest first.
    Created,
    /// As they were made, the newest first.
    CreatedDescending,
    /// As their current versions were committed, the oldest first.
    Committed,
    /// As their current versions were committed, the newest first.
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
