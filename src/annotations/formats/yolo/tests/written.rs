//! The writer, and round trips.

use std::io;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::WriterOptions;
use crate::annotations::model::{Class, Image, ImageBytes, Label};
use crate::annotations::writer::{Output, SetInfo};

/// Writes files below a folder.
struct FolderOutput<'p>(&'p Path);

impl Output for FolderOutput<'_> {
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.0.join(path);
        assert!(!path.exists(), "{path:?} is written twice");
        fs::create_dir_all(path.parent().unwrap())?;
        fs::write(path, bytes)
    }
}

/// Writes samples, and their images as the tests write them.
fn write_to(
    folder: &Path,
    classes: &ClassList,
    samples: &[Sample],
    variant: Option<&str>,
) -> io::Result<Skipped> {
    let mut writer = FORMAT.writer.unwrap()(&WriterOptions { variant: variant.map(str::to_owned) });
    let (mut left_out, mut out) = (Skipped::default(), FolderOutput(folder));
    let set = SetInfo {
        name: "birds/TRAINING_SET/garden#1".to_owned(),
        version: format!("version:{}", "0".repeat(64)),
        committed_at: "2026-01-01T00:00:00Z".to_owned(),
        splits: Vec::new(),
    };
    writer.begin(&set, classes, &mut left_out, &mut out)?;
    for sample in samples {
        writer.sample(sample, &mut left_out, &mut out)?;
        let (width, height) = sample.image.size().unwrap_or((1.0, 1.0));
        out.file(&writer.image_path(&sample.image).unwrap(), format!("{width}x{height}").as_bytes())?;
    }
    writer.end(&left_out, &mut out)?;
    Ok(left_out)
}

fn written(
    classes: &ClassList,
    samples: &[Sample],
    variant: Option<&str>,
) -> (tempfile::TempDir, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let left_out = write_to(dir.path(), classes, samples, variant).unwrap();
    let kinds = left_out.all().map(|(what, count, _)| format!("{count} {what}")).collect();
    (dir, kinds)
}

fn sample(name: &str, split: &str, labels: &[Value]) -> Sample {
    let mut image = Image::new(RecordPlace::Line(1), name);
    image.split = Some(split.to_owned());
    image.fields = Map::from_iter([
        ("file_name".to_owned(), json!(name)),
        ("width".to_owned(), json!(200)),
        ("height".to_owned(), json!(100)),
    ]);
    let label = |fields: &Value| {
        let mut label = Label::new(RecordPlace::Line(2));
        label.fields = fields.as_object().unwrap().clone();
        label
    };
    Sample { image, labels: labels.iter().map(label).collect() }
}

/// Returns samples without the places, which differ.
fn content(samples: Vec<Sample>) -> Vec<Sample> {
    let plain = |mut sample: Sample| {
        sample.image.bytes = ImageBytes::ByName;
        sample.image.place = RecordPlace::Line(1);
        sample.labels.iter_mut().for_each(|label| label.place = RecordPlace::Line(2));
        sample
    };
    samples.into_iter().map(plain).collect()
}

fn text(dir: &tempfile::TempDir, path: &str) -> String {
    fs::read_to_string(dir.path().join(path)).unwrap()
}

#[test]
fn what_was_read_is_written_in_the_same_digits() {
    for (data, variant, lines) in [
        ("", "detect", "1 0.523438 0.4875 0.04375 0.333333\n0 0.6296296296296297 0.5 1 1\n"),
        ("task: segment\n", "segment", "1 0.1 0.2 0.3 0.4 0.123457 0.6 0.7 0.333333\n0 0 0 1 0 1 1\n"),
        ("task: obb\n", "obb", "1 0.1 0.2 0.3 0.4 0.123457 0.6 0.7 0.333333\n"),
        (
            "kpt_shape: [2, 3]\nflip_idx: [1, 0]\n",
            "pose",
            "1 0.5 0.5 0.5 0.5 0.1 0.123457 2 0.333333 0.4 1\n0 0.5 0.5 0.5 0.5 0 0 0 0.3 0.4 1\n",
        ),
        ("kpt_shape: [2, 2]\n", "pose", "1 0.5 0.5 0.5 0.5 0.1 0.123457 -0.005 0.4\n"),
    ] {
        let data = format!("train: images/train\nval: images/val\nnames:\n  1: wren\n  0: \"no\"\n{data}");
        for size in ["640x427", "200x100", "1x1", "13331x7919"] {
            let dir = folder(&[
                ("data.yaml", &data),
                ("images/train/a.jpg", size),
                ("labels/train/a.txt", lines),
                ("images/val/b.c.jpg", size),
            ]);
            let first = read_path(dir.path()).unwrap();
            assert_eq!(first.samples.len(), 2);
            for variant in [None, Some(variant)] {
                let (again, left_out) = written(&first.classes, &first.samples, variant);
                assert_eq!(left_out, Vec::<String>::new());
                assert_eq!(text(&again, "labels/train/a.txt"), lines, "{size}");
                let second = read_path(again.path()).unwrap();
                assert_eq!(second.skipped(), []);
                assert_eq!(second.classes, first.classes);
                let fields = |content: &ReadContent| {
                    json!(content.samples[0].labels.iter().map(|l| &l.fields).collect::<Vec<_>>())
                };
                assert!(is_near(&fields(&second), &fields(&first)), "{} {}", fields(&second), fields(&first));
            }
        }
    }
}

