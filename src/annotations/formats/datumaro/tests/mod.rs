//! The reader and the writer of Datumaro's format.

use std::fs;
use std::io;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::FORMAT;
use crate::annotations::fault::RecordPlace;
use crate::annotations::files::Files;
use crate::annotations::formats::{ReaderOptions, WriterOptions};
use crate::annotations::model::{
    Class, ClassList, Image, ImageBytes, Label, LabelOrigin, Mask, Rectangle, Sample, Shape,
};
use crate::annotations::reader::{ReadStop, Skipped};
use crate::annotations::writer::{Output, SetInfo};

#[derive(Debug)]
struct ReadContent {
    classes: ClassList,
    samples: Vec<Sample>,
    skipped: Skipped,
}

impl ReadContent {
    fn skipped(&self) -> Vec<(&str, u64)> {
        self.skipped.all().map(|(what, count, _)| (what, count)).collect()
    }
}

fn read_path(path: &Path) -> Result<ReadContent, String> {
    let stop = |stop| match stop {
        ReadStop::Bad(fault) => fault.to_string(),
        ReadStop::Unreadable(why) => why,
    };
    let options =
        ReaderOptions { labels_from_folders: false, size_of: |_| None, reference: None, variant: None };
    let files = Files::open(path).map_err(|reason| reason.at(1).to_string())?;
    assert!((FORMAT.recognises)(&files));
    let mut reader = (FORMAT.reader)(files, &options).map_err(stop)?;
    let classes = reader.classes().map_err(stop)?;
    let mut ids = Vec::new();
    let listed = reader.ids(&mut |image, id| ids.push(format!("{image} {id}"))).map_err(stop);
    let mut samples = Vec::new();
    while let Some(sample) = reader.next().map_err(stop)? {
        samples.push(sample);
        let (done, all) = reader.progress();
        assert!(done <= all.unwrap());
    }
    listed?;
    let with = |sample: &Sample| {
        let ids = sample.labels.iter().filter_map(|label| label.id.clone());
        ids.map(|id| format!("{} {id}", sample.image.name)).collect::<Vec<_>>()
    };
    assert_eq!(ids, samples.iter().flat_map(with).collect::<Vec<_>>());
    Ok(ReadContent { classes, samples, skipped: reader.skipped() })
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn document(items: &Value) -> String {
    format!(
        r#"{{"dm_format_version": "1.0", "media_type": 2, "infos": {{}}, "categories": {{"label": {{"labels": [
            {{"name": "cat", "parent": "", "attributes": []}}, {{"name": "dog", "parent": "animal", "attributes": ["wet"]}}],
            "label_groups": [], "attributes": []}}, "mask": {{"colormap": [{{"label_id": 1, "r": 1, "g": 2, "b": 3}}]}},
            "points": {{"items": [{{"label_id": 0, "labels": ["nose"], "joints": [[1, 2]], "positions": []}}]}}}},
            "items": {items}}}"#
    )
}

fn read_annotations(annotations: &Value) -> Result<ReadContent, String> {
    let dir =
        folder(&[("annotations/train.json", &document(&json!([{"id": "a", "annotations": annotations}])))]);
    read_path(dir.path())
}

