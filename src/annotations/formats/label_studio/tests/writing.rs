//! The writer: samples are the same after they were written and read.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::FORMAT;
use super::{fixtures, read_path};
use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::WriterOptions;
use crate::annotations::model::{
    Class, ClassList, Exported, Image, ImageBytes, Label, LabelOrigin, Mask, Rectangle, Sample, Shape,
};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SetInfo};

#[derive(Default)]
struct Written(BTreeMap<String, Vec<u8>>);

impl Output for Written {
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        assert!(self.0.insert(path.to_owned(), bytes.to_vec()).is_none(), "{path} twice");
        Ok(())
    }
}

fn classes() -> ClassList {
    let fields = Map::from_iter([("keypoints".to_owned(), json!(["beak", "tail"]))]);
    ClassList { classes: vec![Class { name: "wren".to_owned(), id: None, fields }, Class::named("robin")] }
}

fn write(samples: &[Sample]) -> (Written, Skipped) {
    let set = SetInfo {
        name: "t/TRAINING_SET/birds#1".to_owned(),
        version: "version:0".to_owned(),
        committed_at: "2026-01-02T03:04:05Z".to_owned(),
        splits: vec![],
    };
    let (mut written, mut left_out) = (Written::default(), Skipped::default());
    let mut writer = FORMAT.writer.unwrap()(&WriterOptions::default());
    writer.begin(&set, &classes(), &mut left_out, &mut written).unwrap();
    for sample in samples {
        writer.sample(sample, &mut left_out, &mut written).unwrap();
    }
    writer.end(&left_out, &mut written).unwrap();
    (written, left_out)
}

fn stored(written: &Written) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in &written.0 {
        fs::write(folder.path().join(path), bytes).unwrap();
    }
    folder
}

fn read(written: &Written) -> Vec<Sample> {
    read_path(stored(written).path()).unwrap().samples
}

/// Leaves out the places, which are those of another file.
fn plain(samples: &[Sample]) -> Vec<Sample> {
    let mut samples = samples.to_vec();
    for sample in &mut samples {
        sample.image.place = RecordPlace::Line(0);
        sample.image.bytes = ImageBytes::ByName;
        // An export of stemma has the name of a task.
        sample.image.address = None;
        sample.labels.iter_mut().for_each(|label| label.place = RecordPlace::Line(0));
    }
    samples.sort_by(|one, other| one.image.name.cmp(&other.image.name));
    samples
}

fn image(name: &str) -> Image {
    let mut image = Image::new(RecordPlace::Line(0), name);
    image.fields =
        json!({"file_name": name, "width": 64, "height": 48, "license": 3}).as_object().unwrap().clone();
    image
}

fn label(fields: Value) -> Label {
    Label { fields: fields.as_object().unwrap().clone(), ..Label::new(RecordPlace::Line(0)) }
}

fn with_shape(shape: &Shape) -> Label {
    Label::new(RecordPlace::Line(0)).of_class("wren").with_shape(shape)
}

#[test]
fn every_fixture_is_the_same_after_writing_and_reading() {
    for entry in fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        let samples = read_path(&path).unwrap().samples;
        let (written, left_out) = write(&samples);
        assert_eq!(left_out.all().count(), 1, "the fields of a class alone: {left_out:?}");
        assert_eq!(plain(&read(&written)), plain(&samples), "{}", path.display());
        let (again, _) = write(&samples);
        assert_eq!(again.0, written.0);
    }
}

