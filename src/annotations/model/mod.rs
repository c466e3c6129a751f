//! The one model of annotations that all formats are read to and written from.
//!
//! A label is a JSON object, as it is stored in the attributes of a version. The names of its
//! fields are those of COCO, where COCO has one; [`fields`] lists them. Lengths are in pixels from
//! the top left corner of the image as its tool sees it: as it is stored, or turned as EXIF says.
//! The width and height of the image say which.

pub mod fields;
mod classes;
mod shape;
mod turned;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use classes::{Class, ClassList};
pub use shape::{Mask, Rectangle, Shape};
pub use turned::{make_upright, put_back};

use super::fault::RecordPlace;

/// An image, or a task of another kind, with its labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// The image.
    pub image: Image,
    /// Its labels, in the order of the file.
    pub labels: Vec<Label>,
}

/// An image, or whatever else is labelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// The place in the input.
    pub place: RecordPlace,
    /// The name in the input, which becomes the key of the item: a path or an address.
    pub name: String,
    /// The item that the file names itself: the export was made by stemma.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exported: Option<Exported>,
    /// The split that the format gives the image, in capitals: `TRAIN`, `VALIDATION`, `TEST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// Where its bytes are.
    #[serde(skip)]
    pub bytes: ImageBytes,
    /// Further files that its labels are about, such as the pages of a document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<FurtherFile>,
    /// The field with the address of its file, if the name is only a number that the tool gave it, so
    /// that another image may have the name in a later export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its other fields: `file_name`, `width`, `height`, …
    pub fields: Map<String, Value>,
}

/// A further file of a task: an item without labels of its own, from which the labels of the task
/// are made as well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FurtherFile {
    /// The name, which becomes the key of the item.
    pub name: String,
    /// Where its bytes are.
    #[serde(skip)]
    pub bytes: ImageBytes,
    /// Its fields.
    pub fields: Map<String, Value>,
}

/// Where the bytes of an image are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ImageBytes {
    /// Outside the input; found by the image's name if a folder of payloads is given.
    #[default]
    ByName,
    /// Outside the input; found by another name, from this field.
    Named {
        /// The field of the name, for messages.
        field: String,
        /// The path or address.
        name: String,
    },
    /// A file of the input, by its path in [`Files`](super::files::Files).
    File(String),
    /// A file elsewhere, such as one that was unpacked.
    Path(PathBuf),
    /// In the annotation file itself.
    Memory(Vec<u8>),
}

/// A label of an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    /// The place in the input.
    pub place: RecordPlace,
    /// The id that the tool gives it, if the format has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The label that the file names itself: the export was made by stemma.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exported: Option<Exported>,
    /// Whether a person or a model made it.
    pub origin: LabelOrigin,
    /// The person or program that made it, if the format has one: a name or a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Value>,
    /// Its fields, `class` among them.
    pub fields: Map<String, Value>,
    /// The largest error of its shape because the file has few digits, in pixels; 0 if it is exact.
    #[serde(default)]
    pub precision: f64,
}

/// The maker of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LabelOrigin {
    /// Ground truth.
    #[default]
    Annotation,
    /// The output of a model, usually with a `score`.
    Prediction,
}

/// The item and the version that an export of stemma names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// The item: `namespace/KIND/key`.
    pub item: String,
    /// The version: `version:<64 hex>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl Image {
    /// Creates an image without fields.
    #[must_use]
    pub fn new(place: RecordPlace, name: impl Into<String>) -> Self {
        Self {
            place,
            name: name.into(),
            exported: None,
            split: None,
            bytes: ImageBytes::ByName,
            further: Vec::new(),
            address: None,
            fields: Map::new(),
        }
    }

    /// Returns width and height, in pixels, if both are known.
    #[must_use]
    pub fn size(&self) -> Option<(f64, f64)> {
        let side = |name| self.fields.get(name).and_then(Value::as_f64).filter(|side| *side > 0.0);
        Some((side(fields::WIDTH)?, side(fields::HEIGHT)?))
    }
}

impl Label {
    /// Creates a label without fields.
    #[must_use]
    pub fn new(place: RecordPlace) -> Self {
        Self {
            place,
            id: None,
            exported: None,
            origin: LabelOrigin::Annotation,
            author: None,
            fields: Map::new(),
            precision: 0.0,
        }
    }

    /// Sets the class.
    #[must_use]
    pub fn of_class(mut self, class: impl Into<Value>) -> Self {
        self.fields.insert(fields::CLASS.to_owned(), class.into());
        self
    }

    /// Sets a shape.
    #[must_use]
    pub fn with_shape(mut self, shape: &Shape) -> Self {
        shape.write(&mut self.fields);
        self
    }

    /// Sets a field of the tool that has no place in the model.
    pub fn set_attribute(&mut self, name: &str, value: Value) {
        let attributes = self.fields.entry(fields::ATTRIBUTES).or_insert_with(|| Map::new().into());
        if let Value::Object(attributes) = attributes {
            attributes.insert(name.to_owned(), value);
        }
    }

    /// Returns the classes: one, several or none.
    #[must_use]
    pub fn classes(&self) -> Vec<&str> {
        match self.fields.get(fields::CLASS) {
            Some(Value::String(class)) => vec![class],
            Some(Value::Array(classes)) => classes.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}
