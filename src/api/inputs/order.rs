//! The orders of lists of items, of statements and of groups.

use std::cmp::Reverse;

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

/// The order of a list of groups.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupOrder {
    /// By the properties that were grouped by: `groupBy`, its first entry first, then the values of
    /// `attributes`. No value is first, then null, booleans, numbers by value, texts by code points,
    /// lists and objects.
    Group,
    /// By size, largest first; groups of one size in the order of `GROUP`.
    CountDescending,
}

impl GroupOrder {
    /// Returns the positions of groups of these sizes, which are in the order of `GROUP`.
    pub fn places(self, sizes: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut places: Vec<(usize, usize)> = sizes.enumerate().collect();
        if self == Self::CountDescending {
            places.sort_by_key(|(_, size)| Reverse(*size));
        }
        places.into_iter().map(|(place, _)| place).collect()
    }
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
