//! The assignment of the images of a command to stored ones: over all of them at once, strongest
//! evidence first, so that it does not depend on their order.
//!
//! Each round gives stored images to those of the input that have none yet. An image that is taken
//! for another one by its name alone comes after all that have its bytes or its address.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::findings::SeenImages;
use super::super::record::fault::Reason;
use super::super::record::naming::ItemNaming;
use super::addresses::{Address, Addresses};
use super::known::KnownStore;
use super::listed::ListedImage;
use crate::annotations::matching::{LabelHash, TwinImage, TwinPair, pair_twins};
use crate::annotations::names;
use crate::domain::id::{Digest, ItemId, hex};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::names::reference;

/// The data that the assignment of images reads.
pub(super) struct PlanContext<'a> {
    /// The naming of items.
    pub naming: &'a ItemNaming,
    /// The store before the input.
    pub known: &'a KnownStore,
    /// The addresses of its images.
    pub addresses: &'a Addresses,
    /// The images of earlier inputs of the command.
    pub earlier: &'a SeenImages,
    /// Returns true if the inputs of the command have these bytes under this name.
    pub has: &'a dyn Fn(&str, &Digest) -> bool,
    /// Returns true if the training set keeps an image, because the command lacks its split.
    pub is_kept: &'a dyn Fn(&ItemKey) -> bool,
}

/// The items of the images of a command.
#[derive(Debug)]
pub(super) struct ImagePlan {
    /// The item of each name, by its digest.
    items: HashMap<Digest, ItemKey>,
    /// The items that only the order of names says are these images.
    ambiguous: HashSet<ItemId>,
}

impl ImagePlan {
    /// Assigns the images of a command, in any order.
    pub(super) fn new(images: Vec<ListedImage>, context: &PlanContext<'_>) -> Result<Self, Reason> {
        let mut planner = Planner::new(images, context)?;
        planner.each(Planner::exported);
        planner.each(Planner::planned_before);
        planner.each(Planner::unmoved);
        planner.each(Planner::moved_back);
        planner.moved();
        planner.each(Planner::with_number_and_address);
        planner.each(Planner::with_address);
        planner.each(Planner::with_upload);
        planner.each(Planner::with_number_and_file);
        planner.each(Planner::with_key);
        planner.each(Planner::with_name);
        planner.each(Planner::with_file_name);
        planner.finish()
    }

    /// Returns true if only the order of names says that an item is the image that it was assigned to.
    pub(super) fn is_ambiguous(&self, item: &ItemKey) -> bool {
        self.ambiguous.contains(&item.id())
    }

    /// Returns the item of the image of a name; `None` if the inputs had no such image.
    pub(super) fn item(&self, name: &str) -> Option<&ItemKey> {
        self.items.get(&Digest::of(name.as_bytes()))
    }
}

/// An image that is to be assigned.
struct Planned {
    image: ListedImage,
    /// Its name as a key.
    name: String,
    address: Option<Address>,
    /// The item that it has if it is new.
    plain: ItemKey,
    /// The stored image whose key is the name.
    keyed: Option<ItemKey>,
    item: Option<ItemKey>,
}

struct Planner<'a> {
    context: &'a PlanContext<'a>,
    images: Vec<Planned>,
    /// The position of each name, as a key.
    places: HashMap<String, usize>,
    /// The addresses of the input.
    addresses: HashSet<Address>,
    /// The images that have a stored one.
    taken: HashMap<ItemId, usize>,
    /// The stored images that the order of names assigned.
    ambiguous: HashSet<ItemId>,
}

impl<'a> Planner<'a> {
    fn new(mut images: Vec<ListedImage>, context: &'a PlanContext<'a>) -> Result<Self, Reason> {
        images.sort_by(|a, b| (&a.name, a.bytes.is_none()).cmp(&(&b.name, b.bytes.is_none())));
        // Two inputs may have the same image.
        images.dedup_by(|again, first| {
            let is_again = again.name == first.name;
            if is_again {
                first.labels.append(&mut again.labels);
                first.labels.sort_unstable();
            }
            is_again
        });
        let mut planned = Vec::with_capacity(images.len());
        for image in images {
            let name = names::key_of(&image.name);
            let (plain, keyed) = keys(context.naming, context.known, &image.name)?;
            let address = image.address.as_ref().map(|(field, text)| Address::new(field, text));
            planned.push(Planned { image, name, address, plain, keyed, item: None });
        }
        let places = planned.iter().enumerate().map(|(place, image)| (image.name.clone(), place)).collect();
        let addresses = planned.iter().filter_map(|image| image.address.clone()).collect();
        let (taken, ambiguous) = (HashMap::new(), HashSet::new());
        Ok(Self { context, images: planned, places, addresses, taken, ambiguous })
    }

    /// Asks a rule about each image that has no item yet.
    fn each(&mut self, rule: impl Fn(&Self, &Planned) -> Option<ItemKey>) {
        for place in 0..self.images.len() {
            if self.images[place].item.is_none()
                && let Some(item) = rule(self, &self.images[place])
            {
                self.taken.insert(item.id(), place);
                self.images[place].item = Some(item);
            }
        }
    }

