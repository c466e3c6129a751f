//! The naming of the items of an export.

use super::fault::Reason;
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::names::{address, key};

/// The naming of the items of an export.
#[derive(Debug, Clone)]
pub(crate) struct ItemNaming {
    /// The namespace of the items.
    pub namespace: Namespace,
    /// The prefix of their keys.
    pub prefix: String,
}

impl ItemNaming {
    /// Returns the item with this key, after the prefix. A key that is an address has no signature,
    /// and one that is too long ends with its hash.
    pub(crate) fn item(&self, kind: Kind, field: &str, key: &str) -> Result<ItemKey, Reason> {
        let whole = format!("{}{}", self.prefix, address::unsigned(key));
        ItemKey::new(self.namespace.clone(), kind, &key::fitted(&whole))
            .map_err(|malformed| Reason::new(field, malformed.to_string()))
    }

    /// Returns true if an item has the namespace and the prefix.
    pub(crate) fn covers(&self, item: &ItemKey) -> bool {
        item.namespace == self.namespace && item.key().starts_with(&self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_long_names_have_keys() {
        let naming = ItemNaming { namespace: "n".parse().unwrap(), prefix: "p/".to_owned() };
        let key = |name: &str| naming.item(Kind::Source, "file_name", name).unwrap().key().to_owned();
        for name in ["train/a.jpg", "a b%20.jpg", "https://example.org/a.jpg?size=2"] {
            assert_eq!(key(name), format!("p/{name}"));
        }
        let signed = |token: &str| format!("https://example.org/a.jpg?X-Amz-Security-Token={token}");
        assert_eq!(key(&signed(&"A".repeat(700))), "p/https://example.org/a.jpg");
        assert_eq!(key(&signed("B")), "p/https://example.org/a.jpg");
        let long = |end: &str| key(&format!("{}{end}", "folder/".repeat(100)));
        assert!(long("a").starts_with("p/folder/folder/") && long("a") != long("b"));
        assert!(naming.item(Kind::Source, "file_name", "a\nb.jpg").unwrap().key().starts_with("p/a_b.jpg~"));
    }
}
