//! The rows of an image.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::kind::{TableKind, matches};
use super::left::note_label;
use crate::annotations::formats::shared::beside::is_image_name;
use crate::annotations::formats::via::{region_attributes, written_shape};
use crate::annotations::model::fields::{ATTRIBUTES, BBOX, SCORE};
use crate::annotations::model::{ClassList, Label, Rectangle, Sample, Shape};
use crate::annotations::reader::Skipped;

/// A row: the fields that every row has, and those of some.
#[derive(Debug, Default)]
pub(super) struct OutRow {
    /// The fields that every row has, in order.
    pub fixed: Vec<String>,
    /// Further fields by the names of their columns.
    pub others: BTreeMap<String, String>,
}

/// Names of columns that attributes cannot have.
const RESERVED: [&str; 16] = [
    "filename",
    "file_name",
    "file",
    "image",
    "path",
    "id",
    "width",
    "height",
    "class",
    "label",
    "name",
    "xmin",
    "ymin",
    "xmax",
    "ymax",
    "confidence",
];

/// Returns the rows of an image.
pub(super) fn rows_of(
    kind: TableKind,
    sample: &Sample,
    classes: &ClassList,
    left_out: &mut Skipped,
) -> Vec<OutRow> {
    let name = sample.image.name.as_str();
    for label in &sample.labels {
        note_label(kind, label, name, left_out);
    }
    let mut rows = match kind {
        TableKind::Via => return via_rows(sample, left_out),
        TableKind::MultiLabel => return vec![flags(sample, left_out)],
        TableKind::Classes => class_rows(sample, left_out),
        _ => box_rows(kind, sample, classes, left_out),
    };
    if rows.is_empty() && kind == TableKind::RetinaNet {
        let empty = std::iter::repeat_n(String::new(), 5);
        rows.push(OutRow {
            fixed: std::iter::once(name.to_owned()).chain(empty).collect(),
            others: BTreeMap::new(),
        });
    } else if rows.is_empty() {
        left_out.note("image without labels that the table can hold", || name.to_owned());
    }
    rows
}

/// Returns the id of an image in OpenImages: its name without the ending.
pub(super) fn image_id(name: &str) -> &str {
    name.rsplit_once('.').filter(|_| is_image_name(name)).map_or(name, |(id, _)| id)
}

/// Returns the id of a class in OpenImages: its own, else its name.
pub(super) fn class_id(name: &str, id: Option<&Value>) -> String {
    id.and_then(Value::as_str).map_or_else(|| name.to_owned(), str::to_owned)
}

/// Returns the text of a scalar.
pub(super) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn box_rows(kind: TableKind, sample: &Sample, classes: &ClassList, left_out: &mut Skipped) -> Vec<OutRow> {
    let image = &sample.image;
    let size = image.size();
    if size.is_none() && !sample.labels.is_empty() {
        match kind {
            TableKind::TensorFlow => left_out.note("size of an image (0 is written)", || image.name.clone()),
            TableKind::OpenImages => {
                left_out.note("labels of an image of unknown size", || image.name.clone());
                return Vec::new();
            }
            _ => {}
        }
    }
    let mut rows = Vec::new();
    for label in &sample.labels {
        let Some(rectangle) = rectangle(label, &image.name, left_out) else { continue };
        for class in classes_of(label, &image.name, left_out) {
            let Rectangle { x, y, width, height } = rectangle;
            let mut others = attributes(label, &image.name, kind == TableKind::RetinaNet, left_out);
            let fixed = match kind {
                TableKind::TensorFlow => {
                    let (across, down) = size.unwrap_or((0.0, 0.0));
                    let sides = [x, y, x + width, y + height].map(|side| side.to_string());
                    [image.name.clone(), across.to_string(), down.to_string(), class.to_owned()]
                        .into_iter()
                        .chain(sides)
                        .collect()
                }
                TableKind::RetinaNet => {
                    let sides = [x, y, x + width, y + height];
                    if sides.iter().any(|side| side.fract() != 0.0) {
                        left_out.note(
                            "number with a fraction (written, but keras-retinanet reads whole ones)",
                            || image.name.clone(),
                        );
                    }
                    let sides = sides.map(|side| side.to_string());
                    std::iter::once(image.name.clone()).chain(sides).chain([class.to_owned()]).collect()
                }
                _ => {
                    let (across, down) = size.unwrap_or((1.0, 1.0));
                    let id =
                        classes.classes.iter().find(|own| own.name == class).and_then(|own| own.id.as_ref());
                    let sides = [x / across, (x + width) / across, y / down, (y + height) / down];
                    let score = label.fields.get(SCORE).filter(|score| !score.is_null());
                    if score.is_some_and(|score| !score.is_number()) {
                        left_out.note("score that is no number (1 is written)", || image.name.clone());
                    }
                    let score = score.filter(|score| score.is_number());
                    let score = score.map_or_else(|| "1".to_owned(), text_of);
                    let source = others.remove("Source").unwrap_or_default();
                    [image_id(&image.name).to_owned(), source, class_id(class, id), score]
                        .into_iter()
                        .chain(sides.map(|side| side.to_string()))
                        .collect()
                }
            };
            rows.push(OutRow { fixed, others });
        }
    }
    rows
}

