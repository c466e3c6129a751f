//! The XML of an image and its labels.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::document::{USUAL_DEPTH, USUAL_FOLDER};
use super::objects::{ACTIONS, DERIVED, FLAGS, NO_POSE, PARTS, POINT};
use crate::annotations::formats::shared::xml::{XmlText, is_xml_name, is_xml_text};
use crate::annotations::model::fields::{
    ATTRIBUTES, BBOX, CAPTION, CLASS, CORNERS, FILE_NAME, HEIGHT, KEYPOINTS, POLYLINE, ROTATION, SCORE,
    SEGMENTATION, SPAN, TRACK_ID, WIDTH,
};
use crate::annotations::model::{Label, LabelOrigin, Rectangle, Sample, Shape};
use crate::annotations::reader::Skipped;

/// A document that is written, and the notes on what it cannot hold.
pub(super) struct XmlOutput<'a> {
    text: String,
    depth: usize,
    /// The name of the image, for notes.
    image: &'a str,
    left_out: &'a mut Skipped,
}

/// Returns the document of an image. `file_name` is the name of its file.
pub(super) fn document(sample: &Sample, file_name: &str, left_out: &mut Skipped) -> String {
    let mut out = XmlOutput { text: String::new(), depth: 0, image: &sample.image.name, left_out };
    out.image(sample, file_name);
    out.text
}

