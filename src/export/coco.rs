//! Exports a training set version as COCO: images, annotations, categories.
//!
//! An annotation is a label that the set pins, or each of its classes; its image is the one that it
//! labels. Images that the set pins without a label are included. Ids are those of the complete
//! set, even for one split, so that the files of its splits are consistent. All attributes are
//! written; what COCO cannot hold is counted in `info`.

mod categories;
mod category;
mod file_names;
mod left_out;
mod lists;
mod numbering;
mod shape;

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::described::{Described, PayloadContent, described};
use super::document::{Container, JsonDocument};
use super::flow::{ExportSink, outflow};
use super::members::{self, MemberEntry, MemberRecords, NamedSet, PinList};
use super::memory::{ExportMemory, HeldMemory};
use super::{Outflow, rows::RowTime};
use crate::domain::id::hex;
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::domain::version::VersionRecord;
use crate::ledger::{LedgerError, View};
use crate::lineage::index::membership::MembershipInterval;
use categories::Categories;
use category::{Category, classes};
use file_names::FileNames;
use left_out::{LeftOut, LeftOutPart};
use numbering::{Numbering, number_of};
use shape::{AnnotationFields, add_to_stemma};

impl View {
    /// Returns a training set version as one COCO document; all of it, or one split.
    ///
    /// # Errors
    /// Returns [`LedgerError::Invalid`] if `set` is not a training set version, or has no such
    /// split.
    pub fn coco(&self, set: &str, split: Option<&str>, memory: ExportMemory) -> Result<Outflow, LedgerError> {
        let version = self.named_set(set)?;
        self.read(|at| split.map(|split| at.split(&[version], split)).transpose())?;
        let set = NamedSet::of(self, version);
        let (view, split) = (self.clone(), split.map(str::to_owned));
        Ok(outflow(move |sink| async move { CocoExport::new(view, set, split, memory)?.write(sink).await }))
    }
}

struct CocoExport {
    view: View,
    set: NamedSet,
    split: Option<String>,
    pins: Arc<PinList>,
    memory: ExportMemory,
    /// The memory of the lists below.
    listed: HeldMemory,
    /// The images of the complete set, in version order; the id of an image is its index, from 1.
    images: Vec<VersionNo>,
    /// For each image: true if it is written.
    wanted: Vec<bool>,
    /// For each label of the complete set with an image: the number of its annotations.
    annotations: Vec<u32>,
    numbers: Numbering,
    categories: Categories,
    notes: Map<String, Value>,
    left_out: LeftOut,
}

/// A label with an image.
struct ImageLabel<'a> {
    entry: &'a MemberEntry,
    image: VersionNo,
    list: Option<VersionNo>,
    key: String,
}

impl CocoExport {
    fn new(
        view: View,
        set: NamedSet,
        split: Option<String>,
        memory: ExportMemory,
    ) -> Result<Self, LedgerError> {
        let pins = Arc::new(members::pins(&view, set.version, &memory)?);
        Ok(Self {
            view,
            set,
            split,
            pins,
            listed: memory.hold(),
            memory,
            images: Vec::new(),
            wanted: Vec::new(),
            annotations: Vec::new(),
            numbers: Numbering::new(Vec::new()),
            categories: Categories::default(),
            notes: Map::new(),
            left_out: LeftOut::default(),
        })
    }

    fn is_wanted(&self, entry: &MemberEntry) -> bool {
        self.split.as_ref().is_none_or(|split| *split == entry.pinned.split)
    }

