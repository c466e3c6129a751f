//! COCO annotation files: images become SOURCE items, categories a class list, annotations one
//! LABEL each.
//!
//! The file is read three times, because its lists can be in any order and annotations refer to
//! images and categories by id: once for the ids, once for the images, once for the annotations.
//! Only the ids and names of images and categories are in memory.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Seek as _};

use serde_json::{Map, Value, json};

use super::super::record::fault::{Reason, RecordPlace};
use super::super::record::name::VersionReference;
use super::super::record::payload::{ImportPayload, PayloadFolder};
use super::super::record::reader::{ReadRecord, ReadStop, RecordSource};
use super::super::record::{ImportedActivity, ImportedVersion, Record, object};
use super::elements::{Elements, ListElement, SplitError};
use super::labelling_export::{self, ItemNaming, PinnedSet, activity, attributes, made_from, take_id};
use crate::domain::item::{ItemKey, Kind};

/// The format's name.
pub(crate) const FORMAT: &str = "coco";
/// The start of the keys of labels, after the prefix.
pub(crate) const LABELS: &str = "annotations/";

const BUFFER: usize = 256 * 1024;

/// The options for a COCO file.
pub(crate) struct CocoOptions {
    /// The naming of items.
    pub naming: ItemNaming,
    /// The folder of the images.
    pub payloads: Option<PayloadFolder>,
    /// The training set to pin.
    pub set: Option<PinnedSet>,
}

/// The records of a COCO file.
pub(crate) struct CocoRecords {
    file: File,
    elements: Elements<BufReader<File>>,
    pass: CocoPass,
    /// The bytes read by earlier passes.
    before: u64,
    options: CocoOptions,
    activity: ImportedActivity,
    images: HashMap<Box<str>, Image>,
    classes: Classes,
    members: Vec<ItemKey>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CocoPass {
    Names,
    Images,
    Annotations,
    End,
}

struct Image {
    item: ItemKey,
    labelled: bool,
}

/// The categories.
#[derive(Default)]
struct Classes {
    names: HashMap<Box<str>, String>,
    taken: HashSet<String>,
    list: Vec<Value>,
}

impl CocoRecords {
    /// Reads the records of a file.
    pub(crate) fn new(file: File, options: CocoOptions) -> Result<Self, ReadStop> {
        Ok(Self {
            elements: begin(&file)?,
            file,
            pass: CocoPass::Names,
            before: 0,
            options,
            activity: activity(FORMAT)
                .map_err(|reason| reason.at(RecordPlace::Element(FORMAT.to_owned())))?,
            images: HashMap::new(),
            classes: Classes::default(),
            members: Vec::new(),
        })
    }

    /// The number of times that the file is read.
    pub(crate) const PASSES: u64 = 3;

    fn names(&mut self) -> Result<(), ReadStop> {
        while let Some(element) =
            self.elements.next(|section| matches!(section, "images" | "categories")).map_err(unreadable)?
        {
            let (place, section) = (element.place(), element.section);
            let taken = object(element.text).and_then(|fields| match section {
                "images" => image(&mut self.images, &self.options.naming, fields),
                _ => self.classes.add(fields),
            });
            taken.map_err(|reason| reason.at(place))?;
        }
        Ok(())
    }

    fn begin_pass(&mut self) -> Result<(), ReadStop> {
        self.before += self.elements.bytes();
        self.elements = begin(&self.file)?;
        Ok(())
    }

    fn read(&self, place: RecordPlace, record: Record, bytes: usize) -> ReadRecord {
        let position = self.before + self.elements.bytes();
        ReadRecord { place, record, bytes, digest: [0; 32], position, payload: None }
    }

