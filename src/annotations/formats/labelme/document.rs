//! One JSON file: the fields of its image, and its shapes.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::masks::ImageSize;
use super::shapes;
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::shared::base64;
use crate::annotations::formats::shared::ids::sides;
use crate::annotations::formats::shared::object::object;
use crate::annotations::model::Label;
use crate::annotations::model::fields::{ATTRIBUTES, HEIGHT, WIDTH};
use crate::annotations::reader::Skipped;

/// The name of the field of the bytes of the image.
const IMAGE_DATA: &str = "imageData";

/// The part of a file that is read first.
#[derive(Debug, Deserialize)]
pub(super) struct DocumentHead {
    #[serde(default, rename = "imagePath")]
    pub image_path: Option<String>,
    pub shapes: Vec<ShapeHead>,
}

/// The class of a shape.
#[derive(Debug, Deserialize)]
pub(super) struct ShapeHead {
    #[serde(default)]
    pub label: Option<String>,
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct Document {
    /// The fields of the image.
    pub fields: Map<String, Value>,
    /// The bytes of the image.
    pub bytes: Option<Vec<u8>>,
    pub labels: Vec<Label>,
}

/// Reads the name of the image and the classes of a file.
pub(super) fn head(files: &Files, path: &str) -> Result<DocumentHead, RecordFault> {
    let text = files.text(path)?;
    let refused = |reason: Reason| reason.at(RecordPlace::File(path.to_owned()));
    if text.trim().is_empty() {
        let why = "expected a JSON object, found an empty file; remove it if its image has no shapes";
        return Err(refused(Reason::record(why)));
    }
    if let Ok(head) = serde_json::from_str(&text) {
        return Ok(head);
    }
    let fields = object(text.as_bytes()).map_err(refused)?;
    if !fields.get("shapes").is_some_and(Value::is_array) {
        return Err(refused(Reason::expected("shapes", "a list", fields.get("shapes"))));
    }
    // The fault is found when the shapes are read.
    let image_path = match fields.get("imagePath") {
        Some(Value::String(path)) => Some(path.clone()),
        None | Some(Value::Null) => None,
        other => return Err(refused(Reason::expected("imagePath", "a string", other))),
    };
    Ok(DocumentHead { image_path, shapes: Vec::new() })
}

/// Reads a file. `size` is that of the image's file, if there is one.
pub(super) fn document(
    files: &Files,
    path: &str,
    size: Option<(u64, u64)>,
    skipped: &mut Skipped,
) -> Result<Document, RecordFault> {
    let place = || RecordPlace::File(path.to_owned());
    let mut fields = object(files.text(path)?.as_bytes()).map_err(|reason| reason.at(place()))?;
    let bytes = match fields.remove(IMAGE_DATA) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.is_empty() => None,
        Some(Value::String(text)) => {
            let bytes = base64::decode(&text).ok_or_else(|| {
                let why = "expected the image in base64, found other text; write null if it is in a file";
                Reason::new(IMAGE_DATA, why).at(place())
            })?;
            Some(bytes)
        }
        other => return Err(Reason::expected(IMAGE_DATA, "a string or null", other.as_ref()).at(place())),
    };
    let shapes = match fields.remove("shapes") {
        Some(Value::Array(shapes)) => shapes,
        other => return Err(Reason::expected("shapes", "a list", other.as_ref()).at(place())),
    };
    let mut image = image_fields(fields, path, skipped).map_err(|reason| reason.at(place()))?;
    if let Some((width, height)) = size
        && (!image.contains_key(WIDTH) || !image.contains_key(HEIGHT))
    {
        image.insert(WIDTH.to_owned(), width.into());
        image.insert(HEIGHT.to_owned(), height.into());
    }
    let side = |name: &str| image.get(name).and_then(Value::as_u64).and_then(|side| u32::try_from(side).ok());
    let size = side(WIDTH).zip(side(HEIGHT)).map(|(width, height)| ImageSize { width, height });
    let mut labels = Vec::with_capacity(shapes.len());
    for (number, shape) in shapes.into_iter().enumerate() {
        let place = RecordPlace::FileElement(path.to_owned(), format!("shapes[{number}]"));
        labels.push(shapes::label(shape, size, place.clone(), skipped).map_err(|reason| reason.at(place))?);
    }
    Ok(Document { fields: image, bytes, labels: shapes::joined(labels) })
}

/// Returns the fields of the image: its size, and all others as attributes.
fn image_fields(
    fields: Map<String, Value>,
    path: &str,
    skipped: &mut Skipped,
) -> Result<Map<String, Value>, Reason> {
    let (mut image, mut attributes) = (Map::new(), Map::new());
    for (name, value) in fields {
        match name.as_str() {
            "version" | "imagePath" => {}
            "imageHeight" => drop(image.insert(HEIGHT.to_owned(), value)),
            "imageWidth" => drop(image.insert(WIDTH.to_owned(), value)),
            "lineColor" | "fillColor" => {
                skipped.note("colours of the display (lineColor, fillColor)", || path.to_owned());
            }
            _ if shapes::is_empty(&value) => {}
            _ => drop(attributes.insert(name, value)),
        }
    }
    sides(&mut image)?;
    if !attributes.is_empty() {
        image.insert(ATTRIBUTES.to_owned(), attributes.into());
    }
    Ok(image)
}
