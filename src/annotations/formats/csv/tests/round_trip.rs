use std::io;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::WriterOptions;
use crate::annotations::model::{Image, ImageBytes, Label, Rectangle, Shape};
use crate::annotations::writer::{Output, SetInfo};

struct Folder<'a>(&'a Path);

impl Output for Folder<'_> {
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap())?;
        assert!(!path.exists(), "{path:?}");
        fs::write(path, bytes)
    }
}

/// Writes samples and their images to a folder, and returns what was left out.
fn write(samples: &[Sample], classes: &ClassList, variant: &str, dir: &Path) -> Skipped {
    let mut writer = FORMAT.writer.unwrap()(&WriterOptions { variant: Some(variant.to_owned()) });
    let (mut left_out, mut out) = (Skipped::default(), Folder(dir));
    let set = SetInfo {
        name: "birds/TRAINING_SET/garden#1".to_owned(),
        version: "version:00".to_owned(),
        committed_at: "2026-01-01T00:00:00Z".to_owned(),
        splits: vec!["TRAIN".to_owned()],
    };
    writer.begin(&set, classes, &mut left_out, &mut out).unwrap();
    for sample in samples {
        writer.sample(sample, &mut left_out, &mut out).unwrap();
        out.file(&writer.image_path(&sample.image).unwrap(), b"x").unwrap();
    }
    writer.end(&left_out, &mut out).unwrap();
    left_out
}

/// Returns what is compared: all but the places, sorted by name.
fn content(samples: &[Sample]) -> Vec<Value> {
    let mut sorted: Vec<&Sample> = samples.iter().collect();
    sorted.sort_by_key(|sample| &sample.image.name);
    let one = |sample: &Sample| {
        let labels: Vec<_> =
            sample.labels.iter().map(|label| json!([label.fields, label.origin as u8])).collect();
        json!([sample.image.name, sample.image.split, sample.image.fields, labels])
    };
    sorted.into_iter().map(one).collect()
}

fn image(name: &str, split: Option<&str>) -> Image {
    let mut image = Image::new(RecordPlace::Line(1), name);
    image.split = split.map(str::to_owned);
    image.fields = json!({"file_name": name, "width": 200, "height": 100}).as_object().unwrap().clone();
    image.bytes = ImageBytes::ByName;
    image
}

prop_compose! {
    fn any_label()(class in "[a-z\u{e4},;\" ]{0,5}[a-z]", sides in prop::array::uniform4(1_u32..200),
                   shape in 0..5, note in prop::option::of("[a-z\"\n,]{1,6}"), count in prop::option::of(-9_i32..9)) -> Label {
        let [x, y, width, height] = sides.map(f64::from);
        let rectangle = Rectangle { x, y, width, height };
        let shape = match shape {
            0 => Shape::Polygons(vec![vec![x, y, x + width, y, x, y + height]]),
            1 => Shape::Polyline(vec![x, y, x + width, y]),
            2 => Shape::Keypoints(vec![x, y, 2.0]),
            _ => Shape::Box(rectangle),
        };
        let mut label = Label::new(RecordPlace::Line(1)).of_class(class.trim_start()).with_shape(&shape);
        for (name, value) in [("note", note.map(Value::from)), ("count", count.map(Value::from))] {
            if let Some(value) = value {
                label.set_attribute(name, value);
            }
        }
        label
    }
}

fn any_samples() -> impl Strategy<Value = Vec<Sample>> {
    let split = prop::option::of(prop::sample::select(vec!["TRAIN", "VALIDATION", "TEST"]));
    let name = prop::sample::select(vec!["a.jpg", "x/b.png", "c d.jpg", "train/\u{fc},1.jpg", "e.tif"]);
    let sample = (name, split, prop::collection::vec(any_label(), 0..4));
    prop::collection::vec(sample, 1..5).prop_map(|list| {
        let mut seen = std::collections::HashSet::new();
        let new = list.into_iter().filter(|(name, ..)| seen.insert(*name));
        new.map(|(name, split, labels)| Sample { image: image(name, split), labels }).collect()
    })
}