    fn class_list(&mut self) -> Result<Option<ReadRecord>, Reason> {
        if self.classes.list.is_empty() {
            return Ok(None);
        }
        // The order of categories has no meaning.
        let mut classes = std::mem::take(&mut self.classes.list);
        classes.sort_by_cached_key(|class| {
            let id = class["id"].as_i64();
            (id.is_none(), id, class["id"].to_string())
        });
        let version = ImportedVersion {
            attributes: attributes(&json!({"classes": classes}))?,
            activity: Some(self.activity.clone()),
            ..ImportedVersion::new(ontology(&self.options.naming)?)
        };
        let bytes = version.attributes.as_str().len();
        let place = RecordPlace::Element("categories".to_owned());
        Ok(Some(self.read(place, Record::Version(Box::new(version)), bytes)))
    }

    fn set(&mut self) -> Result<Option<ReadRecord>, Reason> {
        let Some(set) = &self.options.set else { return Ok(None) };
        let mut members = std::mem::take(&mut self.members);
        let bare = self.images.values().filter(|image| !image.labelled).map(|image| image.item.clone());
        members.extend(bare);
        members.sort_unstable();
        let record = set.record(&self.options.naming, &members)?;
        Ok(Some(self.read(RecordPlace::Element("the training set".to_owned()), record, members.len() * 64)))
    }

    /// Reads the record of an image or annotation.
    fn element(&mut self) -> Result<Option<ReadRecord>, ReadStop> {
        let section = if self.pass == CocoPass::Images { "images" } else { "annotations" };
        let Some(ListElement { text, section, index }) =
            self.elements.next(|name| name == section).map_err(unreadable)?
        else {
            return Ok(None);
        };
        let (place, bytes) = (ListElement { section, index, text: &[] }.place(), text.len());
        let fields = object(text);
        let read = fields.and_then(|fields| match self.pass {
            CocoPass::Images => self.image(fields),
            _ => self.annotation(fields),
        });
        let (version, payload) = read.map_err(|reason| reason.at(place.clone()))?;
        Ok(Some(ReadRecord { payload, ..self.read(place, Record::Version(Box::new(version)), bytes) }))
    }

    fn image(
        &self,
        mut fields: Map<String, Value>,
    ) -> Result<(ImportedVersion, Option<ImportPayload>), Reason> {
        let id = take_id(&mut fields, "id")?;
        let Some(Image { item, .. }) = self.images.get(id.as_str()) else {
            return Err(Reason::new(
                "id",
                "the image is new since the file was first read; do not change the file during the import",
            ));
        };
        let mut version =
            ImportedVersion { activity: Some(self.activity.clone()), ..ImportedVersion::new(item.clone()) };
        let mut payload = None;
        if let Some(folder) = &self.options.payloads {
            let name = fields.get("file_name").and_then(Value::as_str).unwrap_or_default();
            let found = folder.payload("file_name", name)?;
            labelling_export::picture(&mut version, &mut fields, &found)?;
            payload = Some(found);
        }
        version.attributes = attributes(&Value::Object(fields))?;
        Ok((version, payload))
    }

