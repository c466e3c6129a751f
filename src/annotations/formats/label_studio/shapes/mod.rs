//! Fields of a label from the results about one region: the inverse of [`results`].

use serde_json::{Map, Value, json};

use crate::annotations::model::fields::{
    BBOX, CAPTION, CORNERS, KEYPOINTS, POLYLINE, ROTATION, SEGMENTATION, SPAN,
};
use crate::annotations::model::{Rectangle, Shape};
use results::Size;

mod brush;
pub(super) mod drawn;
pub(super) mod results;

/// The fields that say where a label is.
pub(super) const OF_SHAPE: [&str; 9] =
    [BBOX, ROTATION, CORNERS, SEGMENTATION, POLYLINE, KEYPOINTS, "num_keypoints", SPAN, "area"];

/// A result, with the position of a keypoint.
pub(super) struct FoundResult<'r> {
    pub result: &'r Map<String, Value>,
    pub keypoint: Option<usize>,
}

impl FoundResult<'_> {
    /// Returns the member of its value.
    fn get(&self, name: &str) -> Option<&Value> {
        self.result.get("value")?.get(name)
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    /// Returns the labels in it, if they are classes.
    pub(super) fn labels(&self) -> Vec<&Value> {
        let value = self.result.get("value").and_then(Value::as_object);
        let members = value.into_iter().flatten();
        let labels = members.filter(|(name, _)| name.ends_with("labels") || *name == "choices");
        labels.filter_map(|(_, list)| list.as_array()).flatten().collect()
    }
}

/// Returns the size of the image of a result.
pub(super) fn size_of(result: &Map<String, Value>) -> Option<Size> {
    let side = |name| result.get(name).and_then(Value::as_f64).filter(|side| *side > 0.0);
    Some((side("original_width")?, side("original_height")?))
}

/// Returns the fields of the shape and the caption in results; `None` if one of them is neither.
/// `before` are the fields of the shape before it was changed; `None` if the region is new: then a
/// text about it is no caption.
pub(super) fn fields(
    results: &[FoundResult<'_>],
    before: Option<&Map<String, Value>>,
) -> Option<Map<String, Value>> {
    let (is_new, none) = (before.is_none(), Map::new());
    let before = before.unwrap_or(&none);
    let mut fields = Map::new();
    let (mut polygons, mut captions) = (Vec::new(), Vec::new());
    let mut keypoints: Vec<f64> = Vec::new();
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    let seen: Vec<f64> =
        before.get(KEYPOINTS).and_then(Value::as_array).into_iter().flatten().map(number).collect();
    for found in results {
        let kind = found.result.get("type").and_then(Value::as_str).unwrap_or_default();
        let kind = kind.strip_suffix("labels").filter(|kind| !kind.is_empty()).unwrap_or(kind);
        let is_of_region = is_new && found.get("x").is_some();
        if matches!(kind, "choices" | "textarea" | "labels") && !is_of_region {
            match kind {
                "textarea" => captions.extend(found.get("text")?.as_array()?.iter().map(Value::as_str)),
                "labels" => {
                    let (start, end) = (found.get("start")?.as_u64()?, found.get("end")?.as_u64()?);
                    Shape::Span(start, end).write(&mut fields);
                }
                _ => {}
            }
            continue;
        }
        let size = size_of(found.result)?;
        match kind {
            "rectangle" => rectangle(found, size)?.write(&mut fields),
            "polygon" => polygons.push(points(found.get("points")?, size)?),
            "vector" if found.get("closed").and_then(Value::as_bool) != Some(true) => {
                let line = found.get("vertices")?.as_array()?.iter().map(|vertex| pixel(vertex, size));
                let line: Vec<[f64; 2]> = line.collect::<Option<_>>()?;
                Shape::Polyline(line.concat()).write(&mut fields);
            }
            "brush" => {
                let byte = |byte: &Value| byte.as_u64().and_then(|byte| u8::try_from(byte).ok());
                let bytes = found.get("rle")?.as_array()?.iter().map(byte).collect::<Option<Vec<_>>>()?;
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared below")]
                let (width, height) = (size.0 as u32, size.1 as u32);
                if (f64::from(width), f64::from(height)) != size {
                    return None;
                }
                Shape::Mask(brush::unpack(&bytes, width, height)?).write(&mut fields);
            }
            "keypoint" => {
                let [x, y] = pixel(&Value::Object(found.result.get("value")?.as_object()?.clone()), size)?;
                let place = found.keypoint.unwrap_or(keypoints.len() / 3);
                if place > 10_000 {
                    return None;
                }
                let length = keypoints.len().max(seen.len()).max(place * 3 + 3);
                keypoints.resize(length, 0.0);
                let visible =
                    seen.get(place * 3 + 2).copied().filter(|visible| *visible > 0.0).unwrap_or(2.0);
                keypoints.get_mut(place * 3..place * 3 + 3)?.copy_from_slice(&[x, y, visible]);
            }
            _ => return None,
        }
    }
    match (polygons.as_slice(), before.contains_key(CORNERS)) {
        ([], _) => {}
        ([one], true) if one.len() == 8 => drop(fields.insert(CORNERS.to_owned(), json!(one))),
        _ => Shape::Polygons(polygons).write(&mut fields),
    }
    if before.contains_key(BBOX)
        && !fields.contains_key(BBOX)
        && let Some(bounds) = Shape::of(&fields).bounds()
    {
        Shape::Box(bounds).write(&mut fields);
    }
    if !keypoints.is_empty() {
        let count = keypoints.chunks_exact(3).filter(|point| point[2] > 0.0).count();
        Shape::Keypoints(keypoints).write(&mut fields);
        if before.contains_key("num_keypoints") {
            fields.insert("num_keypoints".to_owned(), count.into());
        }
    }
    if !captions.is_empty() {
        let lines = captions.into_iter().collect::<Option<Vec<&str>>>()?;
        fields.insert(CAPTION.to_owned(), lines.join("\n").into());
    }
    Some(fields)
}

fn rectangle(found: &FoundResult<'_>, size: Size) -> Option<Shape> {
    let number = |name: &str| found.number(name);
    let [x, y] = [number("x")? * size.0 / 100.0, number("y")? * size.1 / 100.0];
    let [width, height] = [number("width")? * size.0 / 100.0, number("height")? * size.1 / 100.0];
    let angle = number("rotation").unwrap_or_default();
    if angle == 0.0 {
        return Some(Shape::Box(Rectangle { x, y, width, height }));
    }
    // The rectangle is turned about its upper left corner.
    let (sin, cos) = angle.to_radians().sin_cos();
    let middle_x = x + (width * cos - height * sin) / 2.0;
    let middle_y = y + (width * sin + height * cos) / 2.0;
    let rectangle = Rectangle { x: middle_x - width / 2.0, y: middle_y - height / 2.0, width, height };
    Some(Shape::Rotated(rectangle, angle))
}

fn points(points: &Value, size: Size) -> Option<Vec<f64>> {
    let point = |point: &Value| -> Option<[f64; 2]> {
        Some([point.get(0)?.as_f64()? * size.0 / 100.0, point.get(1)?.as_f64()? * size.1 / 100.0])
    };
    points.as_array()?.iter().map(point).collect::<Option<Vec<_>>>().map(|points| points.concat())
}

fn pixel(point: &Value, size: Size) -> Option<[f64; 2]> {
    Some([point.get("x")?.as_f64()? * size.0 / 100.0, point.get("y")?.as_f64()? * size.1 / 100.0])
}
