//! The shapes of a label.

use serde_json::{Map, Value, json};

use super::masks;
use super::shapes::{CIRCLE, GROUP, TYPE, is_empty};
use crate::annotations::model::fields::{
    ATTRIBUTES, BBOX, CAPTION, CLASS, CORNERS, KEYPOINTS, POLYLINE, ROTATION, SCORE, SEGMENTATION, SPAN,
    TRACK_ID,
};
use crate::annotations::model::{Label, LabelOrigin, Rectangle, Shape};
use crate::annotations::reader::Skipped;

/// Fields of a shape that labelme reads itself.
const OWN: [&str; 9] = ["label", "points", GROUP, TYPE, "flags", "description", "mask", SCORE, TRACK_ID];

/// Notes on what the shapes of an image cannot hold.
pub(super) struct ShapeOutput<'a> {
    /// The name of the image.
    pub image: &'a str,
    pub left_out: &'a mut Skipped,
    /// A group that no label of the image has.
    pub next_group: i64,
}

/// The type and the points of a shape, and its mask.
struct Outline {
    kind: &'static str,
    points: Vec<f64>,
    mask: Option<String>,
}

impl Outline {
    fn new(kind: &'static str, points: Vec<f64>) -> Self {
        Self { kind, points, mask: None }
    }
}

/// Returns the group of a label, if it is one of labelme.
pub(super) fn group_of(label: &Label) -> Option<i64> {
    label.fields.get(ATTRIBUTES)?.get(GROUP)?.as_i64()
}