fn birds() -> Vec<Sample> {
    let rectangle = Rectangle { x: 3.3, y: 7.1, width: 20.7, height: 11.9 };
    let mask = Mask { height: 48, width: 64, counts: vec![100, 7, 41, 9, 64 * 48 - 157] };
    let mut first = vec![
        with_shape(&Shape::Box(rectangle)),
        with_shape(&Shape::Rotated(rectangle, -30.0)),
        with_shape(&Shape::Corners([1.0, 1.0, 9.0, 2.0, 8.0, 7.0, 0.5, 6.0])),
        with_shape(&Shape::Polygons(vec![
            vec![0.0, 0.0, 2.3, 0.0, 2.0, 2.7],
            vec![5.0, 5.0, 6.0, 5.0, 6.0, 6.5],
        ])),
        with_shape(&Shape::Mask(mask)),
        with_shape(&Shape::Polyline(vec![0.0, 0.1, 4.0, 4.0, 7.0, 1.0])),
        with_shape(&Shape::Keypoints(vec![1.0, 1.0, 2.0, 0.0, 0.0, 0.0])),
        label(json!({"caption": "a pond"})),
        label(json!({"class": ["wren", "robin"], "attributes": {"wet": true}})),
        label(json!({"class": 7})),
        label(json!({"class": ["wren"], "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0, "score": 0.5,
            "segmentation": [[1, 2, 4, 2, 4, 6]], "keypoints": [1, 2, 2, 3, 4, 1], "num_keypoints": 2,
            "track_id": 9, "caption": "x"})),
        label(json!({})),
    ];
    for (number, label) in first.iter_mut().enumerate() {
        label.id = Some(format!("a/{number}"));
        label.exported =
            Some(Exported { item: format!("t/LABEL/{number}"), version: Some("version:1".to_owned()) });
    }
    first[0].author = Some(json!(7));
    let mut found = label(json!({"class": "wren", "bbox": [1, 2, 3, 4], "score": 0.25, "modelVersion": "m"}));
    found.origin = LabelOrigin::Prediction;
    first.push(found);
    let mut one = image("photos/a b.jpg");
    one.split = Some("TRAIN".to_owned());
    one.exported = Some(Exported { item: "t/SOURCE/photos/a b.jpg".to_owned(), version: None });
    let mut two = image("https://h/b.jpg");
    two.split = Some("hold out".to_owned());
    vec![
        Sample { image: one, labels: first },
        Sample { image: two, labels: vec![] },
        Sample { image: image("c.jpg"), labels: vec![with_shape(&Shape::Box(rectangle))] },
    ]
}

#[test]
fn labels_of_other_tools_are_the_same_after_writing_and_reading() {
    let samples = birds();
    let (written, left_out) = write(&samples);
    let left_out: Vec<_> = left_out.all().map(|(what, count, _)| (what, count)).collect();
    assert_eq!(
        left_out,
        [
            ("id and fields of a class (Label Studio has its name)", 1),
            ("label without class, shape and caption", 1)
        ]
    );
    let files: Vec<_> = written.0.keys().map(String::as_str).collect();
    assert_eq!(files, ["hold_out-ec80e3d6.json", "labeling_config.xml", "tasks.json", "train.json"]);
    assert_eq!(plain(&read(&written)), plain(&samples));
}

/// The results are those of the documentation of Label Studio.
#[test]
fn shapes_are_in_percentages() {
    let samples = [Sample {
        image: image("a b.jpg"),
        labels: vec![label(json!({"class": "wren", "bbox": [16, 12, 32, 24], "keypoints": [32, 24, 2]}))],
    }];
    let (written, _) = write(&samples);
    let tasks: Value = serde_json::from_slice(&written.0["tasks.json"]).unwrap();
    assert_eq!(tasks[0]["data"], json!({"image": "/data/local-files/?d=images/a%20b.jpg"}));
    let results = tasks[0]["annotations"][0]["result"].as_array().unwrap();
    let (mut first, mut second) = (results[0].clone(), results[1].clone());
    first["meta"].take();
    second["meta"].take();
    assert_eq!(
        first,
        json!({"id": "s0", "type": "rectanglelabels", "from_name": "rectanglelabels", "to_name": "image",
            "original_width": 64, "original_height": 48, "image_rotation": 0, "meta": null,
            "value": {"x": 25.0, "y": 25.0, "width": 50.0, "height": 50.0, "rotation": 0.0,
                "rectanglelabels": ["wren"]}})
    );
    assert_eq!(second["value"], json!({"x": 50.0, "y": 50.0, "width": 0.5, "keypointlabels": ["beak"]}));
    assert_eq!(second["parentID"], "s0");
}

/// Edits the tasks that were written, as a person would in the tool, and reads them.
fn edited(samples: &[Sample], edit: impl FnOnce(&mut Value)) -> Vec<Label> {
    let (mut written, _) = write(samples);
    let mut tasks: Value = serde_json::from_slice(&written.0["tasks.json"]).unwrap();
    edit(&mut tasks);
    written.0.insert("tasks.json".to_owned(), tasks.to_string().into_bytes());
    read(&written).remove(0).labels
}