impl XmlOutput<'_> {
    fn note(&mut self, what: &'static str) {
        let image = self.image;
        self.left_out.note(what, || image.to_owned());
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push('\t');
        }
    }

    /// Writes an element with a text.
    fn leaf(&mut self, name: &str, text: &str) {
        if !is_xml_text(text) {
            self.note("control character of a text (XML has none)");
        }
        self.indent();
        let _ = writeln!(self.text, "<{name}>{}</{name}>", XmlText(text));
    }

    fn number(&mut self, name: &str, number: f64) {
        self.leaf(name, &number.to_string());
    }

    /// Writes an element with others in it.
    fn nest(&mut self, name: &str, tag: &str, content: impl FnOnce(&mut Self)) {
        self.indent();
        let _ = writeln!(self.text, "<{name}{tag}>");
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.indent();
        let _ = writeln!(self.text, "</{name}>");
    }

    fn image(&mut self, sample: &Sample, file_name: &str) {
        let fields = &sample.image.fields;
        let empty = Map::new();
        let attributes = fields.get(ATTRIBUTES).and_then(Value::as_object).unwrap_or(&empty);
        let is_verified = attributes.get("verified") == Some(&Value::Bool(true));
        let tag = if is_verified { " verified=\"yes\"" } else { "" };
        self.nest("annotation", tag, |out| {
            out.leaf("folder", USUAL_FOLDER);
            out.leaf("filename", file_name);
            let side = |name: &str| fields.get(name).and_then(Value::as_u64).unwrap_or_default();
            let depth = attributes.get("depth").map_or_else(|| USUAL_DEPTH.to_owned(), plain);
            out.nest("size", "", |out| {
                out.leaf("width", &side(WIDTH).to_string());
                out.leaf("height", &side(HEIGHT).to_string());
                out.leaf("depth", &depth);
            });
            out.leaf("segmented", &flag_text(attributes.get("segmented")));
            for (name, value) in attributes {
                let is_written =
                    matches!(name.as_str(), "depth" | "segmented") || name == "verified" && is_verified;
                let is_other = !matches!(name.as_str(), "object" | "size" | "filename" | "folder" | "path");
                if !(is_written || is_other && out.nested(name, value)) {
                    out.note("attribute of an image (VOC has texts)");
                }
            }
            for name in fields.keys() {
                if ![FILE_NAME, WIDTH, HEIGHT, ATTRIBUTES].contains(&name.as_str()) {
                    out.note("other field of an image (VOC has none for it)");
                }
            }
            for label in &sample.labels {
                out.label(label);
            }
        });
    }

    fn label(&mut self, label: &Label) {
        let classes = label.classes();
        if classes.is_empty() || classes.contains(&"") {
            return self.note("label without a class (VOC needs one)");
        }
        let shape = Shape::of(&label.fields);
        let bounds = rectangle(&label.fields);
        match (&shape, bounds) {
            (Shape::Whole | Shape::Span(..), _) => {
                return self.note("label without a box or polygon (VOC has no others)");
            }
            (Shape::Polyline(_) | Shape::Keypoints(_), None) => {
                return self.note("line or points (VOC has boxes and polygons)");
            }
            (Shape::Polyline(_), Some(_)) => self.note("line, of which the box is written"),
            (Shape::Mask(_), _) => self.note("mask, of which the box is written"),
            (Shape::Corners(_), _) => self.note("corners of a rectangle, written as a polygon"),
            _ => {}
        }
        if label.fields.contains_key(KEYPOINTS) {
            self.note("keypoints (VOC has boxes and polygons)");
        }
        self.other_fields(label);
        if classes.len() > 1 {
            self.note("label with several classes, written once for each");
        }
        for class in classes {
            self.nest("object", "", |out| out.object(class, label, &shape, bounds));
        }
    }

    /// Notes the fields that have no element.
    fn other_fields(&mut self, label: &Label) {
        const KNOWN: [&str; 10] =
            [ATTRIBUTES, BBOX, CLASS, CORNERS, KEYPOINTS, POLYLINE, ROTATION, SCORE, SEGMENTATION, TRACK_ID];
        if label.id.is_some() {
            self.note("id of a label (VOC has none)");
        }
        if label.author.is_some() {
            self.note("author of a label (VOC has none)");
        }
        if label.origin == LabelOrigin::Prediction {
            self.note("prediction, written as an annotation");
        }
        for (name, value) in &label.fields {
            let is_empty = value.is_null() || name == "iscrowd" && value.as_f64() == Some(0.0);
            match name.as_str() {
                _ if is_empty || KNOWN.contains(&name.as_str()) => {}
                CAPTION | SPAN => self.note("text of a label (VOC has none)"),
                _ => self.left_out.note("other field of a label (VOC has none for it)", || name.clone()),
            }
        }
    }

    fn object(&mut self, class: &str, label: &Label, shape: &Shape, bounds: Option<(Rectangle, f64)>) {
        let empty = Map::new();
        let attributes = label.fields.get(ATTRIBUTES).and_then(Value::as_object).unwrap_or(&empty);
        self.leaf("name", class);
        let pose = attributes.get("pose").and_then(Value::as_str).filter(|pose| !pose.is_empty());
        self.leaf("pose", pose.unwrap_or(NO_POSE));
        for flag in FLAGS {
            self.leaf(flag, &flag_text(attributes.get(flag)));
        }
        self.shape(shape, bounds);
        if let Some(score) = label.fields.get(SCORE).and_then(Value::as_f64) {
            if (0.0..=1.0).contains(&score) {
                self.number("score", score);
            } else {
                self.note("score of a label that is not between 0 and 1");
            }
        }
        if let Some(id) = label.fields.get(TRACK_ID) {
            self.leaf("trackid", &plain(id));
        }
        let mut others = Vec::new();
        for (name, value) in attributes {
            let is_written = match (name.as_str(), value) {
                (_, Value::Null) => true,
                ("pose", value) => value.is_string(),
                (PARTS, Value::Array(parts)) => self.parts(parts),
                (ACTIONS, Value::Object(actions)) => self.actions(actions),
                (POINT, Value::Array(point)) => self.point(point),
                (_, Value::Object(_)) => is_free(name) && self.nested(name, value),
                (name, _) => FLAGS.contains(&name),
            };
            if !is_written {
                others.push((name, value));
            }
        }
        if !others.is_empty() {
            self.nest("attributes", "", |out| {
                for (name, value) in others {
                    out.attribute(name, value);
                }
            });
        }
    }

    fn attribute(&mut self, name: &str, value: &Value) {
        let one = std::slice::from_ref(value);
        let values = match value {
            Value::Array(list) if list.len() > 1 && list.iter().all(Value::is_string) => list.as_slice(),
            _ => one,
        };
        if name.is_empty() {
            return self.note("attribute without a name");
        }
        if !values.iter().all(Value::is_string) {
            self.note("type of an attribute (VOC has texts)");
        }
        for value in values {
            self.nest("attribute", "", |out| {
                out.leaf("name", name);
                out.leaf("value", &plain(value));
            });
        }
    }

    fn shape(&mut self, shape: &Shape, bounds: Option<(Rectangle, f64)>) {
        let rings: Vec<&[f64]> = match shape {
            Shape::Polygons(rings) => rings.iter().map(Vec::as_slice).collect(),
            Shape::Corners(corners) => vec![corners.as_slice()],
            _ => Vec::new(),
        };
        match bounds {
            Some((rectangle, 0.0)) => self.rectangle(&rectangle, ""),
            Some((rectangle, angle)) => {
                let turned = Shape::Rotated(rectangle, angle).bounds().unwrap_or(rectangle);
                self.rectangle(&turned, "robndbox");
                self.nest("robndbox", "", |out| {
                    out.number("cx", rectangle.x + rectangle.width / 2.0);
                    out.number("cy", rectangle.y + rectangle.height / 2.0);
                    out.number("w", rectangle.width);
                    out.number("h", rectangle.height);
                    out.number("angle", angle.to_radians());
                });
            }
            None => {
                if let Some(rectangle) = shape.bounds() {
                    self.rectangle(&rectangle, if rings.is_empty() { "" } else { "polygon" });
                }
            }
        }
        for ring in rings {
            if ring.len() % 2 == 1 {
                self.note("last coordinate of a polygon with an odd number");
            }
            self.nest("polygon", "", |out| {
                for (number, point) in (1..).zip(ring.chunks_exact(2)) {
                    out.number(&format!("x{number}"), point[0]);
                    out.number(&format!("y{number}"), point[1]);
                }
            });
        }
    }

    /// Writes a box; `of` is the element from which it was computed.
    fn rectangle(&mut self, rectangle: &Rectangle, of: &str) {
        let tag = if of.is_empty() { String::new() } else { format!(" {DERIVED}=\"{of}\"") };
        self.nest("bndbox", &tag, |out| {
            out.number("xmin", rectangle.x);
            out.number("ymin", rectangle.y);
            out.number("xmax", rectangle.x + rectangle.width);
            out.number("ymax", rectangle.y + rectangle.height);
        });
    }

    /// Writes the parts. Returns false if they have another form.
    fn parts(&mut self, parts: &[Value]) -> bool {
        let part = |part: &Value| {
            let fields = part.as_object().filter(|fields| fields.len() == 2)?;
            let name = fields.get("name")?.as_str().filter(|name| !name.is_empty())?;
            rectangle(fields).map(|(rectangle, _)| (name.to_owned(), rectangle))
        };
        let Some(parts) = parts.iter().map(part).collect::<Option<Vec<_>>>() else { return false };
        for (name, rectangle) in parts {
            self.nest("part", "", |out| {
                out.leaf("name", &name);
                out.rectangle(&rectangle, "");
            });
        }
        true
    }

    fn actions(&mut self, actions: &Map<String, Value>) -> bool {
        if !actions.iter().all(|(name, value)| is_xml_name(name) && (value.is_boolean() || value.is_string()))
        {
            return false;
        }
        self.nest(ACTIONS, "", |out| {
            for (name, value) in actions {
                out.leaf(name, &flag_text(Some(value)));
            }
        });
        true
    }

    fn point(&mut self, point: &[Value]) -> bool {
        let numbers: Vec<f64> = point.iter().filter_map(Value::as_f64).collect();
        let ([x, y], 2) = (&numbers[..], point.len()) else { return false };
        self.nest(POINT, "", |out| {
            out.number("x", *x);
            out.number("y", *y);
        });
        true
    }

    /// Writes texts and objects of texts as elements. Returns false if the value has another form.
    fn nested(&mut self, name: &str, value: &Value) -> bool {
        if !can_nest(name, value) {
            return false;
        }
        match value {
            Value::Object(fields) => self.nest(name, "", |out| {
                for (name, value) in fields {
                    out.nested(name, value);
                }
            }),
            Value::Array(list) => {
                for value in list {
                    self.nested(name, value);
                }
            }
            value => self.leaf(name, value.as_str().unwrap_or_default()),
        }
        true
    }
}

