//! One XML file: the fields of its image, and its labels.

use serde_json::{Map, Value};

use super::attributes::add;
use super::objects::{self, flag};
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::shared::xml::XmlElement;
use crate::annotations::model::Label;
use crate::annotations::model::fields::{ATTRIBUTES, FILE_NAME, HEIGHT, WIDTH};
use crate::annotations::names::{is_address, normal_name};
use crate::annotations::reader::Skipped;

/// The number of colours of an image that is not stored, because nearly all images have it.
pub(super) const USUAL_DEPTH: &str = "3";
/// The folder that writers name if they know none.
pub(super) const USUAL_FOLDER: &str = "JPEGImages";

/// Reads the XML of an image; `None` for XML of another kind.
pub(super) fn document(files: &Files, path: &str) -> Result<Option<XmlElement>, RecordFault> {
    let bytes = files.bytes(path)?;
    if bytes.trim_ascii().is_empty() {
        let why = "expected an XML document, found an empty file; remove it if its image has no objects";
        return Err(Reason::record(why).at(RecordPlace::File(path.to_owned())));
    }
    let root = XmlElement::parse(&bytes).map_err(|fault| fault.of_file(path))?;
    if root.name != "annotation" {
        return Ok(None);
    }
    let is_label_me = |object: &XmlElement| {
        object.child("polygon").is_some_and(|polygon| polygon.child("username").is_some())
    };
    if root.child("imagesize").is_some() || root.children.iter().any(is_label_me) {
        let why = "expected an annotation of Pascal VOC, found one of the web tool LabelMe; convert it, for \
                   example with Datumaro (`label_me`)";
        return Err(Reason::record(why).at(RecordPlace::File(path.to_owned())));
    }
    Ok(Some(root))
}

/// Returns the name of the image that the document gives: relative, with `/` between its parts. Of
/// an absolute path, only the name of the file counts.
pub(super) fn file_name(root: &XmlElement) -> Option<String> {
    let name = root.text_of("filename")?;
    let normal = normal_name("filename", name).ok()?;
    if is_address(&normal) {
        return Some(normal);
    }
    let has_drive = matches!(normal.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let is_inside = !normal.starts_with('/') && !has_drive && !normal.split('/').any(|part| part == "..");
    let last = normal.rsplit('/').next().unwrap_or(&normal);
    Some(if is_inside { normal } else { last.to_owned() })
}

/// Returns the names of the classes of the objects.
pub(super) fn class_names(root: &XmlElement) -> impl Iterator<Item = &str> {
    root.children.iter().filter(|child| child.name == "object").filter_map(|object| object.text_of("name"))
}

/// Reads the fields of the image and its labels.
pub(super) fn content(
    root: &XmlElement,
    path: &str,
    skipped: &mut Skipped,
) -> Result<(Map<String, Value>, Vec<Label>), RecordFault> {
    let (mut fields, mut attributes, mut labels) = (Map::new(), Map::new(), Vec::new());
    for element in &root.children {
        let place = RecordPlace::FileLine(path.to_owned(), element.line);
        match element.name.as_str() {
            "object" => {
                labels.push(
                    objects::label(element, place.clone(), skipped).map_err(|reason| reason.at(place))?,
                );
            }
            "filename" => fields.extend(file_name(root).map(|name| (FILE_NAME.to_owned(), name.into()))),
            "size" => size(element, &mut fields, &mut attributes).map_err(|reason| reason.at(place))?,
            "folder" | "path" => {
                if !element.text.is_empty() && element.text != USUAL_FOLDER {
                    skipped
                        .note("`folder` and `path`, places on the computer of the tool", || path.to_owned());
                }
            }
            "segmented" => attributes.extend(flag(element).map(|value| ("segmented".to_owned(), value))),
            name => add(&mut attributes, name, element.to_value()),
        }
    }
    for (name, value) in &root.attributes {
        // labelImg marks images that a person has checked.
        let value = if name == "verified" && value == "yes" { true.into() } else { value.as_str().into() };
        attributes.insert(name.clone(), value);
    }
    if !attributes.is_empty() {
        fields.insert(ATTRIBUTES.to_owned(), attributes.into());
    }
    Ok((fields, labels))
}

/// Reads the size. A side of 0 is unknown.
fn size(
    element: &XmlElement,
    fields: &mut Map<String, Value>,
    attributes: &mut Map<String, Value>,
) -> Result<(), Reason> {
    for (name, field) in [("width", WIDTH), ("height", HEIGHT)] {
        let Some(text) = element.text_of(name) else { continue };
        let side = text.parse::<u32>().ok().or_else(|| whole(text));
        let Some(side) = side else {
            let why = format!(
                "expected a whole number of pixels, found {text:?}; correct it, or write 0 if it is unknown"
            );
            return Err(Reason::new(format!("size.{name}"), why));
        };
        if side > 0 {
            fields.insert(field.to_owned(), side.into());
        }
    }
    if let Some(depth) = element.text_of("depth").filter(|depth| *depth != USUAL_DEPTH) {
        let value = depth.parse::<u32>().map_or_else(|_| depth.into(), Value::from);
        attributes.insert("depth".to_owned(), value);
    }
    for other in
        element.children.iter().filter(|child| !matches!(child.name.as_str(), "width" | "height" | "depth"))
    {
        add(attributes, &format!("size.{}", other.name), other.to_value());
    }
    Ok(())
}

/// Reads a whole number that is written as `64.0`.
fn whole(text: &str) -> Option<u32> {
    let number = text.parse::<f64>().ok().filter(|number| number.fract() == 0.0)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "limited to 32 bits")]
    (0.0..=f64::from(u32::MAX)).contains(&number).then_some(number as u32)
}