    async fn write(mut self, sink: ExportSink) -> Result<(), LedgerError> {
        self.number_entries()?;
        let ever = lists::ever_pinned(&self.view, self.set.version, &self.memory)?;
        let lists = lists::used_lists(&self.view, self.set.version, &ever, &self.pins)?;
        self.categories = Categories::of_lists(&self.view, &lists, &self.memory).await?;
        self.read_classes().await?;
        self.categories.number_unlisted(&self.view, &ever, &self.memory).await?;
        drop(ever);
        let newest = lists.iter().filter_map(|list| list.versions.last().copied());
        for version in newest.chain([self.set.version]) {
            self.notes.extend(lists::notes(&self.view, version, &self.memory).await?);
        }
        let mut document = JsonDocument::new(sink);
        document.open("images", Container::List).await?;
        self.write_images(&mut document).await?;
        document.close(Container::List);
        document.open("annotations", Container::List).await?;
        let annotations = self.write_annotations(&mut document).await?;
        document.close(Container::List);
        document.open("categories", Container::List).await?;
        for category in self.categories.documents() {
            document.entry(&category).await?;
        }
        document.close(Container::List);
        let licenses = self.notes.remove("licenses").unwrap_or_else(|| json!([]));
        document.member("licenses", &licenses).await?;
        let info = self.info(annotations);
        document.member("info", &info).await?;
        document.end().await
    }

    fn info(&mut self, annotations: u64) -> Value {
        let time = self.view.read(|at| at.index().time(self.set.seq)).unwrap_or_default();
        let mut info = Map::from_iter([
            ("description".to_owned(), format!("{}, exported by stemma", self.set.name).into()),
            ("version".to_owned(), self.set.number.to_string().into()),
            ("date_created".to_owned(), RowTime(time).text().into()),
        ]);
        if let Some(Value::Object(stored)) = self.notes.remove("info") {
            info.extend(stored);
        }
        let members = self.view.read(|at| {
            let split = |pin: &&MembershipInterval| {
                self.split.as_deref().is_none_or(|split| at.index().text(pin.split) == split)
            };
            self.pins.iter().filter(split).count()
        });
        let stemma = json!({
            "trainingSet": self.set.name,
            "version": self.set.id.to_string(),
            "split": self.split,
            "members": members,
            "annotations": annotations,
            // Members that are neither an image nor a label of one.
            "skipped": self.left_out.members(),
            "categories": self.categories.counts(),
            "leftOut": self.left_out.counts(),
        });
        info.insert("stemma".to_owned(), stemma);
        info.into()
    }

