//! How records name items and versions.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::domain::item::ItemKey;
use crate::domain::reference::{self, Reference};
use crate::domain::text;

/// An item, as `namespace/KIND/key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli::import) struct Key(pub ItemKey);

/// A version, by an earlier record's name or as the whole of stemma names versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli::import) enum Named {
    /// `@name`: what an earlier record of the file made.
    Earlier(String),
    /// A reference, and its text for messages.
    Reference(Reference, String),
}

impl Named {
    /// An item's newest version, whatever its key looks like.
    pub(in crate::cli::import) fn head_of(item: &ItemKey) -> Self {
        Self::Reference(Reference::Item { whole: Some(item.clone()), split: None }, item.to_string())
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let malformed = |why: &dyn std::fmt::Display| {
            D::Error::custom(format!("{why}; an item looks like birds/LABEL/photo-12"))
        };
        match text.splitn(3, '/').count() {
            3 => reference::item(&text).map(Self).map_err(|error| malformed(&error)),
            _ => Err(malformed(&format_args!("{text:?} names no item"))),
        }
    }
}

impl<'de> Deserialize<'de> for Named {
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
