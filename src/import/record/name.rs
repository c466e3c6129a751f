//! References of records to items and versions.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::names::reference::{self, Reference};
use crate::domain::text;

/// An item, as `namespace/KIND/key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemReference(pub ItemKey);

/// A version, by the name of an earlier record or by a reference of stemma.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VersionReference {
    /// `@name`: the version that an earlier record of the file made.
    Earlier(String),
    /// A reference, and its text for messages.
    Reference(Reference, String),
    /// The newest version of an item that the import made or found.
    Newest(ItemId),
}

impl VersionReference {
    /// Returns a reference to an item's newest version, for any key.
    pub(crate) fn head_of(item: &ItemKey) -> Self {
        Self::Reference(Reference::Item { whole: Some(item.clone()), split: None }, item.to_string())
    }

    /// Returns a reference to a version by its id.
    pub(crate) fn of_version(id: VersionId) -> Self {
        Self::Reference(Reference::Version(id), id.to_string())
    }
}

impl<'de> Deserialize<'de> for ItemReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        const EXPECTED: &str = "expected an item such as birds/LABEL/photo-12";
        match text.splitn(3, '/').count() {
            3 => reference::item(&text)
                .map(Self)
                .map_err(|error| D::Error::custom(format!("{error}; {EXPECTED}"))),
            _ => Err(D::Error::custom(format!("{EXPECTED}, found {text:?}"))),
        }
    }
}

impl<'de> Deserialize<'de> for VersionReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.strip_prefix('@') {
            Some(name) => {
                text::name("name", name).map_err(D::Error::custom)?;
                Ok(Self::Earlier(name.to_owned()))
            }
            None => {
                let reference = text.parse().map_err(D::Error::custom)?;
                Ok(Self::Reference(reference, text))
            }
        }
    }
}

impl Serialize for ItemReference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for VersionReference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Earlier(name) => serializer.collect_str(&format_args!("@{name}")),
            Self::Reference(_, text) => serializer.serialize_str(text),
            Self::Newest(_) => Err(S::Error::custom("a record of a file names no item by its hash")),
        }
    }
}