/// Returns true if a value can be elements, and is the same when these are read.
fn can_nest(name: &str, value: &Value) -> bool {
    let is_one = |value: &Value| match value {
        Value::String(_) => true,
        Value::Object(fields) => {
            !fields.is_empty() && fields.iter().all(|(name, value)| can_nest(name, value))
        }
        _ => false,
    };
    is_xml_name(name)
        && match value {
            Value::Array(list) => list.len() > 1 && list.iter().all(is_one),
            value => is_one(value),
        }
}

/// Returns true if an element of an object with this name has no meaning of its own.
fn is_free(name: &str) -> bool {
    const OWN: [&str; 13] = [
        "name",
        "bndbox",
        "robndbox",
        "polygon",
        "segmentation",
        "type",
        "pose",
        "attributes",
        PARTS,
        ACTIONS,
        POINT,
        "score",
        "trackid",
    ];
    !OWN.contains(&name) && !FLAGS.contains(&name)
}

/// Reads the box of a label and its angle.
fn rectangle(fields: &Map<String, Value>) -> Option<(Rectangle, f64)> {
    let numbers: Vec<f64> = fields.get(BBOX)?.as_array()?.iter().filter_map(Value::as_f64).collect();
    let [x, y, width, height] = numbers[..] else { return None };
    let angle = fields.get(ROTATION).and_then(Value::as_f64).unwrap_or_default();
    Some((Rectangle { x, y, width, height }, angle))
}

fn flag_text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => "0".to_owned(),
        Some(Value::Bool(true)) => "1".to_owned(),
        Some(other) => plain(other),
    }
}

/// Returns a text as it is, and other values as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
