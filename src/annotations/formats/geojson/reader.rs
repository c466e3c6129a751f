//! The reader: one pass notes the features of each image, then they are read by their positions.
//!
//! The pass needs 32 bytes of memory a feature, and for each image its name twice.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::held::held;
use super::inputs::{GeoDocument, GeoVariant, find_with_ending, image_of_stem, listed_classes, open};
use super::place::transform_of;
use super::properties::{ClassProperty, image_property, text_of};
use super::sample::{facts, labels, read_feature};
use super::transform::Transform;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::ReaderOptions;
use crate::annotations::formats::shared::beside::{ImagesBeside, relative_to};
use crate::annotations::formats::shared::document::ElementPosition;
use crate::annotations::formats::shared::object::object;
use crate::annotations::held::HeldFields;
use crate::annotations::model::fields::{FILE_NAME, HEIGHT, WIDTH};
use crate::annotations::model::{ClassList, Image, ImageBytes, Sample};
use crate::annotations::names::normal_name;
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};

/// The field of an image with its transform to the world.
pub(super) const TRANSFORM: &str = "geotransform";

/// Reads the samples of collections.
pub(super) struct GeoJsonReader {
    files: Files,
    images: ImagesBeside,
    documents: Vec<GeoDocument>,
    variant: GeoVariant,
    size_of: fn(&std::path::Path) -> Option<(u64, u64)>,
    class: ClassProperty,
    classes: ClassList,
    /// The property of each document that names the images.
    image_properties: Vec<Option<String>>,
    found: Vec<FoundImage>,
    entries: Vec<FeatureEntry>,
    is_indexed: bool,
    next: (usize, usize),
    skipped: Skipped,
}

struct FoundImage {
    name: Box<str>,
    /// The first document that names it.
    document: u32,
    /// Its path in the input.
    path: Option<Box<str>>,
}

#[derive(Debug, Clone, Copy)]
struct FeatureEntry {
    image: u32,
    document: u32,
    position: ElementPosition,
}

/// The part of a feature that the first pass needs.
#[derive(Deserialize)]
struct FeatureHead {
    #[serde(default)]
    properties: Option<Map<String, Value>>,
    #[serde(default, rename = "geometry")]
    _geometry: IgnoredAny,
}

impl GeoJsonReader {
    /// Creates a reader of the collections of an input.
    pub(super) fn new(files: Files, options: &ReaderOptions) -> Result<Self, ReadStop> {
        let variant = GeoVariant::of(options.variant.as_deref())?;
        let mut skipped = Skipped::default();
        let documents = open(&files, &mut skipped)?;
        if documents.is_empty() {
            let why = "expected files of a `FeatureCollection`, found none; name the file or its folder";
            return Err(Reason::record(why).at(RecordPlace::File(".".to_owned())).into());
        }
        let class = ClassProperty::new(variant.class.as_deref(), listed_classes(&files)?);
        Ok(Self {
            images: ImagesBeside::of(&files),
            files,
            documents,
            variant,
            size_of: options.size_of,
            class,
            classes: ClassList::default(),
            image_properties: Vec::new(),
            found: Vec::new(),
            entries: Vec::new(),
            is_indexed: false,
            next: (0, 0),
            skipped,
        })
    }

    fn index(&mut self) -> Result<(), ReadStop> {
        if std::mem::replace(&mut self.is_indexed, true) {
            return Ok(());
        }
        let mut names: HashMap<String, u32> = HashMap::new();
        for number in 0..self.documents.len() {
            let property = self.index_document(number, &mut names)?;
            self.image_properties.push(property);
        }
        self.entries.sort_by_key(|entry| entry.image);
        let classes = self.class.choose(self.entries.len());
        let path = self.documents.first().map_or(".", |document| &document.document.path);
        let classes = classes.map_err(|reason| reason.at(RecordPlace::File(path.to_owned())))?;
        self.classes = ClassList { classes };
        let named: BTreeSet<&str> = self.found.iter().filter_map(|image| image.path.as_deref()).collect();
        for path in self.images.paths().into_iter().filter(|path| !named.contains(path)) {
            self.skipped.note("image without a GeoJSON file", || path.to_owned());
        }
        Ok(())
    }

