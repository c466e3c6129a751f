//! The writer: a folder of images for each split, with a `metadata.jsonl`.
//!
//! All rows are kept until the end, because each has the same columns: a label needs about as much
//! memory as its JSON text, three times.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Map, Value, json};

use super::card::card;
use super::columns::{BOXES, FIELDS, IDS, OBJECT_CLASSES, OBJECTS};
use super::features::UNSPLIT;
use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::held::JsonType;
use crate::annotations::model::fields::{ATTRIBUTES, BBOX, CAPTION, CLASS, FILE_NAME};
use crate::annotations::model::{ClassList, Image, Label, LabelOrigin, Sample};
use crate::annotations::names::{is_address, tail_of_address};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// Columns of an image with a meaning.
const COLUMNS: [&str; 12] = [
    "label",
    "labels",
    "class",
    "classes",
    "category",
    "categories",
    "fine_label",
    "text",
    "caption",
    "captions",
    "file_names",
    STEMMA,
];
/// Writes folders of images that `load_dataset("imagefolder", …)` reads.
#[derive(Default)]
pub(super) struct HuggingFaceWriter {
    pub set: Option<SetInfo>,
    pub classes: Vec<String>,
    found: BTreeSet<String>,
    /// The rows of each folder.
    pub folders: BTreeMap<String, Vec<MetadataRow>>,
    /// The exact type of each column of images, and of objects, if values must have one.
    pub types: Option<[BTreeMap<String, JsonType>; 2]>,
    /// The type of each column of images, and of objects.
    kinds: [BTreeMap<String, ValueKind>; 2],
    /// The columns of images, and of objects, that have a number with a fraction: all numbers in
    /// them are written with one, because `datasets` refuses files whose columns differ in type.
    fractions: [BTreeSet<String>; 2],
    pub has_several_classes: bool,
    pub has_several_texts: bool,
}

/// A row before it is written.
pub(super) struct MetadataRow {
    pub file_name: String,
    pub classes: Vec<String>,
    pub texts: Vec<Value>,
    pub objects: Vec<Map<String, Value>>,
    pub fields: Map<String, Value>,
}

/// The type of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ValueKind {
    Boolean,
    Number,
    Text,
    List,
    Object,
}

impl ValueKind {
    const fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::Text,
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
        })
    }
}

impl HuggingFaceWriter {
    /// Returns true if a value has the type of the first one of its column. `datasets` refuses others.
    pub(super) fn fits(&mut self, is_of_object: bool, column: &str, value: &Value) -> bool {
        let Some(kind) = ValueKind::of(value) else { return false };
        if let Some([of_images, of_objects]) = &mut self.types {
            let types = if is_of_object { of_objects } else { of_images };
            let known = types.get(column).cloned().unwrap_or(JsonType::Unknown);
            let Some(merged) = JsonType::of(value).and_then(|own| known.with(own)) else { return false };
            types.insert(column.to_owned(), merged);
        }
        let [of_images, of_objects] = &mut self.kinds;
        let kinds = if is_of_object { of_objects } else { of_images };
        let first = *kinds.entry(column.to_owned()).or_insert(kind);
        if first == kind && has_fraction(value) {
            let [of_images, of_objects] = &mut self.fractions;
            let fractions = if is_of_object { of_objects } else { of_images };
            fractions.insert(column.to_owned());
        }
        first == kind
    }

    /// Adds the classes that are not in the list.
    pub(super) fn complete_classes(&mut self) {
        for name in std::mem::take(&mut self.found) {
            if !self.classes.contains(&name) {
                self.classes.push(name);
            }
        }
    }