/// Compares numbers to 1e-9.
fn is_near(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_near(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| is_near(a, b)))
        }
        (Value::Number(a), Value::Number(b)) => (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() <= 1e-9,
        (a, b) => a == b,
    }
}

#[test]
fn a_set_is_written_in_the_layout_of_ultralytics() {
    let classes = ClassList {
        classes: vec![
            Class { name: "robin".to_owned(), id: Some(json!(1)), fields: Map::new() },
            Class { name: "wren".to_owned(), id: Some(json!(0)), fields: Map::new() },
        ],
    };
    let samples = [
        sample("images/train/a.jpg", "TRAIN", &[json!({"class": "wren", "bbox": [20, 10, 100, 50]})]),
        sample("images/mini/b.jpg", "MINI", &[]),
        sample("images/test/c.jpg", "TEST", &[]),
    ];
    let (dir, left_out) = written(&classes, &samples, None);
    assert_eq!(left_out, Vec::<String>::new());
    let zeros = "0".repeat(64);
    assert_eq!(
        text(&dir, "data.yaml"),
        format!(
            "# birds/TRAINING_SET/garden#1\n# version:{zeros}, 2026-01-01T00:00:00Z\ntrain: images/train\nval: \
             images/train  # the set has no split of its own for it\nmini: images/mini\ntest: images/test\ntask: \
             detect\nnc: 2\nnames:\n  0: wren\n  1: robin\n"
        )
    );
    assert_eq!(text(&dir, "labels/train/a.txt"), "0 0.35 0.35 0.5 0.5\n");
    assert_eq!(text(&dir, "labels/mini/b.txt"), "");
    let read = read_path(dir.path()).unwrap();
    let splits: Vec<_> = read.images().iter().map(|(_, split, _)| split.unwrap().to_owned()).collect();
    assert_eq!(splits, ["MINI", "TEST", "TRAIN"]);
}

