//! The name of an item.

use async_graphql::{InputObject, Result};

use crate::api::enums::ItemKind;
use crate::api::errors;
use crate::domain::item;

/// What identifies an item: namespace, kind and key. The same three are the same item, always.
#[derive(InputObject, Debug, Clone)]
pub struct ItemKey {
    /// The owner of the key: 1 to 63 of `a-z`, `0-9`, `.`, `_` and `-`.
    #[graphql(default = "default")]
    pub namespace: String,
    /// What the item is.
    pub kind: ItemKind,
    /// The name within namespace and kind: 1 to 512 bytes, for instance `tiles/berlin/0012`.
    pub key: String,
}

impl ItemKey {
    /// The checked identity.
    ///
    /// # Errors
    /// BAD_USER_INPUT.
    pub fn identity(&self) -> Result<item::ItemKey> {
        let namespace = self.namespace.parse().map_err(|error| errors::malformed(&error))?;
        item::ItemKey::new(namespace, self.kind.into(), &self.key).map_err(|error| errors::malformed(&error))
    }
}