    fn annotation(
        &mut self,
        mut fields: Map<String, Value>,
    ) -> Result<(ImportedVersion, Option<ImportPayload>), Reason> {
        let naming = &self.options.naming;
        let item = naming.item(Kind::Label, "id", &format!("{LABELS}{}", take_id(&mut fields, "id")?))?;
        let image = take_id(&mut fields, "image_id")?;
        let Some(image) = self.images.get_mut(image.as_str()) else {
            return Err(Reason::new("image_id", format!("there is no image {image} in this file")));
        };
        image.labelled = true;
        let mut version =
            ImportedVersion { activity: Some(self.activity.clone()), ..ImportedVersion::new(item.clone()) };
        if fields.contains_key("category_id") {
            let category = take_id(&mut fields, "category_id")?;
            let Some(class) = self.classes.names.get(category.as_str()) else {
                let why = format!("there is no category {category} in this file");
                return Err(Reason::new("category_id", why));
            };
            if fields.insert("class".to_owned(), class.as_str().into()).is_some() {
                return Err(Reason::new(
                    "class",
                    "the field `class` is reserved for the name of the category; rename it",
                ));
            }
            version.ontology = Some(VersionReference::head_of(&ontology(naming)?));
        }
        let mut version = made_from(version, "LABELS", &image.item);
        let payload = labelling_export::set_attributes(&mut version, fields, &["segmentation"])?;
        if self.options.set.is_some() {
            self.members.push(item);
        }
        Ok((version, payload))
    }
}

impl RecordSource for CocoRecords {
    fn next(&mut self) -> Result<Option<ReadRecord>, ReadStop> {
        loop {
            match self.pass {
                CocoPass::Names => {
                    self.names()?;
                    self.begin_pass()?;
                    self.pass = CocoPass::Images;
                    let list = self
                        .class_list()
                        .map_err(|reason| reason.at(RecordPlace::Element("categories".to_owned())))?;
                    if list.is_some() {
                        return Ok(list);
                    }
                }
                CocoPass::Images => match self.element()? {
                    None => {
                        self.begin_pass()?;
                        self.pass = CocoPass::Annotations;
                    }
                    found => return Ok(found),
                },
                CocoPass::Annotations => match self.element()? {
                    None => {
                        self.pass = CocoPass::End;
                        return Ok(self.set().map_err(|reason| {
                            reason.at(RecordPlace::Element("the training set".to_owned()))
                        })?);
                    }
                    found => return Ok(found),
                },
                CocoPass::End => return Ok(None),
            }
        }
    }
}

impl Classes {
    fn add(&mut self, mut fields: Map<String, Value>) -> Result<(), Reason> {
        let given = fields.get("id").cloned().unwrap_or_default();
        let id = take_id(&mut fields, "id")?;
        let name = take_string(&mut fields, "name")?;
        if !self.taken.insert(name.clone()) {
            return Err(Reason::new(
                "name",
                format!(
                    "duplicate category name {name:?}; labels refer to categories by name, so rename one"
                ),
            ));
        }
        match self.names.entry(id.into()) {
            Entry::Vacant(entry) => {
                entry.insert(name.clone());
            }
            Entry::Occupied(entry) => {
                return Err(Reason::new("id", format!("duplicate category id {}", entry.key())));
            }
        }
        fields.insert("class".to_owned(), name.into());
        fields.insert("id".to_owned(), given);
        self.list.push(Value::Object(fields));
        Ok(())
    }
}

/// Adds an image by its id.
fn image(
    images: &mut HashMap<Box<str>, Image>,
    naming: &ItemNaming,
    mut fields: Map<String, Value>,
) -> Result<(), Reason> {
    let id = take_id(&mut fields, "id")?;
    let name = take_string(&mut fields, "file_name")?;
    let item = naming.item(Kind::Source, "file_name", &name)?;
    match images.entry(id.into()) {
        Entry::Vacant(entry) => {
            entry.insert(Image { item, labelled: false });
            Ok(())
        }
        Entry::Occupied(entry) => Err(Reason::new("id", format!("duplicate image id {}", entry.key()))),
    }
}

/// Takes a string out of the fields of an object.
fn take_string(fields: &mut Map<String, Value>, name: &str) -> Result<String, Reason> {
    match fields.remove(name) {
        Some(Value::String(text)) => Ok(text),
        other => Err(Reason::expected(name, "a string", other.as_ref())),
    }
}

fn ontology(naming: &ItemNaming) -> Result<ItemKey, Reason> {
    naming.item(Kind::Ontology, "categories", "classes")
}

fn begin(file: &File) -> Result<Elements<BufReader<File>>, ReadStop> {
    let again = || -> io::Result<File> {
        let mut file = file.try_clone()?;
        file.rewind()?;
        Ok(file)
    };
    again()
        .map(|file| Elements::new(BufReader::with_capacity(BUFFER, file)))
        .map_err(|error| ReadStop::Unreadable(error.to_string()))
}

fn unreadable(error: SplitError) -> ReadStop {
    ReadStop::Unreadable(error.to_string())
}
