//! Shapes of files with few digits.

use serde_json::{Map, Value};

use super::numbers::{is_computed_single, single_step};
use super::same;
use crate::annotations::model::fields::{BBOX, CORNERS, KEYPOINTS, POLYLINE, SEGMENTATION};

/// The largest error of coordinates that were computed in single precision, in steps of the largest of
/// them: corners and sides are sums and differences of others.
const STEPS: f64 = 4.0;

/// The fields of coordinates.
const SHAPES: [&str; 5] = [BBOX, CORNERS, KEYPOINTS, POLYLINE, SEGMENTATION];

/// Returns the fields of a label with the stored coordinates where they differ by the precision of
/// the file at most.
#[must_use]
pub fn settled(
    mut fields: Map<String, Value>,
    stored: &Map<String, Value>,
    precision: f64,
) -> Map<String, Value> {
    for name in SHAPES {
        if let (Some(shape), Some(before)) = (fields.get_mut(name), stored.get(name))
            && (is_within(shape, before, precision)
                || name == SEGMENTATION && are_rings_within(shape, before, precision))
        {
            shape.clone_from(before);
        }
    }
    fields
}

/// Returns the largest error of the shape of a label of which coordinates were computed in single
/// precision, in pixels; 0 for others.
pub(super) fn single_precision(fields: &Map<String, Value>) -> f64 {
    fn extremes(value: &Value, largest: &mut f64, is_single: &mut bool) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| extremes(value, largest, is_single)),
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or_default();
                *largest = largest.max(number.abs());
                *is_single = *is_single || is_computed_single(number);
            }
            _ => {}
        }
    }
    let (mut largest, mut is_single) = (0.0, false);
    for shape in SHAPES.iter().filter_map(|name| fields.get(*name)) {
        extremes(shape, &mut largest, &mut is_single);
    }
    if is_single { STEPS * single_step(largest) } else { 0.0 }
}

/// Returns true if the rings of two polygons, in the same order, are within the precision from any of their
/// points on, in either direction.
fn are_rings_within(a: &Value, b: &Value, precision: f64) -> bool {
    let rings = |shape: &Value| -> Option<Vec<Vec<[f64; 2]>>> {
        let ring = |ring: &Value| -> Option<Vec<[f64; 2]>> {
            let numbers: Vec<f64> = ring.as_array()?.iter().map(Value::as_f64).collect::<Option<_>>()?;
            let points = numbers.chunks_exact(2).map(|point| [point[0], point[1]]);
            numbers.len().is_multiple_of(2).then(|| points.collect())
        };
        shape.as_array()?.iter().map(ring).collect()
    };
    let near =
        |a: &[f64; 2], b: &[f64; 2]| (a[0] - b[0]).abs() <= precision && (a[1] - b[1]).abs() <= precision;
    let (Some(a), Some(b)) = (rings(a), rings(b)) else { return false };
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same::are_same_rings(a, b, near))
}

fn is_within(a: &Value, b: &Value, precision: f64) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_within(a, b, precision))
        }
        _ => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() <= precision,
            _ => a == b,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn coordinates_within_the_precision_are_the_stored_ones() {
        let map = |value: Value| value.as_object().unwrap().clone();
        let stored = map(json!({"bbox": [1, 2, 30, 40], "segmentation": [[1, 2, 3, 4, 5, 6]], "score": 0.5}));
        let found = map(
            json!({"bbox": [1.004, 2, 29.996, 40], "segmentation": [[1, 2, 3, 4, 5, 6.02]], "score": 0.504}),
        );
        let settled = settled(found, &stored, 0.01);
        assert_eq!(settled["bbox"], stored["bbox"]);
        assert_eq!(settled["segmentation"], json!([[1, 2, 3, 4, 5, 6.02]]));
        assert_eq!(settled["score"], 0.504);
    }
}