#[test]
fn what_was_changed_in_the_tool_is_read_as_a_change_of_the_label() {
    let rectangle = Rectangle { x: 16.0, y: 12.0, width: 32.0, height: 24.0 };
    let mut first = with_shape(&Shape::Box(rectangle));
    first.fields.insert("area".to_owned(), json!(768.0));
    first.set_attribute("wet", json!(true));
    first.exported = Some(Exported { item: "t/LABEL/1".to_owned(), version: None });
    let samples =
        [Sample { image: image("a.jpg"), labels: vec![first.clone(), with_shape(&Shape::Box(rectangle))] }];
    let labels = edited(&samples, |tasks| {
        let annotation = &mut tasks[0]["annotations"][0];
        annotation["id"] = json!(77);
        annotation["completed_by"] = json!(5);
        let results = annotation["result"].as_array_mut().unwrap();
        results[0]["value"]["x"] = json!(50);
        results[0]["value"]["rectanglelabels"] = json!(["robin"]);
        results.push(json!({"id": "n", "type": "rectanglelabels", "original_width": 64, "original_height": 48,
            "value": {"x": 0, "y": 0, "width": 50, "height": 100, "rotation": 0, "rectanglelabels": ["wren"]}}));
        results.push(json!({"id": "e", "type": "ellipselabels", "original_width": 64, "original_height": 48,
            "value": {"x": 0, "y": 0, "radiusX": 5, "radiusY": 5, "ellipselabels": ["wren"]}}));
        results.push(json!({"type": "relation", "from_id": "n", "to_id": "s0", "direction": "right"}));
    });
    let fields: Vec<Value> = labels.iter().map(|label| Value::Object(label.fields.clone())).collect();
    assert_eq!(
        fields[0],
        json!({"class": "robin", "bbox": [32.0, 12.0, 32.0, 24.0], "attributes": {"wet": true}})
    );
    assert_eq!((labels[0].exported.clone(), labels[0].author.clone()), (first.exported, Some(json!(5))));
    assert_eq!(fields[1], json!({"class": "wren", "bbox": [16.0, 12.0, 32.0, 24.0]}));
    assert_eq!(fields[2], json!({"class": "wren", "bbox": [0.0, 0.0, 32.0, 48.0]}));
    assert_eq!((&fields[3]["class"], &fields[3]["regions"][0]["id"]), (&json!("wren"), &json!("e")));
    assert_eq!(fields[4]["regions"][0]["type"], "relation");
    assert_eq!((labels.len(), labels[4].id.as_deref()), (5, Some("77")));
}

#[test]
fn every_kind_of_shape_is_read_after_a_change() {
    let samples = birds();
    let count = samples[0].labels.len();
    let shapes =
        |labels: &[Label]| -> Vec<Shape> { labels.iter().map(|label| Shape::of(&label.fields)).collect() };
    let only = [Sample { image: image("a.jpg"), labels: samples[0].labels.clone() }];
    let labels = edited(&only, |tasks| {
        for list in ["annotations", "predictions"] {
            for result in tasks[0][list][0]["result"].as_array_mut().unwrap() {
                // Another image of the same proportions.
                for side in ["original_width", "original_height"] {
                    if let Some(length) =
                        result.get(side).and_then(Value::as_f64).filter(|_| result["type"] != "brushlabels")
                    {
                        result[side] = json!(length * 2.0);
                    }
                }
            }
        }
    });
    assert_eq!(labels.len(), count);
    for (before, after) in shapes(&only[0].labels).into_iter().zip(shapes(&labels)) {
        match (&before, &after) {
            (Shape::Mask(_) | Shape::Whole, _) => assert_eq!(before, after),
            _ => {
                let (before, after) = (before.bounds().unwrap(), after.bounds().unwrap());
                for (one, other) in [
                    (before.x, after.x),
                    (before.y, after.y),
                    (before.width, after.width),
                    (before.height, after.height),
                ] {
                    assert!((2.0 * one - other).abs() < 1e-9, "{before:?} {after:?}");
                }
            }
        }
    }
}

