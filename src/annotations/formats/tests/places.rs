//! For all formats: a value that is a field of a label or one of its attributes is no change when the
//! label goes out and comes back, wherever the format has it.

use serde_json::{Map, Value, json};

use super::held::{WRITTEN, WrittenSet, sample, wrong};
use crate::annotations::model::Sample;

/// Values that tools have in both places.
fn values() -> Vec<(&'static str, Vec<Value>)> {
    let flags = || vec![json!(true), json!(false), json!(1), json!(0)];
    vec![
        ("rotation", vec![json!(30), json!(30.5), json!(0), json!(0.0)]),
        ("score", vec![json!(0.75), json!(1), json!(0), json!(5), json!("good")]),
        ("track_id", vec![json!(4), json!("t4"), json!(0), json!("7"), json!(2.5)]),
        ("occluded", flags()),
        ("truncated", flags()),
        ("difficult", flags()),
    ]
}

/// Returns a value as a field, as an attribute, and as both with the same and another value.
fn placed(name: &str, value: &Value, other: &Value) -> [Value; 4] {
    let one = |value: &Value| Value::Object(Map::from_iter([(name.to_owned(), value.clone())]));
    let both = |other: &Value| {
        let mut fields = one(value);
        fields["attributes"] = one(other);
        fields
    };
    [one(value), json!({"attributes": one(value)}), both(value), both(other)]
}

fn samples() -> Vec<Sample> {
    let shapes = [
        json!({}),
        json!({"bbox": [20, 10, 20, 10]}),
        json!({"segmentation": [[1, 1, 20, 1, 20, 30]], "bbox": [1, 1, 19, 29]}),
        json!({"keypoints": [5, 6, 2, 9, 30, 2], "bbox": [4, 4, 20, 30]}),
    ];
    let mut parts = vec![
        json!({"attributes": {"occluded": false, "rotation": 30.0, "track_id": 1}}),
        json!({"rotation": 30.0, "score": 0.5, "track_id": 1, "attributes": {"occluded": true}}),
        json!({"score": 0.5, "attributes": {"rotation": 12.5, "difficult": 1, "truncated": 0}}),
    ];
    for (name, values) in values() {
        for (number, value) in values.iter().enumerate() {
            parts.extend(placed(name, value, &values[(number + 1) % values.len()]));
        }
    }
    let mut samples = Vec::new();
    for (shape_number, shape) in shapes.iter().enumerate() {
        // A rotation is that of a box alone.
        let is_fit = |part: &&Value| shape_number < 2 || part.get("rotation").is_none();
        for (number, part) in parts.iter().filter(is_fit).enumerate() {
            samples.push(sample(&format!("p{shape_number}-{number}.png"), &[shape, part]));
        }
    }
    samples
}

#[test]
fn a_value_in_either_place_comes_back() {
    let mut all = Vec::new();
    for (format, variant) in WRITTEN {
        let set = WrittenSet::of(format, variant, samples());
        // Formats of one kind of shape have the labels of one shape.
        let least = set.stored.len() / 5;
        assert!(set.pairs().len() >= least, "{format} {variant:?}: {:?}", set.left_out);
        all.extend(wrong(&format!("{format} {variant:?}"), &set));
    }
    assert!(all.is_empty(), "{}\n{}", all.len(), all.join("\n"));
}