    /// Finds the images and the numbers of labels, and counts members without an entry.
    fn number_entries(&mut self) -> Result<(), LedgerError> {
        let (mut images, mut wanted, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        for page in members::pages(&self.pins) {
            let entries = members::entries(&self.view, page, &self.memory)?;
            for entry in entries.iter() {
                let is_wanted = self.is_wanted(entry);
                match image_of(entry) {
                    Some(image) => {
                        images.push(image);
                        wanted.extend(is_wanted.then_some(image));
                    }
                    None if is_wanted && entry.kind == Kind::Label => {
                        self.left_out.note(LeftOutPart::LabelWithoutImage, 1);
                    }
                    None if is_wanted => self.left_out.note(LeftOutPart::OtherMember, 1),
                    None => {}
                }
            }
            let labels = self.labels(&entries);
            numbers.extend(labels.iter().filter_map(|label| number_of(&label.key)));
            let lists = size_of_val(images.as_slice()) + size_of_val(wanted.as_slice());
            self.listed.set(lists + 2 * size_of_val(numbers.as_slice()))?;
        }
        for images in [&mut images, &mut wanted] {
            images.sort_unstable();
            images.dedup();
        }
        self.wanted = images.iter().map(|image| wanted.binary_search(image).is_ok()).collect();
        self.images = images;
        self.numbers = Numbering::new(numbers);
        Ok(())
    }

    async fn described(
        &self,
        kind: Kind,
        record: &VersionRecord,
        held: &MemberRecords,
    ) -> Result<Described, LedgerError> {
        described(&self.view, kind, record, &held.blobs, &self.memory).await
    }

    /// Returns the labels of images among some members.
    fn labels<'a>(&self, entries: &'a [MemberEntry]) -> Vec<ImageLabel<'a>> {
        let labels = entries.iter().filter(|entry| entry.kind == Kind::Label);
        self.view.read(|at| {
            let label = |entry: &'a MemberEntry| {
                let (image, member) = (image_of(entry)?, entry.pinned.member);
                let key = at.key(at.item_of(member)).key().to_owned();
                Some(ImageLabel { entry, image, list: at.class_list(member), key })
            };
            labels.filter_map(label).collect()
        })
    }

    /// Returns the categories of a label.
    fn categories_of(&self, label: &ImageLabel<'_>, attributes: &Map<String, Value>) -> Vec<Category> {
        let classes = classes(attributes).into_iter();
        let mut categories: Vec<Category> =
            classes.map(|class| self.categories.resolve(label.list, class)).collect();
        categories.sort_unstable();
        categories.dedup();
        categories
    }

    /// Reads the classes of all labels of the set.
    async fn read_classes(&mut self) -> Result<(), LedgerError> {
        for page in members::pages(&self.pins) {
            let entries = members::entries(&self.view, page, &self.memory)?;
            let labels = self.labels(&entries);
            let versions: Vec<VersionNo> = labels.iter().map(|label| label.entry.pinned.member).collect();
            let held = members::held(&self.view, &versions, &self.memory).await?;
            for label in &labels {
                let Some(record) = held.records.get(&label.entry.pinned.member) else { continue };
                let mut attributes = record.content.attributes.to_map();
                if !["class", "category", "caption"].iter().any(|name| attributes.contains_key(*name)) {
                    attributes = self.described(Kind::Label, record, &held).await?.attributes;
                }
                let categories = self.categories_of(label, &attributes);
                self.annotations.push(u32::try_from(categories.len().max(1)).unwrap_or(u32::MAX));
                categories.into_iter().try_for_each(|category| self.categories.note(category))?;
            }
            self.listed.grow(labels.len() * size_of::<u32>())?;
        }
        Ok(())
    }

    async fn write_images(&self, document: &mut JsonDocument) -> Result<(), LedgerError> {
        let mut bare: Vec<&MembershipInterval> = self.pins.iter().collect();
        bare.sort_unstable_by_key(|pin| pin.member);
        let wanted: Vec<(u64, VersionNo)> = (1..)
            .zip(&self.images)
            .zip(&self.wanted)
            .filter(|(_, wanted)| **wanted)
            .map(|((id, image), _)| (id, *image))
            .collect();
        let mut names = FileNames::new(&self.memory);
        for page in members::pages(&wanted) {
            let versions: Vec<VersionNo> = page.iter().map(|(_, image)| *image).collect();
            let held = members::held(&self.view, &versions, &self.memory).await?;
            names.expect(page.len())?;
            for (id, version) in page {
                let Some(record) = held.records.get(version) else { continue };
                let attributes = self.described(Kind::Source, record, &held).await?.attributes;
                let name = held.names.get(version).map_or("", String::as_str);
                let other = attributes.get("file_name").and_then(Value::as_str).and_then(|file| {
                    let item = self.view.read(|at| at.key(at.item_of(*version)).clone());
                    names.other(file, &item)
                });
                let mut image = shape::image(*id, name, other, attributes);
                let pin = bare.binary_search_by_key(version, |pin| pin.member).ok().map(|place| bare[place]);
                let split = pin.map(|pin| self.view.read(|at| at.index().text(pin.split).to_owned()));
                let said = json!({
                    "version": record.id.to_string(),
                    "source": name,
                    "split": split,
                    "weight": pin.and_then(|pin| pin.weight),
                });
                add_to_stemma(&mut image, said);
                add_to_stemma(&mut image, payload(*version, &held));
                document.entry(&image).await?;
            }
        }
        Ok(())
    }

    async fn write_annotations(&mut self, document: &mut JsonDocument) -> Result<u64, LedgerError> {
        let (mut written, mut place) = (0, 0);
        let pins = Arc::clone(&self.pins);
        for page in members::pages(&pins) {
            let entries = members::entries(&self.view, page, &self.memory)?;
            let labels = self.labels(&entries);
            let wanted = |label: &&ImageLabel<'_>| self.is_wanted(label.entry);
            let versions: Vec<VersionNo> =
                labels.iter().filter(wanted).map(|label| label.entry.pinned.member).collect();
            let held = members::held(&self.view, &versions, &self.memory).await?;
            for label in &labels {
                let count = self.annotations.get(place).copied().unwrap_or_default();
                place += 1;
                let ids = self.numbers.ids(&label.key, usize::try_from(count).unwrap_or_default());
                if self.is_wanted(label.entry) {
                    written += ids.len() as u64;
                    self.write_label(document, label, &ids, &held).await?;
                }
            }
        }
        Ok(written)
    }

    /// Writes the annotations of a label.
    async fn write_label(
        &mut self,
        document: &mut JsonDocument,
        label: &ImageLabel<'_>,
        ids: &[u64],
        held: &MemberRecords,
    ) -> Result<(), LedgerError> {
        let pinned = &label.entry.pinned;
        let Some(record) = held.records.get(&pinned.member) else { return Ok(()) };
        let described = self.described(Kind::Label, record, held).await?;
        let (attributes, content) = (described.attributes, described.payload);
        let categories = self.categories_of(label, &attributes);
        let given = classes(&attributes);
        let AnnotationFields { mut fields, stemma, bad_box, has_regions } = shape::annotation(attributes);
        self.left_out.note(LeftOutPart::FurtherImage, label.entry.labelled().count().saturating_sub(1));
        self.left_out.note(LeftOutPart::BadBox, usize::from(bad_box));
        self.left_out.note(LeftOutPart::Regions, usize::from(has_regions));
        self.left_out.note(LeftOutPart::Payload, usize::from(content == PayloadContent::Other));
        self.left_out.note(LeftOutPart::LargePayload, usize::from(content == PayloadContent::TooLarge));
        let image = self.images.binary_search(&label.image).ok();
        fields.insert("image_id".to_owned(), image.map(|place| place as u64 + 1).into());
        if !stemma.is_empty() {
            fields.insert("stemma".to_owned(), stemma.into());
        }
        let said = json!({
            "version": record.id.to_string(),
            "label": held.names.get(&pinned.member),
            "split": pinned.split,
            "weight": pinned.weight,
        });
        add_to_stemma(&mut fields, said);
        if content != PayloadContent::Attributes {
            add_to_stemma(&mut fields, payload(pinned.member, held));
        }
        if given != categories {
            // A later version of the class list renamed it.
            add_to_stemma(&mut fields, json!({"class": record.content.attributes.to_map().get("class")}));
        }
        let is_renamed = given != categories;
        let categories = categories.iter().map(Some).chain(std::iter::repeat(None));
        for (id, category) in ids.iter().zip(categories) {
            let mut annotation = fields.clone();
            if let Some(category) = category.filter(|_| is_renamed) {
                add_to_stemma(&mut annotation, json!({"category": category.value()}));
            }
            annotation.insert("id".to_owned(), (*id).into());
            if let Some(category) = category.and_then(|category| self.categories.id(category)) {
                annotation.insert("category_id".to_owned(), category.into());
            }
            document.entry(&annotation).await?;
        }
        Ok(())
    }
}

/// Returns the image of a member: itself, or the one that it labels.
fn image_of(entry: &MemberEntry) -> Option<VersionNo> {
    match entry.kind {
        Kind::Source => Some(entry.pinned.member),
        Kind::Label => entry.labelled().next(),
        _ => None,
    }
}

/// Returns the facts of the payload of a version, as members of the field `stemma`.
fn payload(version: VersionNo, held: &MemberRecords) -> Value {
    let payload = held.records.get(&version).and_then(|record| record.content.payload);
    let blob = payload.and_then(|payload| held.blobs.get(&payload));
    json!({
        "payload": payload.map(|payload| payload.to_string()),
        "sha256": blob.map(|blob| hex(&blob.sha256)),
        "size": blob.map(|blob| blob.size),
    })
}
