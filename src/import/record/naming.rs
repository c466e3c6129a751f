//! The naming of the items of an export.

use serde_json::Value;

use super::fault::Reason;
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::names::{address, key};
use crate::domain::version::{Activity, VersionRecord};

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

    /// Returns true if the key of an item begins with the prefix. One prefix may be the beginning of
    /// another, as the empty one is: [`is_of`](Self::is_of) tells their items apart.
    pub(crate) fn covers(&self, item: &ItemKey) -> bool {
        item.namespace == self.namespace && item.key().starts_with(&self.prefix)
    }

    /// Returns true if an import with this prefix made a version, and false if one with another prefix
    /// did; `None` if no import made it. An import that did not record its prefix may have had any.
    pub(crate) fn made(&self, activity: &Activity) -> Option<bool> {
        let parameters = activity.parameters.to_map();
        let prefix = parameters.get("prefix").and_then(Value::as_str);
        activity.is_import().then(|| prefix.is_none_or(|prefix| prefix == self.prefix))
    }

    /// Returns true if an item whose key begins with the prefix is of this prefix, by the versions of
    /// its history, oldest first: the newest one that an import made decides, and if there is none,
    /// the key alone.
    pub(crate) fn is_of<'r>(&self, history: impl DoubleEndedIterator<Item = &'r VersionRecord>) -> bool {
        history.rev().filter_map(|record| self.made(record.activity.as_ref()?)).next().unwrap_or(true)
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
