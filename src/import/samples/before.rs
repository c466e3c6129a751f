//! The newest versions before an input: those of the store, and in a dry run those that earlier inputs
//! of the command would have made.

use serde_json::{Map, Value};

use super::super::record::ImportedVersion;
use super::super::record::overflow::JSON;
use super::super::unstored::{UnstoredContent, UnstoredItems, UnstoredVersion};
use super::known::{KnownStore, StoredImage};
use crate::domain::item::ItemKey;

/// The versions before an input.
#[derive(Clone, Copy, Default)]
pub(super) struct VersionsBefore<'a> {
    known: Option<&'a KnownStore>,
    unstored: Option<&'a UnstoredItems>,
}

impl<'a> VersionsBefore<'a> {
    /// Creates the versions of a store, if there is one, and of earlier inputs of a dry run.
    pub(super) const fn new(known: Option<&'a KnownStore>, unstored: &'a UnstoredItems) -> Self {
        Self { known, unstored: Some(unstored) }
    }

    /// Returns the store.
    pub(super) const fn known(self) -> Option<&'a KnownStore> {
        self.known
    }

    /// Returns the version of an item that is not stored.
    pub(super) fn unstored(self, item: &ItemKey) -> Option<&'a UnstoredVersion> {
        self.unstored?.get(&item.id())
    }

    fn content(self, item: &ItemKey) -> Option<&'a UnstoredContent> {
        self.unstored(item)?.content.as_deref()
    }

    /// Returns the fields of an item's newest version.
    pub(super) fn newest_fields(self, item: &ItemKey) -> Option<Map<String, Value>> {
        match self.content(item) {
            Some(content) => Some(content.attributes.to_map()),
            None => self.known?.newest_fields(item),
        }
    }

    /// Returns what the newest version of an image has.
    pub(super) fn newest_image(self, item: &ItemKey) -> Option<StoredImage> {
        let Some(content) = self.content(item) else { return self.known?.newest_image(item) };
        let picture = content.payload.filter(|_| content.media_type.as_deref() != Some(JSON));
        let picture = picture.map(|picture| (picture, content.media_type.clone()));
        Some(StoredImage { fields: content.attributes.to_map(), picture })
    }

    /// Returns true if the newest version of the record's item has its content.
    pub(super) fn is_newest(self, version: &ImportedVersion) -> bool {
        match self.unstored {
            Some(unstored) if unstored.contains(&version.item.0.id()) => version.is_said(unstored),
            _ => self.known.is_some_and(|known| known.is_newest(version)),
        }
    }

    /// Returns true if the newest version of a class list changed classes of the one before.
    pub(super) fn made_class_changes(self, item: &ItemKey) -> bool {
        match self.unstored(item) {
            Some(made) => !made.renames.is_empty(),
            None => self.known.is_some_and(|known| known.made_class_changes(item)),
        }
    }
}