#[test]
fn annotations_of_all_types_are_read() {
    let base = |kind: &str| json!({"id": 0, "type": kind, "attributes": {}, "group": 0, "label_id": 1, "z_order": 0});
    let with = |kind: &str, more: Value| {
        let mut annotation = base(kind);
        annotation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        annotation
    };
    let rle = json!({"counts": "04", "size": [2, 2]});
    let annotations = json!([
        with("label", json!({"id": 7, "attributes": {"wet": true}})),
        with(
            "bbox",
            json!({"bbox": [1.0, 2.0, 3.0, 4.0], "attributes": {"occluded": false, "rotation": 30.5}, "group": 3})
        ),
        with("polygon", json!({"points": [0.0, 0.0, 4.0, 0.0, 4.0, 4.0], "z_order": 2, "object_id": 5})),
        with("polyline", json!({"points": [0.0, 0.0, 4.0, 0.0], "label_id": null})),
        with("points", json!({"points": [1.0, 2.0, 3.0, 4.0], "visibility": [2, 1]})),
        with("mask", json!({"rle": rle, "attributes": {"score": 0.5}})),
        json!({"id": 0, "type": "caption", "caption": "a pond", "attributes": {}, "group": 0}),
        with("ellipse", json!({"points": [1.0, 2.0, 5.0, 8.0]})),
        with("cuboid_3d", json!({"position": [0, 0, 0], "rotation": [0, 0, 0], "scale": [1, 1, 1]})),
        with(
            "skeleton",
            json!({"elements": [with("points", json!({"points": [1.0, 2.0], "visibility": [1], "label_id": 0}))]})
        ),
        with("hologram", json!({})),
    ]);
    let read = read_annotations(&annotations).unwrap();
    let labels: Vec<Value> =
        read.samples[0].labels.iter().map(|label| Value::Object(label.fields.clone())).collect();
    assert_eq!(
        labels,
        [
            json!({"class": "dog", "attributes": {"wet": true}}),
            json!({"class": "dog", "bbox": [1.0, 2.0, 3.0, 4.0], "rotation": 30.5, "attributes": {"occluded": false}, "group": 3}),
            json!({"class": "dog", "segmentation": [[0.0, 0.0, 4.0, 0.0, 4.0, 4.0]], "z_order": 2, "object_id": 5}),
            json!({"polyline": [0.0, 0.0, 4.0, 0.0]}),
            json!({"class": "dog", "keypoints": [1.0, 2.0, 2.0, 3.0, 4.0, 1.0]}),
            json!({"class": "dog", "segmentation": rle, "score": 0.5}),
            json!({"caption": "a pond"}),
            json!({"class": "dog", "bbox": [1.0, 2.0, 4.0, 6.0], "type": "ellipse"}),
            json!({"class": "dog", "keypoints": [1.0, 2.0, 1.0],
                   "elements": [{"id": 0, "type": "points", "attributes": {}, "group": 0, "label_id": 0, "z_order": 0}]}),
        ]
    );
    assert_eq!(read.samples[0].labels[0].id.as_deref(), Some("7"));
    assert_eq!(
        read.samples[0].labels[1].place.to_string(),
        "annotations/train.json, items[0].annotations[1]"
    );
    assert_eq!(read.skipped(), [("annotation of a type that is not known", 1), ("cuboid in space", 1)]);
    let classes = json!({"classes": [
        {"class": "cat", "id": 0, "keypoints": ["nose"], "skeleton": [[1, 2]]},
        {"class": "dog", "id": 1, "parent": "animal", "attributes": ["wet"], "color": [1, 2, 3]},
    ]});
    assert_eq!(read.classes.to_value(), classes);
    // Everything is written as it was.
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(write(&read.samples, &read.classes, dir.path()), Skipped::default());
    let again = read_path(dir.path()).unwrap();
    assert_eq!(content(&again.samples), content(&read.samples));
    assert_eq!(again.classes, read.classes);
}

#[test]
fn bad_annotations_are_refused_with_their_place() {
    for (annotation, said) in [
        (
            json!({"type": "bbox", "bbox": [1, 2, 3]}),
            "items[0], field annotations[0].bbox: expected `x, y, width, height`",
        ),
        (
            json!({"type": "polygon", "points": [1, 2, 3]}),
            "field annotations[0].points: expected `x` and `y`",
        ),
        (json!({"type": "label", "label_id": 2}), "field annotations[0].label_id: expected a number below 2"),
        (
            json!({"type": "mask", "rle": {"counts": "0", "size": [2, 2]}}),
            "field annotations[0].rle: expected `size`",
        ),
        (
            json!({"type": "points", "points": [1, 2], "visibility": [1, 2]}),
            "field annotations[0].visibility",
        ),
        (json!({"label_id": 1}), "field annotations[0].type"),
        (json!(3), "field annotations[0]: expected an object"),
    ] {
        let why = read_annotations(&json!([annotation])).unwrap_err();
        assert!(why.starts_with("annotations/train.json, items[0]") && why.contains(said), "{why}");
    }
}