    /// Notes the features of a document. Returns the property that names their images.
    fn index_document(
        &mut self,
        number: usize,
        names: &mut HashMap<String, u32>,
    ) -> Result<Option<String>, ReadStop> {
        let document = &self.documents[number];
        let file = &document.document;
        let own = document.members.get("image").and_then(Value::as_str).map(str::to_owned);
        let by_stem = if own.is_none() { image_of_stem(document, &self.images) } else { None };
        let mut property: Option<Option<String>> = own.as_ref().map(|_| None);
        let found = u32::try_from(number).unwrap_or(u32::MAX);
        let mut has_features = false;
        let mut elements = file.elements()?;
        let mut note = |name: String,
                        path: Option<String>,
                        list: &mut Vec<FoundImage>|
         -> Result<u32, Reason> {
            if let Some(image) = names.get(&name) {
                return Ok(*image);
            }
            let image =
                u32::try_from(list.len()).map_err(|_| Reason::record("expected fewer images, found more"))?;
            list.push(FoundImage { name: name.as_str().into(), document: found, path: path.map(Into::into) });
            names.insert(name, image);
            Ok(image)
        };
        // The image of the whole collection: the one that it names, else the one of its name.
        let whole = |images: &ImagesBeside| -> Result<(String, Option<String>), Reason> {
            let Some(own) = &own else {
                let stem = file.path.rsplit_once('.').map_or(file.path.as_str(), |(stem, _)| stem);
                return Ok((by_stem.clone().unwrap_or_else(|| stem.to_owned()), by_stem.clone()));
            };
            let name = normal_name("image", own)?;
            let path = images.find(&document.folder, &name, document.split.as_deref()).map(str::to_owned);
            Ok((relative_to(&document.folder, &name), path))
        };
        while let Some(element) =
            elements.next(|name| name == "features").map_err(|error| file.stopped(&error))?
        {
            let (index, length) = (element.index, element.text.len() as u64);
            let refused = |reason: Reason| ReadStop::from(reason.at(file.place("features", index)));
            let head: FeatureHead = match serde_json::from_slice(element.text) {
                Ok(head) => head,
                Err(error) => {
                    object(element.text).map_err(refused)?;
                    return Err(refused(Reason::new(
                        "properties",
                        format!("expected an object or null: {error}"),
                    )));
                }
            };
            let properties = head.properties.unwrap_or_default();
            let chosen = property.get_or_insert_with(|| image_property(&properties)).clone();
            let (name, path) = match &chosen {
                None => whole(&self.images).map_err(refused)?,
                Some(property) => {
                    let value =
                        properties.get(property).filter(|value| value.is_string() || value.is_number());
                    let Some(value) = value else {
                        let why = "expected the name of the image, as the first feature has it, found nothing; write it";
                        return Err(refused(Reason::new(format!("properties.{property}"), why)));
                    };
                    let name = normal_name(property, &text_of(value)).map_err(refused)?;
                    let path =
                        find_with_ending(&self.images, &document.folder, &name, document.split.as_deref());
                    let ending = path.as_ref().and_then(|path| {
                        let ending = path.rsplit_once('.')?.1;
                        let has_ending =
                            path.to_lowercase().ends_with(&name.rsplit('/').next()?.to_lowercase());
                        (!has_ending).then(|| format!("{name}.{ending}"))
                    });
                    (relative_to(&document.folder, &ending.unwrap_or(name)), path)
                }
            };
            let mut properties = properties;
            if let Some(property) = &chosen {
                properties.remove(property);
            }
            self.class.note(&properties).map_err(refused)?;
            let image = note(name, path, &mut self.found).map_err(refused)?;
            has_features = true;
            let end = elements.bytes();
            let position = ElementPosition { index, start: end - length, end };
            self.entries.push(FeatureEntry { image, document: found, position });
        }
        if !elements.names().contains_key("features")
            || elements.skipped().iter().any(|field| field.name == "features")
        {
            let why = "expected a list in `features`, found another value";
            return Err(ReadStop::Unreadable(format!("{}: {why}", file.path)));
        }
        let has_crs = elements.skipped().iter().any(|field| field.name == "crs" && field.bytes > 4);
        if !has_features {
            if own.is_some() || by_stem.is_some() {
                let (name, path) =
                    whole(&self.images).map_err(|reason| reason.at(RecordPlace::File(file.path.clone())))?;
                note(name, path, &mut self.found)
                    .map_err(|reason| reason.at(RecordPlace::File(file.path.clone())))?;
            } else {
                self.skipped.note("GeoJSON file without features and without an image", || file.path.clone());
            }
        }
        self.documents[number].has_crs |= has_crs;
        Ok(property.flatten())
    }

