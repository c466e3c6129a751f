use serde_json::{Value, json};

use super::*;
use crate::annotations::normal::is_same;

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn boxes() -> HeldFields {
    HeldFields::of(
        ShapeForm::One,
        [HeldShape::Box],
        HeldNames::only([CLASS]),
        HeldNames::only(["pose"]).as_columns(),
    )
}

#[track_caller]
fn assert_complete(held: &HeldFields, found: Value, stored: Value, complete: Value) {
    let result = held.complete(&map(&found), &map(&stored), 0.01);
    assert!(is_same(&result, &map(&complete)), "{}", Value::Object(result));
}

#[test]
fn what_a_format_cannot_say_is_the_stored_value() {
    let stored = json!({
        "class": "wren", "bbox": [1, 2, 3, 4], "iscrowd": 1, "score": 0.5, "area": 11,
        "attributes": {"pose": "left", "ring": 7},
    });
    let found =
        |pose: Option<&str>| json!({"class": "wren", "bbox": [1, 2, 3, 4], "attributes": {"pose": pose}});
    assert_complete(&boxes(), found(Some("left")), stored.clone(), stored.clone());
    // What it holds is gone, or is another value.
    let with = |pose: Option<&str>| {
        let mut other = stored.clone();
        other["attributes"]["pose"] = json!(pose);
        other
    };
    assert_complete(&boxes(), found(None), stored.clone(), with(None));
    assert_complete(&boxes(), found(Some("right")), stored.clone(), with(Some("right")));
    assert_complete(&HeldFields::All, found(None), stored.clone(), found(None));
    // A number of 18 digits is no field of a table.
    let stored = json!({"class": "wren", "attributes": {"pose": 0.123_456_789_012_345_67}});
    assert_complete(&boxes(), json!({"class": "wren"}), stored.clone(), stored);
}

#[test]
fn a_shape_is_kept_while_its_box_is_the_same() {
    let polygon = [[10.0, 10.0, 20.0, 10.0, 20.0, 30.0]];
    let stored = json!({"class": "a", "segmentation": polygon, "area": 100, "iscrowd": 1});
    let found = |x: f64| json!({"class": "a", "bbox": [x, 10, 10, 20]});
    assert_complete(&boxes(), found(10.004), stored.clone(), stored.clone());
    let moved = json!({"class": "a", "bbox": [11, 10, 10, 20], "iscrowd": 1});
    assert_complete(&boxes(), found(11.0), stored, moved);
    let both = json!({"class": "a", "bbox": [10, 10, 12, 20], "segmentation": polygon});
    assert_complete(&boxes(), json!({"class": "a", "bbox": [10, 10, 12, 20]}), both.clone(), both);
    // A box that has become a point: the format would have said the box.
    assert_complete(
        &boxes(),
        json!({"class": "a", "keypoints": [1, 1, 2]}),
        json!({"class": "a", "bbox": [1, 1, 3, 3]}),
        json!({"class": "a", "keypoints": [1, 1, 2]}),
    );
}

#[test]
fn shapes_are_those_that_a_format_makes_of_them() {
    let held = |shapes: &[HeldShape]| {
        HeldFields::of(ShapeForm::One, shapes.iter().copied(), HeldNames::only([CLASS]), HeldNames::none())
    };
    let turned = json!({"bbox": [10, 10, 20, 10], "rotation": 90});
    let corners = [25.0, 5.0, 25.0, 25.0, 15.0, 25.0, 15.0, 5.0];
    let square = [0, 0, 4, 0, 4, 4, 0, 4];
    let joined = [0, 0, 4, 0, 4, 4, 0, 0, 9, 9, 12, 9, 12, 12, 9, 9];
    let parts = [[0, 0, 4, 0, 4, 4], [9, 9, 12, 9, 12, 12]];
    let two = [1, 1, 2, 5, 5, 1, 0, 0, 0];
    let box_of_corners = json!({"bbox": [15, 5, 10, 20]});
    for (shapes, found, stored, is_kept) in [
        (&[HeldShape::Corners][..], json!({"corners": corners}), turned.clone(), true),
        (&[HeldShape::Polygon], json!({"segmentation": [corners]}), turned.clone(), true),
        (&[HeldShape::Rotated], json!({"segmentation": [corners]}), turned.clone(), false),
        (&[HeldShape::Box], box_of_corners.clone(), turned.clone(), true),
        (&[HeldShape::Box, HeldShape::Rotated], box_of_corners, turned, false),
        (&[HeldShape::Polygon], json!({"segmentation": [square]}), json!({"bbox": [0, 0, 4, 4]}), true),
        (&[HeldShape::Polygon], json!({"segmentation": [joined]}), json!({"segmentation": parts}), true),
        (&[HeldShape::Polygons], json!({"segmentation": [joined]}), json!({"segmentation": parts}), false),
        (&[HeldShape::Polygons], json!({"segmentation": parts}), json!({"segmentation": parts}), true),
        (&[HeldShape::Points], json!({"keypoints": [1, 1, 2, 5, 5, 2]}), json!({"keypoints": two}), true),
        (&[HeldShape::Keypoints], json!({"keypoints": [1, 1, 2, 5, 5, 2]}), json!({"keypoints": two}), false),
        (&[HeldShape::Points], json!({"keypoints": [1, 1, 2, 6, 5, 2]}), json!({"keypoints": two}), false),
        // Corners that are upright.
        (&[HeldShape::Corners], json!({"bbox": [0, 0, 4, 4]}), json!({"corners": square}), true),
        (&[], json!({}), json!({"segmentation": [square]}), true),
        (&[HeldShape::Box], json!({}), json!({"segmentation": [square]}), false),
        (&[HeldShape::Box], json!({"bbox": [0, 0, 4, 4]}), json!({"regions": [{"type": "choices"}]}), false),
    ] {
        let complete = held(shapes).complete(&map(&found), &map(&stored), 0.0);
        let expected = if is_kept { &stored } else { &found };
        assert!(is_same(&complete, &map(expected)), "{found} of {stored}: {complete:?}");
    }
}

