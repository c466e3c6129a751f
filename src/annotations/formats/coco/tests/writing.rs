//! The writer: samples are the same after they were written and read.

mod regions;

use std::collections::BTreeMap;
use std::fs;
use std::io;

use proptest::prelude::*;
use serde_json::Map;

use super::*;
use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::WriterOptions;
use crate::annotations::model::{
    Class, Exported, Image, ImageBytes, Label, LabelOrigin, Mask, Rectangle, Shape,
};
use crate::annotations::writer::{Output, SetInfo};

#[derive(Default)]
struct Written(BTreeMap<String, Vec<u8>>);

impl Output for Written {
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        assert!(self.0.insert(path.to_owned(), bytes.to_vec()).is_none(), "{path} twice");
        Ok(())
    }
}

impl Written {
    fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&self.0[path]).unwrap()
    }

    fn stored(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in &self.0 {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }

    fn read(&self) -> ReadContent {
        read_path(self.stored().path(), None).unwrap()
    }
}

fn write(classes: &ClassList, samples: &[Sample], splits: &[&str]) -> (Written, Skipped) {
    let set = SetInfo {
        name: "t/TRAINING_SET/birds#3".to_owned(),
        version: "version:0".to_owned(),
        committed_at: "2026-01-02T03:04:05Z".to_owned(),
        splits: splits.iter().map(|split| (*split).to_owned()).collect(),
    };
    let (mut written, mut left_out) = (Written::default(), Skipped::default());
    let mut writer = FORMAT.writer.unwrap()(&WriterOptions::default());
    writer.begin(&set, classes, &mut left_out, &mut written).unwrap();
    for sample in samples {
        writer.sample(sample, &mut left_out, &mut written).unwrap();
    }
    writer.end(&left_out, &mut written).unwrap();
    (written, left_out)
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
        json!({"file_name": name, "width": 64, "height": 48, "license": 3, "coco_url": "http://h/x"})
            .as_object()
            .unwrap()
            .clone();
    image
}

fn label(fields: Value) -> Label {
    Label { fields: fields.as_object().unwrap().clone(), ..Label::new(RecordPlace::Line(0)) }
}

fn with_shape(shape: &Shape) -> Label {
    Label::new(RecordPlace::Line(0)).of_class("wren").with_shape(shape)
}

fn classes() -> ClassList {
    let fields = |value: Value| value.as_object().unwrap().clone();
    ClassList {
        classes: vec![
            Class {
                name: "wren".to_owned(),
                id: Some(json!(7)),
                fields: fields(json!({"supercategory": "bird", "keypoints": ["beak"], "skeleton": []})),
            },
            Class { name: "robin".to_owned(), id: Some(json!(90)), fields: Map::new() },
        ],
    }
}