    /// Returns true if no other image of the command is this item.
    fn is_free(&self, image: &Planned, item: &ItemKey) -> bool {
        let id = item.id();
        let earlier = self.context.earlier.items.get(&id);
        !self.taken.contains_key(&id)
            && earlier.is_none_or(|name| *name == Digest::of(image.image.name.as_bytes()))
    }

    fn free_keyed<'i>(&self, image: &'i Planned) -> Option<&'i ItemKey> {
        image.keyed.as_ref().filter(|keyed| self.is_free(image, keyed))
    }

    /// Returns the item that the file names itself.
    fn exported(&self, image: &Planned) -> Option<ItemKey> {
        exported(self.context.known, image.image.exported.as_deref())
    }

    /// Returns the free images with the same bytes, the one whose key is the name first.
    fn with_bytes(&self, image: &Planned) -> Vec<ItemKey> {
        let Some(bytes) = &image.image.bytes else { return Vec::new() };
        let known = self.context.known;
        let mut images = known.images_with(bytes);
        images.retain(|item| {
            self.is_free(image, item) && (Some(item) == image.keyed.as_ref() || known.is_of_prefix(item))
        });
        images.sort_by_key(|item| Some(item) != image.keyed.as_ref());
        images
    }

    /// Returns the image with the same bytes and the same name.
    fn unmoved(&self, image: &Planned) -> Option<ItemKey> {
        self.with_bytes(image).into_iter().find(|item| self.context.known.name_of(item) == image.name)
    }

    /// Returns the image with the same bytes that an earlier input of the command has under this name.
    fn planned_before(&self, image: &Planned) -> Option<ItemKey> {
        let name = Digest::of(image.image.name.as_bytes());
        let is_it = |item: &ItemKey| self.context.earlier.items.get(&item.id()) == Some(&name);
        self.with_bytes(image).into_iter().find(is_it)
    }

    /// Returns the image with the same bytes that has left its name and whose key is this name.
    fn moved_back(&self, image: &Planned) -> Option<ItemKey> {
        self.with_bytes(image).into_iter().find(|item| {
            Some(item) == image.keyed.as_ref() && !self.has(image, &self.context.known.name_of(item))
        })
    }

    /// Assigns images with the same bytes that have left their names. Of several, the labels decide.
    fn moved(&mut self) {
        let mut groups: BTreeMap<Digest, Vec<usize>> = BTreeMap::new();
        for (place, image) in self.images.iter().enumerate().filter(|(_, image)| image.item.is_none()) {
            if let Some(bytes) = image.image.bytes {
                groups.entry(bytes).or_default().push(place);
            }
        }
        for twins in groups.into_values() {
            for (place, item, is_ambiguous) in self.paired(&twins) {
                self.taken.insert(item.id(), place);
                if is_ambiguous {
                    self.ambiguous.insert(item.id());
                }
                self.images[place].item = Some(item);
            }
        }
    }

    /// Pairs images of the same bytes with stored ones that have left their names.
    fn paired(&self, twins: &[usize]) -> Vec<(usize, ItemKey, bool)> {
        let (known, image) = (self.context.known, |twin: usize| &self.images[twins[twin]]);
        let mut stored = self.with_bytes(image(0));
        stored.retain(|item| {
            !self.has(image(0), &known.name_of(item))
                && !self.has(image(0), known.key_of(item))
                && !(self.context.is_kept)(item)
        });
        stored.sort_unstable();
        let may = |one: usize, other: usize| image(one).keyed.as_ref() != Some(&stored[other]);
        let pairs = match (twins, stored.as_slice()) {
            (_, []) => Vec::new(),
            ([_], [_]) if may(0, 0) => vec![TwinPair { found: 0, stored: 0, is_ambiguous: false }],
            _ => {
                let old = stored.iter().map(|item| (known.name_of(item), known.label_hashes(item)));
                let old: Vec<(String, Vec<LabelHash>)> = old.collect();
                let old = old.iter().map(|(name, labels)| TwinImage { name, labels });
                let new = (0..twins.len()).map(image);
                let new = new.map(|image| TwinImage { name: &image.name, labels: &image.image.labels });
                pair_twins(&new.collect::<Vec<_>>(), &old.collect::<Vec<_>>(), may)
            }
        };
        let pair = |pair: TwinPair| (twins[pair.found], stored[pair.stored].clone(), pair.is_ambiguous);
        pairs.into_iter().map(pair).collect()
    }

    /// Returns true if the command has the bytes of an image under this name.
    fn has(&self, image: &Planned, name: &str) -> bool {
        // It is there, and nothing says that it has other bytes.
        let is_there = |place: &usize| self.images[*place].image.bytes.is_none();
        self.places.get(name).is_some_and(is_there)
            || image.image.elsewhere.iter().any(|other| other == name)
            || image.image.bytes.as_ref().is_some_and(|bytes| (self.context.has)(name, bytes))
    }

    /// Returns the image of the same number and the same address.
    fn with_number_and_address(&self, image: &Planned) -> Option<ItemKey> {
        let (address, keyed) = (image.address.as_ref()?, self.free_keyed(image)?);
        (address.stored(self.context.known, keyed).as_ref() == Some(address)).then(|| keyed.clone())
    }

    /// Returns the only image of the same address.
    fn with_address(&self, image: &Planned) -> Option<ItemKey> {
        let (address, known) = (image.address.as_ref()?, self.context.known);
        self.context.addresses.only(known, address, |item| self.is_free(image, item))
    }

    /// Returns the only image of the same upload.
    fn with_upload(&self, image: &Planned) -> Option<ItemKey> {
        let (address, known) = (image.address.as_ref()?, self.context.known);
        let is_free = |item: &ItemKey| {
            let stored = address.stored(known, item);
            self.is_free(image, item) && stored.is_none_or(|stored| !self.addresses.contains(&stored))
        };
        self.context.addresses.only_upload(known, address, is_free)
    }

    /// Returns the image of the same number, if its file has the same name and an address that the input
    /// lacks, or if it has no address: it may have had one.
    fn with_number_and_file(&self, image: &Planned) -> Option<ItemKey> {
        let (address, keyed) = (image.address.as_ref()?, self.free_keyed(image)?);
        let is_it = match address.stored(self.context.known, keyed) {
            Some(stored) => stored.has_file_of(address) && !self.addresses.contains(&stored),
            None => true,
        };
        is_it.then(|| keyed.clone())
    }

    /// Returns the image whose key is the name, and that was not moved to another name.
    fn with_key(&self, image: &Planned) -> Option<ItemKey> {
        let keyed = self.free_keyed(image).filter(|_| image.address.is_none())?;
        (self.context.known.name_of(keyed) == image.name).then(|| keyed.clone())
    }

    /// Returns the only image that was moved to the name.
    fn with_name(&self, image: &Planned) -> Option<ItemKey> {
        self.only_named(image, |item| self.context.known.name_of(item) == image.name)
    }

    /// Returns the only image whose `file_name` is the name, without bytes: its key may have the folder,
    /// which some formats leave out.
    fn with_file_name(&self, image: &Planned) -> Option<ItemKey> {
        self.only_named(image, |_| image.image.bytes.is_none())
    }

    fn only_named(&self, image: &Planned, is_it: impl Fn(&ItemKey) -> bool) -> Option<ItemKey> {
        if image.address.is_some() {
            return None;
        }
        let named = self.context.known.images_named(&image.image.name).into_iter();
        let mut found = named.filter(|item| self.is_free(image, item) && is_it(item));
        found.next().filter(|_| found.next().is_none())
    }

    /// Gives the others new items.
    fn finish(mut self) -> Result<ImagePlan, Reason> {
        let mut items = HashMap::with_capacity(self.images.len());
        for place in 0..self.images.len() {
            let item = match self.images[place].item.take() {
                Some(item) => item,
                None => self.new_item(&self.images[place])?,
            };
            self.taken.insert(item.id(), place);
            items.insert(Digest::of(self.images[place].image.name.as_bytes()), item);
        }
        Ok(ImagePlan { items, ambiguous: self.ambiguous })
    }

    /// Returns the item of a new image: with its name as the key, else with a part of its digest after it.
    fn new_item(&self, image: &Planned) -> Result<ItemKey, Reason> {
        let PlanContext { naming, known, .. } = self.context;
        if !known.has(&image.plain) && self.is_free(image, &image.plain) {
            return Ok(image.plain.clone());
        }
        let digest = image.image.bytes.map(|bytes| hex(bytes.as_bytes())[..8].to_owned());
        let mut number = if digest.is_some() { 1_u64 } else { 2 };
        let digest = digest.unwrap_or_default();
        loop {
            let copy = if number == 1 { digest.clone() } else { format!("{digest}-{number}") };
            let item = naming.item(Kind::Source, "file_name", &format!("{}~{copy}", image.name))?;
            // A number alone is no name.
            let is_same = || image.address.is_none() && known.name_of(&item) == image.name;
            if self.is_free(image, &item) && (!known.has(&item) || is_same()) {
                return Ok(item);
            }
            number += 1;
        }
    }
}

/// Returns the item that a name has if it is new, and the stored image whose key is the name.
pub(super) fn keys(
    naming: &ItemNaming,
    known: &KnownStore,
    name: &str,
) -> Result<(ItemKey, Option<ItemKey>), Reason> {
    let plain = naming.item(Kind::Source, "file_name", &names::key_of(name))?;
    // Earlier releases kept the name as it was.
    let raw = naming.item(Kind::Source, "file_name", name).ok().filter(|raw| known.has(raw));
    let keyed = raw.or_else(|| known.has(&plain).then(|| plain.clone()));
    Ok((plain, keyed))
}

/// Returns the stored image that a file names itself, because stemma wrote it.
pub(super) fn exported(known: &KnownStore, item: Option<&str>) -> Option<ItemKey> {
    let item = reference::item(item?).ok()?;
    (item.kind == Kind::Source && known.has(&item)).then_some(item)
}