#[test]
fn the_first_other_shape_decides_for_the_task() {
    let classes = ClassList::of_names(["a"]);
    let polygon = json!({"class": "a", "segmentation": [[0, 0, 100, 0, 100, 50]], "bbox": [0, 0, 100, 50]});
    let two = json!({"class": "a", "segmentation": [[0, 0, 10, 0, 10, 10], [20, 0, 30, 0, 30, 10]]});
    let mask = json!({"class": "a", "segmentation": {"size": [100, 200], "counts": [5, 20000 - 5]}, "bbox": [0, 0, 4, 4]});
    let boxed = json!({"class": "a", "bbox": [0, 0, 100, 50]});
    let samples = [
        sample("a.jpg", "TRAIN", std::slice::from_ref(&boxed)),
        sample("b.jpg", "TRAIN", &[polygon.clone(), two, mask.clone()]),
    ];
    let (dir, left_out) = written(&classes, &samples, None);
    assert_eq!(
        left_out,
        [
            "1 box (written as its four corners)",
            "1 label of a mask (YOLO has polygons)",
            "1 separate polygons of a label (joined to one by lines)"
        ]
    );
    assert!(
        text(&dir, "data.yaml")
            .contains("\n# left out: 1 label of a mask (YOLO has polygons), the first: line 2\n")
    );
    assert_eq!(text(&dir, "labels/train/a.txt"), "0 0 0 0.5 0 0.5 0.5 0 0.5\n");
    assert_eq!(
        text(&dir, "labels/train/b.txt"),
        "0 0 0 0.5 0 0.5 0.5\n0 0 0 0.05 0 0.05 0.1 0 0 0.1 0 0.15 0 0.15 0.1 0.1 0\n"
    );
    // Other variants write boxes, and say what they lose.
    let (dir, left_out) = written(&classes, &samples, Some("detect"));
    assert_eq!(
        left_out,
        [
            "1 mask, of which the box is written (YOLO has polygons)",
            "2 polygon, of which the box is written (this variant of YOLO has no polygons)"
        ]
    );
    assert_eq!(
        text(&dir, "labels/train/b.txt"),
        "0 0.25 0.25 0.5 0.5\n0 0.075 0.05 0.15 0.1\n0 0.01 0.02 0.02 0.04\n"
    );
    let (dir, left_out) =
        written(&classes, &[sample("b.jpg", "TRAIN", &[polygon, mask, boxed])], Some("obb"));
    assert_eq!(left_out[0], "3 box (written as its four corners)");
    assert_eq!(text(&dir, "labels/train/b.txt").lines().count(), 3);
    let alone = json!({"class": "a", "segmentation": [[0, 0, 10, 0, 10, 10]], "keypoints": [1, 1, 2]});
    let (_, left_out) = written(&classes, &[sample("b.jpg", "TRAIN", &[alone])], Some("obb"));
    assert_eq!(
        left_out,
        [
            "1 label of a polygon (this variant of YOLO has no polygons)",
            "1 label of keypoints (this variant of YOLO has no keypoints)"
        ]
    );
    let rotated = json!({"class": "a", "bbox": [50, 25, 100, 50], "rotation": 90.0});
    let (_, left_out) =
        written(&classes, &[sample("b.jpg", "TRAIN", std::slice::from_ref(&rotated))], Some("segment"));
    assert_eq!(left_out, ["1 rotated box, written as a polygon"]);
    let (dir, left_out) = written(&classes, &[sample("b.jpg", "TRAIN", &[rotated])], None);
    assert_eq!(
        (left_out.len(), text(&dir, "labels/train/b.txt").as_str()),
        (0, "0 0.625 0 0.625 1 0.375 1 0.375 0\n")
    );
    let points = json!({"class": "a", "keypoints": [20, 10, 2, 40, 50, 1]});
    let fewer = json!({"class": "a", "keypoints": [20, 10, 2], "bbox": [0, 0, 200, 100]});
    let more = json!({"class": "a", "keypoints": [20, 10, 2, 40, 50, 1, 1, 1, 1], "bbox": [0, 0, 200, 100]});
    let without = json!({"class": "a", "bbox": [0, 0, 200, 100]});
    let (dir, left_out) =
        written(&classes, &[sample("b.jpg", "TRAIN", &[points, fewer, more, without])], None);
    assert_eq!(
        text(&dir, "labels/train/b.txt"),
        "0 0.15 0.3 0.1 0.4 0.1 0.1 2 0.2 0.5 1\n0 0.5 0.5 1 1 0.1 0.1 2 0 0 0\n"
    );
    assert!(text(&dir, "data.yaml").contains("\nkpt_shape: [2, 3]\n"));
    assert_eq!(left_out.len(), 4, "{left_out:?}");
}

#[test]
fn what_has_no_place_is_counted() {
    let classes = ClassList {
        classes: vec![Class {
            name: "a".to_owned(),
            id: Some(json!(7)),
            fields: Map::from_iter([("supercategory".to_owned(), json!("bird"))]),
        }],
    };
    let fields = json!({
        "class": ["a", "b"], "bbox": [0, 0, 400, 100], "score": 0.5, "track_id": 3, "area": 7, "iscrowd": null,
        "attributes": {"occluded": true}, "caption": "x",
    });
    let mut one = sample("a.gif", "TRAIN", &[fields, json!({"bbox": [0, 0, 1, 1]}), json!({"class": "c"})]);
    one.image.fields.insert("license".to_owned(), json!(3));
    one.labels[0].id = Some("9".to_owned());
    let mut two = sample("b.jpg", "TRAIN", &[json!({"class": "a", "bbox": [0, 0, 1, 1]})]);
    two.image.fields.remove("width");
    two.image.split = None;
    let (dir, left_out) = written(&classes, &[one, two], None);
    assert_eq!(
        left_out,
        [
            "1 attributes of a label",
            "1 caption",
            "1 class that the class list lacks, numbered after the others",
            "1 field of a class",
            "1 field of an image",
            "1 further class of a label (a line has one)",
            "1 id of a class (YOLO numbers classes from 0)",
            "1 id of a label (YOLO has none)",
            "1 image with an ending that Ultralytics does not read",
            "1 image without a split (written to train)",
            "1 label of an image whose size is unknown",
            "1 label without a class",
            "1 label without a shape (YOLO has no place for it)",
            "1 other field of a label",
            "1 part of a shape beyond the image (clipped)",
            "1 score of a label",
            "1 track of a label",
        ]
    );
    assert_eq!(text(&dir, "labels/train/a.txt"), "0 0.5 0.5 1 1\n");
    assert!(text(&dir, "data.yaml").ends_with("nc: 2\nnames:\n  0: a\n  1: c\n"));
}

