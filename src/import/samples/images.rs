//! Recognition of images: by their bytes, else by their name.

use std::sync::Arc;

use super::super::findings::SeenImages;
use super::super::record::fault::Reason;
use super::super::record::naming::ItemNaming;
use super::super::record::payload::ImportPayload;
use super::addresses::{Address, Addresses};
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
    /// The addresses of stored images whose names are numbers.
    addresses: Addresses,
}

impl ImageFinder {
    /// Creates the finder of an input after others of the same command.
    pub(super) fn after(earlier: Arc<SeenImages>) -> Self {
        Self { earlier, ..Self::default() }
    }

    /// Takes the images that were recognised.
    pub(super) fn seen(&mut self) -> SeenImages {
        std::mem::take(&mut self.seen)
    }

    /// Returns the item of an image: the one that the file names, if stemma wrote it; else the
    /// image with the same bytes that has this name or has left its old one; else the one that has the
    /// same name now, or had it first; else a new one.
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
        let keyed = raw.or_else(|| known.has(&plain).then(|| plain.clone()));
        if let Some(bytes) = bytes
            && let Some(item) = self.with_bytes(image, (&name, bytes), keyed.as_ref(), context)
        {
            return Ok(item);
        }
        match self.named(image, keyed, bytes.is_some(), context) {
            Some(named) if self.is_free(&named, image) => return Ok(named),
            None if !known.has(&plain) && self.is_free(&plain, image) => return Ok(plain),
            _ => {}
        }
        let mut number = if bytes.is_some() { 1_u64 } else { 2 };
        loop {
            let digest = bytes.map_or_else(String::new, |bytes| hex(bytes.as_bytes())[..8].to_owned());
            let copy = if number == 1 { digest } else { format!("{digest}-{number}") };
            let item = naming.item(Kind::Source, "file_name", &format!("{name}~{copy}"))?;
            if self.is_free(&item, image) && (!known.has(&item) || known.name_of(&item) == name) {
                return Ok(item);
            }
            number += 1;
        }
    }

    /// Returns the stored image that has a name now. `keyed` is the one whose key it is: if it was moved
    /// to another name, the name is that of another image.
    fn named(
        &self,
        image: &Image,
        keyed: Option<ItemKey>,
        has_bytes: bool,
        context: &ImageContext<'_>,
    ) -> Option<ItemKey> {
        let known = context.known;
        if let Some(address) = image.address.as_ref().and_then(|field| Address::of(field, &image.fields))
            && !has_bytes
        {
            return self.addresses.find(known, &address, keyed, |item| self.is_free(item, image));
        }
        let name = names::key_of(&image.name);
        let keyed = keyed.filter(|item| known.name_of(item) == name);
        keyed.or_else(|| {
            // Without bytes, it may also be one whose key has the folder, which some formats leave out.
            let is_it =
                |item: &ItemKey| self.is_free(item, image) && (!has_bytes || known.name_of(item) == name);
            let mut found = known.images_named(&image.name).into_iter().filter(is_it);
            found.next().filter(|_| found.next().is_none())
        })
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