    /// Adds a label to a row.
    fn add(&mut self, label: &Label, image: &Image, row: &mut MetadataRow, left_out: &mut Skipped) {
        let which = || label.place.to_string();
        if label.origin == LabelOrigin::Prediction {
            left_out.note("prediction (Hugging Face has annotations)", which);
            return;
        }
        if label.author.is_some() {
            left_out.note("author of a label", which);
        }
        let classes = label.classes();
        self.found.extend(classes.iter().map(|class| (*class).to_owned()));
        let only = |name: &str| label.fields.len() == 1 && label.fields.contains_key(name);
        if only(CLASS) && !classes.is_empty() {
            if !row.classes.is_empty() {
                left_out.note("boundary between two labels of an image (their classes are one list)", which);
            }
            for class in classes {
                if !row.classes.iter().any(|other| other == class) {
                    row.classes.push(class.to_owned());
                }
            }
            note_id(label, left_out);
            return;
        }
        if only(CAPTION) && label.fields.get(CAPTION).is_some_and(Value::is_string) {
            row.texts.extend(label.fields.get(CAPTION).cloned());
            note_id(label, left_out);
            return;
        }
        let mut object = Map::new();
        if let Some(id) = &label.id {
            let own = id.strip_prefix(image.name.as_str()).and_then(|id| id.strip_prefix('/')).unwrap_or(id);
            let number = own.parse::<i64>().ok().filter(|number| number.to_string() == own);
            let value = number.map_or_else(|| own.into(), Value::from);
            if self.fits(true, "id", &value) {
                object.insert("id".to_owned(), value);
            } else {
                left_out.note("id of another type than the first", which);
            }
        }
        if let Some(exported) = &label.exported {
            object.insert(STEMMA.to_owned(), json!({"label": exported.item, "version": exported.version}));
        }
        let attributes = label.fields.get(ATTRIBUTES).and_then(Value::as_object);
        let own = label.fields.iter().filter(|(name, _)| *name != ATTRIBUTES).map(|field| (true, field));
        for (is_own, (name, value)) in own.chain(attributes.into_iter().flatten().map(|field| (false, field)))
        {
            let is_taken = |columns: &[&str]| columns.contains(&name.as_str());
            let column = match (is_own, name.as_str()) {
                (true, CLASS) if classes.is_empty() && !value.is_null() => {
                    left_out.note("class that is not a text", which);
                    continue;
                }
                (true, CLASS) => "category",
                (true, BBOX) => BBOX,
                (true, name) if FIELDS.contains(&name) => name,
                (true, _) => {
                    left_out
                        .note("field of a label that has no column", || format!("{name} of {}", label.place));
                    continue;
                }
                (false, _)
                    if is_taken(&BOXES)
                        || is_taken(&OBJECT_CLASSES)
                        || is_taken(&IDS)
                        || is_taken(&FIELDS) =>
                {
                    left_out
                        .note("attribute with the name of a column", || format!("{name} of {}", label.place));
                    continue;
                }
                (false, name) => name,
            };
            if self.fits(true, column, value) {
                object.insert(column.to_owned(), value.clone());
            } else if !value.is_null() {
                left_out.note("value of another type than the first in its column", || {
                    format!("{name} of {}", label.place)
                });
            }
        }
        row.objects.push(object);
    }

    /// Returns a row with all columns.
    pub(super) fn row(&self, row: MetadataRow) -> Value {
        let mut columns = Map::from_iter([(FILE_NAME.to_owned(), row.file_name.into())]);
        let [_, of_objects] = &self.kinds;
        let [fractions_of_images, fractions] = &self.fractions;
        if self.has_several_classes {
            columns.insert("label".to_owned(), row.classes.into());
        } else if let Some(class) = row.classes.into_iter().next() {
            columns.insert("label".to_owned(), class.into());
        }
        if self.has_several_texts {
            columns.insert("text".to_owned(), row.texts.into());
        } else if let Some(text) = row.texts.into_iter().next() {
            columns.insert("text".to_owned(), text);
        }
        if !of_objects.is_empty() {
            let list = |name: &String| {
                let value = |object: &Map<String, Value>| {
                    let value = object.get(name).cloned().unwrap_or_default();
                    if fractions.contains(name) { with_fractions(value) } else { value }
                };
                (name.clone(), row.objects.iter().map(value).collect::<Value>())
            };
            columns.insert("objects".to_owned(), of_objects.keys().map(list).collect::<Map<_, _>>().into());
        }
        for (name, value) in row.fields {
            let value = if fractions_of_images.contains(&name) { with_fractions(value) } else { value };
            columns.insert(name, value);
        }
        columns.into()
    }
}

