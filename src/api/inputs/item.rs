//! The input of an item's identity.

use async_graphql::{InputObject, Result};

use crate::api::enums::ItemKind;
use crate::api::errors;
use crate::domain::item;

/// The identity of an item: namespace, kind and key. The same three always name the same item.
#[derive(InputObject, Debug, Clone)]
pub struct ItemKey {
    /// The namespace of the key: 1 to 63 of `a-z`, `0-9`, `.`, `_` and `-`.
    #[graphql(default = "default")]
    pub namespace: String,
    /// The kind of the item.
    pub kind: ItemKind,
    /// The name within namespace and kind: 1 to 512 bytes, such as `tiles/berlin/0012`.
    pub key: String,
}

impl ItemKey {
    /// Returns the validated identity.
    ///
    /// # Errors
    /// BAD_USER_INPUT for an invalid namespace or key.
    pub fn identity(&self) -> Result<item::ItemKey> {
        let namespace = self.namespace.parse().map_err(|error| errors::malformed(&error))?;
        item::ItemKey::new(namespace, self.kind.into(), &self.key).map_err(|error| errors::malformed(&error))
    }
}
