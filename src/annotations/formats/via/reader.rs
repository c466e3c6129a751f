//! The reader: one document in memory at a time.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::held::held;
use super::{ClassAttribute, is_via, set_shape};
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::ReaderOptions;
use crate::annotations::formats::shared::beside::{ImagesBeside, relative_to};
use crate::annotations::formats::shared::object::object;
use crate::annotations::held::HeldFields;
use crate::annotations::model::fields::{ATTRIBUTES, FILE_NAME};
use crate::annotations::model::{ClassList, Image, ImageBytes, Label, Sample};
use crate::annotations::names::normal_name;
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};
use crate::annotations::splits::split_of;

/// Reads the samples of documents.
pub(super) struct ViaReader {
    files: Files,
    images: ImagesBeside,
    paths: Vec<String>,
    class: ClassAttribute,
    next: usize,
    samples: std::vec::IntoIter<Sample>,
    names: HashSet<String>,
    skipped: Skipped,
}

/// Images by their keys.
type ViaEntries = Vec<(String, Map<String, Value>)>;

impl ViaReader {
    /// Creates a reader of the documents of an input.
    pub(super) fn new(files: Files, options: &ReaderOptions) -> Result<Self, ReadStop> {
        let mut skipped = Skipped::default();
        let is_json = |path: &str| path.to_ascii_lowercase().ends_with(".json");
        let listed = files.paths().filter(|path| files.is_one_file() || is_json(path)).map(str::to_owned);
        let mut paths: Vec<String> = listed.collect();
        paths.retain(|path| {
            let is_via = is_via(&files, path);
            if !is_via {
                skipped.note("other JSON file", || path.clone());
            }
            is_via
        });
        if paths.is_empty() {
            let why =
                "expected a project or a JSON export of VIA 2, found none; export the annotations as JSON";
            return Err(Reason::record(why).at(RecordPlace::File(".".to_owned())).into());
        }
        let asked = options.variant.as_deref().map(|variant| variant.strip_prefix("via:").unwrap_or(variant));
        Ok(Self {
            images: ImagesBeside::of(&files),
            files,
            paths,
            class: ClassAttribute::new(asked),
            next: 0,
            samples: Vec::new().into_iter(),
            names: HashSet::new(),
            skipped,
        })
    }

    /// Reads a document. Returns its images, and the classes that its settings list by attribute.
    fn entries(&self, path: &str) -> Result<(ViaEntries, Value), RecordFault> {
        let refused = |reason: Reason| reason.at(RecordPlace::File(path.to_owned()));
        let mut document = object(self.files.text(path)?.as_bytes()).map_err(refused)?;
        let settings = document.get("_via_attributes").and_then(|settings| settings.get("region"));
        let settings = settings.cloned().unwrap_or_default();
        let entries = match document.remove("_via_img_metadata") {
            Some(Value::Object(entries)) => entries,
            None => document,
            other => return Err(refused(Reason::expected("_via_img_metadata", "an object", other.as_ref()))),
        };
        let entry = |(key, value): (String, Value)| match value {
            Value::Object(fields) => Ok((key, fields)),
            other => Err(Reason::expected("", "an object", Some(&other)).at(place(path, &key, None))),
        };
        let is_image = |(key, _): &(String, Value)| !key.starts_with("_via_");
        Ok((entries.into_iter().filter(is_image).map(entry).collect::<Result<_, _>>()?, settings))
    }

