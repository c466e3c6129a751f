//! The elements of images and their labels.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::runs;
use super::shapes::{CORNERS, CUBOID, ELEMENT, ELLIPSE, MANUAL, OWN, USERS};
use super::specs::LabelSpecs;
use crate::annotations::formats::shared::xml::{XmlText, is_xml_name, is_xml_text};
use crate::annotations::model::fields::{
    ATTRIBUTES, BBOX, CAPTION, CLASS, CORNERS as CORNER_FIELD, FILE_NAME, HEIGHT, KEYPOINTS, POLYLINE,
    ROTATION, SCORE, SEGMENTATION, SPAN, TRACK_ID, WIDTH,
};
use crate::annotations::model::{Image, Label, LabelOrigin, Rectangle, Shape};
use crate::annotations::reader::Skipped;

/// XML attributes of an image that CVAT reads itself.
const IMAGE_OWN: [&str; 7] = ["id", "name", "subset", "task_id", "width", "height", FILE_NAME];

/// The elements that are written, and the notes on what they cannot hold.
pub(super) struct CvatOutput<'a> {
    pub text: &'a mut String,
    pub specs: &'a mut LabelSpecs,
    /// The name of the image, for notes.
    pub image: &'a str,
    pub left_out: &'a mut Skipped,
    /// A group that no label of the image has.
    pub next_group: i64,
}

/// An element of a label: its name, its geometry as XML attributes, and elements in it.
struct Outline {
    name: &'static str,
    geometry: String,
    content: String,
}

impl Outline {
    fn new(name: &'static str, geometry: String) -> Self {
        Self { name, geometry, content: String::new() }
    }
}

/// Returns an XML attribute.
fn set(name: &str, value: impl AsRef<str>) -> String {
    format!(" {name}=\"{}\"", XmlText(value.as_ref()))
}

/// Returns the group of a label.
pub(super) fn group_of(label: &Label) -> Option<i64> {
    label.fields.get(ATTRIBUTES)?.get("group_id")?.as_i64()
}

