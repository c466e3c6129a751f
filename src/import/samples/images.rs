//! Recognition of images. What is obvious of one image alone is decided at once; the others are
//! assigned together ([`ImagePlan`]).

use std::sync::Arc;

use super::super::findings::SeenImages;
use super::super::record::fault::Reason;
use super::super::record::naming::ItemNaming;
use super::super::record::payload::ImportPayload;
use super::addresses::{Address, Addresses};
use super::known::KnownStore;
use super::listed::ListedImages;
use super::plan::{ImagePlan, PlanContext, exported, keys};
use crate::annotations::model::Image;
use crate::annotations::names;
use crate::domain::id::Digest;
use crate::domain::item::{ItemKey, Kind};

/// The data that the recognition of an image reads.
pub(super) struct ImageContext<'a> {
    /// The store before the input.
    pub known: &'a KnownStore,
    /// Returns true if the newest version of an item has all that the input says about the image.
    pub is_unchanged: &'a dyn Fn(&ItemKey) -> bool,
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
    /// The items of all images, if one was not obvious.
    plan: Option<ImagePlan>,
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

    /// Checks that other inputs of the command have no other bytes under the name of an image.
    pub(super) fn check(&self, image: &Image, payload: Option<&ImportPayload>) -> Result<(), Reason> {
        let bytes = payload.map(|payload| payload.meta.digest);
        let earlier = self.earlier.bytes.get(&Digest::of(image.name.as_bytes())).copied().flatten();
        if bytes.is_some() && earlier.is_some() && bytes != earlier {
            let why = format!(
                "another input of this command has other bytes for {:?}; import one of them with another --prefix",
                image.name
            );
            return Err(Reason::new("file_name", why));
        }
        Ok(())
    }

    /// Notes the item of an image.
    pub(super) fn note(&mut self, image: &Image, payload: Option<&ImportPayload>, item: &ItemKey) {
        let name = Digest::of(image.name.as_bytes());
        self.seen.items.insert(item.id(), name);
        self.seen.bytes.insert(name, payload.map(|payload| payload.meta.digest));
    }

    /// Returns the item of an image if no other image of the command can be it: the one that the file
    /// names, if stemma wrote it; the one with its bytes that has this name, or without bytes to compare
    /// the one that has it, and the same address; or a new one if nothing is known of it.
    pub(super) fn obvious(
        &self,
        image: &Image,
        payload: Option<&ImportPayload>,
        naming: &ItemNaming,
        context: Option<&ImageContext<'_>>,
    ) -> Result<Option<ItemKey>, Reason> {
        let Some(context) = context else {
            return naming.item(Kind::Source, "file_name", &names::key_of(&image.name)).map(Some);
        };
        let known = context.known;
        if let Some(item) = exported(known, image.exported.as_ref().map(|exported| exported.item.as_str())) {
            return Ok(Some(item));
        }
        let (plain, keyed) = keys(naming, known, &image.name)?;
        let found = match payload.map(|payload| known.images_with(&payload.meta.digest)) {
            Some(images) if !images.is_empty() => Self::unmoved(image, &images, keyed.as_ref(), context),
            images => match keyed {
                Some(keyed) => self.unreplaced(image, keyed, images.is_some(), known),
                None => self.is_new(image, known).then_some(plain),
            },
        };
        Ok(found.filter(|item| self.is_free(item, image)))
    }

    /// Returns the image with the same bytes that has this name.
    fn unmoved(
        image: &Image,
        images: &[ItemKey],
        keyed: Option<&ItemKey>,
        context: &ImageContext<'_>,
    ) -> Option<ItemKey> {
        let (known, name) = (context.known, names::key_of(&image.name));
        if let Some(keyed) = keyed.filter(|keyed| images.contains(keyed))
            && (!known.has_older(keyed) || (context.is_unchanged)(keyed) || known.name_of(keyed) == name)
        {
            return Some(keyed.clone());
        }
        let mut others = images.iter().filter(|item| Some(*item) != keyed);
        others.find(|item| known.is_of_prefix(item) && known.name_of(item) == name).cloned()
    }

    /// Returns the image whose key is the name, if it has this name now, and the same address if it has
    /// any, unless the image has bytes and the stored one others.
    fn unreplaced(
        &self,
        image: &Image,
        keyed: ItemKey,
        has_bytes: bool,
        known: &KnownStore,
    ) -> Option<ItemKey> {
        let is_it = match Address::of(image) {
            Some(address) => address.stored(known, &keyed) == Some(address),
            None => known.name_of(&keyed) == names::key_of(&image.name),
        };
        (is_it && !(has_bytes && known.has_payload(&keyed))).then_some(keyed)
    }

    /// Returns true if nothing is known of an image whose name is no key.
    fn is_new(&self, image: &Image, known: &KnownStore) -> bool {
        match Address::of(image) {
            Some(address) => self.addresses.is_new(known, &address),
            None => known.images_named(&image.name).is_empty(),
        }
    }

    /// Returns true if the images of the command are assigned.
    pub(super) const fn is_planned(&self) -> bool {
        self.plan.is_some()
    }

    /// Assigns the images of the command.
    pub(super) fn plan(
        &mut self,
        listed: ListedImages,
        (naming, known): (&ItemNaming, &KnownStore),
        has: &dyn Fn(&str, &Digest) -> bool,
        is_kept: &dyn Fn(&ItemKey, &[String]) -> bool,
    ) -> Result<(), Reason> {
        let ListedImages { images, splits } = listed;
        let is_kept = |item: &ItemKey| is_kept(item, &splits);
        let (addresses, earlier) = (&self.addresses, self.earlier.as_ref());
        let context = PlanContext { naming, known, addresses, earlier, has, is_kept: &is_kept };
        self.plan = Some(ImagePlan::new(images, &context)?);
        Ok(())
    }

    /// Returns the item that an image was assigned.
    pub(super) fn planned(&self, image: &Image) -> Result<ItemKey, Reason> {
        let item = self.plan.as_ref().and_then(|plan| plan.item(&image.name));
        item.cloned().ok_or_else(|| {
            let why = format!(
                "expected the same images as when the input was listed, found {:?}; run the command again",
                image.name
            );
            Reason::new("file_name", why)
        })
    }

    /// Returns true if only the order of names says that this item is the image that it was assigned to.
    pub(super) fn is_ambiguous(&self, item: &ItemKey) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.is_ambiguous(item))
    }

    /// Returns true if no other image of the command is this item.
    fn is_free(&self, item: &ItemKey, image: &Image) -> bool {
        let id = item.id();
        let name = self.seen.items.get(&id).or_else(|| self.earlier.items.get(&id));
        name.is_none_or(|name| *name == Digest::of(image.name.as_bytes()))
    }
}
