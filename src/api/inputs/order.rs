//! The order of items.

use async_graphql::Enum;

use crate::domain::facts::ItemNo;

/// The order of items.
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
}

impl ItemOrder {
    /// Orders items that are in the order of their keys.
    pub fn sort(self, items: &mut [ItemNo]) {
        match self {
            Self::Key => {}
            Self::KeyDescending => items.reverse(),
            Self::Created => items.sort_unstable(),
            Self::CreatedDescending => items.sort_unstable_by(|a, b| b.cmp(a)),
        }
    }
}
