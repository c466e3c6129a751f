//! Lines of label files.

use serde_json::{Value, json};

use super::*;
use crate::annotations::model::LabelOrigin;

const NAMES: &str = "names: [wren, robin]";

fn fields(data: &str, lines: &str) -> Vec<Value> {
    let content = read_lines(data, lines).unwrap();
    let labels = content.samples.into_iter().flat_map(|sample| sample.labels);
    labels.map(|label| Value::Object(label.fields)).collect()
}

fn refused(data: &str, lines: &str) -> String {
    read_lines(data, lines).unwrap_err()
}

#[test]
fn a_box_is_in_pixels() {
    let lines = "\u{feff}1 0.5 0.5 0.25 0.5\r\n\r\n  0.0\t1.0 0 1e-1 .5  \n";
    assert_eq!(
        fields(NAMES, lines),
        [
            json!({"class": "robin", "bbox": [75.0, 25.0, 50.0, 50.0]}),
            json!({"class": "wren", "bbox": [190.0, -25.0, 20.0, 50.0]}),
        ]
    );
}

#[test]
fn four_points_are_a_rotated_box_or_a_polygon() {
    let four = "0 0 0 0.5 0 0.5 1 0 1\n";
    let three = "1 0 0 0.5 0 0.5 1\n";
    let corners = json!({"class": "wren", "corners": [0.0, 0.0, 100.0, 0.0, 100.0, 100.0, 0.0, 100.0]});
    let polygon =
        json!({"class": "wren", "segmentation": [[0.0, 0.0, 100.0, 0.0, 100.0, 100.0, 0.0, 100.0]]});
    assert_eq!(fields(NAMES, four), std::slice::from_ref(&corners));
    let both = fields(NAMES, &format!("{four}{three}"));
    assert_eq!(both[0], polygon);
    assert_eq!(both[1], json!({"class": "robin", "segmentation": [[0.0, 0.0, 100.0, 0.0, 100.0, 100.0]]}));
    assert_eq!(fields(&format!("{NAMES}\ntask: segment"), four), std::slice::from_ref(&polygon));
    // Boxes among polygons are boxes.
    assert_eq!(fields(NAMES, &format!("0 .5 .5 1 1\n{three}"))[0]["bbox"], json!([0.0, 0.0, 200.0, 100.0]));
    let dir = folder(&[("data.yaml", NAMES), ("images/a.png", "200x100"), ("labels/a.txt", four)]);
    for (variant, expected) in [("segment", polygon), ("obb", corners)] {
        let content = read_with(dir.path(), &options(Some(variant), None)).unwrap();
        assert_eq!(Value::Object(content.samples[0].labels[0].fields.clone()), expected);
    }
    let why = read_with(dir.path(), &options(Some("boxes"), None)).unwrap_err();
    assert!(why.starts_with("--variant: expected the variant detect, segment, pose or obb"), "{why}");
}

#[test]
fn keypoints_have_a_box() {
    let pose = |shape: &str| {
        format!("{NAMES}\nkpt_shape: {shape}\nflip_idx: [1, 0]\nkpt_names: {{0: [bill, tail]}}")
    };
    let lines = "0 .5 .5 1 1 0.1 0.2 2 0 0 0.0\n";
    assert_eq!(
        fields(&pose("[2, 3]"), lines),
        [
            json!({"class": "wren", "bbox": [0.0, 0.0, 200.0, 100.0], "keypoints": [20.0, 20.0, 2.0, 0.0, 0.0, 0.0]})
        ]
    );
    assert_eq!(
        fields(&pose("[2, 2]"), "0 .5 .5 1 1 0.1 0.2 -0.005 0.5\n")[0]["keypoints"],
        json!([20.0, 20.0, 2.0, -1.0, 50.0, 0.0])
    );
    let content = read_lines(&pose("[2, 3]"), lines).unwrap();
    let class = &content.classes.classes[0];
    assert_eq!(class.id, Some(json!(0)));
    let expected = json!({"kpt_shape": [2, 3], "flip_idx": [1, 0], "keypoints": ["bill", "tail"]});
    assert_eq!(Value::Object(class.fields.clone()), expected);
    assert_eq!(
        refused(&pose("[2, 3]"), "0 .5 .5 1 1 0.1 0.2\n"),
        "labels/a.txt, line 1: expected 11 columns, as `kpt_shape` in data.yaml says, or 5 of a box, found 7"
    );
    let why = refused(&pose("[2, 3]"), "0 .5 .5 1 1 0.1 0.2 2 0 0 7\n");
    assert!(why.contains("expected the visibility 0, 1 or 2 in column 11, found 7"), "{why}");
    assert!(refused(NAMES, "0 .5 .5 1 1 0.1 0.2 2 0 0 0").contains("data.yaml needs `kpt_shape`"));
}

