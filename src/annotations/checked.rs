//! Shapes and scores that cannot be: they would be kept as they are, and written by no other format.

use serde_json::{Map, Value};

use super::fault::Reason;
use super::model::fields::{
    BBOX, CORNERS, KEYPOINTS, POLYLINE, REGIONS, ROTATION, SCORE, SEGMENTATION, SPAN,
};
use super::model::{Label, LabelOrigin};
use super::normal;

/// The numbers of the least polygon: three points.
const POLYGON: usize = 6;
/// The numbers of the least line: two points.
const LINE: usize = 4;

/// Checks each field of a value that is not empty: an empty list is no shape.
type Check = fn(&Value, LabelOrigin) -> Result<(), &'static str>;

/// The fields, and what they must be.
const CHECKS: [(&str, Check); 8] = [
    (BBOX, check_box),
    (ROTATION, check_rotation),
    (CORNERS, check_corners),
    (SEGMENTATION, check_segmentation),
    (POLYLINE, check_polyline),
    (KEYPOINTS, check_keypoints),
    (SPAN, check_span),
    (SCORE, check_score),
];

/// Checks the shapes and the score of a label, and those of its regions.
///
/// # Errors
/// Returns what was expected and found, and the field.
pub fn check_shapes(label: &Label) -> Result<(), Reason> {
    check(&label.fields, label.origin)?;
    let Some(Value::Array(regions)) = label.fields.get(REGIONS) else { return Ok(()) };
    regions.iter().enumerate().try_for_each(|(number, region)| {
        let checked = region.as_object().map_or(Ok(()), |region| check(region, label.origin));
        checked.map_err(|reason| reason.within(&format!("{REGIONS}[{number}]")))
    })
}

fn check(fields: &Map<String, Value>, origin: LabelOrigin) -> Result<(), Reason> {
    CHECKS.iter().try_for_each(|(name, check)| {
        let Some(found) = fields.get(*name).filter(|value| !is_empty(value)) else { return Ok(()) };
        check(found, origin).map_err(|expected| unexpected(name, expected, found))
    })
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Returns the numbers of a flat list; `None` for others.
fn flat(found: &Value) -> Option<Vec<f64>> {
    found.as_array()?.iter().map(Value::as_f64).collect()
}

fn ensure(is_right: bool, expected: &'static str) -> Result<(), &'static str> {
    if is_right { Ok(()) } else { Err(expected) }
}

fn check_box(found: &Value, _: LabelOrigin) -> Result<(), &'static str> {
    let is_box =
        matches!(flat(found).as_deref(), Some([_, _, width, height]) if *width >= 0.0 && *height >= 0.0);
    ensure(is_box, "four numbers: x, y, width and height, which are not negative")
}

fn check_rotation(found: &Value, _: LabelOrigin) -> Result<(), &'static str> {
    ensure(found.is_number(), "a number of degrees")
}

fn check_corners(found: &Value, _: LabelOrigin) -> Result<(), &'static str> {
    ensure(flat(found).is_some_and(|corners| corners.len() == 8), "eight numbers: x and y of four corners")
}

/// Checks a list of rings, one ring, or a mask. An empty ring next to others is left out.
fn check_segmentation(found: &Value, _: LabelOrigin) -> Result<(), &'static str> {
    let is_ring =
        |ring: &Value| flat(ring).is_some_and(|ring| ring.len() >= POLYGON && ring.len().is_multiple_of(2));
    match found {
        Value::Object(mask) => ensure(
            normal::is_mask(mask),
            "a mask: its `size`, [height, width], and `counts` of run lengths that fill it",
        ),
        Value::Array(rings) => {
            let has_rings =
                rings.iter().any(is_ring) && rings.iter().all(|ring| is_empty(ring) || is_ring(ring));
            let expected = "polygons, each a list of at least six numbers, x and y in turn";
            ensure(is_ring(found) || has_rings, expected)
        }
        _ => Err("polygons or a mask"),
    }
}

fn check_polyline(found: &Value, _: LabelOrigin) -> Result<(), &'static str> {
    let is_line = flat(found).is_some_and(|line| line.len() >= LINE && line.len().is_multiple_of(2));
    ensure(is_line, "a list of at least four numbers, x and y in turn")
}

/// Checks a flat list of points. A list of pairs or of objects is that of another tool, and is kept. In
/// predictions the third number may be a confidence.
fn check_keypoints(found: &Value, origin: LabelOrigin) -> Result<(), &'static str> {
    let is_point = |point: &Value| point.is_object() || flat(point).is_some_and(|point| point.len() == 2);
    if found.is_object() || found.as_array().is_some_and(|points| points.iter().all(is_point)) {
        return Ok(());
    }
    let points = flat(found).filter(|points| points.len().is_multiple_of(3));
    let is_visibility = |point: &[f64]| point.get(2).is_some_and(|seen| [0.0, 1.0, 2.0].contains(seen));
    let is_known =
        |points: Vec<f64>| origin == LabelOrigin::Prediction || points.chunks_exact(3).all(is_visibility);
    ensure(
        points.is_some_and(is_known),
        "three numbers for each point: x, y and visibility, which is 0, 1 or 2",
    )
}

