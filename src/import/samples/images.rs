//! Recognition of images: by their bytes, else by their name.

use std::collections::HashMap;

use super::super::record::fault::Reason;
use super::super::record::naming::ItemNaming;
use super::super::record::payload::ImportPayload;
use super::known::KnownStore;
use crate::annotations::model::Image;
use crate::annotations::names;
use crate::domain::id::{Digest, ItemId, hex};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::names::reference;

/// Recognises the images of one file.
#[derive(Debug, Default)]
pub(super) struct ImageFinder {
    /// The images that were recognised, with the digests of their names in the file.
    claimed: HashMap<ItemId, Digest>,
    /// The number of images that have a new name.
    pub moved: u64,
}

impl ImageFinder {
    /// Returns the item of an image: the one that the file names, if stemma wrote it; else the
    /// image with the same bytes that has left its old name; else the one of the same name; else a
    /// new one. `has` returns true if the folder of payloads has these bytes at a path.
    pub(super) fn item(
        &mut self,
        image: &Image,
        payload: Option<&ImportPayload>,
        naming: &ItemNaming,
        known: Option<&KnownStore>,
        has: impl Fn(&str, &Digest) -> bool,
    ) -> Result<ItemKey, Reason> {
        let item = self.recognised(image, payload, naming, known, has)?;
        self.claimed.insert(item.id(), Digest::of(image.name.as_bytes()));
        Ok(item)
    }

    fn recognised(
        &mut self,
        image: &Image,
        payload: Option<&ImportPayload>,
        naming: &ItemNaming,
        known: Option<&KnownStore>,
        has: impl Fn(&str, &Digest) -> bool,
    ) -> Result<ItemKey, Reason> {
        let plain = naming.item(Kind::Source, "file_name", &names::key_of(&image.name))?;
        let Some(known) = known else { return Ok(plain) };
        let exported = image.exported.as_ref().and_then(|exported| reference::item(&exported.item).ok());
        if let Some(item) = exported.filter(|item| item.kind == Kind::Source && known.has(item)) {
            return Ok(item);
        }
        // Earlier releases kept the name as it was.
        let raw = naming.item(Kind::Source, "file_name", &image.name).ok().filter(|raw| known.has(raw));
        let named = raw.or_else(|| known.has(&plain).then(|| plain.clone()));
        if let Some(payload) = payload {
            let digest = &payload.meta.digest;
            if let Some(named) = named.as_ref().filter(|named| known.has_payload(named, digest)) {
                return Ok(named.clone());
            }
            let has_left = |item: &ItemKey| {
                let name = item.key().strip_prefix(&naming.prefix).unwrap_or_default();
                !has(name, digest)
            };
            let moved = known.images_with(digest).into_iter();
            if let Some(item) = moved.filter(|item| !self.claimed.contains_key(&item.id())).find(has_left) {
                self.moved += 1;
                return Ok(item);
            }
        }
        // The name may be that of an image that was moved to another name.
        let is_free = |item: &ItemKey| {
            let name = self.claimed.get(&item.id());
            name.is_none_or(|name| *name == Digest::of(image.name.as_bytes()))
        };
        match (named.unwrap_or(plain), payload) {
            (item, None) => Ok(item),
            (item, _) if is_free(&item) => Ok(item),
            (_, Some(payload)) => {
                let digest = hex(payload.meta.digest.as_bytes());
                let key = format!("{}~{}", names::key_of(&image.name), &digest[..8]);
                naming.item(Kind::Source, "file_name", &key)
            }
        }
    }
}
