//! Shapes: the labels of an image.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::masks::{self, ImageSize};
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::model::fields::{ATTRIBUTES, SCORE, SEGMENTATION, TRACK_ID};
use crate::annotations::model::{Label, Rectangle, Shape};
use crate::annotations::reader::Skipped;

/// The attribute of the group of a shape.
pub(super) const GROUP: &str = "group_id";
/// The attribute of the type of a shape, if its points do not say it.
pub(super) const TYPE: &str = "shape_type";
/// The attribute of the centre of a circle and a point of its border.
pub(super) const CIRCLE: &str = "circle";

/// Reads a shape.
pub(super) fn label(
    shape: Value,
    size: Option<ImageSize>,
    place: RecordPlace,
    skipped: &mut Skipped,
) -> Result<Label, Reason> {
    let Value::Object(mut fields) = shape else {
        return Err(Reason::expected("", "an object", Some(&shape)));
    };
    let class = match fields.remove("label") {
        Some(Value::String(class)) if !class.is_empty() => class,
        Some(Value::String(_)) => {
            return Err(Reason::new(
                "label",
                "expected a class, found an empty string; name it, or remove the shape",
            ));
        }
        other => return Err(Reason::expected("label", "a string", other.as_ref())),
    };
    let points = points(fields.remove("points").as_ref())?;
    let kind = match fields.remove("shape_type") {
        None | Some(Value::Null) => "polygon".to_owned(),
        Some(Value::String(kind)) => kind,
        other => return Err(Reason::expected("shape_type", "a string", other.as_ref())),
    };
    let mask = fields.remove("mask").filter(|mask| !mask.is_null());
    let mut label = Label::new(place).of_class(class);
    let shape = if kind == "mask" {
        let (mask, outside) = masks::read(mask.as_ref(), &points, size)?;
        if outside > 0 {
            skipped.note("mask with pixels outside of the image, cut off", || label.place.to_string());
        }
        Shape::Mask(mask)
    } else {
        if mask.is_some() {
            skipped.note("mask of a shape of another type", || label.place.to_string());
        }
        geometry(&kind, &points, &mut label)?
    };
    label = label.with_shape(&shape);
    for (name, value) in fields {
        match name.as_str() {
            _ if is_empty(&value) => {}
            SCORE if value.as_f64().is_some_and(|score| (0.0..=1.0).contains(&score)) => {
                label.fields.insert(SCORE.to_owned(), value);
            }
            TRACK_ID if value.is_u64() || value.is_string() => {
                label.fields.insert(TRACK_ID.to_owned(), value);
            }
            _ => label.set_attribute(&name, value),
        }
    }
    Ok(label)
}

/// Returns true for values that labelme writes for absent ones.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// Reads points as `x` and `y` in turn.
fn points(value: Option<&Value>) -> Result<Vec<f64>, Reason> {
    let Some(Value::Array(list)) = value else { return Err(Reason::expected("points", "a list", value)) };
    let mut points = Vec::with_capacity(list.len() * 2);
    for (number, point) in list.iter().enumerate() {
        let pair = point.as_array().map(Vec::as_slice);
        let Some([x, y]) = pair else {
            return Err(Reason::expected(format!("points[{number}]"), "a list of x and y", Some(point)));
        };
        for (axis, side) in [x, y].into_iter().enumerate() {
            let side = side.as_f64().filter(|side| side.is_finite());
            let expected =
                || Reason::expected(format!("points[{number}][{axis}]"), "a number", point.get(axis));
            points.push(side.ok_or_else(expected)?);
        }
    }
    Ok(points)
}

