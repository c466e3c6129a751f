//! Writing, and reading again.

use serde_json::{Value, json};

use super::*;

/// Returns a sample with labels of these fields.
fn sample(name: &str, split: Option<&str>, labels: &[Value]) -> Sample {
    let place = RecordPlace::File(name.to_owned());
    let mut image = Image::new(place.clone(), name);
    image.split = split.map(str::to_owned);
    image.bytes = ImageBytes::Memory(Vec::new());
    image.fields = json!({"file_name": name, "width": 64, "height": 48}).as_object().unwrap().clone();
    let labels = labels
        .iter()
        .map(|fields| Label { fields: fields.as_object().unwrap().clone(), ..Label::new(place.clone()) });
    Sample { image, labels: labels.collect() }
}

#[test]
fn what_cvat_cannot_hold_is_noted() {
    let dir = tempfile::tempdir().unwrap();
    let classes = ClassList {
        classes: vec![Class {
            id: Some(json!(1)),
            fields: json!({"n": 7}).as_object().unwrap().clone(),
            name: "a".to_owned(),
        }],
    };
    let labels = [
        json!({"class": ["a", "b"], "bbox": [1, 2, 3, 4], "area": 5}),
        json!({"bbox": [1, 2, 3, 4]}),
        json!({"class": "a", "bbox": [1, 2, 3, 4], "segmentation": [[1, 2, 3, 2, 3, 4], [5, 5, 6, 5, 6, 6]]}),
        json!({"class": "a", "corners": [0, 0, 4, 0, 4, 2, 0, 2], "attributes": {"x": 1, "z_order": "a"}}),
        json!({"class": "a", "keypoints": [1, 2, 1, 0, 0, 0], "attributes": {"x": "a", "y": [1]}}),
        json!({"class": "a", "segmentation": {"size": [48, 64], "counts": [3072]}}),
    ];
    let left_out = write(&FORMAT, &classes, &[sample("../a.jpg", Some("TRAIN2"), &labels)], dir.path());
    let kinds: Vec<&str> = left_out.all().map(|(what, _, _)| what).collect();
    assert_eq!(
        kinds,
        [
            "attribute whose name CVAT has for another thing",
            "box of a label that has another shape",
            "corners of a rectangle, written as a polygon",
            "id of a class (CVAT has names)",
            "label with several classes, written once for each",
            "label without a class, written with an empty one",
            "mask that is empty, damaged or too large",
            "name of an image that is no path below a folder",
            "other field of a class (CVAT has none for it)",
            "other field of a label (CVAT has none for it)",
            "polygons of a label, written one by one with a new `group_id`",
            "split whose name is read as another one",
            "type of an attribute (CVAT has one of texts, numbers or truth values)",
            "visibility of points (CVAT has it for skeletons only)",
        ]
    );
    assert_eq!(read(&FORMAT, dir.path()).unwrap().samples[0].labels.len(), 7);
}

#[test]
fn samples_survive_a_round_trip() {
    let labels = [
        json!({"class": " é \"x\"", "bbox": [0.1, 0.2, 10.25, 4.0], "score": 0.25, "track_id": "t-1",
            "attributes": {"n": 7.5, "ok": true, "text": " two\nlines "}}),
        json!({"class": "a", "bbox": [1, 2, 3, 4], "track_id": 7, "attributes": {"n": -3}}),
        json!({"class": "a", "segmentation": {"size": [48, 64], "counts": [100, 3, 45, 3, 2921]}}),
        json!({"class": "a"}),
    ];
    let samples = [
        sample("train/a.jpg", Some("TRAIN"), &labels),
        sample("a.jpg", Some("HOLDOUT"), &labels[..1]),
        sample("x/b.tif", None, &[]),
    ];
    let dir = tempfile::tempdir().unwrap();
    let left_out = write(&FORMAT, &ClassList::default(), &samples, dir.path());
    assert_eq!(left_out.all().count(), 0, "{left_out:?}");
    // Datumaro finds the subsets in the tasks, and reads an image without one into each of them.
    let text = std::fs::read_to_string(dir.path().join("annotations.xml")).unwrap();
    let found = |subset: &str| text.contains(&format!("<subset>{subset}</subset>"));
    assert!(found("Train") && found("HOLDOUT") && found("default"), "{text}");
    assert_eq!(text.matches(" subset=\"default\"").count(), 1, "{text}");
    let again = read(&FORMAT, dir.path()).unwrap();
    assert_same(&samples, &again.samples);
    assert!(again.samples.iter().all(|sample| sample.image.bytes != ImageBytes::ByName));
}
