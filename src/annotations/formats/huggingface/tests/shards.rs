//! Parquet shards: samples and images are the same after they were written and read.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{FORMAT, Folder};
use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::WriterOptions;
use crate::annotations::formats::shared::round_trip::{ReadInput, assert_same, read};
use crate::annotations::model::{Class, ClassList, Exported, Image, ImageBytes, Label, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::SetInfo;

fn image(name: &str, split: Option<&str>, fields: &Value) -> Image {
    let mut image = Image::new(RecordPlace::Line(0), name);
    image.split = split.map(str::to_owned);
    image.fields = fields.as_object().unwrap().clone();
    image.bytes = ImageBytes::Memory([b"\x89PNG", name.as_bytes()].concat());
    image
}

fn label(fields: &Value) -> Label {
    Label { fields: fields.as_object().unwrap().clone(), ..Label::new(RecordPlace::Line(0)) }
}

fn classes() -> ClassList {
    let class = |(number, name): (usize, &str)| Class { id: Some(number.into()), ..Class::named(name) };
    ClassList { classes: ["wren", "robin", "a: b"].into_iter().enumerate().map(class).collect() }
}

fn write(classes: &ClassList, samples: &[Sample]) -> (Folder, Vec<(String, u64)>) {
    let mut folder = Folder(tempfile::tempdir().unwrap());
    let options = WriterOptions { variant: Some("parquet".to_owned()) };
    let mut writer = FORMAT.writer.unwrap()(&options);
    let mut left_out = Skipped::default();
    let set = SetInfo {
        name: "birds/TRAINING_SET/garden#1".to_owned(),
        version: "version:00".to_owned(),
        committed_at: "2026-01-01T00:00:00Z".to_owned(),
        splits: Vec::new(),
    };
    writer.begin(&set, classes, &mut left_out, &mut folder).unwrap();
    for sample in samples {
        writer.sample(sample, &mut left_out, &mut folder).unwrap();
        assert_eq!(writer.image_path(&sample.image), None);
    }
    writer.end(&left_out, &mut folder).unwrap();
    (folder, left_out.all().map(|(what, count, _)| (what.to_owned(), count)).collect())
}

fn assert_written(samples: &[Sample], classes: &ClassList, again: &ReadInput) {
    assert_same(samples, &again.samples);
    assert_eq!(&again.classes, classes);
    for sample in samples {
        let other = again.samples.iter().find(|other| other.image.name == sample.image.name).unwrap();
        assert_eq!(sample.image.bytes, other.image.bytes);
        assert_eq!(sample.image.exported, other.image.exported);
        for (one, other) in sample.labels.iter().zip(&other.labels) {
            assert_eq!(one.exported, other.exported);
        }
    }
}

fn paths(folder: &Path) -> Vec<String> {
    let files = crate::annotations::files::Files::open(folder).unwrap();
    files.paths().map(str::to_owned).collect()
}

#[test]
fn everything_is_the_same_after_writing_and_reading() {
    let exported = |item: &str| Exported { item: item.to_owned(), version: Some("version:1".to_owned()) };
    let mut a = image(
        "train/a.png",
        Some("TRAIN"),
        &json!({"file_name": "a.png", "width": 64, "height": 48,
        "camera": {"name": "north", "lens": [1, 2.5]}, "night": true}),
    );
    a.exported = Some(exported("t/SOURCE/a"));
    let mut boxed =
        label(&json!({"class": "wren", "bbox": [1, 2, 3, 4], "score": 0.25, "attributes": {"blur": 2}}));
    boxed.id = Some("train/a.png/7".to_owned());
    boxed.exported = Some(exported("t/LABEL/7"));
    let mut shaped = label(
        &json!({"class": "robin", "segmentation": [[0, 0, 1, 0, 1.5, 1]], "attributes": {"wet": true, "tags": ["x"]}}),
    );
    shaped.id = Some("train/a.png/8".to_owned());
    let samples = [
        Sample {
            image: a,
            labels: vec![
                label(&json!({"class": ["a: b", "wren"]})),
                boxed,
                shaped,
                label(&json!({"caption": "a, b"})),
            ],
        },
        Sample {
            image: image(
                "train/d/b.png",
                Some("TRAIN"),
                &json!({"file_name": "B.png", "width": 9_007_199_254_740_993_u64}),
            ),
            labels: vec![],
        },
        Sample {
            image: image("validation/a.png", Some("VALIDATION"), &json!({"file_name": "a.png"})),
            labels: vec![
                label(&json!({"bbox": [0.5, 0, 1, 1]})),
                label(&json!({"caption": "1"})),
                label(&json!({"caption": "2"})),
            ],
        },
        Sample {
            image: image("unsplit/c.png", None, &json!({"file_name": "c.png"})),
            labels: vec![label(&json!({"class": "robin"}))],
        },
        Sample {
            image: image("hold_out/c.png", Some("HOLD_OUT"), &json!({"file_name": "c.png"})),
            labels: vec![],
        },
    ];
    let (folder, left_out) = write(&classes(), &samples);
    assert_eq!(left_out, []);
    let again = read(&FORMAT, folder.0.path()).unwrap();
    assert_written(&samples, &classes(), &again);
    assert_eq!(again.skipped_kinds(), []);
    let expected = [
        "README.md",
        "data/hold_out-00000-of-00001.parquet",
        "data/train-00000-of-00001.parquet",
        "data/unsplit-00000-of-00001.parquet",
        "data/validation-00000-of-00001.parquet",
    ];
    assert_eq!(paths(folder.0.path()), expected);
    // The same bytes again, also from what was read.
    let (second, _) = write(&again.classes, &again.samples);
    let bytes = |folder: &Folder| fs::read(folder.0.path().join(expected[2])).unwrap();
    assert!(bytes(&folder) == bytes(&second));
}

#[test]
fn shards_have_a_bounded_size() {
    let samples: Vec<Sample> = (0..230)
        .map(|number| {
            let split = if number < 220 { "TRAIN" } else { "TEST" };
            let name = format!("{}/{number:03}.png", split.to_lowercase());
            let fields = json!({"file_name": format!("{number:03}.png")});
            let mut image = image(&name, Some(split), &fields);
            image.bytes = ImageBytes::Memory(vec![number; if number == 3 { 5_000 } else { 3 }]);
            Sample { image, labels: vec![label(&json!({"class": "wren"}))] }
        })
        .collect();
    let (folder, left_out) = write(&classes(), &samples);
    assert_eq!(left_out, []);
    let paths = paths(folder.0.path());
    assert!(
        paths.len() > 50 && paths.contains(&format!("data/train-00001-of-{:05}.parquet", paths.len() - 4)),
        "{paths:?}"
    );
    assert_written(&samples, &classes(), &read(&FORMAT, folder.0.path()).unwrap());
}

#[test]
fn values_of_other_types_are_counted() {
    let mut without = image("train/a.png", Some("TRAIN"), &json!({"x": 1, "y": {}, "z": [1, "a"]}));
    without.bytes = ImageBytes::ByName;
    let samples = [
        Sample {
            image: without,
            labels: vec![label(
                &json!({"class": 5, "bbox": [0, 0, 1, 1], "segmentation": [[0, 0, 1, 0, 1, 1]]}),
            )],
        },
        Sample {
            image: image("a.png", Some("TRAIN"), &json!({"x": "1"})),
            labels: vec![label(
                &json!({"class": "wren", "bbox": [0, 0, 1, 1], "segmentation": {"size": [1, 1], "counts": [1]}}),
            )],
        },
    ];
    let (folder, left_out) = write(&ClassList::default(), &samples);
    let expected: [(&str, u64); 4] = [
        ("class that is not a text", 1),
        ("image whose bytes are not stored", 1),
        ("name of an image that another one has", 1),
        ("value of another type than the first in its column", 4),
    ];
    assert_eq!(left_out, expected.map(|(what, count)| (what.to_owned(), count)));
    let again = read(&FORMAT, folder.0.path()).unwrap();
    assert_eq!(again.samples.len(), 2);
    assert_eq!(
        again.classes,
        ClassList { classes: vec![Class { id: Some(json!(0)), ..Class::named("wren") }] }
    );
    assert_eq!(again.samples[0].image.bytes, ImageBytes::ByName);
}

#[test]
fn classes_that_no_label_has_are_kept() {
    let samples = [Sample {
        image: image("train/a.png", Some("TRAIN"), &json!({"file_name": "a.png"})),
        labels: vec![],
    }];
    let (folder, _) = write(&classes(), &samples);
    assert_written(&samples, &classes(), &read(&FORMAT, folder.0.path()).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn sets_survive(
        rows in prop::collection::vec((0_u8..3, -1e6..1e6_f64, any::<i64>(), prop::option::of("\\PC{1,4}"), 0_usize..4), 1..9),
    ) {
        let samples: Vec<Sample> = rows.into_iter().enumerate().map(|(number, (split, length, whole, text, count))| {
            let split = ["TRAIN", "VALIDATION", "TEST"][usize::from(split)];
            let name = format!("{number}.png");
            let mut fields = json!({"file_name": name, "length": length, "number": whole, "deep": {"a": [[length], []], "b": text}});
            if number % 2 == 0 {
                fields.as_object_mut().unwrap().remove("number");
            }
            let object = |place: usize| {
                let mut fields = json!({"bbox": [place, length, 3, 4.5], "attributes": {"n": whole}});
                if place > 0 {
                    fields["class"] = ["wren", "robin"][place % 2].into();
                    fields["attributes"] = json!({"text": text.clone().unwrap_or("none".to_owned())});
                }
                label(&fields)
            };
            let mut labels: Vec<Label> = (0..count).map(object).collect();
            labels.extend(text.clone().map(|text| label(&json!({"caption": text}))));
            Sample { image: image(&format!("{}/{name}", split.to_lowercase()), Some(split), &fields), labels }
        }).collect();
        let (folder, left_out) = write(&classes(), &samples);
        prop_assert_eq!(left_out, []);
        assert_written(&samples, &classes(), &read(&FORMAT, folder.0.path()).unwrap());
    }
}
