//! Shapes that cannot be: they would be kept as they are, and written by no other format.

use serde_json::{Map, Value};

use super::fault::Reason;
use super::model::Label;
use super::model::fields::{BBOX, KEYPOINTS, REGIONS, SEGMENTATION};
use super::normal;

/// Checks the box, polygons, mask and keypoints of a label, and those of its regions. An empty list is
/// no shape.
///
/// # Errors
/// Returns what was expected and found, and the field.
pub fn check_shapes(label: &Label) -> Result<(), Reason> {
    check(&label.fields)?;
    let Some(Value::Array(regions)) = label.fields.get(REGIONS) else { return Ok(()) };
    regions.iter().enumerate().try_for_each(|(number, region)| {
        let checked = region.as_object().map_or(Ok(()), check);
        checked.map_err(|reason| reason.within(&format!("{REGIONS}[{number}]")))
    })
}

fn check(fields: &Map<String, Value>) -> Result<(), Reason> {
    let shape = |name| fields.get(name).filter(|value| !is_empty(value));
    shape(BBOX).map_or(Ok(()), check_box)?;
    shape(SEGMENTATION).map_or(Ok(()), check_segmentation)?;
    shape(KEYPOINTS).map_or(Ok(()), check_keypoints)
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn check_box(found: &Value) -> Result<(), Reason> {
    let sides = found.as_array().map(|sides| sides.iter().map(Value::as_f64).collect::<Vec<_>>());
    match sides.as_deref() {
        Some([Some(_), Some(_), Some(width), Some(height)]) if *width >= 0.0 && *height >= 0.0 => Ok(()),
        _ => Err(unexpected(BBOX, "four numbers: x, y, width and height, which are not negative", found)),
    }
}

/// Checks a list of rings, one ring, or a mask. Other values are those of a tool, and are kept.
fn check_segmentation(found: &Value) -> Result<(), Reason> {
    let is_ring = |ring: &Value| {
        ring.as_array().is_some_and(|ring| ring.len().is_multiple_of(2) && ring.iter().all(Value::is_number))
    };
    match found {
        Value::Array(rings) if is_ring(found) || rings.iter().all(is_ring) => Ok(()),
        Value::Array(_) => {
            let expected = "polygons, each a list of numbers, x and y in turn";
            Err(unexpected(SEGMENTATION, expected, found))
        }
        Value::Object(mask) if !normal::is_mask(mask) => {
            let expected = "a mask: its `size`, [height, width], and `counts` of run lengths that fill it";
            Err(unexpected(SEGMENTATION, expected, found))
        }
        _ => Ok(()),
    }
}

/// Checks a list of numbers. A list of points is that of another tool, and is kept.
fn check_keypoints(found: &Value) -> Result<(), Reason> {
    let Value::Array(points) = found else { return Ok(()) };
    let is_flat = points.iter().all(Value::is_number) && points.len().is_multiple_of(3);
    if is_flat || points.iter().all(|point| point.is_array() || point.is_object()) {
        return Ok(());
    }
    Err(unexpected(KEYPOINTS, "three numbers for each point: x, y and visibility", found))
}

fn unexpected(field: &str, expected: &str, found: &Value) -> Reason {
    Reason::new(field, format!("expected {expected}; found {}", shortened(&found.to_string())))
}

/// Returns the beginning of a text for a message.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::annotations::fault::RecordPlace;

    #[test]
    fn shapes_that_cannot_be_are_refused() {
        let checked = |fields: Value| {
            let Value::Object(fields) = fields else { panic!("fields are an object") };
            check_shapes(&Label { fields, ..Label::new(RecordPlace::Line(1)) })
        };
        for right in [
            json!({"bbox": [1, 2, 0, 4.5], "segmentation": [], "keypoints": null}),
            json!({"segmentation": [[1, 2, 3, 4, 5, 6], []]}),
            json!({"segmentation": [1, 2, 3, 4, 5, 6]}),
            json!({"segmentation": {"size": [8, 10], "counts": [30, 50]}}),
            json!({"segmentation": {"size": [6, 8], "counts": "<4P1"}}),
            json!({"segmentation": {"size": [48, 64], "counts": "PP_2"}}),
            json!({"keypoints": [1, 2, 2, 3, 4, 0]}),
            json!({"keypoints": [[1, 2], [3, 4]]}),
        ] {
            assert_eq!(checked(right.clone()), Ok(()), "{right}");
        }
        for (wrong, expected) in [
            (json!({"bbox": [1, 2, -3, 4]}), "bbox: expected four numbers"),
            (json!({"bbox": [1, 2, 3]}), "bbox: expected four numbers"),
            (json!({"segmentation": [[1, 2, 3]]}), "segmentation: expected polygons"),
            (json!({"segmentation": [["1", "2", "3", "4"]]}), "segmentation: expected polygons"),
            (json!({"segmentation": [1, 2, 3]}), "segmentation: expected polygons"),
            (json!({"segmentation": {"size": [8, 10], "counts": "!!zz"}}), "segmentation: expected a mask"),
            (json!({"segmentation": {"size": [8, 10], "counts": [5, 5]}}), "segmentation: expected a mask"),
            (json!({"keypoints": [1, 2, 3, 4]}), "keypoints: expected three numbers"),
            (json!({"regions": [{"bbox": [1]}]}), "regions[0].bbox: expected four numbers"),
        ] {
            let why = checked(wrong.clone()).unwrap_err().at(RecordPlace::Line(1)).to_string();
            assert!(why.contains(expected), "{wrong}: {why}");
        }
    }
}
