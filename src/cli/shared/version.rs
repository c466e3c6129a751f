//! Versions and items as the API names them.

use serde::Deserialize;
use serde_json::Value;

/// A version with its item and attributes.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct NamedVersion {
    pub id: String,
    pub number: u64,
    pub item: NamedItem,
    #[serde(default)]
    pub attributes: Value,
    /// True if it is known to be wrong; false if that was not requested.
    #[serde(default)]
    pub wrong: bool,
}

/// An item's identity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct NamedItem {
    pub namespace: String,
    pub kind: String,
    pub key: String,
}

impl NamedVersion {
    /// Returns `namespace/KIND/key#number`, as the command line takes it.
    pub(crate) fn reference(&self) -> String {
        format!("{}/{}/{}#{}", self.item.namespace, self.item.kind, self.item.key, self.number)
    }
}