impl CvatOutput<'_> {
    fn note(&mut self, what: &'static str) {
        let image = self.image;
        self.left_out.note(what, || image.to_owned());
    }

    /// Writes an image with its labels. `subset` is the name of its split.
    pub(super) fn image(&mut self, number: u64, image: &Image, labels: &[Label], subset: Option<&str>) {
        let mut tag = set("id", number.to_string()) + &set("name", &image.name);
        if let Some(subset) = subset {
            tag += &set("subset", subset);
        }
        for side in [WIDTH, HEIGHT] {
            if let Some(number) = image.fields.get(side).and_then(Value::as_u64) {
                tag += &set(side, number.to_string());
            }
        }
        if let Some(name) =
            image.fields.get(FILE_NAME).and_then(Value::as_str).filter(|name| *name != image.name)
        {
            tag += &set(FILE_NAME, name);
        }
        let attributes = image.fields.get(ATTRIBUTES).and_then(Value::as_object);
        for (name, value) in attributes.into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            let is_number = name == super::reader::FRAME && value.is_u64();
            match value {
                Value::String(text) if is_xml_name(name) && !IMAGE_OWN.contains(&name.as_str()) => {
                    tag += &set(name, text);
                }
                number if is_number => tag += &set(name, number.to_string()),
                _ => self.note("attribute of an image (CVAT has texts)"),
            }
        }
        for name in image.fields.keys() {
            if ![FILE_NAME, WIDTH, HEIGHT, ATTRIBUTES].contains(&name.as_str()) {
                self.note("other field of an image (CVAT has none for it)");
            }
        }
        let _ = writeln!(self.text, "  <image{tag}>");
        for label in labels {
            self.label(label);
        }
        self.text.push_str("  </image>\n");
    }

    fn label(&mut self, label: &Label) {
        let mut classes: Vec<&str> = label.classes().into_iter().filter(|class| !class.is_empty()).collect();
        for class in &classes {
            self.specs.add(class);
        }
        if classes.is_empty() {
            // Datumaro reads and writes such labels; CVAT needs a class.
            self.note("label without a class, written with an empty one");
            classes.push("");
        }
        let outlines = self.outlines(label, classes.first().copied().unwrap_or_default());
        if outlines.is_empty() {
            return;
        }
        self.other_fields(label);
        if classes.len() > 1 {
            self.note("label with several classes, written once for each");
        }
        let mut group = None;
        if outlines.len() > 1 && group_of(label).is_none() {
            self.note("polygons of a label, written one by one with a new `group_id`");
            group = Some(self.next_group);
            self.next_group = self.next_group.saturating_add(1);
        } else if outlines.len() > 1 {
            self.note("polygons of a label, written one by one");
        }
        for class in classes {
            let common = self.common(label, group);
            let attributes = self.attributes(class, label);
            for outline in &outlines {
                let Outline { name, geometry, content } = outline;
                let class = set("label", class);
                let tag = if *name == "tag" {
                    common.replace(" occluded=\"0\" z_order=\"0\"", "")
                } else {
                    common.clone()
                };
                let _ = write!(self.text, "    <{name}{class}{geometry}{tag}>");
                if !content.is_empty() || !attributes.is_empty() {
                    let _ = write!(self.text, "\n{content}{attributes}    ");
                }
                let _ = writeln!(self.text, "</{name}>");
            }
        }
    }

    /// Returns the elements of a label; none if CVAT has no such shape.
    fn outlines(&mut self, label: &Label, class: &str) -> Vec<Outline> {
        let fields = &label.fields;
        let attribute = |name: &str| fields.get(ATTRIBUTES).and_then(|attributes| attributes.get(name));
        let shape = Shape::of(fields);
        if fields.contains_key(BBOX) && !matches!(shape, Shape::Box(_) | Shape::Rotated(..)) {
            self.note("box of a label that has another shape");
        }
        if fields.contains_key(KEYPOINTS) && !matches!(shape, Shape::Keypoints(_)) {
            self.note("keypoints of a label that has another shape");
        }
        let points = |points: &[f64]| {
            let pairs: Vec<String> =
                points.chunks_exact(2).map(|point| format!("{},{}", point[0], point[1])).collect();
            set("points", pairs.join(";"))
        };
        match shape {
            Shape::Span(..) => {
                self.note("text of a label (CVAT has none)");
                Vec::new()
            }
            Shape::Whole => vec![Outline::new("tag", String::new())],
            Shape::Box(rectangle) => {
                match attribute(CUBOID).and_then(|corners| cuboid(corners, &rectangle)) {
                    Some(geometry) => vec![Outline::new(CUBOID, geometry)],
                    None => vec![rectangle_outline(&rectangle, 0.0, attribute(ELEMENT))],
                }
            }
            Shape::Rotated(rectangle, angle) => {
                vec![rectangle_outline(&rectangle, angle, attribute(ELEMENT))]
            }
            Shape::Corners(corners) => {
                self.note("corners of a rectangle, written as a polygon");
                vec![Outline::new("polygon", points(&corners))]
            }
            Shape::Polygons(rings) => {
                let rings = rings.iter().filter(|ring| ring.len() >= 2);
                let outlines: Vec<Outline> =
                    rings.map(|ring| Outline::new("polygon", points(ring))).collect();
                if outlines.is_empty() {
                    self.note("polygon without points");
                }
                outlines
            }
            Shape::Polyline(line) if line.len() >= 2 => vec![Outline::new("polyline", points(&line))],
            Shape::Polyline(_) => {
                self.note("line without points");
                Vec::new()
            }
            Shape::Mask(mask) => match runs::written(&mask) {
                Some(mask) => {
                    let geometry = set("rle", &mask.rle)
                        + &set("left", mask.left.to_string())
                        + &set("top", mask.top.to_string())
                        + &set("width", mask.width.to_string())
                        + &set("height", mask.height.to_string());
                    vec![Outline::new("mask", geometry)]
                }
                None => {
                    self.note("mask that is empty, damaged or too large");
                    Vec::new()
                }
            },
            Shape::Keypoints(keypoints) => self.keypoints(class, &keypoints),
        }
    }

    fn keypoints(&mut self, class: &str, keypoints: &[f64]) -> Vec<Outline> {
        let names = self.specs.keypoints(class).filter(|names| names.len() * 3 == keypoints.len());
        let Some(names) = names else {
            if keypoints.chunks_exact(3).any(|point| point[2] != 2.0) {
                self.note("visibility of points (CVAT has it for skeletons only)");
            }
            let seen = keypoints.chunks_exact(3).filter(|point| point[2] > 0.0);
            let seen: Vec<String> = seen.map(|point| format!("{},{}", point[0], point[1])).collect();
            if seen.is_empty() {
                self.note("points of which none is visible");
                return Vec::new();
            }
            return vec![Outline::new("points", set("points", seen.join(";")))];
        };
        let mut outline = Outline::new("skeleton", String::new());
        for (name, point) in names.iter().zip(keypoints.chunks_exact(3)) {
            let flag = |is_set: bool| if is_set { "1" } else { "0" };
            let tag = set("label", name)
                + &set("source", MANUAL)
                + &set("outside", flag(point[2] <= 0.0))
                + &set("occluded", flag(point[2] == 1.0))
                + &set("points", format!("{},{}", point[0], point[1]));
            let _ = writeln!(outline.content, "      <points{tag}></points>");
        }
        vec![outline]
    }

    /// Returns the XML attributes that are not the geometry.
    fn common(&mut self, label: &Label, new_group: Option<i64>) -> String {
        let attributes = label.fields.get(ATTRIBUTES).and_then(Value::as_object);
        let get = |name: &str| attributes.and_then(|attributes| attributes.get(name));
        let source = get("source").and_then(Value::as_str).filter(|source| !source.is_empty());
        let occluded = get("occluded") == Some(&Value::Bool(true));
        let mut text =
            set("source", source.unwrap_or(MANUAL)) + &set("occluded", if occluded { "1" } else { "0" });
        text += &set("z_order", get("z_order").and_then(Value::as_i64).unwrap_or_default().to_string());
        if let Some(group) = get("group_id").and_then(Value::as_i64).or(new_group) {
            text += &set("group_id", group.to_string());
        }
        if get("keyframe") == Some(&Value::Bool(false)) {
            text += &set("keyframe", "0");
        }
        text
    }

    /// Returns the attributes of the user, as elements.
    fn attributes(&mut self, class: &str, label: &Label) -> String {
        let mut text = String::new();
        let empty = Map::new();
        let attributes = label.fields.get(ATTRIBUTES).and_then(Value::as_object).unwrap_or(&empty);
        let fields = [SCORE, TRACK_ID].into_iter().filter_map(|name| Some((name, label.fields.get(name)?)));
        let shape = Shape::of(&label.fields);
        for (name, value) in fields.chain(attributes.iter().map(|(name, value)| (name.as_str(), value))) {
            if value.is_null() {
                continue;
            }
            if OWN.contains(&name) {
                if !is_own(name, value, &shape) {
                    self.note("attribute whose name CVAT has for another thing");
                }
                continue;
            }
            let users = name.strip_prefix(USERS).filter(|own| OWN.contains(own)).unwrap_or(name);
            let is_field = label.fields.get(name).is_some_and(|field| std::ptr::eq(field, value));
            if users.is_empty() || matches!(users, SCORE | TRACK_ID) && !is_field {
                self.note("attribute whose name CVAT has for another thing");
                continue;
            }
            if !self.specs.value(class, users, value) {
                self.note("type of an attribute (CVAT has one of texts, numbers or truth values)");
            }
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if !is_xml_text(&shown) {
                self.note("control character of a text (XML has none)");
            }
            let name = set("name", users);
            let _ = writeln!(text, "      <attribute{name}>{}</attribute>", XmlText(&shown));
        }
        text
    }

    /// Notes the fields of a label that have no element.
    fn other_fields(&mut self, label: &Label) {
        const KNOWN: [&str; 10] = [
            ATTRIBUTES,
            BBOX,
            CLASS,
            CORNER_FIELD,
            KEYPOINTS,
            POLYLINE,
            ROTATION,
            SCORE,
            SEGMENTATION,
            TRACK_ID,
        ];
        if label.id.is_some() {
            self.note("id of a label (CVAT has none)");
        }
        if label.author.is_some() {
            self.note("author of a label (CVAT has none)");
        }
        if label.origin == LabelOrigin::Prediction {
            self.note("prediction, written as an annotation");
        }
        for (name, value) in &label.fields {
            let is_nothing = value.is_null() || name == "iscrowd" && value.as_f64() == Some(0.0);
            match name.as_str() {
                _ if is_nothing || KNOWN.contains(&name.as_str()) => {}
                CAPTION | SPAN => self.note("text of a label (CVAT has none)"),
                _ => self.left_out.note("other field of a label (CVAT has none for it)", || name.clone()),
            }
        }
    }
}