fn birds() -> Vec<Sample> {
    let rectangle = Rectangle { x: 3.3, y: 7.1, width: 20.7, height: 11.9 };
    let mask = Mask { height: 48, width: 64, counts: vec![100, 7, 41, 9, 64 * 48 - 157] };
    let mut labels = vec![
        with_shape(&Shape::Box(rectangle)),
        with_shape(&Shape::Rotated(rectangle, -30.0)),
        with_shape(&Shape::Corners([1.0, 1.0, 9.0, 2.0, 8.0, 7.0, 0.5, 6.0])),
        with_shape(&Shape::Polygons(vec![
            vec![0.0, 0.0, 2.0, 0.0, 2.0, 2.0],
            vec![5.0, 5.0, 6.0, 5.0, 6.0, 6.5],
        ])),
        with_shape(&Shape::Mask(mask)),
        with_shape(&Shape::Polyline(vec![0.0, 0.0, 4.0, 4.0])),
        with_shape(&Shape::Keypoints(vec![1.0, 1.0, 2.0, 0.0, 0.0, 0.0])),
        with_shape(&Shape::Span(3, 9)),
        label(json!({"caption": "a pond"})),
        label(json!({"class": ["wren", "robin", 5], "attributes": {"wet": true}, "bbox": [1, 2, 3, 4]})),
        label(json!({"class": 7})),
        label(json!({"class": "7"})),
        label(json!({"class": "robin", "bbox": [1, 2, 3, 4], "area": 9, "iscrowd": 1, "score": 0.5,
            "track_id": 4, "id": "own", "image_id": 5, "category_id": 6, "stemma": {"a": 1}, "segments_info": [],
            "video_id": 3, "num_keypoints": 0})),
        label(json!({})),
    ];
    for (number, label) in labels.iter_mut().enumerate() {
        label.id = Some(
            ["5", "train/6", "x", "0", "5"]
                .get(number)
                .map_or_else(|| format!("a/b{number}"), |id| (*id).to_owned()),
        );
        label.exported =
            Some(Exported { item: format!("t/LABEL/{number}"), version: Some("version:1".to_owned()) });
    }
    labels[0].author = Some(json!(7));
    labels[1].exported = None;
    labels[2].id = None;
    let mut one = image("photos/a b.jpg");
    one.exported = Some(Exported { item: "t/SOURCE/photos/a b.jpg".to_owned(), version: None });
    one.split = Some("TRAIN".to_owned());
    let mut two = image("../b.jpg");
    two.split = Some("hold out".to_owned());
    let mut three = Image::new(RecordPlace::Line(0), "tasks/7");
    three.fields = json!({"image": "/data/upload/x.jpg", "id": 5, "width": "wide", "file_names": [1]})
        .as_object()
        .unwrap()
        .clone();
    let mut four = image("https://h/c.jpg?x=1");
    four.split = Some("VALIDATION".to_owned());
    four.fields.insert("file_name".to_owned(), json!("c.jpg"));
    vec![
        Sample { image: one, labels },
        Sample { image: two, labels: vec![] },
        Sample { image: three, labels: vec![with_shape(&Shape::Box(rectangle))] },
        Sample {
            image: four,
            labels: vec![label(json!({"class": "robin"})), label(json!({"class": "new"}))],
        },
    ]
}

#[test]
fn everything_is_the_same_after_writing_and_reading() {
    let samples = birds();
    let (written, left_out) = write(&classes(), &samples, &["TRAIN", "TEST"]);
    assert_eq!(left_out, Skipped::default());
    let paths: Vec<_> = written.0.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "annotations/instances_default.json",
            "annotations/instances_hold_out-ec80e3d6.json",
            "annotations/instances_test.json",
            "annotations/instances_train.json",
            "annotations/instances_val.json",
        ]
    );
    let read = written.read();
    assert_eq!(plain(&read.samples), plain(&samples));
    assert_eq!(read.classes.classes[..2], classes().classes);
    let names: Vec<_> = read.classes.classes[2..].iter().map(|class| class.name.as_str()).collect();
    assert_eq!(names, ["5", "7 (value)", "7", "new"]);
    let (again, _) = write(&classes(), &samples, &["TRAIN", "TEST"]);
    assert_eq!(again.0, written.0);
}

/// Each file has all categories of the set, with ids that neither labels nor splits change.
#[test]
fn ids_of_categories_do_not_move() {
    let samples = birds();
    let (all, _) = write(&classes(), &samples, &[]);
    let (fewer, _) = write(&classes(), &samples[3..], &[]);
    let of = |written: &Written, path: &str| written.json(path)["categories"].clone();
    let train = of(&all, "annotations/instances_train.json");
    assert_eq!(of(&all, "annotations/instances_val.json"), train);
    assert_eq!(
        train[0],
        json!({"id": 7, "name": "wren", "supercategory": "bird", "keypoints": ["beak"], "skeleton": []})
    );
    assert_eq!(
        of(&fewer, "annotations/instances_val.json").as_array().unwrap()[..2],
        train.as_array().unwrap()[..2]
    );
    assert_eq!(of(&fewer, "annotations/instances_val.json")[2], json!({"id": 91, "name": "new"}));
}