#[test]
fn boxes_that_wait_for_the_task_are_counted_once() {
    let classes = ClassList::of_names(["a"]);
    let wide = sample(
        "a.jpg",
        "TRAIN",
        &[json!({"class": "a", "bbox": [0, 0, 400, 50]}), json!({"class": "a", "bbox": [500, 0, 4, 5]})],
    );
    let polygon =
        sample("b.jpg", "TRAIN", &[json!({"class": "a", "segmentation": [[0, 0, 100, 0, 100, 50]]})]);
    let [clipped, outside] = ["1 part of a shape beyond the image (clipped)", "1 shape outside of the image"];
    let (dir, left_out) = written(&classes, std::slice::from_ref(&wide), None);
    assert_eq!(
        (left_out, text(&dir, "labels/train/a.txt").as_str()),
        (vec![clipped.to_owned(), outside.to_owned()], "0 0.5 0.25 1 0.5\n")
    );
    let (dir, left_out) = written(&classes, &[wide, polygon], None);
    assert_eq!(
        (left_out[0].as_str(), &left_out[1..]),
        ("2 box (written as its four corners)", &[clipped.to_owned(), outside.to_owned()][..])
    );
    assert_eq!(text(&dir, "labels/train/a.txt").lines().count(), 1);
}

#[test]
fn images_of_one_name_are_refused() {
    let samples = [sample("a.jpg", "TRAIN", &[]), sample("a.png", "TRAIN", &[])];
    let dir = tempfile::tempdir().unwrap();
    let why = write_to(dir.path(), &ClassList::default(), &samples, None).unwrap_err().to_string();
    assert!(
        why.contains("two images would have the labels labels/train/a.txt, the second is a.png"),
        "{why}"
    );
    let why = write_to(dir.path(), &ClassList::default(), &[], Some("boxes")).unwrap_err().to_string();
    assert_eq!(why, "expected the variant detect, segment, pose or obb, found \"boxes\"");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn digits_survive(decimals in 1_usize..=10, numbers in proptest::collection::vec(0.0..1.0_f64, 3..30), width in 1_u32..30_000, height in 1_u32..30_000) {
        let lines: String = numbers.windows(4).map(|box_| {
            let numbers: Vec<String> = box_.iter().map(|n| format!("{n:.decimals$}").trim_end_matches('0').trim_end_matches('.').to_owned()).collect();
            format!("0 {}\n", numbers.join(" "))
        }).collect();
        let size = format!("{width}x{height}");
        let dir = folder(&[("data.yaml", "train: images/train\nnames: [a]"), ("images/train/a.jpg", &size), ("labels/train/a.txt", &lines)]);
        let first = read_path(dir.path()).unwrap();
        let (again, left_out) = written(&first.classes, &first.samples, None);
        prop_assert!(left_out.is_empty());
        prop_assert_eq!(text(&again, "labels/train/a.txt"), lines);
        prop_assert_eq!(content(read_path(again.path()).unwrap().samples), content(first.samples));
    }

    #[test]
    fn pixels_survive(numbers in proptest::collection::vec(0.0..300.0_f64, 4..24), width in 300_u32..20_000) {
        let labels: Vec<Value> = numbers.chunks_exact(4).map(|n| json!({"class": "a", "bbox": [n[0] / 2.0, n[1] / 2.0, n[2] / 2.0, n[3] / 2.0]})).collect();
        let mut sample = sample("images/train/a.jpg", "TRAIN", &labels);
        sample.image.fields.insert("width".to_owned(), json!(width));
        sample.image.fields.insert("height".to_owned(), json!(width + 7));
        let (dir, _) = written(&ClassList::of_names(["a"]), &[sample], None);
        let read = read_path(dir.path()).unwrap();
        let found = json!(read.samples[0].labels.iter().map(|label| &label.fields).collect::<Vec<_>>());
        prop_assert!(is_near(&found, &json!(labels)), "{} {}", found, json!(labels));
    }
}