fn check_span(found: &Value, _: LabelOrigin) -> Result<(), &'static str> {
    let ends: Option<Vec<u64>> = found.as_array().and_then(|ends| ends.iter().map(Value::as_u64).collect());
    let is_span = matches!(ends.as_deref(), Some([start, end]) if start <= end);
    ensure(is_span, "two whole numbers: the start and the end of a text")
}

/// Checks the confidence of a prediction. The `score` of an annotation is that of its tool.
fn check_score(found: &Value, origin: LabelOrigin) -> Result<(), &'static str> {
    let is_score = found.as_f64().is_some_and(|score| (0.0..=1.0).contains(&score));
    ensure(origin == LabelOrigin::Annotation || is_score, "a number from 0 to 1")
}

fn unexpected(field: &str, expected: &str, found: &Value) -> Reason {
    let found = shortened(&found.to_string());
    Reason::new(field, format!("expected {expected}; found {found}; correct it, or remove the field"))
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

    fn checked(fields: &Value, origin: LabelOrigin) -> Result<(), Reason> {
        let Value::Object(fields) = fields.clone() else { panic!("fields are an object") };
        check_shapes(&Label { fields, origin, ..Label::new(RecordPlace::Line(1)) })
    }

    #[test]
    fn shapes_of_known_tools_are_kept() {
        for right in [
            json!({"bbox": [1, 2, 0, 4.5], "segmentation": [], "keypoints": null, "corners": []}),
            json!({"segmentation": [[1, 2, 3, 4, 5, 6], []]}),
            json!({"segmentation": [1, 2, 3, 4, 5, 6]}),
            json!({"segmentation": {"size": [8, 10], "counts": [30, 50]}}),
            json!({"segmentation": {"size": [6, 8], "counts": "<4P1"}}),
            json!({"segmentation": {"size": [48, 64], "counts": "PP_2"}}),
            json!({"keypoints": [1, 2, 2, 3, 4, 0.0]}),
            json!({"keypoints": [[1, 2], [3, 4]]}),
            json!({"keypoints": [{"x": 1, "y": 2}]}),
            json!({"corners": [1, 2, 3, 4, 5, 6, 7, 8.5], "rotation": -3}),
            json!({"polyline": [1, 2, 3, 4], "span": [3, 3], "score": "good"}),
        ] {
            assert_eq!(checked(&right, LabelOrigin::Annotation), Ok(()), "{right}");
        }
        let predicted = json!({"keypoints": [1, 2, 0.75], "score": 1});
        assert_eq!(checked(&predicted, LabelOrigin::Prediction), Ok(()));
    }

    #[test]
    fn shapes_that_cannot_be_are_refused() {
        let no_points = [json!("abc"), json!(5), json!([1, 2, 3]), json!(true), json!(["1", "2"])];
        let of_field = |name: &'static str| {
            no_points.iter().map(move |value| (name, value.clone(), LabelOrigin::Annotation))
        };
        let all = [BBOX, CORNERS, SEGMENTATION, POLYLINE, SPAN].into_iter().flat_map(of_field);
        let mut refused: Vec<_> = all.collect();
        for (name, value) in [
            (BBOX, json!([1, 2, -3, 4])),
            (ROTATION, json!("x")),
            (ROTATION, json!([1])),
            (CORNERS, json!([1, 2, 3, 4, 5, 6])),
            (CORNERS, json!([[1, 2], [3, 4], [5, 6], [7, 8]])),
            (SEGMENTATION, json!([[]])),
            (SEGMENTATION, json!([[1, 2, 3, 4]])),
            (SEGMENTATION, json!([[1, 2, 3, 4, 5]])),
            (SEGMENTATION, json!([[1, 2, 3, 4, 5, 6], [1, 2]])),
            (SEGMENTATION, json!([["1", "2", "3", "4", "5", "6"]])),
            (SEGMENTATION, json!([[[1, 2], [3, 4], [5, 6]]])),
            (SEGMENTATION, json!({"size": [8, 10], "counts": "!!zz"})),
            (SEGMENTATION, json!({"size": [8, 10], "counts": [5, 5]})),
            (POLYLINE, json!([1, 2])),
            (POLYLINE, json!([[1, 2], [3, 4]])),
            (KEYPOINTS, json!("abc")),
            (KEYPOINTS, json!([1, 2, 3, 4])),
            (KEYPOINTS, json!([[1, 2, 2]])),
            (KEYPOINTS, json!([1, 2, 3])),
            (KEYPOINTS, json!([1, 2, 1.5])),
            (SPAN, json!([4, 3])),
            (SPAN, json!([0.5, 3])),
        ] {
            refused.push((name, value, LabelOrigin::Annotation));
        }
        refused.push((SCORE, json!(2), LabelOrigin::Prediction));
        refused.push((SCORE, json!("good"), LabelOrigin::Prediction));
        refused.push((KEYPOINTS, json!([1, 2]), LabelOrigin::Prediction));
        for (name, value, origin) in refused {
            let shape = Value::Object(Map::from_iter([(name.to_owned(), value.clone())]));
            for (place, fields) in [
                (name.to_owned(), shape.clone()),
                (format!("regions[1].{name}"), json!({"regions": [1, shape]})),
            ] {
                let why = checked(&fields, origin).unwrap_err().at(RecordPlace::Line(1)).to_string();
                assert!(why.starts_with(&format!("line 1, field {place}: expected ")), "{fields}: {why}");
                assert!(why.contains(&format!("; found {value}")), "{fields}: {why}");
            }
        }
    }
}