#[test]
fn annotations_have_what_other_tools_need() {
    let (written, _) = write(&classes(), &birds(), &[]);
    let document = written.json("annotations/instances_train.json");
    let annotations = document["annotations"].as_array().unwrap();
    let mut ids: Vec<u64> = annotations.iter().map(|annotation| annotation["id"].as_u64().unwrap()).collect();
    // Ids of the store stay, where they are free.
    assert_eq!(ids[..2], [5, 6]);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), annotations.len());
    for annotation in &annotations[..7] {
        for name in ["bbox", "area", "iscrowd", "category_id", "image_id"] {
            assert!(annotation.get(name).is_some(), "{name} {annotation}");
        }
    }
    assert_eq!(annotations[1]["segmentation"][0].as_array().unwrap().len(), 8);
    assert_eq!(annotations[2]["bbox"], json!([0.5, 1.0, 8.5, 6.0]));
    assert_eq!(annotations[6]["num_keypoints"], 1);
    assert!(annotations[8].get("bbox").is_none() && annotations[8].get("iscrowd").is_none());
    let info = &document["info"];
    assert_eq!((&info["version"], &info["date_created"]), (&json!("3"), &json!("2026-01-02T03:04:05Z")));
    assert_eq!(info["stemma"]["annotations"], annotations.len());
    assert_eq!(annotations[0]["stemma"]["label"], "t/LABEL/0");
}

#[test]
fn what_another_tool_changed_is_read() {
    let rectangle = Rectangle { x: 1.0, y: 2.0, width: 3.0, height: 4.0 };
    let samples =
        [Sample { image: image("a.jpg"), labels: vec![with_shape(&Shape::Rotated(rectangle, 30.0))] }];
    let (mut written, _) = write(&classes(), &samples, &[]);
    let path = "annotations/instances_default.json";
    let mut document = written.json(path);
    document["annotations"][0]["segmentation"] = json!([[1, 1, 2, 1, 2, 2]]);
    document["annotations"][0]["area"] = json!(12.000_000_000_001);
    written.0.insert(path.to_owned(), document.to_string().into_bytes());
    let read = written.read();
    let fields = &read.samples[0].labels[0].fields;
    assert_eq!(fields["segmentation"], json!([[1, 1, 2, 1, 2, 2]]));
    assert!(!fields.contains_key("area") && fields.contains_key("rotation"));
}

#[test]
fn other_tools_get_the_box_around_a_turned_rectangle() {
    let rectangle = Rectangle { x: 10.0, y: 20.0, width: 30.0, height: 10.0 };
    let turned = with_shape(&Shape::Rotated(rectangle, 90.0));
    let mut both = with_shape(&Shape::Rotated(rectangle, 45.0));
    both.fields.insert("segmentation".to_owned(), json!([[1, 1, 2, 1, 2, 2]]));
    let samples = [Sample { image: image("a.jpg"), labels: vec![turned, both] }];
    let (mut written, _) = write(&classes(), &samples, &[]);
    let path = "annotations/instances_default.json";
    let mut document = written.json(path);
    let annotations = document["annotations"].as_array_mut().unwrap();
    assert!(annotations.iter().all(|annotation| annotation.get("rotation").is_none()));
    let sides = |annotation: &Value| -> Vec<f64> {
        annotation["bbox"].as_array().unwrap().iter().map(|side| side.as_f64().unwrap()).collect()
    };
    let near = |found: &[f64], sides: [f64; 4]| found.iter().zip(sides).all(|(a, b)| (a - b).abs() < 1e-2);
    assert!(near(&sides(&annotations[0]), [20.0, 10.0, 10.0, 30.0]), "{}", annotations[0]);
    assert!(near(&sides(&annotations[1]), [10.86, 10.86, 28.28, 28.28]), "{}", annotations[1]);
    assert_eq!(plain(&written.read().samples), plain(&samples));
    // A tool that rounds changes nothing; one that moves the box makes an upright one.
    annotations[0]["bbox"] = json!([20.004, 10, 10, 30]);
    annotations[1]["bbox"] = json!([11, 11, 28, 28]);
    written.0.insert(path.to_owned(), document.to_string().into_bytes());
    let labels = written.read().samples.remove(0).labels;
    assert_eq!(labels[0].fields, samples[0].labels[0].fields);
    assert_eq!(labels[1].fields["bbox"], json!([11, 11, 28, 28]));
    assert!(!labels[1].fields.contains_key("rotation"));
}