    /// Returns the entries of an image, which begin at one of them.
    fn entries_of(&self, image: usize, first: usize) -> &[FeatureEntry] {
        let entries = self.entries.get(first..).unwrap_or_default();
        let count = entries.iter().take_while(|entry| entry.image as usize == image).count();
        &entries[..count]
    }

    fn sample(&mut self, number: usize, first: usize) -> Result<(Sample, usize), ReadStop> {
        let entries = self.entries_of(number, first).to_vec();
        let found = &self.found[number];
        let document = &self.documents[found.document as usize];
        let place = RecordPlace::File(document.document.path.clone());
        let mut image = Image::new(place.clone(), &*found.name);
        let shown = found.name.strip_prefix(document.folder.as_str()).unwrap_or(&found.name);
        image.fields.insert(FILE_NAME.to_owned(), shown.into());
        image.split.clone_from(&document.split);
        let mut transform = None;
        if let Some(path) = found.path.as_deref() {
            image.bytes = ImageBytes::File(path.to_owned());
            transform = transform_of(&self.files, path);
            if let Some((width, height)) = self.files.get(path).and_then(self.size_of) {
                image.fields.insert(WIDTH.to_owned(), width.into());
                image.fields.insert(HEIGHT.to_owned(), height.into());
            }
        }
        if let Some(Value::Object(fields)) = document.members.get("image_fields") {
            image.fields.extend(fields.clone());
        }
        if let Some(crs) = document.members.get("crs").filter(|crs| !crs.is_null()) {
            image.fields.insert("crs".to_owned(), crs.clone());
        }
        transform = transform.or_else(|| image.fields.get(TRANSFORM).and_then(Transform::of_value));
        let mut features = Vec::with_capacity(entries.len());
        let mut sources: Vec<&GeoDocument> = Vec::new();
        for entry in &entries {
            let document = &self.documents[entry.document as usize];
            let text = document.document.text(entry.position)?;
            let place = document.document.place("features", entry.position.index);
            let property = self.image_properties.get(entry.document as usize).and_then(Option::as_deref);
            features.push(read_feature(&text, place, property, &mut self.skipped)?);
            if sources.last().is_none_or(|last| !std::ptr::eq(*last, document)) {
                sources.push(document);
            }
        }
        let facts = facts(&features, self.variant.coordinates, &sources, transform, image.size());
        let place = entries.first().map_or(place, |entry| {
            self.documents[entry.document as usize].document.place("features", entry.position.index)
        });
        let coordinates = facts.decide().map_err(|reason| reason.at(place))?;
        if let Some(transform) = transform {
            image.fields.insert(TRANSFORM.to_owned(), transform.to_value());
        }
        let labels = labels(features, coordinates, transform, &self.class, &mut self.skipped);
        Ok((Sample { image, labels }, entries.len()))
    }
}

impl SampleReader for GeoJsonReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        self.index()?;
        Ok(self.classes.clone())
    }

    fn holds(&self) -> HeldFields {
        held()
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        self.index()?;
        let (number, entry) = self.next;
        if number >= self.found.len() {
            return Ok(None);
        }
        let (sample, count) = self.sample(number, entry)?;
        self.next = (number + 1, entry + count);
        Ok(Some(sample))
    }

    fn ids(&mut self, note: &mut dyn FnMut(&str, &str)) -> Result<(), ReadStop> {
        self.index()?;
        for entry in &self.entries {
            let document = &self.documents[entry.document as usize].document;
            let (text, place) =
                (document.text(entry.position)?, document.place("features", entry.position.index));
            let feature = read_feature(&text, place, None, &mut Skipped::default())?;
            if let (Some(id), Some(image)) = (feature.id(), self.found.get(entry.image as usize)) {
                note(&image.name, id);
            }
        }
        Ok(())
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = self.files.skipped();
        skipped.add(std::mem::take(&mut self.skipped));
        skipped
    }

    fn progress(&self) -> (u64, Option<u64>) {
        let whole: u64 = self.documents.iter().map(|document| document.document.size).sum();
        if !self.is_indexed {
            return (0, Some(2 * whole));
        }
        let part = u128::from(whole) * self.next.1 as u128 / self.entries.len().max(1) as u128;
        (whole + u64::try_from(part).unwrap_or(whole).min(whole), Some(2 * whole))
    }
}
