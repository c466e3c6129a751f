//! COCO annotation files: images become SOURCE items, categories a class list, annotations one LABEL each.
//!
//! The file is read three times, for its lists stand in any order and annotations name images and categories by their ids:
//! once for those, once for the images, once for the annotations. Kept in memory are the ids and names of images and categories.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Seek as _};

use serde_json::{Map, Value, json};

use super::super::record::fault::{Place, Reason};
use super::super::record::name::Named;
use super::super::record::payload::{Folder, Payload};
use super::super::record::reader::{Read, Records, Stop};
use super::super::record::{Activity, Record, Version, object};
use super::elements::{CutError, Element, Elements};
use super::labelling_export::{self, Naming, Pinned, activity, attributes, made_from, take_id};
use crate::domain::item::{ItemKey, Kind};

/// The format's name.
pub(in crate::cli::import) const FORMAT: &str = "coco";
/// What keys of labels begin with, behind the prefix.
pub(in crate::cli::import) const LABELS: &str = "annotations/";

const BUFFER: usize = 256 * 1024;

/// How a COCO file is imported.
pub(in crate::cli::import) struct Options {
    /// Names of items.
    pub naming: Naming,
    /// Where the images are.
    pub payloads: Option<Folder>,
    /// The set to pin.
    pub set: Option<Pinned>,
}

/// The records of a COCO file.
pub(in crate::cli::import) struct Coco {
    file: File,
    elements: Elements<BufReader<File>>,
    pass: Pass,
    /// Bytes of the passes before this one.
    before: u64,
    options: Options,
    activity: Activity,
    images: HashMap<Box<str>, Image>,
    classes: Classes,
    members: Vec<ItemKey>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
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

impl Coco {
    /// The records of this file.
    pub(in crate::cli::import) fn new(file: File, options: Options) -> Result<Self, Stop> {
        Ok(Self {
            elements: begin(&file)?,
            file,
            pass: Pass::Names,
            before: 0,
            options,
            activity: activity(FORMAT).map_err(|reason| reason.at(Place::Element(FORMAT.to_owned())))?,
            images: HashMap::new(),
            classes: Classes::default(),
            members: Vec::new(),
        })
    }

    /// How often the file is read.
    pub(in crate::cli::import) const PASSES: u64 = 3;