#[test]
fn subsets_and_images() {
    let items = |id: &str, path: &str| json!([{"id": id, "annotations": [], "attr": {"frame": 3}, "image": {"path": path, "size": [48, 64]}}]);
    let dir = folder(&[
        ("set/annotations/train.json", &document(&items("b/a", "b_a.png"))),
        ("set/annotations/val2017.json", &document(&items("c", ""))),
        ("set/annotations/default.json", &document(&items("d", "C:\\data\\d.bmp"))),
        (
            "set/annotations/Fold-1.json",
            &document(&json!([{"id": "p", "point_cloud": {"path": "p.pcd"}, "annotations": []}])),
        ),
        ("set/images/train/b_a.png", "x"),
        ("set/images/val2017/c.jpg", "x"),
        ("set/images/val2017/e.jpg", "x"),
    ]);
    let read = read_path(dir.path()).unwrap();
    let images: Vec<_> = read.samples.iter().map(|sample| &sample.image).collect();
    let shown: Vec<_> =
        images.iter().map(|image| (image.name.as_str(), image.split.as_deref(), &image.bytes)).collect();
    let named = ImageBytes::Named { field: "image.path".to_owned(), name: "C:\\data\\d.bmp".to_owned() };
    assert_eq!(
        shown,
        [
            ("d.bmp", None, &named),
            ("b/a.png", Some("TRAIN"), &ImageBytes::File("set/images/train/b_a.png".to_owned())),
            ("c.jpg", Some("VALIDATION"), &ImageBytes::File("set/images/val2017/c.jpg".to_owned())),
        ]
    );
    let fields = json!({"file_name": "d.bmp", "width": 64, "height": 48, "attributes": {"frame": 3}});
    assert_eq!(Value::Object(images[0].fields.clone()), fields);
    assert_eq!(read.skipped(), [("image without an item", 1), ("point cloud", 1)]);
    let twice = folder(&[
        ("annotations/train.json", &document(&items("a", ""))),
        ("annotations/val.json", &document(&items("a", ""))),
    ]);
    let why = read_path(twice.path()).unwrap_err();
    assert!(
        why.contains("annotations/val.json, items[0], field id: \"a.jpg\" is also an image of another item"),
        "{why}"
    );
    // One file, with its categories at the end.
    let one = folder(&[("test.json", r#"{"items": [{"id": "a", "annotations": []}], "categories": {}}"#)]);
    assert_eq!(
        read_path(&one.path().join("test.json")).unwrap().samples[0].image.split.as_deref(),
        Some("TEST")
    );
}

#[test]
fn other_documents_are_not_recognised() {
    for (path, text) in [
        ("annotations/instances_val.json", r#"{"images": [], "annotations": [], "categories": []}"#),
        ("annotations/a.json", r#"{"categories": [], "items": []}"#),
        ("annotations/a.json", r#"{"categories": {}, "images": [], "items": []}"#),
        ("annotations/a.json", r#"[{"categories": {}, "items": []}]"#),
        ("annotations/a.json", ""),
        ("a.json", r#"{"categories": {}, "items": []}"#),
    ] {
        let dir = folder(&[(path, text)]);
        assert!(!(FORMAT.recognises)(&Files::open(dir.path()).unwrap()), "{text}");
    }
    let birds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports/birds");
    if birds.exists() {
        assert!(!(FORMAT.recognises)(&Files::open(&birds).unwrap()));
    }
}

struct Folder<'a>(&'a Path);

impl Output for Folder<'_> {
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap())?;
        assert!(!path.exists(), "{path:?}");
        fs::write(path, bytes)
    }
}

fn write(samples: &[Sample], classes: &ClassList, dir: &Path) -> Skipped {
    let mut writer = FORMAT.writer.unwrap()(&WriterOptions::default());
    let (mut left_out, mut out) = (Skipped::default(), Folder(dir));
    let set = SetInfo {
        name: String::new(),
        version: String::new(),
        committed_at: String::new(),
        splits: Vec::new(),
    };
    writer.begin(&set, classes, &mut left_out, &mut out).unwrap();
    for sample in samples {
        writer.sample(sample, &mut left_out, &mut out).unwrap();
        out.file(&writer.image_path(&sample.image).unwrap(), b"x").unwrap();
    }
    writer.end(&left_out, &mut out).unwrap();
    left_out
}

fn content(samples: &[Sample]) -> Vec<Value> {
    let mut sorted: Vec<&Sample> = samples.iter().collect();
    sorted.sort_by_key(|sample| &sample.image.name);
    let label = |label: &Label| json!([label.id, label.author, label.origin as u8, label.fields]);
    let one = |sample: &&Sample| {
        let labels: Vec<_> = sample.labels.iter().map(label).collect();
        json!([sample.image.name, sample.image.split, sample.image.fields, labels])
    };
    sorted.iter().map(one).collect()
}

prop_compose! {
    fn any_label()(class in prop::option::of(prop::sample::select(vec!["cat", "dog", "x/y \u{e4}"])), kind in 0..9,
                   sides in prop::array::uniform4(1.0_f64..400.0), has_more: bool, id in prop::option::of(1_u32..99)) -> Label {
        let [x, y, width, height] = sides;
        let rectangle = Rectangle { x, y, width, height };
        let shape = match kind {
            0 => Shape::Box(rectangle),
            1 => Shape::Rotated(rectangle, 30.5),
            2 => Shape::Corners([x, y, x + width, y + 1.0, x + width, y + height, x, y + height]),
            3 => Shape::Polygons(vec![vec![x, y, x + width, y, x, y + height]]),
            4 => Shape::Polyline(vec![x, y, width, height]),
            5 => Shape::Keypoints(vec![x, y, 1.0, width, height, 2.0]),
            _ => Shape::Whole,
        };
        let mut label = Label::new(RecordPlace::Line(1)).with_shape(&shape);
        if kind == 6 {
            let mask = Mask { height: 2, width: 3, counts: vec![1, 2, 3] };
            label.fields.insert("segmentation".to_owned(), json!({"size": [2, 3], "counts": mask.to_text()}));
        }
        if let Some(class) = class {
            label = label.of_class(class);
        }
        if kind == 7 {
            label.fields.insert("caption".to_owned(), json!("a pond"));
        }
        if has_more {
            label.set_attribute("occluded", json!(true));
            for (name, value) in [("group", json!(3)), ("iscrowd", json!(1)), ("score", json!(0.5)), ("track_id", json!("t"))] {
                label.fields.insert(name.to_owned(), value);
            }
            label.author = Some(json!("ann"));
            label.origin = LabelOrigin::Prediction;
        }
        label.id = id.map(|id| id.to_string());
        label
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn samples_come_back(lists in prop::collection::vec(prop::collection::vec(any_label(), 0..4), 6)) {
        let names = [("a.jpg", None), ("a.png", None), ("x/b c.JPG", Some("TRAIN")), ("d", Some("VALIDATION")),
                     ("e.v1", Some("TEST")), ("f.jpg.png", Some("FOLD-1"))];
        let sample = |((name, split), labels): ((&str, Option<&str>), Vec<Label>)| {
            let mut image = Image::new(RecordPlace::Line(1), name);
            image.split = split.map(str::to_owned);
            image.fields = json!({"file_name": name, "width": 64, "height": 48, "licence": 3}).as_object().unwrap().clone();
            Sample { image, labels }
        };
        let samples: Vec<Sample> = names.into_iter().zip(lists).map(sample).collect();
        let mut classes = ClassList::of_names(["cat", "dog", "x/y \u{e4}"]);
        (0..).zip(&mut classes.classes).for_each(|(number, class)| class.id = Some(json!(number)));
        classes.classes[0].fields.insert("supercategory".to_owned(), json!("animal"));
        let dir = tempfile::tempdir().unwrap();
        prop_assert_eq!(write(&samples, &classes, dir.path()), Skipped::default());
        let read = read_path(dir.path()).unwrap();
        prop_assert_eq!(content(&read.samples), content(&samples));
        prop_assert_eq!(read.classes, classes);
        prop_assert_eq!(read.skipped.all().count(), 0);
    }
}

#[test]
fn parts_and_classes_are_written_as_several_annotations() {
    let ring = |x: f64| vec![x, 0.0, x + 2.0, 0.0, x, 2.0];
    let label = Label::new(RecordPlace::Line(1))
        .of_class(vec!["cat", "new"])
        .with_shape(&Shape::Polygons(vec![ring(0.0), ring(9.0)]));
    let mut text = Label::new(RecordPlace::Line(1)).of_class("cat").with_shape(&Shape::Span(1, 2));
    text.id = Some("x".to_owned());
    let samples = [Sample { image: Image::new(RecordPlace::Line(1), "a.jpg"), labels: vec![label, text] }];
    let dir = tempfile::tempdir().unwrap();
    let mut classes = ClassList { classes: vec![Class::named("cat")] };
    classes.classes[0].id = Some(json!(17));
    let left_out = write(&samples, &classes, dir.path());
    let kinds: Vec<_> = left_out.all().map(|(what, count, _)| (what, count)).collect();
    assert_eq!(
        kinds,
        [
            ("id of a class (Datumaro numbers them from 0)", 1),
            ("label of several classes (an annotation each is written)", 1),
            ("polygon of several parts (an annotation each is written, of one group)", 1),
            ("range of a text", 1),
        ]
    );
    let read = read_path(dir.path()).unwrap();
    let groups: Vec<_> =
        read.samples[0].labels.iter().map(|label| (label.classes()[0], &label.fields["group"])).collect();
    assert_eq!(groups, [("cat", &json!(1)), ("cat", &json!(1)), ("new", &json!(1)), ("new", &json!(1))]);
}