/// Keeps what a table of boxes holds.
fn boxes_only(mut samples: Vec<Sample>, has_attributes: bool, has_empty: bool) -> Vec<Sample> {
    for sample in &mut samples {
        sample.labels.retain(|label| label.fields.contains_key("bbox"));
        if !has_attributes {
            sample.labels.iter_mut().for_each(|label| drop(label.fields.remove("attributes")));
        }
    }
    samples.retain(|sample| has_empty || !sample.labels.is_empty());
    samples
}

fn classes_of(samples: &[Sample]) -> ClassList {
    let names = samples.iter().flat_map(|sample| sample.labels.iter().flat_map(Label::classes));
    ClassList::of_names(names.collect::<std::collections::BTreeSet<_>>())
}

/// Writes and reads samples, and compares them.
fn comes_back(samples: &[Sample], variant: &str) {
    let (dir, again) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let left_out = write(samples, &classes_of(samples), variant, dir.path());
    assert_eq!(left_out, Skipped::default());
    if samples.is_empty() {
        return;
    }
    let read = read_path(dir.path(), Some(variant)).unwrap();
    let mut expected = samples.to_vec();
    if matches!(variant, "retinanet" | "via" | "multi-label" | "classes") {
        expected.iter_mut().for_each(|sample| sample.image.fields.retain(|name, _| name == "file_name"));
    }
    assert_eq!(content(&read.samples), content(&expected));
    write(&read.samples, &read.classes, variant, again.path());
    for entry in fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && path.extension().is_some_and(|ending| ending == "csv") {
            let other = again.path().join(path.file_name().unwrap());
            assert_eq!(fs::read_to_string(&path).unwrap(), fs::read_to_string(other).unwrap());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn samples_come_back(samples in any_samples()) {
        comes_back(&boxes_only(samples.clone(), true, false), "tensorflow");
        comes_back(&boxes_only(samples.clone(), false, true), "retinanet");
        comes_back(&samples, "via");
        let mut classes = samples;
        for sample in &mut classes {
            sample.labels.iter_mut().for_each(|label| label.fields.retain(|name, _| matches!(name.as_str(), "class" | "attributes")));
        }
        let mut labelled = classes.clone();
        labelled.retain(|sample| !sample.labels.is_empty());
        comes_back(&labelled, "classes");
        for sample in &mut classes {
            sample.labels.truncate(1);
            sample.labels.iter_mut().for_each(|label| drop(label.fields.remove("attributes")));
        }
        comes_back(&classes, "multi-label");
    }
}

#[test]
fn openimages_comes_back() {
    let mut label = Label::new(RecordPlace::Line(1)).of_class("Bird");
    label = label.with_shape(&Shape::Box(Rectangle { x: 50.0, y: 25.0, width: 100.0, height: 50.0 }));
    label.set_attribute("Source", json!("xclick"));
    label.set_attribute("IsOccluded", json!(1));
    // Part of the label is outside of the image.
    let wide = Rectangle { x: -10.0, y: 25.0, width: 300.0, height: 50.0 };
    let beyond = label.clone().with_shape(&Shape::Box(wide));
    let image = image("x/0f.jpg", Some("TRAIN"));
    comes_back(&[Sample { image: image.clone(), labels: vec![beyond] }], "openimages");
    let samples = [Sample { image, labels: vec![label.clone(), label] }];
    comes_back(&samples, "openimages");
    let dir = tempfile::tempdir().unwrap();
    let mut classes = ClassList::of_names(["Bird", "Dog"]);
    classes.classes[0].id = Some(json!("/m/015p6"));
    write(&samples, &classes, "openimages", dir.path());
    let table = fs::read_to_string(dir.path().join("train-annotations-bbox.csv")).unwrap();
    assert_eq!(table.lines().nth(1).unwrap(), "x/0f,xclick,/m/015p6,1,0.25,0.75,0.25,0.75,1,-1,-1,-1,-1");
    assert_eq!(read_path(dir.path(), None).unwrap().classes.classes, classes.classes[..1]);
}

#[test]
fn what_tables_cannot_hold_is_counted() {
    let of = |value: Value| Label {
        fields: value.as_object().unwrap().clone(),
        ..Label::new(RecordPlace::Line(1))
    };
    let samples = [
        Sample {
            image: image("a.jpg", None),
            labels: vec![
                of(
                    json!({"class": "wren", "segmentation": [[0, 0, 4, 0, 4, 6]], "bbox": [0, 0, 4, 6], "area": 12.0}),
                ),
                of(
                    json!({"class": ["wren", "robin"], "bbox": [1, 2, 3, 4], "attributes": {"width": 3, "x": {"y": 1}}}),
                ),
                of(json!({"bbox": [1, 2, 3, 4], "score": 0.5})),
                of(json!({"class": "wren", "caption": "a pond"})),
            ],
        },
        Sample { image: image("b.jpg", None), labels: Vec::new() },
    ];
    let dir = tempfile::tempdir().unwrap();
    let left_out = write(&samples, &ClassList::of_names(["wren"]), "tensorflow", dir.path());
    let table = fs::read_to_string(dir.path().join("labels.csv")).unwrap();
    assert_eq!(
        table,
        "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,200,100,wren,0,0,4,6\na.jpg,200,100,wren,1,2,4,6\n\
         a.jpg,200,100,robin,1,2,4,6\n"
    );
    let kinds: Vec<_> = left_out.all().map(|(what, count, _)| (what, count)).collect();
    assert_eq!(
        kinds,
        [
            ("attribute that cannot be a column", 4),
            ("caption", 1),
            ("image without labels that the table can hold", 1),
            ("label of several classes (a row each is written)", 1),
            ("label without a box", 1),
            ("label without a class", 1),
            ("other field of a label", 1),
            ("polygon (its box is written)", 1),
            ("score", 1),
        ]
    );
}

/// Classes whose names are numbers do not make a table one of numbers, if they are in `classes.csv`.
#[test]
fn classes_that_are_numbers_come_back() {
    let boxed = |class: &str| {
        let shape = Shape::Box(Rectangle { x: 1.0, y: 2.0, width: 3.0, height: 4.0 });
        Label::new(RecordPlace::Line(1)).of_class(class).with_shape(&shape)
    };
    let of = |name: &str, split: &str, labels: Vec<Label>| Sample { image: image(name, Some(split)), labels };
    let samples = [
        of("a.jpg", "TRAIN", vec![boxed("0"), boxed("1e3")]),
        // Nothing but the table next to it says what this one is.
        of("b.jpg", "VALIDATION", Vec::new()),
    ];
    for samples in [&samples[..], &samples[1..]] {
        let dir = tempfile::tempdir().unwrap();
        write(samples, &ClassList::of_names(["0", "1e3", "inf"]), "retinanet", dir.path());
        assert!((FORMAT.recognises)(&Files::open(dir.path()).unwrap()));
        let read = read_path(dir.path(), None).unwrap();
        let labels =
            |samples: &[Sample]| samples.iter().map(|sample| sample.labels.len()).collect::<Vec<_>>();
        assert_eq!(labels(&read.samples), labels(samples));
        assert_eq!(read.skipped(), []);
    }
}

#[test]
fn a_table_of_numbers_is_none_of_retinanet() {
    let row = "a.jpg,1,2,3,4,0\n";
    assert!(!is_recognised(&[("t.csv", row), ("a.jpg", "")]));
    // Another class than those that are listed.
    assert!(!is_recognised(&[("t.csv", row), ("classes.csv", "1,0\n")]));
    assert!(!is_recognised(&[("t.csv", row), ("x/classes.csv", "0,0\n"), ("classes.csv", "1,0\n")]));
    assert!(is_recognised(&[("t.csv", row), ("classes.csv", "0,0\n")]));
    assert!(!is_recognised(&[("t.csv", "a.jpg,3,2,1,4,0\n"), ("classes.csv", "0,0\n")]));
    assert!(!is_recognised(&[("t.csv", "a.jpg,,,,,\n")]));
}