impl ShapeOutput<'_> {
    fn note(&mut self, what: &'static str) {
        let image = self.image;
        self.left_out.note(what, || image.to_owned());
    }

    /// Returns the shapes of a label: one for each ring of a polygon, and for each class.
    pub(super) fn shapes(&mut self, label: &Label) -> Vec<Value> {
        let classes = label.classes();
        if classes.is_empty() || classes.contains(&"") {
            self.note("label without a class (labelme needs one)");
            return Vec::new();
        }
        let outlines = self.outlines(label);
        if outlines.is_empty() {
            return Vec::new();
        }
        self.other_fields(label);
        if classes.len() > 1 {
            self.note("label with several classes, written once for each");
        }
        let mut group = group_of(label);
        if outlines.len() > 1 && group.is_none() {
            self.note("polygons of a label, to which a new `group_id` was given");
            group = Some(self.next_group);
            self.next_group = self.next_group.saturating_add(1);
        }
        let fields = self.fields(label);
        let mut shapes = Vec::new();
        for class in classes {
            for outline in &outlines {
                let points: Vec<&[f64]> = outline.points.chunks_exact(2).collect();
                let mut shape = fields.clone();
                shape.insert("label".to_owned(), class.into());
                shape.insert("points".to_owned(), json!(points));
                shape.insert(GROUP.to_owned(), json!(group));
                shape.insert(TYPE.to_owned(), outline.kind.into());
                shape.insert("mask".to_owned(), json!(outline.mask));
                shapes.push(shape.into());
            }
        }
        shapes
    }

    /// Returns the outlines of a label; none if labelme has no such shape.
    fn outlines(&mut self, label: &Label) -> Vec<Outline> {
        let fields = &label.fields;
        let attribute = |name: &str| fields.get(ATTRIBUTES).and_then(|attributes| attributes.get(name));
        let kept = attribute(TYPE).and_then(Value::as_str).unwrap_or_default();
        let shape = Shape::of(fields);
        if fields.contains_key(BBOX) && !matches!(shape, Shape::Box(_) | Shape::Rotated(..)) {
            self.note("box of a label that has another shape");
        }
        if fields.contains_key(KEYPOINTS) && !matches!(shape, Shape::Keypoints(_)) {
            self.note("keypoints of a label that has another shape");
        }
        let one = |kind: &'static str, points: Vec<f64>| vec![Outline::new(kind, points)];
        match shape {
            Shape::Whole | Shape::Span(..) => {
                self.note("label without a shape (labelme needs one)");
                Vec::new()
            }
            Shape::Box(rectangle) => {
                let Rectangle { x, y, width, height } = rectangle;
                match attribute(CIRCLE).and_then(|circle| circle_of(circle, &rectangle)) {
                    Some(circle) => one("circle", circle),
                    None => one("rectangle", vec![x, y, x + width, y + height]),
                }
            }
            Shape::Rotated(..) => {
                self.note("rotated box, written as its corners");
                shape.outline().map_or_else(Vec::new, |corners| one("oriented_rectangle", corners.to_vec()))
            }
            Shape::Corners(corners) => {
                one(if kept == "rotation" { "rotation" } else { "oriented_rectangle" }, corners.to_vec())
            }
            Shape::Polygons(rings) => {
                let kind = if kept == "quadrilateral" { "quadrilateral" } else { "polygon" };
                let rings: Vec<Vec<f64>> = rings.into_iter().filter(|ring| ring.len() >= 2).collect();
                if rings.is_empty() {
                    self.note("label without a shape (labelme needs one)");
                }
                rings.into_iter().map(|ring| Outline::new(kind, ring)).collect()
            }
            Shape::Mask(mask) => match masks::written(&mask) {
                Some((points, text)) => vec![Outline { kind: "mask", points, mask: Some(text) }],
                None => {
                    self.note("mask that is empty, damaged or too large");
                    Vec::new()
                }
            },
            Shape::Polyline(points) if points.len() >= 2 => {
                one(if points.len() == 4 && kept != "linestrip" { "line" } else { "linestrip" }, points)
            }
            Shape::Keypoints(points) => {
                if points.chunks_exact(3).any(|point| point[2] != 2.0) {
                    self.note("visibility of points (labelme has visible ones)");
                }
                let seen = points.chunks_exact(3).filter(|point| point[2] > 0.0);
                let seen: Vec<f64> = seen.flat_map(|point| [point[0], point[1]]).collect();
                match seen.len() {
                    0 => Vec::new(),
                    2 if kept != "points" => one("point", seen),
                    _ => one("points", seen),
                }
            }
            Shape::Polyline(_) => {
                self.note("label without a shape (labelme needs one)");
                Vec::new()
            }
        }
    }

    /// Returns the fields of a shape that are not its geometry.
    fn fields(&mut self, label: &Label) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("flags".to_owned(), json!({}));
        fields.insert("description".to_owned(), "".into());
        for name in [SCORE, TRACK_ID] {
            fields.extend(label.fields.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        let attributes = label.fields.get(ATTRIBUTES).and_then(Value::as_object);
        for (name, value) in attributes.into_iter().flatten() {
            let fits = match name.as_str() {
                GROUP => value.is_i64(),
                "flags" => are_flags(value),
                "description" => value.is_string(),
                name => !OWN.contains(&name),
            };
            if is_empty(value) || name == TYPE || name == GROUP && fits {
                continue;
            }
            if name == CIRCLE
                && matches!(Shape::of(&label.fields), Shape::Box(box_) if circle_of(value, &box_).is_some())
            {
                continue;
            }
            if fits {
                fields.insert(name.clone(), value.clone());
            } else {
                self.note("attribute whose name or type labelme uses for another thing");
            }
        }
        fields
    }

    /// Notes the fields of a label that a shape does not have.
    fn other_fields(&mut self, label: &Label) {
        const KNOWN: [&str; 10] =
            [ATTRIBUTES, BBOX, CLASS, CORNERS, KEYPOINTS, POLYLINE, ROTATION, SCORE, SEGMENTATION, TRACK_ID];
        if label.id.is_some() {
            self.note("id of a label (labelme has none)");
        }
        if label.author.is_some() {
            self.note("author of a label (labelme has none)");
        }
        if label.origin == LabelOrigin::Prediction {
            self.note("prediction, written as an annotation");
        }
        for (name, value) in &label.fields {
            let is_nothing = value.is_null() || name == "iscrowd" && value.as_f64() == Some(0.0);
            match name.as_str() {
                _ if is_nothing || KNOWN.contains(&name.as_str()) => {}
                CAPTION | SPAN => self.note("text of a label (labelme has none)"),
                _ => self.left_out.note("other field of a label (labelme has none for it)", || name.clone()),
            }
        }
    }
}

/// Returns true for an object of truth values.
pub(super) fn are_flags(value: &Value) -> bool {
    value.as_object().is_some_and(|flags| flags.values().all(Value::is_boolean))
}

/// Returns the points of a circle, if it is the one in the rectangle.
fn circle_of(circle: &Value, rectangle: &Rectangle) -> Option<Vec<f64>> {
    let points: Vec<f64> = circle.as_array()?.iter().filter_map(Value::as_f64).collect();
    let [x, y, edge_x, edge_y] = points[..] else { return None };
    let radius = (edge_x - x).hypot(edge_y - y);
    let own = [x - radius, y - radius, radius * 2.0, radius * 2.0];
    let given = [rectangle.x, rectangle.y, rectangle.width, rectangle.height];
    own.iter().zip(given).all(|(own, given)| (own - given).abs() < 1e-6).then_some(points)
}