impl SampleWriter for HuggingFaceWriter {
    fn begin(
        &mut self,
        set: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        self.set = Some(set.clone());
        for (number, class) in classes.classes.iter().enumerate() {
            if class.id.as_ref().is_some_and(|id| *id != number) {
                left_out.note("id of a class (Hugging Face counts classes from 0)", || class.name.clone());
            }
            if !class.fields.is_empty() {
                left_out.note("fields of a class", || class.name.clone());
            }
            self.classes.push(class.name.clone());
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, _: &mut dyn Output) -> io::Result<()> {
        let image = &sample.image;
        let folder = folder_of(image);
        if image.split.as_ref().is_some_and(|split| split.to_lowercase() != folder) {
            left_out.note("letters of the name of a split", || image.place.to_string());
        }
        let mut row = MetadataRow {
            file_name: name_in(&folder, &image.name),
            classes: Vec::new(),
            texts: Vec::new(),
            objects: Vec::new(),
            fields: Map::new(),
        };
        if let Some(exported) = &image.exported {
            let names = json!({"source": exported.item, "version": exported.version});
            row.fields.insert(STEMMA.to_owned(), names);
        }
        for (name, value) in &image.fields {
            let is_taken = |columns: &[&str]| columns.contains(&name.as_str());
            if name == FILE_NAME || value.is_null() {
                continue;
            }
            if is_taken(&COLUMNS) || is_taken(&OBJECTS) || is_taken(&BOXES) || name.ends_with("_file_name") {
                left_out.note("field of an image with the name of a column", || {
                    format!("{name} of {}", image.place)
                });
            } else if self.fits(false, name, value) {
                row.fields.insert(name.clone(), value.clone());
            } else {
                left_out.note("value of another type than the first in its column", || {
                    format!("{name} of {}", image.place)
                });
            }
        }
        for label in &sample.labels {
            self.add(label, image, &mut row, left_out);
        }
        // All objects have one set of columns, also if some have no exported names.
        if row.objects.iter().any(|object| object.contains_key(STEMMA)) {
            let [_, of_objects] = &mut self.kinds;
            of_objects.insert(STEMMA.to_owned(), ValueKind::Object);
        }
        self.has_several_classes |= row.classes.len() > 1;
        self.has_several_texts |= row.texts.len() > 1;
        self.folders.entry(folder).or_default().push(row);
        Ok(())
    }

    fn end(&mut self, _: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        self.complete_classes();
        let folders = std::mem::take(&mut self.folders);
        let [_, of_objects] = &self.kinds;
        let mut columns = Vec::new();
        if folders.values().flatten().any(|row| !row.classes.is_empty()) {
            columns.push(("label", false));
        }
        if of_objects.contains_key("category") || columns.is_empty() {
            columns.push(("category", true));
        }
        if let Some(set) = &self.set {
            let splits: Vec<&str> = folders.keys().map(String::as_str).collect();
            out.file("README.md", card(set, &splits, &columns, &self.classes).as_bytes())?;
        }
        for (folder, rows) in folders {
            let mut lines = Vec::new();
            for row in rows {
                serde_json::to_writer(&mut lines, &self.row(row))?;
                lines.push(b'\n');
            }
            out.file(&format!("{folder}/metadata.jsonl"), &lines)?;
        }
        Ok(())
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        let folder = folder_of(image);
        Some(format!("{folder}/{}", name_in(&folder, &image.name)))
    }
}

fn note_id(label: &Label, left_out: &mut Skipped) {
    if label.id.is_some() {
        left_out.note("id of a label of a whole image", || label.place.to_string());
    }
}

/// Returns true if a value has a number that is not an integer.
fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(list) => list.iter().any(has_fraction),
        Value::Object(fields) => fields.values().any(has_fraction),
        _ => false,
    }
}

/// Writes integers as `1.0`, except those that would change.
fn with_fractions(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
            let exact =
                number.as_i64().filter(|whole| whole.unsigned_abs() < 1 << 53).map(|whole| whole as f64);
            exact.map_or(Value::Number(number), Value::from)
        }
        Value::Array(list) => list.into_iter().map(with_fractions).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, with_fractions(value)))
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    }
}

/// Returns the name of the split as `datasets` accepts it, which is its folder.
pub(super) fn folder_of(image: &Image) -> String {
    let Some(split) = &image.split else { return UNSPLIT.to_owned() };
    let word = |c: char| if c.is_alphanumeric() { c } else { '_' };
    split.to_lowercase().chars().map(word).collect()
}

/// Returns the path of an image in the folder of its split.
pub(super) fn name_in(folder: &str, name: &str) -> String {
    let plain = if is_address(name) { tail_of_address(name) } else { name }.replace('\\', "/");
    let parts: Vec<&str> = plain.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let path = parts.join("/");
    let inner = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&path).to_owned();
    if parts.len() == plain.split('/').count() && !is_address(name) {
        return inner;
    }
    // Another name may have the same path.
    let mark = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    match inner.rsplit_once('.') {
        Some((start, ending)) if !ending.contains('/') => format!("{start}~{mark:016x}.{ending}"),
        _ => format!("{inner}~{mark:016x}"),
    }
}
