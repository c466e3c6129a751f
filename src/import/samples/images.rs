//! Recognition of images: by their bytes, else by their name.

use std::sync::Arc;

use super::super::findings::SeenImages;
use super::super::record::fault::Reason;
use super::super::record::naming::ItemNaming;
use super::super::record::payload::ImportPayload;
use super::known::KnownStore;
use crate::annotations::model::Image;
use crate::annotations::names;
use crate::domain::id::{Digest, hex};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::names::reference;

/// What the recognition of an image asks the input and the store.
pub(super) struct ImageContext<'a> {
    /// The naming of items.
    pub naming: &'a ItemNaming,
    /// The store before the input.
    pub known: &'a KnownStore,
    /// Returns true if the inputs of the command have these bytes under this name.
    pub has: &'a dyn Fn(&str, &Digest) -> bool,
    /// Returns true if the newest version of an item has all that the input says about the image.
    pub is_unchanged: &'a dyn Fn(&ItemKey) -> bool,
    /// Returns true if the training set keeps an image, because the input lacks its split.
    pub is_kept: &'a dyn Fn(&ItemKey) -> bool,
}

/// Recognises the images of one input.
#[derive(Debug, Default)]
pub(super) struct ImageFinder {
    /// The images of earlier inputs of the command.
    earlier: Arc<SeenImages>,
    /// The images of this input.
    seen: SeenImages,
}

impl ImageFinder {
    /// Creates the finder of an input after others of the same command.
    pub(super) fn after(earlier: Arc<SeenImages>) -> Self {
        Self { earlier, seen: SeenImages::default() }
    }

    /// Takes the images that were recognised.
    pub(super) fn seen(&mut self) -> SeenImages {
        std::mem::take(&mut self.seen)
    }

    /// Returns the item of an image: the one that the file names, if stemma wrote it; else the
    /// image with the same bytes that has this name or has left its old one; else the one of the same
    /// name; else a new one.
    ///
    /// # Errors
    /// Another input of the command has other bytes under the same name.
    pub(super) fn item(
        &mut self,
        image: &Image,
        payload: Option<&ImportPayload>,
        naming: &ItemNaming,
        context: Option<&ImageContext<'_>>,
    ) -> Result<ItemKey, Reason> {
        let name = Digest::of(image.name.as_bytes());
        let bytes = payload.map(|payload| payload.meta.digest);
        let earlier = self.earlier.bytes.get(&name).copied().flatten();
        if bytes.is_some() && earlier.is_some() && bytes != earlier {
            let why = format!(
                "another input of this command has other bytes for {:?}; import one of them with another --prefix",
                image.name
            );
            return Err(Reason::new("file_name", why));
        }
        let item = match context {
            Some(context) => self.recognised(image, bytes.as_ref(), context)?,
            None => naming.item(Kind::Source, "file_name", &names::key_of(&image.name))?,
        };
        self.seen.items.insert(item.id(), name);
        self.seen.bytes.insert(name, bytes);
        Ok(item)
    }

    fn recognised(
        &self,
        image: &Image,
        bytes: Option<&Digest>,
        context: &ImageContext<'_>,
    ) -> Result<ItemKey, Reason> {
        let ImageContext { naming, known, .. } = context;
        let name = names::key_of(&image.name);
        let plain = naming.item(Kind::Source, "file_name", &name)?;
        let exported = image.exported.as_ref().and_then(|exported| reference::item(&exported.item).ok());
        if let Some(item) = exported.filter(|item| item.kind == Kind::Source && known.has(item)) {
            return Ok(item);
        }
        // Earlier releases kept the name as it was.
        let raw = naming.item(Kind::Source, "file_name", &image.name).ok().filter(|raw| known.has(raw));
        let named = raw.or_else(|| known.has(&plain).then(|| plain.clone()));
        let Some(bytes) = bytes else { return Ok(named.unwrap_or(plain)) };
        if let Some(item) = self.with_bytes(image, (&name, bytes), named.as_ref(), context) {
            return Ok(item);
        }
        match named {
            // The name may be that of an image that was moved to another name, now or before.
            Some(named) if !self.is_free(&named, image) || is_elsewhere(&named, &name, context) => {}
            Some(named) => return Ok(named),
            None if self.is_free(&plain, image) => return Ok(plain),
            None => {}
        }
        let digest = &hex(bytes.as_bytes())[..8];
        let mut number = 1_u64;
        loop {
            let copy = if number == 1 { String::new() } else { format!("-{number}") };
            let item = naming.item(Kind::Source, "file_name", &format!("{name}~{digest}{copy}"))?;
            if self.is_free(&item, image) && (!known.has(&item) || known.name_of(&item) == name) {
                return Ok(item);
            }
            number += 1;
        }
    }

    /// Returns the stored image with these bytes that has this name, else the one whose key is the name,
    /// else the first one that has left its name; the latter two only if they have left the name that
    /// they have.
    fn with_bytes(
        &self,
        image: &Image,
        (name, bytes): (&str, &Digest),
        named: Option<&ItemKey>,
        context: &ImageContext<'_>,
    ) -> Option<ItemKey> {
        let ImageContext { known, has, .. } = context;
        let mut images = known.images_with(bytes);
        images.retain(|item| self.is_free(item, image));
        let named = named.filter(|named| images.contains(named));
        if let Some(named) = named
            && (!known.has_older(named) || (context.is_unchanged)(named))
        {
            return Some(named.clone());
        }
        // Names differ from keys only where images were moved before.
        images.sort_by_key(|item| Some(item) != named);
        let mut moved: Vec<(ItemKey, String)> = Vec::new();
        for item in images {
            if Some(&item) != named && !known.is_of_prefix(&item) {
                continue;
            }
            let now = known.name_of(&item);
            if now == name {
                return Some(item);
            }
            moved.push((item, now));
        }
        let has_left = |(item, now): &(ItemKey, String)| {
            let is_named = Some(item) == named;
            !has(now, bytes) && (is_named || (!has(known.key_of(item), bytes) && !(context.is_kept)(item)))
        };
        moved.into_iter().find(has_left).map(|(item, _)| item)
    }

    /// Returns true if no other image of the command is this item.
    fn is_free(&self, item: &ItemKey, image: &Image) -> bool {
        let id = item.id();
        let name = self.seen.items.get(&id).or_else(|| self.earlier.items.get(&id));
        name.is_none_or(|name| *name == Digest::of(image.name.as_bytes()))
    }
}

/// Returns true if an item has another name than its key, and the input has it under this name.
fn is_elsewhere(item: &ItemKey, name: &str, context: &ImageContext<'_>) -> bool {
    let known = context.known;
    if !known.has_older(item) {
        return false;
    }
    let now = known.name_of(item);
    let bytes = || known.newest_image(item).and_then(|image| image.picture).map(|(bytes, _)| bytes);
    now != name && bytes().is_some_and(|bytes| (context.has)(&now, &bytes))
}