    fn sample(
        &mut self,
        path: &str,
        key: &str,
        mut entry: Map<String, Value>,
    ) -> Result<Sample, RecordFault> {
        let place_of = |region| place(path, key, region);
        let refused = |reason: Reason| reason.at(place_of(None));
        let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let shown = match entry.remove("filename") {
            Some(Value::String(name)) => normal_name("filename", &name).map_err(refused)?,
            other => return Err(refused(Reason::expected("filename", "a text", other.as_ref()))),
        };
        let name = relative_to(&folder, &shown);
        let mut image = Image::new(place_of(None), name);
        if !self.names.insert(image.name.clone()) {
            let why = format!("{:?} is also another image of the input; give each its own name", image.name);
            return Err(refused(Reason::new("filename", why)));
        }
        image.split = split_of(path).map(str::to_owned);
        image.bytes = self
            .images
            .find(&folder, &shown, image.split.as_deref())
            .map_or(ImageBytes::ByName, |path| ImageBytes::File(path.to_owned()));
        image.fields.insert(FILE_NAME.to_owned(), shown.into());
        // -1 is unknown: VIA writes it for addresses.
        let size = entry.remove("size").filter(|size| !size.is_null() && size.as_i64() != Some(-1));
        image.fields.extend(size.map(|size| ("file_size".to_owned(), size)));
        match entry.remove("file_attributes") {
            Some(Value::Object(attributes)) if attributes.is_empty() => {}
            Some(attributes) => drop(image.fields.insert(ATTRIBUTES.to_owned(), attributes)),
            None => {}
        }
        let mut labels = Vec::new();
        for (number, region) in regions(entry.remove("regions")).map_err(refused)?.into_iter().enumerate() {
            let place = place_of(Some(number));
            let [shape, attributes] = parts(region).map_err(|reason| reason.at(place.clone()))?;
            if shape.is_empty() && attributes.is_empty() {
                self.skipped.note("region without a shape and attributes", || place.to_string());
                continue;
            }
            let mut label = Label::new(place.clone());
            set_shape(&mut label, &shape).map_err(|reason| reason.within("shape_attributes").at(place))?;
            self.class.set(&mut label, attributes);
            labels.push(label);
        }
        for name in entry.keys().filter(|name| !matches!(name.as_str(), "fileref" | "base64_img_data")) {
            self.skipped.note("other field of an image", || format!("{}: {name}", place_of(None)));
        }
        Ok(Sample { image, labels })
    }
}

/// Returns the regions of an image: a list, or an object by their numbers, as VIA 1 writes them.
fn regions(regions: Option<Value>) -> Result<Vec<Value>, Reason> {
    match regions {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(regions)) => Ok(regions),
        Some(Value::Object(regions)) => {
            let mut numbered: Vec<(String, Value)> = regions.into_iter().collect();
            numbered.sort_by_key(|(number, _)| number.parse::<u64>().unwrap_or(u64::MAX));
            Ok(numbered.into_iter().map(|(_, region)| region).collect())
        }
        other => Err(Reason::expected("regions", "a list or an object", other.as_ref())),
    }
}

/// Returns the shape and the attributes of a region.
fn parts(region: Value) -> Result<[Map<String, Value>; 2], Reason> {
    let Value::Object(mut region) = region else {
        return Err(Reason::expected("", "an object", Some(&region)));
    };
    let mut take = |name: &str| match region.remove(name) {
        Some(Value::Object(fields)) => Ok(fields),
        None | Some(Value::Null) => Ok(Map::new()),
        other => Err(Reason::expected(name, "an object", other.as_ref())),
    };
    Ok([take("shape_attributes")?, take("region_attributes")?])
}

fn place(path: &str, key: &str, region: Option<usize>) -> RecordPlace {
    let region = region.map_or(String::new(), |number| format!(".regions[{number}]"));
    RecordPlace::FileElement(path.to_owned(), format!("{key}{region}"))
}

impl SampleReader for ViaReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        let mut settings = Vec::new();
        for path in self.paths.clone() {
            let (entries, listed) = self.entries(&path)?;
            settings.push(listed);
            for (key, mut entry) in entries {
                let refused = |reason: Reason| reason.at(place(&path, &key, None));
                for (number, region) in
                    regions(entry.remove("regions")).map_err(refused)?.into_iter().enumerate()
                {
                    let noted = parts(region).and_then(|[_, attributes]| self.class.note(&attributes));
                    noted.map_err(|reason| reason.at(place(&path, &key, Some(number))))?;
                }
            }
        }
        let path = self.paths.first().cloned().unwrap_or_default();
        let classes = self.class.choose().map_err(|reason| reason.at(RecordPlace::File(path)))?;
        let mut names: BTreeSet<String> = classes.into_iter().collect();
        for listed in &settings {
            let options = self.class.chosen().and_then(|name| listed.get(name)?.get("options")?.as_object());
            names.extend(options.into_iter().flat_map(Map::keys).cloned());
        }
        Ok(ClassList::of_names(names))
    }

    fn holds(&self) -> HeldFields {
        held(self.class.chosen())
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        loop {
            if let Some(sample) = self.samples.next() {
                return Ok(Some(sample));
            }
            let Some(path) = self.paths.get(self.next).cloned() else { return Ok(None) };
            self.next += 1;
            let (entries, _) = self.entries(&path)?;
            let mut samples = Vec::with_capacity(entries.len());
            for (key, entry) in entries {
                samples.push(self.sample(&path, &key, entry)?);
            }
            self.samples = samples.into_iter();
        }
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = self.files.skipped();
        skipped.add(std::mem::take(&mut self.skipped));
        skipped
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (self.next as u64, Some(self.paths.len() as u64))
    }
}
