//! The naming of the items of an export.

use super::fault::Reason;
use crate::domain::item::{ItemKey, Kind, Namespace};

/// The naming of the items of an export.
#[derive(Debug, Clone)]
pub(crate) struct ItemNaming {
    /// The namespace of the items.
    pub namespace: Namespace,
    /// The prefix of their keys.
    pub prefix: String,
}

impl ItemNaming {
    /// Returns the item with this key, after the prefix.
    pub(crate) fn item(&self, kind: Kind, field: &str, key: &str) -> Result<ItemKey, Reason> {
        ItemKey::new(self.namespace.clone(), kind, &format!("{}{key}", self.prefix))
            .map_err(|malformed| Reason::new(field, malformed.to_string()))
    }

    /// Returns true if an item has the namespace and the prefix.
    pub(crate) fn covers(&self, item: &ItemKey) -> bool {
        item.namespace == self.namespace && item.key().starts_with(&self.prefix)
    }
}
