//! Results of Label Studio from the fields of a label: shapes in percentages of the image.

use serde_json::{Map, Value, json};

use super::brush;
use crate::annotations::model::fields::{CAPTION, CLASS, KEYPOINTS, SCORE};
use crate::annotations::model::{Rectangle, Shape};

/// The width and height of an image, in pixels.
pub(in crate::annotations::formats::label_studio) type Size = (f64, f64);

/// What one result has of a label.
pub(in crate::annotations::formats::label_studio) struct MadeResult {
    /// The name of its control tag without labels.
    pub tag: &'static str,
    /// Its value without labels.
    pub value: Map<String, Value>,
    /// The position of a keypoint, from 0.
    pub keypoint: Option<usize>,
}

/// The results of a label.
#[derive(Default)]
pub(in crate::annotations::formats::label_studio) struct MadeResults {
    /// The results; none if nothing of the label can be shown.
    pub results: Vec<MadeResult>,
    /// What the results do not show.
    pub hidden: Option<&'static str>,
}

impl MadeResult {
    fn new(tag: &'static str, value: &Value) -> Self {
        let value = value.as_object().cloned().unwrap_or_default();
        Self { tag, value, keypoint: None }
    }

    /// Returns true if the result is a shape of an image.
    pub(in crate::annotations::formats::label_studio) fn is_shape(&self) -> bool {
        !matches!(self.tag, "labels" | "choices" | "textarea")
    }

    /// Returns the control tag, and the member of the value that has labels; `None` for texts.
    pub(in crate::annotations::formats::label_studio) fn control(
        &self,
        is_labelled: bool,
    ) -> (String, Option<String>) {
        match self.tag {
            "textarea" => (self.tag.to_owned(), None),
            "choices" | "labels" => (self.tag.to_owned(), Some(self.tag.to_owned())),
            tag if is_labelled => (format!("{tag}labels"), Some(format!("{tag}labels"))),
            tag => (tag.to_owned(), None),
        }
    }
}

/// Returns the results of the fields of a label.
pub(in crate::annotations::formats::label_studio) fn results(
    fields: &Map<String, Value>,
    size: Option<Size>,
) -> MadeResults {
    let mut own = fields.clone();
    let keypoints = match Shape::of(&take(&mut own, KEYPOINTS)) {
        Shape::Keypoints(points) => points,
        _ => Vec::new(),
    };
    let shape = Shape::of(&own);
    let mut made = MadeResults::default();
    match (&shape, size) {
        (Shape::Whole, _) if keypoints.is_empty() => {}
        (Shape::Whole | Shape::Span(..), _) | (_, Some(_)) => {}
        (_, None) => made.hidden = Some("shape of an image of unknown size"),
    }
    if (shape != Shape::Whole || !keypoints.is_empty())
        && let Some(size) = size
    {
        match shapes(&shape, size) {
            Some(shapes) => made.results = shapes,
            None => made.hidden = Some("mask that does not fit its image"),
        }
        for (place, point) in keypoints.chunks_exact(3).enumerate().filter(|(_, point)| point[2] > 0.0) {
            let [x, y] = percent(size, point[0], point[1]);
            let value = json!({"x": x, "y": y, "width": 0.5});
            made.results.push(MadeResult { keypoint: Some(place), ..MadeResult::new("keypoint", &value) });
        }
    }
    if let Shape::Span(start, end) = shape {
        made.results.push(MadeResult::new("labels", &json!({"start": start, "end": end})));
    }
    let is_shown = !made.results.is_empty();
    if !is_shown && (fields.contains_key(CLASS) || !fields.contains_key(CAPTION)) {
        made.results.push(MadeResult::new("choices", &json!({})));
        if !fields.contains_key(CLASS) && made.hidden.is_none() {
            made.hidden = Some("label without class, shape and caption");
        }
    }
    if let Some(caption) = fields.get(CAPTION).and_then(Value::as_str) {
        made.results.push(MadeResult::new("textarea", &json!({"text": [caption]})));
    }
    made
}

/// Moves one field to an object of its own.
fn take(fields: &mut Map<String, Value>, name: &str) -> Map<String, Value> {
    fields.remove(name).map(|value| (name.to_owned(), value)).into_iter().collect()
}

fn percent((width, height): Size, x: f64, y: f64) -> [f64; 2] {
    [x / width * 100.0, y / height * 100.0]
}

fn shapes(shape: &Shape, size: Size) -> Option<Vec<MadeResult>> {
    let points = |points: &[f64]| -> Vec<[f64; 2]> {
        points.chunks_exact(2).map(|point| percent(size, point[0], point[1])).collect()
    };
    let polygon =
        |points: Vec<[f64; 2]>| MadeResult::new("polygon", &json!({"points": points, "closed": true}));
    Some(match shape {
        Shape::Whole | Shape::Span(..) | Shape::Keypoints(_) => Vec::new(),
        Shape::Box(rectangle) => vec![turned(rectangle, 0.0, size)],
        Shape::Rotated(rectangle, angle) => vec![turned(rectangle, *angle, size)],
        Shape::Corners(corners) => vec![polygon(points(corners))],
        Shape::Polygons(polygons) => polygons.iter().map(|one| polygon(points(one))).collect(),
        Shape::Mask(mask) => {
            let is_of_image = (f64::from(mask.width), f64::from(mask.height)) == size;
            let rle = is_of_image.then(|| brush::pack(mask)).flatten()?;
            vec![MadeResult::new("brush", &json!({"format": "rle", "rle": rle}))]
        }
        Shape::Polyline(line) => {
            let vertex = |(place, [x, y]): (usize, [f64; 2])| {
                let mut vertex = json!({"id": format!("p{place}"), "x": x, "y": y, "isBezier": false});
                if let Some(before) = place.checked_sub(1) {
                    vertex["prevPointId"] = format!("p{before}").into();
                }
                vertex
            };
            let vertices: Vec<Value> = points(line).into_iter().enumerate().map(vertex).collect();
            vec![MadeResult::new("vector", &json!({"closed": false, "vertices": vertices}))]
        }
    })
}

/// Returns a rectangle, which Label Studio turns about its upper left corner.
fn turned(rectangle: &Rectangle, angle: f64, size: Size) -> MadeResult {
    let corner = Shape::Rotated(*rectangle, angle).outline().unwrap_or_default();
    let (left, top) = if angle == 0.0 { (rectangle.x, rectangle.y) } else { (corner[0], corner[1]) };
    let [x, y] = percent(size, left, top);
    let [width, height] = percent(size, rectangle.width, rectangle.height);
    MadeResult::new(
        "rectangle",
        &json!({"x": x, "y": y, "width": width, "height": height, "rotation": angle.rem_euclid(360.0)}),
    )
}

/// Returns the names of the classes of a label: texts, and other values as JSON.
pub(in crate::annotations::formats::label_studio) fn class_names(class: Option<&Value>) -> Vec<String> {
    let name = |class: &Value| class.as_str().map_or_else(|| class.to_string(), str::to_owned);
    match class {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(classes)) => classes.iter().map(name).collect(),
        Some(class) => vec![name(class)],
    }
}

/// Returns the score of a prediction, which a result has as well.
pub(in crate::annotations::formats::label_studio) fn score(fields: &Map<String, Value>) -> Option<&Value> {
    fields.get(SCORE).filter(|score| score.is_number())
}