#[test]
fn other_lines_are_refused() {
    for (lines, expected) in [
        (
            "0 .5 .5 1 1\nwren .5 .5 1 1",
            "labels/a.txt, line 2: expected the number of a class in column 1, found \"wren\"",
        ),
        ("0,.5,.5,1,1", "line 1: expected the number of a class in column 1, found \"0,.5,.5,1,1\""),
        ("-1 .5 .5 1 1", "found \"-1\""),
        ("0.5 .5 .5 1 1", "found \"0.5\""),
        (
            "0 .5 .5 1",
            "expected 5 columns of a box, 9 of a rotated box, or a class and three points or more, found 4",
        ),
        (
            "0 .5 .5 1 1 0.9",
            "found 6; if the last one is the score of a prediction, use the variant detect-results",
        ),
        ("0 .1 .1 .2 .2 .3 .3 .9", "found 8; keypoints need `kpt_shape` in data.yaml"),
        ("0 .5 nan 1 1", "expected a number in column 3, found \"nan\""),
        (
            "0 .5 .5 1 1.02",
            "expected a number from -0.01 to 1.01, as a part of the image's size, in column 5, found 1.02; clip",
        ),
        ("0 150 30 20 20", "in column 2, found 150; divide pixels by the size of the image"),
        ("0 .5 .5 -0.005 1", "expected a width and a height, found -0.005 in column 4"),
        (
            "2 .5 .5 1 1",
            "line 1, field class: expected a class of data.yaml, which has 2 classes with numbers below 2, found 2; add its name",
        ),
    ] {
        let why = refused(NAMES, lines);
        assert!(why.contains(expected), "{why}");
    }
    assert_eq!(fields(NAMES, "0 -0.01 .5 1.01 1").len(), 1);
    assert!(
        refused("names: [a, b, a]", "2 .5 .5 1 1")
            .contains("class 2 has the same name as class 0 in data.yaml")
    );
    assert!(read_lines("names: [a, b, a]", "1 .5 .5 1 1").is_ok());
    assert!(refused("names: [a, '']", "").contains("expected the name of class 1, found an empty text"));
}

#[test]
fn predictions_refer_to_a_data_set() {
    let dir = folder(&[
        ("birds/data.yaml", "names: [wren, robin]\nval: images/val"),
        ("birds/images/val/a.png", "200x100"),
        ("birds/images/val/b.png", "200x100"),
        ("birds/labels/val/b.txt", "0 .5 .5 1 1"),
        ("runs/detect/predict/labels/a.txt", "1 .5 .5 1 1 0.75\n0 .5 .5 .5 .5"),
        ("runs/detect/predict/labels/c.txt", "1 .5 .5 1 1 0.75"),
        ("runs/detect/predict/a.png", "200x100"),
        ("runs/detect/track/labels/a.txt", "1 .5 .5 1 1 0.75 3\n1 .5 .5 1 1 4"),
        ("runs/segment/predict/labels/a.txt", "1 0 0 1 0 1 1 0.5\n1 0 0 1 0 1 1 0 1 0.25"),
        ("runs/obb/predict/labels/a.txt", "1 0 0 1 0 1 1 0 1 0.25"),
        ("more/a.txt", "1 0 0 1 0 1 1 0 1 0.25"),
    ]);
    let reference = dir.path().join("birds/data.yaml");
    let read = |path: &str, variant| read_with(&dir.path().join(path), &options(variant, Some(&reference)));
    let labels = |path: &str, variant| -> Vec<Value> {
        let content = read(path, variant).unwrap();
        assert_eq!(content.images()[0].0, "images/val/a.png");
        assert!(content.samples[0].labels.iter().all(|label| label.origin == LabelOrigin::Prediction));
        content.samples[0].labels.iter().map(|label| Value::Object(label.fields.clone())).collect()
    };
    let found = labels("runs/detect/predict", None);
    assert_eq!(found[0], json!({"class": "robin", "bbox": [0.0, 0.0, 200.0, 100.0], "score": 0.75}));
    assert_eq!(found[1].get("score"), None);
    let found = labels("runs/detect/track/labels", None);
    assert_eq!(
        (&found[0]["score"], &found[0]["track_id"], &found[1]["track_id"]),
        (&json!(0.75), &json!(3), &json!(4))
    );
    assert_eq!(
        labels("runs/segment/predict", None)[0]["segmentation"],
        json!([[0.0, 0.0, 200.0, 0.0, 200.0, 100.0]])
    );
    assert_eq!(labels("runs/obb/predict", None)[0]["corners"].as_array().unwrap().len(), 8);
    assert_eq!(labels("more", Some("segment-results"))[0]["score"], json!(0.25));
    assert!(labels("more", None)[0].get("corners").is_some());
    let content = read("runs/detect/predict", None).unwrap();
    assert_eq!(
        content.skipped(),
        [
            ("file that has no predictions", 1, "a.png"),
            ("predictions of an image that is not in the data set", 1, "labels/c.txt")
        ]
    );
    assert!(recognised(&dir.path().join("runs/detect/predict/labels")));
    let why = read_path(&dir.path().join("runs/detect/predict")).unwrap_err();
    assert!(
        why.contains("labels/a.txt: these are predictions") && why.ends_with("`--reference data.yaml`"),
        "{why}"
    );
    // Without a results folder the variant says that the last column is a score.
    let dir = folder(&[("classes.txt", "a"), ("a.png", "200x100"), ("a.txt", "0 .5 .5 1 1 0.75")]);
    let content = read_with(dir.path(), &options(Some("detect-results"), None)).unwrap();
    assert_eq!(content.samples[0].labels[0].fields["score"], 0.75);
}

#[test]
fn the_precision_is_that_of_the_digits() {
    let lines = "0 0.523438 0.4875 0.04375 0.333333\n0 0.5 0.5 1 1\n0 5e-1 0.5 1 1\n";
    let dir = folder(&[("classes.txt", "wren"), ("a.png", "200x100"), ("a.txt", lines)]);
    let content = read_path(dir.path()).unwrap();
    let precisions: Vec<f64> = content.samples[0].labels.iter().map(|label| label.precision).collect();
    assert!((precisions[0] - 0.000_2).abs() < 1e-9, "{precisions:?}");
    assert_eq!(precisions[1..], [0.25, 0.0]);
}