    fn names(&mut self) -> Result<(), Stop> {
        while let Some(element) =
            self.elements.next(|section| matches!(section, "images" | "categories")).map_err(cut)?
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

    fn turn(&mut self) -> Result<(), Stop> {
        self.before += self.elements.bytes();
        self.elements = begin(&self.file)?;
        Ok(())
    }

    fn read(&self, place: Place, record: Record, bytes: usize) -> Read {
        let position = self.before + self.elements.bytes();
        Read { place, record, bytes, digest: [0; 32], position, payload: None }
    }

    fn class_list(&mut self) -> Result<Option<Read>, Reason> {
        if self.classes.list.is_empty() {
            return Ok(None);
        }
        // The order of categories says nothing.
        let mut classes = std::mem::take(&mut self.classes.list);
        classes.sort_by_cached_key(|class| {
            let id = class["id"].as_i64();
            (id.is_none(), id, class["id"].to_string())
        });
        let version = Version {
            attributes: attributes(&json!({"classes": classes}))?,
            activity: Some(self.activity.clone()),
            ..Version::new(ontology(&self.options.naming)?)
        };
        let bytes = version.attributes.as_str().len();
        let place = Place::Element("categories".to_owned());
        Ok(Some(self.read(place, Record::Version(Box::new(version)), bytes)))
    }

    fn set(&mut self) -> Result<Option<Read>, Reason> {
        let Some(set) = &self.options.set else { return Ok(None) };
        let mut members = std::mem::take(&mut self.members);
        let bare = self.images.values().filter(|image| !image.labelled).map(|image| image.item.clone());
        members.extend(bare);
        members.sort_unstable();
        let record = set.record(&self.options.naming, &members)?;
        Ok(Some(self.read(Place::Element("the training set".to_owned()), record, members.len() * 64)))
    }

    /// The record of an image or annotation.
    fn element(&mut self) -> Result<Option<Read>, Stop> {
        let section = if self.pass == Pass::Images { "images" } else { "annotations" };
        let Some(Element { text, section, index }) =
            self.elements.next(|name| name == section).map_err(cut)?
        else {
            return Ok(None);
        };
        let (place, bytes) = (Element { section, index, text: &[] }.place(), text.len());
        let fields = object(text);
        let read = fields.and_then(|fields| match self.pass {
            Pass::Images => self.image(fields),
            _ => self.annotation(fields),
        });
        let (version, payload) = read.map_err(|reason| reason.at(place.clone()))?;
        Ok(Some(Read { payload, ..self.read(place, Record::Version(Box::new(version)), bytes) }))
    }

    fn image(&self, mut fields: Map<String, Value>) -> Result<(Version, Option<Payload>), Reason> {
        let id = take_id(&mut fields, "id")?;
        let Some(Image { item, .. }) = self.images.get(id.as_str()) else {
            return Err(Reason::new("id", "it was not there when the file was read first"));
        };
        let mut version = Version { activity: Some(self.activity.clone()), ..Version::new(item.clone()) };
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

    fn annotation(&mut self, mut fields: Map<String, Value>) -> Result<(Version, Option<Payload>), Reason> {
        let naming = &self.options.naming;
        let item = naming.item(Kind::Label, "id", &format!("{LABELS}{}", take_id(&mut fields, "id")?))?;
        let image = take_id(&mut fields, "image_id")?;
        let Some(image) = self.images.get_mut(image.as_str()) else {
            return Err(Reason::new("image_id", format!("there is no image {image} in this file")));
        };
        image.labelled = true;
        let mut version = Version { activity: Some(self.activity.clone()), ..Version::new(item.clone()) };
        if fields.contains_key("category_id") {
            let category = take_id(&mut fields, "category_id")?;
            let Some(class) = self.classes.names.get(category.as_str()) else {
                let why = format!("there is no category {category} in this file");
                return Err(Reason::new("category_id", why));
            };
            if fields.insert("class".to_owned(), class.as_str().into()).is_some() {
                return Err(Reason::new(
                    "class",
                    "this name is taken by that of the category; rename the field",
                ));
            }
            version.ontology = Some(Named::head_of(&ontology(naming)?));
        }
        let mut version = made_from(version, "LABELS", &image.item);
        let payload = labelling_export::say(&mut version, fields, &["segmentation"])?;
        if self.options.set.is_some() {
            self.members.push(item);
        }
        Ok((version, payload))
    }
}

impl Records for Coco {
    fn next(&mut self) -> Result<Option<Read>, Stop> {
        loop {
            match self.pass {
                Pass::Names => {
                    self.names()?;
                    self.turn()?;
                    self.pass = Pass::Images;
                    let list = self
                        .class_list()
                        .map_err(|reason| reason.at(Place::Element("categories".to_owned())))?;
                    if list.is_some() {
                        return Ok(list);
                    }
                }
                Pass::Images => match self.element()? {
                    None => {
                        self.turn()?;
                        self.pass = Pass::Annotations;
                    }
                    found => return Ok(found),
                },
                Pass::Annotations => match self.element()? {
                    None => {
                        self.pass = Pass::End;
                        return Ok(self
                            .set()
                            .map_err(|reason| reason.at(Place::Element("the training set".to_owned())))?);
                    }
                    found => return Ok(found),
                },
                Pass::End => return Ok(None),
            }
        }
    }
}

impl Classes {
    fn add(&mut self, mut fields: Map<String, Value>) -> Result<(), Reason> {
        let given = fields.get("id").cloned().unwrap_or_default();
        let id = take_id(&mut fields, "id")?;
        let Some(Value::String(name)) = fields.remove("name") else {
            return Err(Reason::new("name", "a category has a name"));
        };
        if !self.taken.insert(name.clone()) {
            return Err(Reason::new(
                "name",
                format!("two categories are called {name:?}; labels name them so: rename one"),
            ));
        }
        if self.names.insert(id.into(), name.clone()).is_some() {
            return Err(Reason::new("id", "another category has this id"));
        }
        fields.insert("class".to_owned(), name.into());
        fields.insert("id".to_owned(), given);
        self.list.push(Value::Object(fields));
        Ok(())
    }
}

/// Notes an image by its id.
fn image(
    images: &mut HashMap<Box<str>, Image>,
    naming: &Naming,
    mut fields: Map<String, Value>,
) -> Result<(), Reason> {
    let id = take_id(&mut fields, "id")?;
    let Some(Value::String(name)) = fields.remove("file_name") else {
        return Err(Reason::new("file_name", "an image has a file name"));
    };
    let item = naming.item(Kind::Source, "file_name", &name)?;
    match images.insert(id.into(), Image { item, labelled: false }) {
        None => Ok(()),
        Some(_) => Err(Reason::new("id", "another image has this id")),
    }
}

fn ontology(naming: &Naming) -> Result<ItemKey, Reason> {
    naming.item(Kind::Ontology, "categories", "classes")
}

fn begin(file: &File) -> Result<Elements<BufReader<File>>, Stop> {
    let again = || -> io::Result<File> {
        let mut file = file.try_clone()?;
        file.rewind()?;
        Ok(file)
    };
    again()
        .map(|file| Elements::new(BufReader::with_capacity(BUFFER, file)))
        .map_err(|error| Stop::Unreadable(error.to_string()))
}

fn cut(error: CutError) -> Stop {
    Stop::Unreadable(error.to_string())
}