#[test]
fn captions_alone_have_no_categories() {
    let samples = [Sample { image: image("a.jpg"), labels: vec![label(json!({"caption": "a pond"}))] }];
    let (written, left_out) = write(&ClassList::default(), &samples, &[]);
    let document = written.json("annotations/instances_default.json");
    assert!(document.get("categories").is_none() && document["annotations"][0].get("category_id").is_none());
    assert_eq!(left_out, Skipped::default());
    assert_eq!(plain(&written.read().samples), plain(&samples));
}

#[test]
fn predictions_are_a_list_of_results() {
    let mut found = label(json!({"class": "wren", "bbox": [1, 2, 3, 4], "score": 0.25}));
    found.origin = LabelOrigin::Prediction;
    let samples = [Sample { image: image("a.jpg"), labels: vec![found, with_shape(&Shape::Whole)] }];
    let (written, _) = write(&classes(), &samples, &[]);
    let folder = written.stored();
    let path = |name: &str| folder.path().join("annotations").join(name);
    let read = read_path(&path("predictions_default.json"), Some(&path("instances_default.json"))).unwrap();
    assert_eq!(
        read.samples[0].labels,
        plain(&samples)[0].labels[..1]
            .iter()
            .map(|label| Label { place: read.samples[0].labels[0].place.clone(), ..label.clone() })
            .collect::<Vec<_>>()
    );
    let own = written.read();
    assert_eq!((own.samples[0].labels.len(), own.skipped.all().count()), (1, 1));
}

#[test]
fn images_are_found_where_the_writer_puts_them() {
    let samples = birds();
    let (written, _) = write(&classes(), &samples, &[]);
    let writer = FORMAT.writer.unwrap()(&WriterOptions::default());
    let folder = written.stored();
    let mut expected = Vec::new();
    for sample in &samples {
        let path = writer.image_path(&sample.image).unwrap();
        fs::create_dir_all(folder.path().join(&path).parent().unwrap()).unwrap();
        fs::write(folder.path().join(&path), "x").unwrap();
        expected.push((sample.image.name.clone(), ImageBytes::File(path)));
    }
    let read = read_path(folder.path(), None).unwrap();
    let mut found: Vec<_> =
        read.samples.into_iter().map(|sample| (sample.image.name, sample.image.bytes)).collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    expected.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(found, expected);
}

#[test]
fn a_connection_that_is_lost_is_counted() {
    let samples =
        [Sample { image: image("a.jpg"), labels: vec![label(json!({"class": ["wren", "robin"]}))] }];
    let (written, left_out) = write(&classes(), &samples, &[]);
    assert_eq!(left_out.all().count(), 1);
    let info = written.json("annotations/instances_default.json")["info"]["stemma"]["leftOut"].clone();
    assert_eq!(info.as_object().unwrap().values().collect::<Vec<_>>(), [&json!(1)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn labels_are_the_same_after_writing_and_reading(
        labels in prop::collection::vec((0_u8..6, any::<u32>(), -1e3..1e3_f64, "[a-z]{0,2}"), 0..9),
    ) {
        let labels: Vec<Label> = labels
            .into_iter()
            .map(|(kind, number, length, name)| {
                let rectangle = Rectangle { x: length, y: f64::from(number), width: length.abs(), height: 3.0 };
                let mut label = Label::new(RecordPlace::Line(0)).with_shape(&match kind {
                    0 => Shape::Whole,
                    1 => Shape::Rotated(rectangle, length),
                    2 => Shape::Polygons(vec![vec![length, 0.0, 1.0, length, 2.5, 7.0]]),
                    3 => Shape::Mask(Mask { height: 2, width: 2, counts: vec![1, 2, 1] }),
                    4 => Shape::Keypoints(vec![length, length, f64::from(number % 3)]),
                    _ => Shape::Box(rectangle),
                });
                if !name.is_empty() {
                    label.fields.insert("class".to_owned(), name.into());
                }
                label.id = (number % 3 > 0).then(|| (number % 7).to_string());
                label
            })
            .collect();
        let samples = [Sample { image: image("a.jpg"), labels }];
        let (written, left_out) = write(&classes(), &samples, &[]);
        prop_assert_eq!(left_out, Skipped::default());
        prop_assert_eq!(plain(&written.read().samples), plain(&samples));
    }
}
