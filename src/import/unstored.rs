//! The versions that a dry run would have made: what later records of the same command are compared
//! with, as a real run compares them with the store.

use std::collections::{HashMap, HashSet};

use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{Digest, ItemId};

/// The items that a dry run would have given a version, and the payloads that it would have stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnstoredItems {
    items: HashMap<ItemId, UnstoredVersion>,
    payloads: HashSet<Digest>,
}

/// A version that a dry run would have made.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnstoredVersion {
    /// The digest of what its record says; `None` if no later input is compared with it.
    pub said: Option<Digest>,
    /// The content of an image or a class list that later inputs are compared with.
    pub content: Option<Box<UnstoredContent>>,
    /// The class list that it would be made with, if that would be its newest version.
    pub list: Option<ItemId>,
    /// The classes that it renames, from and to.
    pub renames: Vec<(String, String)>,
}

/// The content of a version that a dry run would have made.
#[derive(Debug, Clone)]
pub(crate) struct UnstoredContent {
    /// Its attributes.
    pub attributes: Attributes,
    /// Its payload.
    pub payload: Option<Digest>,
    /// The media type of the payload.
    pub media_type: Option<String>,
}

impl UnstoredItems {
    /// Returns true if an item would have a new version.
    pub(crate) fn contains(&self, item: &ItemId) -> bool {
        self.items.contains_key(item)
    }

    /// Returns the version that an item would have.
    pub(crate) fn get(&self, item: &ItemId) -> Option<&UnstoredVersion> {
        self.items.get(item)
    }

    /// Adds the version that an item would have.
    pub(crate) fn add(&mut self, item: ItemId, made: UnstoredVersion) {
        self.items.insert(item, made);
    }

    /// Adds a payload, and returns true if it would not have been stored before.
    pub(crate) fn add_payload(&mut self, payload: Digest) -> bool {
        self.payloads.insert(payload)
    }
}