/// Returns the box of a label. Other shapes are noted, and their bounds are returned.
fn rectangle(label: &Label, image: &str, left_out: &mut Skipped) -> Option<Rectangle> {
    let shape = Shape::of(&label.fields);
    let what = match &shape {
        Shape::Box(rectangle) => return Some(*rectangle),
        Shape::Whole | Shape::Span(..) => "label without a box",
        Shape::Rotated(..) | Shape::Corners(_) => "rotated rectangle (its bounds are written)",
        Shape::Polygons(_) => "polygon (its box is written)",
        Shape::Mask(_) => "mask (its box is written)",
        Shape::Polyline(_) => "line (its box is written)",
        Shape::Keypoints(_) => "keypoints (their box is written)",
    };
    left_out.note(what, || image.to_owned());
    let mut own = Map::new();
    own.extend(label.fields.get(BBOX).map(|value| (BBOX.to_owned(), value.clone())));
    match (&shape, Shape::of(&own)) {
        (Shape::Polygons(_) | Shape::Mask(_), Shape::Box(rectangle)) => Some(rectangle),
        _ => shape.bounds(),
    }
}

fn classes_of<'l>(label: &'l Label, image: &str, left_out: &mut Skipped) -> Vec<&'l str> {
    let mut classes = label.classes();
    classes.retain(|class| !class.is_empty());
    match classes.len() {
        0 => left_out.note("label without a class", || image.to_owned()),
        1 => {}
        _ => left_out.note("label of several classes (a row each is written)", || image.to_owned()),
    }
    classes
}

/// Returns the attributes that are columns.
fn attributes(label: &Label, image: &str, is_none: bool, left_out: &mut Skipped) -> BTreeMap<String, String> {
    let Some(Value::Object(attributes)) = label.fields.get(ATTRIBUTES) else { return BTreeMap::new() };
    let mut columns = BTreeMap::new();
    for (name, value) in attributes {
        let text = text_of(value);
        let is_scalar = matches!(value, Value::String(_) | Value::Number(_));
        let is_text = super::super::rows::value_of(&text) == *value
            && !text.is_empty()
            && !(name.starts_with("Is") && text == "-1");
        if is_none
            || !is_scalar
            || !is_text
            || name.trim() != name
            || name.is_empty()
            || name.starts_with('#')
            || name.starts_with("Unnamed:")
            || matches(name, &RESERVED)
        {
            left_out.note("attribute that cannot be a column", || format!("{name} of {image}"));
            continue;
        }
        columns.insert(name.clone(), text);
    }
    columns
}

fn class_rows(sample: &Sample, left_out: &mut Skipped) -> Vec<OutRow> {
    let mut rows = Vec::new();
    for label in &sample.labels {
        note_shape(label, &sample.image.name, left_out);
        for class in classes_of(label, &sample.image.name, left_out) {
            let others = attributes(label, &sample.image.name, false, left_out);
            rows.push(OutRow { fixed: vec![sample.image.name.clone(), class.to_owned()], others });
        }
    }
    rows
}

fn flags(sample: &Sample, left_out: &mut Skipped) -> OutRow {
    let name = &sample.image.name;
    let mut row = OutRow { fixed: vec![name.clone()], others: BTreeMap::new() };
    if sample.labels.len() > 1 {
        left_out.note("several labels of an image (their classes are written as one)", || name.clone());
    }
    for label in &sample.labels {
        note_shape(label, name, left_out);
        attributes(label, name, true, left_out);
        for class in label.classes() {
            if class.is_empty() || class.trim() != class || class.starts_with('#') {
                left_out.note("class whose name cannot be a column", || class.to_owned());
                continue;
            }
            row.others.insert(class.to_owned(), "1".to_owned());
        }
        if label.classes().is_empty() {
            left_out.note("label without a class", || name.clone());
        }
    }
    row
}

fn note_shape(label: &Label, image: &str, left_out: &mut Skipped) {
    if Shape::of(&label.fields) != Shape::Whole {
        left_out.note("shape (the table has classes of images)", || image.to_owned());
    }
}

fn via_rows(sample: &Sample, left_out: &mut Skipped) -> Vec<OutRow> {
    let image = &sample.image;
    let size = image.fields.get("file_size").map_or_else(|| "-1".to_owned(), text_of);
    let file = image.fields.get(ATTRIBUTES).filter(|value| value.is_object());
    let file = file.map_or_else(|| "{}".to_owned(), Value::to_string);
    let mut regions: Vec<[Value; 2]> = Vec::new();
    for label in &sample.labels {
        let written = written_shape(&label.fields);
        if let Some(what) = written.left_out {
            left_out.note(what, || image.name.clone());
        }
        let (attributes, has_reserved) = region_attributes(label, written.is_round);
        if has_reserved {
            left_out.note("attribute with the name of the class", || image.name.clone());
        }
        let of = |shape: Map<String, Value>| [Value::Object(shape), Value::Object(attributes.clone())];
        regions.extend(written.shapes.into_iter().map(of));
    }
    let row = |count: usize, id: usize, [shape, attributes]: [&str; 2]| OutRow {
        fixed: vec![
            image.name.clone(),
            size.clone(),
            file.clone(),
            count.to_string(),
            id.to_string(),
            shape.to_owned(),
            attributes.to_owned(),
        ],
        others: BTreeMap::new(),
    };
    if regions.is_empty() {
        return vec![row(0, 0, ["{}", "{}"])];
    }
    let count = regions.len();
    let texts = regions.into_iter().map(|region| region.map(|value| value.to_string())).enumerate();
    texts.map(|(id, [shape, attributes])| row(count, id, [&shape, &attributes])).collect()
}