/// Returns the shape of points. What the shape does not say is set as an attribute.
fn geometry(kind: &str, points: &[f64], label: &mut Label) -> Result<Shape, Reason> {
    let wrong = |expected: &str| {
        let found = points.len() / 2;
        Err(Reason::new(
            "points",
            format!("expected {expected} for a {kind}, found {found}; correct the file"),
        ))
    };
    let mut keep_type = || label.set_attribute(TYPE, kind.into());
    Ok(match (kind, points) {
        (_, []) => return wrong("points"),
        ("polygon", points) => Shape::Polygons(vec![points.to_vec()]),
        ("quadrilateral", points) => {
            keep_type();
            Shape::Polygons(vec![points.to_vec()])
        }
        ("rectangle", [x1, y1, x2, y2]) => Shape::Box(Rectangle::between(*x1, *y1, *x2, *y2)),
        ("rectangle" | "oriented_rectangle" | "rotation", [_, _, _, _, _, _, _, _]) => {
            let corners: [f64; 8] = points.try_into().unwrap_or_default();
            match upright(&corners).filter(|_| kind == "rectangle") {
                Some(rectangle) => Shape::Box(rectangle),
                None => {
                    if kind == "rotation" {
                        keep_type();
                    }
                    Shape::Corners(corners)
                }
            }
        }
        ("rectangle", _) => return wrong("two or four points"),
        ("oriented_rectangle" | "rotation", _) => return wrong("four points"),
        ("circle", [x, y, edge_x, edge_y]) => {
            let radius = (edge_x - x).hypot(edge_y - y);
            label.set_attribute(CIRCLE, json!([x, y, edge_x, edge_y]));
            Shape::Box(Rectangle::between(x - radius, y - radius, x + radius, y + radius))
        }
        ("circle", _) => return wrong("two points"),
        ("line", [_, _, _, _]) => Shape::Polyline(points.to_vec()),
        ("line", _) => return wrong("two points"),
        ("linestrip", points) => {
            if points.len() == 4 {
                keep_type();
            }
            Shape::Polyline(points.to_vec())
        }
        ("point", [x, y]) => Shape::Keypoints(vec![*x, *y, 2.0]),
        ("point", _) => return wrong("one point"),
        ("points", points) => {
            if points.len() == 2 {
                keep_type();
            }
            Shape::Keypoints(points.chunks_exact(2).flat_map(|point| [point[0], point[1], 2.0]).collect())
        }
        _ => {
            let why = format!(
                "expected a polygon, rectangle, oriented_rectangle, circle, line, linestrip, point, points or mask, \
                 found {kind:?}; remove the shape"
            );
            return Err(Reason::new("shape_type", why));
        }
    })
}

/// Returns the rectangle of four corners in turn, if its sides are parallel to those of the image.
fn upright(corners: &[f64; 8]) -> Option<Rectangle> {
    let [x1, y1, x2, y2, x3, y3, x4, y4] = *corners;
    // Tools compute corners, with errors in the last digits.
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    let rows = near(y1, y2) && near(x2, x3) && near(y3, y4) && near(x4, x1);
    let columns = near(x1, x2) && near(y2, y3) && near(x3, x4) && near(y4, y1);
    (rows || columns).then(|| Rectangle::between(x1, y1, x3, y3))
}

/// Joins polygons of one class and group, which differ in nothing else: they are one object.
pub(super) fn joined(labels: Vec<Label>) -> Vec<Label> {
    let mut joined: Vec<Label> = Vec::with_capacity(labels.len());
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for mut label in labels {
        let Some(key) = group_key(&label) else {
            joined.push(label);
            continue;
        };
        let Some(Value::Array(rings)) = label.fields.remove(SEGMENTATION) else {
            joined.push(label);
            continue;
        };
        let same = groups.entry(key).or_default();
        if let Some(at) = same.first()
            && let Some(Value::Array(others)) =
                joined.get_mut(*at).and_then(|other| other.fields.get_mut(SEGMENTATION))
        {
            others.extend(rings);
        } else {
            same.push(joined.len());
            label.fields.insert(SEGMENTATION.to_owned(), rings.into());
            joined.push(label);
        }
    }
    joined
}

/// Returns everything but the rings of a polygon that has a group.
pub(super) fn group_key(label: &Label) -> Option<String> {
    let attributes: &Map<String, Value> = label.fields.get(ATTRIBUTES)?.as_object()?;
    attributes.get(GROUP)?;
    label.fields.get(SEGMENTATION)?.as_array()?;
    let rest: Vec<(&String, &Value)> =
        label.fields.iter().filter(|(name, _)| *name != SEGMENTATION).collect();
    serde_json::to_string(&rest).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails if corners are compared exactly.
    #[test]
    fn computed_corners_of_an_upright_rectangle_are_a_box() {
        let (left, right) = (0.1 + 0.2, 10.1);
        let corners = [0.3, 1.0, right, 1.0, right, 7.5, left, 7.5];
        let found = upright(&corners).map(|found| (found.x, found.y, found.height));
        assert_eq!(found, Some((0.3, 1.0, 6.5)));
        let turned = [7.5, right, 7.5, left, 1.0, 0.3, 1.0, right];
        assert!(upright(&turned).is_some());
        assert_eq!(upright(&[0.3, 1.0, right, 1.001, right, 7.5, left, 7.5]), None);
    }
}