#[test]
fn shapes_in_fields_of_their_own_are_not_made_from_others() {
    let held = |shapes: &[HeldShape]| {
        HeldFields::of(ShapeForm::Fields, shapes.iter().copied(), HeldNames::all(), HeldNames::all())
    };
    let stored = json!({"bbox": [0, 0, 4, 4], "keypoints": [1, 1, 2]});
    assert_complete(&held(&[HeldShape::Box]), json!({"bbox": [0, 0, 4, 4]}), stored.clone(), stored.clone());
    let both = [HeldShape::Box, HeldShape::Keypoints];
    assert_complete(&held(&both), json!({"bbox": [0, 0, 4, 4]}), stored, json!({"bbox": [0, 0, 4, 4]}));
    let points = json!({"keypoints": [1, 1, 2]});
    assert_complete(&held(&[HeldShape::Box]), json!({}), points.clone(), points);
}

#[test]
fn texts_and_first_classes_are_spellings_of_the_stored_values() {
    let texts = HeldNames::all().as_texts().with_usual("pose", "Unspecified");
    let held = HeldFields::of(ShapeForm::One, [], HeldNames::only([CLASS]), texts).with_first_class();
    let stored = json!({
        "class": ["a", "b"], "attributes": {"n": 5, "flag": 1, "list": [1, 2], "pose": "Unspecified"},
    });
    let found = |n: &str| json!({"class": "a", "attributes": {"n": n, "flag": true, "list": "[1,2]"}});
    assert_complete(&held, found("5"), stored.clone(), stored.clone());
    let mut other = stored.clone();
    other["attributes"]["n"] = json!("6");
    assert_complete(&held, found("6"), stored.clone(), other);
    let mut other = stored.clone();
    other["class"] = json!("b");
    let mut found = found("5");
    found["class"] = json!("b");
    assert_complete(&held, found, stored, other);
}

#[test]
fn held_fields_are_sent_as_json() {
    for held in [
        HeldFields::All,
        boxes().with_first_class().with_made("group_id", MadeFor::SeveralPolygons),
        HeldFields::of(
            ShapeForm::Fields,
            [HeldShape::Mask],
            HeldNames::all().without(&["a"]).with_type("b", ValueType::Text).with_usual("c", 1),
            HeldNames::none().as_texts(),
        ),
    ] {
        let text = serde_json::to_string(&held).unwrap();
        assert_eq!(serde_json::from_str::<HeldFields>(&text).unwrap(), held, "{text}");
    }
}

#[test]
fn a_value_in_the_other_place_is_in_the_stored_place() {
    let all = HeldFields::of(ShapeForm::One, [HeldShape::Box], HeldNames::all(), HeldNames::all());
    let turned = json!({"class": "a", "bbox": [1, 2, 3, 4], "rotation": 30, "track_id": 1});
    let named = json!({"class": "a", "bbox": [1, 2, 3, 4], "attributes": {"rotation": 30.0, "track_id": 1}});
    for held in [all, HeldFields::All] {
        for (found, stored) in [(&turned, &named), (&named, &turned)] {
            assert_complete(&held, found.clone(), stored.clone(), stored.clone());
        }
        // Another value, or one that the label had in both places, is what the file says.
        let mut other = turned.clone();
        other["track_id"] = json!(2);
        let moved =
            json!({"class": "a", "bbox": [1, 2, 3, 4], "track_id": 2, "attributes": {"rotation": 30}});
        assert_complete(&held, other, named.clone(), moved);
        let both = json!({"class": "a", "score": 0.5, "attributes": {"score": 0.75}});
        let one = json!({"class": "a", "score": 0.75});
        assert_complete(&held, one.clone(), both, one);
        // A class is none of the attributes.
        let class = json!({"bbox": [1, 2, 3, 4], "attributes": {"class": "a"}});
        let found = json!({"class": "a", "bbox": [1, 2, 3, 4]});
        assert_complete(&held, found.clone(), class, found);
    }
}
