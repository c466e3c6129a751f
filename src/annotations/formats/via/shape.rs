//! Shapes.

use std::f64::consts::PI;

use serde_json::{Map, Value, json};

use crate::annotations::fault::Reason;
use crate::annotations::model::fields::ATTRIBUTES;
use crate::annotations::model::{Label, Rectangle, Shape};

/// The attribute of a label that holds a circle or an ellipse, of which the model has the bounds.
const ROUND: &str = "region_shape";
/// The most points of a region.
const MOST_POINTS: usize = 1_000_000;

/// Sets the shape of a label from `shape_attributes`. An object without fields is no shape.
///
/// # Errors
/// Returns the reason if the shape is not known or its numbers are missing.
pub(in crate::annotations::formats) fn set_shape(
    label: &mut Label,
    attributes: &Map<String, Value>,
) -> Result<(), Reason> {
    let Some(name) = attributes.get("name") else {
        return if attributes.is_empty() {
            Ok(())
        } else {
            Err(Reason::expected("name", "the name of a shape", None))
        };
    };
    let number = |field: &str| number(attributes, field);
    let shape = match name.as_str() {
        Some("rect" | "rectangle") => {
            let (width, height) = (number("width")?, number("height")?);
            if width < 0.0 || height < 0.0 {
                let why = format!("expected a width and a height of 0 or more, found {width} and {height}");
                return Err(Reason::record(why));
            }
            Shape::Box(Rectangle { x: number("x")?, y: number("y")?, width, height })
        }
        Some("polygon") => Shape::Polygons(vec![points(attributes, 3)?]),
        Some("polyline") => Shape::Polyline(points(attributes, 2)?),
        Some("point") => Shape::Keypoints(vec![number("cx")?, number("cy")?, 2.0]),
        Some("circle" | "ellipse") => {
            label.set_attribute(ROUND, Value::Object(attributes.clone()));
            round(attributes)?
        }
        _ => {
            let known = "expected `rect`, `circle`, `ellipse`, `polygon`, `polyline` or `point`";
            return Err(Reason::new("name", format!("{known}, found {name}")));
        }
    };
    shape.write(&mut label.fields);
    Ok(())
}

/// Returns the rectangle around a circle or an ellipse, turned as the ellipse is.
fn round(attributes: &Map<String, Value>) -> Result<Shape, Reason> {
    let (x, y) = (number(attributes, "cx")?, number(attributes, "cy")?);
    let (rx, ry) = if attributes.get("name") == Some(&json!("circle")) {
        let radius = number(attributes, "r")?;
        (radius, radius)
    } else {
        (number(attributes, "rx")?, number(attributes, "ry")?)
    };
    if rx < 0.0 || ry < 0.0 {
        return Err(Reason::record(format!("expected a radius of 0 or more, found {}", rx.min(ry))));
    }
    let rectangle = Rectangle { x: x - rx, y: y - ry, width: 2.0 * rx, height: 2.0 * ry };
    let angle = if attributes.contains_key("theta") { number(attributes, "theta")? } else { 0.0 };
    Ok(if angle == 0.0 { Shape::Box(rectangle) } else { Shape::Rotated(rectangle, angle * 180.0 / PI) })
}

fn number(attributes: &Map<String, Value>, field: &str) -> Result<f64, Reason> {
    let found = attributes.get(field);
    // Some scripts write numbers as texts.
    let number = match found {
        Some(Value::String(text)) => text.trim().parse().ok(),
        other => other.and_then(Value::as_f64),
    };
    number.filter(|number| number.is_finite()).ok_or_else(|| Reason::expected(field, "a number", found))
}

fn points(attributes: &Map<String, Value>, least: usize) -> Result<Vec<f64>, Reason> {
    let list = |field: &str| -> Result<Vec<f64>, Reason> {
        let found = attributes.get(field);
        let list = found.and_then(Value::as_array).and_then(|list| list.iter().map(Value::as_f64).collect());
        list.ok_or_else(|| Reason::expected(field, "a list of numbers", found))
    };
    let (x, y) = (list("all_points_x")?, list("all_points_y")?);
    if x.len() != y.len() || x.len() < least || x.len() > MOST_POINTS {
        let why = format!(
            "expected {least} to {MOST_POINTS} points, found {} numbers in `all_points_x` and {} in `all_points_y`",
            x.len(),
            y.len()
        );
        return Err(Reason::record(why));
    }
    Ok(x.into_iter().zip(y).flat_map(|(x, y)| [x, y]).collect())
}

/// The regions that a label is written as.
#[derive(Debug, Default)]
pub(in crate::annotations::formats) struct Written {
    /// The `shape_attributes` of each; several if the label has several parts.
    pub shapes: Vec<Map<String, Value>>,
    /// What VIA cannot hold of the shape.
    pub left_out: Option<&'static str>,
    /// True if the attributes of the label hold the shape.
    pub is_round: bool,
}

