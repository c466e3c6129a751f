//! Turned rectangles for tools that know no rotation.

use serde_json::{Map, Value, json};

use super::Shape;
use super::fields::{BBOX, ROTATION};

/// The largest difference of a side that another tool makes by rounding, in pixels.
const ROUNDED: f64 = 0.01;

/// Replaces a turned rectangle by the box around it. Returns the fields of the rectangle; `None` if
/// there is none.
pub fn make_upright(fields: &mut Map<String, Value>) -> Option<Map<String, Value>> {
    let names = [BBOX, ROTATION].into_iter();
    let turned: Map<String, Value> =
        names.filter_map(|name| Some((name.to_owned(), fields.get(name)?.clone()))).collect();
    let shape = Shape::of(&turned);
    let bounds = matches!(shape, Shape::Rotated(..)).then(|| shape.bounds())??;
    fields.remove(ROTATION);
    fields.insert(BBOX.to_owned(), json!([bounds.x, bounds.y, bounds.width, bounds.height]));
    Some(turned)
}

/// Puts a turned rectangle back, unless another tool has changed the box around it.
pub fn put_back(fields: &mut Map<String, Value>, turned: &Map<String, Value>) {
    let mut made = turned.clone();
    if make_upright(&mut made).is_none() {
        return;
    }
    let sides = |fields: &Map<String, Value>| -> Option<Vec<f64>> {
        fields.get(BBOX)?.as_array()?.iter().map(Value::as_f64).collect()
    };
    let is_same = |(a, b): (Vec<f64>, Vec<f64>)| {
        a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| (a - b).abs() <= ROUNDED)
    };
    if sides(fields).zip(sides(&made)).is_some_and(is_same) {
        fields.extend(turned.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_rectangle_comes_back_unless_its_box_was_changed() {
        let map = |value: Value| value.as_object().unwrap().clone();
        let before = map(json!({"bbox": [10, 10, 20, 10], "rotation": 90, "class": "car"}));
        let mut fields = before.clone();
        let turned = make_upright(&mut fields).unwrap();
        assert!(fields.get("rotation").is_none() && fields["bbox"] != before["bbox"], "{fields:?}");
        let mut back = fields.clone();
        put_back(&mut back, &turned);
        assert_eq!(back, before);
        let mut moved = fields.clone();
        moved.insert("bbox".to_owned(), json!([0, 0, 5, 5]));
        put_back(&mut moved, &turned);
        assert_eq!(Value::Object(moved), json!({"bbox": [0, 0, 5, 5], "class": "car"}));
        for plain in [json!({"bbox": [1, 2, 3, 4]}), json!({"rotation": 7}), json!({})] {
            assert_eq!(make_upright(&mut map(plain)), None);
        }
    }
}