#[test]
fn an_annotation_without_id_and_name_is_read() {
    let result = json!({"id": "r", "type": "choices", "value": {"choices": ["wren"]}});
    let plain_label = label(json!({"class": "wren", "regions": [result]}));
    let mut other = label(json!({"class": "robin", "regions": [result], "attributes": {"wet": true}}));
    other.id = Some("x/1".to_owned());
    let samples = [Sample { image: image("a.jpg"), labels: vec![plain_label, other] }];
    let (written, _) = write(&samples);
    assert_eq!(plain(&read(&written)), plain(&samples));
}

#[test]
fn a_copy_of_an_annotation_has_no_name_of_ours() {
    let mut label = with_shape(&Shape::Box(Rectangle { x: 1.0, y: 2.0, width: 3.0, height: 4.0 }));
    label.exported = Some(Exported { item: "t/LABEL/1".to_owned(), version: None });
    let samples = [Sample { image: image("a.jpg"), labels: vec![label.clone()] }];
    let labels = edited(&samples, |tasks| {
        let mut copy = tasks[0]["annotations"][0].clone();
        copy["id"] = json!(2);
        tasks[0]["annotations"].as_array_mut().unwrap().push(copy);
    });
    assert_eq!(labels.iter().map(|label| label.exported.is_some()).collect::<Vec<_>>(), [true, false]);
    assert_eq!(labels[0].fields, labels[1].fields);
}

#[test]
fn what_cannot_be_shown_is_counted() {
    let mut unknown = image("a.jpg");
    unknown.fields.remove("width");
    let shape = Shape::Box(Rectangle { x: 1.0, y: 2.0, width: 3.0, height: 4.0 });
    let small = Shape::Mask(Mask { height: 2, width: 2, counts: vec![1, 3] });
    let samples = [
        Sample { image: unknown, labels: vec![with_shape(&shape)] },
        Sample { image: image("b.jpg"), labels: vec![with_shape(&small)] },
    ];
    let (written, left_out) = write(&samples);
    let left_out: Vec<_> = left_out.all().map(|(what, ..)| what).collect();
    assert!(left_out.contains(&"shape of an image of unknown size"), "{left_out:?}");
    assert!(left_out.contains(&"mask that does not fit its image"), "{left_out:?}");
    assert_eq!(plain(&read(&written)), plain(&samples));
}

#[test]
fn images_have_a_path_and_are_found_there() {
    let samples = birds();
    let (mut written, _) = write(&samples);
    let writer = FORMAT.writer.unwrap()(&WriterOptions::default());
    let paths: Vec<String> = samples.iter().map(|sample| writer.image_path(&sample.image).unwrap()).collect();
    assert_eq!(paths[0], "images/photos/a b.jpg");
    let folder = stored(&written);
    for path in &paths {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    let mut found: Vec<ImageBytes> =
        read_path(folder.path()).unwrap().samples.into_iter().map(|sample| sample.image.bytes).collect();
    found.sort_by_key(|bytes| format!("{bytes:?}"));
    let mut expected: Vec<ImageBytes> = paths.into_iter().map(ImageBytes::File).collect();
    expected.sort_by_key(|bytes| format!("{bytes:?}"));
    assert_eq!(found, expected);
    written.0.clear();
    assert!(!Path::new("images").exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn boxes_and_polygons_are_the_same_after_writing_and_reading(
        boxes in prop::collection::vec((0.0..64.0, 0.0..48.0, 0.0..64.0, 0.0..48.0, -360.0..360.0_f64), 0..6),
        points in prop::collection::vec((0.0..64.0, 0.0..48.0), 3..9),
    ) {
        let mut labels: Vec<Label> = boxes
            .iter()
            .map(|(x, y, width, height, angle): &(f64, f64, f64, f64, f64)| {
                let rectangle = Rectangle { x: *x, y: *y, width: *width, height: *height };
                with_shape(&if angle.fract() < 0.5 { Shape::Box(rectangle) } else { Shape::Rotated(rectangle, *angle) })
            })
            .collect();
        labels.push(with_shape(&Shape::Polygons(vec![points.iter().flat_map(|(x, y)| [*x, *y]).collect()])));
        let samples = [Sample { image: image("a.jpg"), labels }];
        let (written, _) = write(&samples);
        prop_assert_eq!(plain(&read(&written)), plain(&samples));
    }
}