/// Returns the regions of a label, as [`set_shape`] reads them.
pub(in crate::annotations::formats) fn written_shape(fields: &Map<String, Value>) -> Written {
    let shape = Shape::of(fields);
    let one = |value: Value, left_out: Option<&'static str>| {
        let shapes = value.as_object().cloned().into_iter().collect();
        Written { shapes, left_out, is_round: false }
    };
    let none = |left_out: &'static str| Written { left_out: Some(left_out), ..Written::default() };
    let stored =
        fields.get(ATTRIBUTES).and_then(|attributes| attributes.get(ROUND)).and_then(Value::as_object);
    if let Some(stored) = stored
        && round(stored).is_ok_and(|stored| stored == shape)
    {
        return Written { shapes: vec![stored.clone()], left_out: None, is_round: true };
    }
    match &shape {
        Shape::Whole => none("label without a shape (VIA has regions)"),
        Shape::Box(Rectangle { x, y, width, height }) => {
            let (x, y, width, height) = (plain(*x), plain(*y), plain(*width), plain(*height));
            one(json!({"name": "rect", "x": x, "y": y, "width": width, "height": height}), None)
        }
        Shape::Rotated(..) | Shape::Corners(_) => {
            let corners = shape.outline().unwrap_or_default();
            one(of_points("polygon", &corners), Some("rotated rectangle (a polygon is written)"))
        }
        Shape::Polygons(rings) => {
            let rings: Vec<_> = rings.iter().filter(|ring| ring.len() >= 6).collect();
            let parts = rings.iter().filter_map(|ring| of_points("polygon", ring).as_object().cloned());
            let left_out = match rings.len() {
                0 => Some("polygon of fewer than three points"),
                1 => None,
                _ => Some("polygon of several parts (a region each is written)"),
            };
            Written { shapes: parts.collect(), left_out, is_round: false }
        }
        Shape::Polyline(points) if points.len() >= 4 => one(of_points("polyline", points), None),
        Shape::Polyline(_) => none("line of fewer than two points"),
        Shape::Keypoints(points) => match points.as_slice() {
            [x, y, 2.0] => one(json!({"name": "point", "cx": plain(*x), "cy": plain(*y)}), None),
            _ => none("keypoints (VIA has single visible points)"),
        },
        Shape::Mask(_) => none("mask (VIA has polygons)"),
        Shape::Span(..) => none("range of a text"),
    }
}

fn of_points(name: &str, points: &[f64]) -> Value {
    let every =
        |first: usize| points.iter().skip(first).step_by(2).map(|side| plain(*side)).collect::<Vec<_>>();
    json!({"name": name, "all_points_x": every(0), "all_points_y": every(1)})
}

/// Returns a number, without a fraction if it is whole.
fn plain(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotations::fault::RecordPlace;

    fn read(value: &Value) -> Result<Label, Reason> {
        let mut label = Label::new(RecordPlace::Line(1));
        set_shape(&mut label, value.as_object().unwrap()).map(|()| label)
    }

    #[test]
    fn shapes_are_read_and_written() {
        for shape in [
            json!({"name": "rect", "x": 1, "y": 2.5, "width": 3, "height": 4}),
            json!({"name": "polygon", "all_points_x": [0, 4, 4], "all_points_y": [0, 0, 4]}),
            json!({"name": "polyline", "all_points_x": [0, 4], "all_points_y": [0, 1]}),
            json!({"name": "point", "cx": 3, "cy": 4}),
            json!({"name": "circle", "cx": 30, "cy": 40, "r": 5.5}),
            json!({"name": "ellipse", "cx": 30, "cy": 40, "rx": 5, "ry": 3, "theta": 0.3}),
            json!({"name": "ellipse", "cx": 30, "cy": 40, "rx": 5, "ry": 3}),
        ] {
            let written = written_shape(&read(&shape).unwrap().fields);
            assert_eq!((written.shapes.len(), written.left_out), (1, None), "{shape}");
            assert_eq!(Value::Object(written.shapes[0].clone()), shape);
        }
        // A circle that was moved in stemma is written as its box.
        let mut label = read(&json!({"name": "circle", "cx": 30, "cy": 40, "r": 5})).unwrap();
        Shape::Box(Rectangle { x: 0.0, y: 0.0, width: 4.0, height: 4.0 }).write(&mut label.fields);
        assert_eq!(written_shape(&label.fields).shapes[0]["name"], "rect");
    }

    #[test]
    fn bad_shapes_are_refused() {
        for (shape, said) in [
            (json!({"name": "cube"}), "expected `rect`, `circle`"),
            (json!({"x": 1}), "the name of a shape"),
            (
                json!({"name": "rect", "x": 1, "y": 1, "width": 2}),
                "field height: expected a number, found nothing",
            ),
            (json!({"name": "rect", "x": 1, "y": 1, "width": -2, "height": 1}), "of 0 or more"),
            (
                json!({"name": "polygon", "all_points_x": [1, 2, 3], "all_points_y": [1, 2]}),
                "found 3 numbers",
            ),
            (json!({"name": "circle", "cx": 1, "cy": 1}), "field r"),
        ] {
            let why = read(&shape).unwrap_err().at(1).to_string();
            assert!(why.contains(said), "{why}");
        }
        assert_eq!(Shape::of(&read(&json!({})).unwrap().fields), Shape::Whole);
    }
}