/// Returns true if an attribute of the tool is written as such.
fn is_own(name: &str, value: &Value, shape: &Shape) -> bool {
    match name {
        "occluded" | "keyframe" => value.is_boolean(),
        "z_order" | "group_id" => value.is_i64(),
        "source" => value.is_string(),
        ELEMENT => value == ELLIPSE && matches!(shape, Shape::Box(_) | Shape::Rotated(..)),
        CUBOID => matches!(shape, Shape::Box(rectangle) if cuboid(value, rectangle).is_some()),
        _ => false,
    }
}

fn rectangle_outline(rectangle: &Rectangle, angle: f64, element: Option<&Value>) -> Outline {
    let Rectangle { x, y, width, height } = *rectangle;
    let number = |name: &str, number: f64| set(name, number.to_string());
    let (name, mut geometry) = if element.is_some_and(|element| element == ELLIPSE) {
        let (rx, ry) = (width / 2.0, height / 2.0);
        (ELLIPSE, number("cx", x + rx) + &number("cy", y + ry) + &number("rx", rx) + &number("ry", ry))
    } else {
        ("box", number("xtl", x) + &number("ytl", y) + &number("xbr", x + width) + &number("ybr", y + height))
    };
    if angle != 0.0 {
        geometry += &number("rotation", angle);
    }
    Outline::new(name, geometry)
}

/// Returns the corners of a cuboid, if the rectangle is around them.
fn cuboid(corners: &Value, rectangle: &Rectangle) -> Option<String> {
    let corners: Vec<f64> = corners.as_array()?.iter().map(Value::as_f64).collect::<Option<_>>()?;
    let around = Rectangle::around(&corners).filter(|_| corners.len() == 2 * CORNERS.len())?;
    let sides = |one: &Rectangle| [one.x, one.y, one.width, one.height];
    let is_same = sides(&around).iter().zip(sides(rectangle)).all(|(a, b)| (a - b).abs() < 1e-6);
    let names = CORNERS.iter().flat_map(|corner| [format!("x{corner}"), format!("y{corner}")]);
    is_same.then(|| names.zip(&corners).map(|(name, side)| set(&name, side.to_string())).collect())
}
