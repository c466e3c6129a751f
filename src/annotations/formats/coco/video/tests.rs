//! Videos: frames and objects are the same after they were written and read.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::WriterOptions;
use crate::annotations::formats::coco::FORMAT;
use crate::annotations::formats::shared::round_trip::{assert_same, read, write_variant};
use crate::annotations::model::{Class, ClassList, Exported, Image, Label, LabelOrigin, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::Output;

fn classes() -> ClassList {
    let class = |name: &str, id: u64| Class { id: Some(id.into()), ..Class::named(name) };
    ClassList { classes: vec![class("cat", 1), class("dog", 5)] }
}

fn image(name: &str, fields: &Value) -> Image {
    let mut image = Image::new(RecordPlace::Line(0), name);
    image.fields = fields.as_object().unwrap().clone();
    image.fields.insert("file_name".to_owned(), name.into());
    image
}

fn label(fields: &Value) -> Label {
    Label { fields: fields.as_object().unwrap().clone(), ..Label::new(RecordPlace::Line(0)) }
}

fn written(classes: &ClassList, samples: &[Sample]) -> (tempfile::TempDir, Vec<(String, u64)>) {
    let folder = tempfile::tempdir().unwrap();
    let left_out = write_variant(&FORMAT, Some("video"), classes, samples, folder.path());
    (folder, left_out.all().map(|(what, count, _)| (what.to_owned(), count)).collect())
}

fn document(folder: &Path, split: &str) -> Value {
    let path = folder.join(format!("annotations/instances_{split}.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Sorts the labels of each image: their order is that of objects.
fn sorted(samples: &[Sample]) -> Vec<Sample> {
    let mut samples = samples.to_vec();
    for sample in &mut samples {
        sample.labels.sort_by_cached_key(|label| format!("{:?}{:?}", label.id, label.fields));
    }
    samples
}

#[test]
fn files_of_other_programs_are_the_same_after_writing_and_reading() {
    let mask = json!({"size": [48, 64], "counts": [3, 5, 3064]});
    let input = json!({
        "videos": [
            {"id": 4, "width": 64, "height": 48, "length": 3, "date_captured": "2019",
                "file_names": ["v1/0.jpg", "v1/5.jpg", "v1/10.jpg"], "flickr_urls": ["x", "y", "z"]},
            {"id": 2, "width": 32, "height": 48, "length": 1, "file_names": ["v2/0.jpg"]},
        ],
        "annotations": [
            {"id": 9, "video_id": 4, "category_id": 1, "iscrowd": 0, "height": 48, "width": 64, "length": 3,
                "segmentations": [null, mask, mask], "bboxes": [null, [1, 2, 3, 4], [2, 2, 3, 4.5]],
                "areas": [null, 12, 13.5], "occlusion": ["no_occlusion", "slight_occlusion", null]},
            {"id": 3, "video_id": 4, "category_id": 5, "iscrowds": [1, 0, 0],
                "segmentations": [mask, null, null], "bboxes": [[0, 0, 1, 1], [0, 0, 2, 2], null], "areas": [1, 4, null]},
            {"id": 7, "video_id": 2, "category_id": 5, "bboxes": [[0, 0, 1, 1]], "keypoints": [[1, 1, 2]]},
        ],
        "categories": [{"id": 1, "name": "cat"}, {"id": 5, "name": "dog"}],
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    fs::write(&path, input.to_string()).unwrap();
    let read_first = read(&FORMAT, &path).unwrap();
    let (folder, left_out) = written(&read_first.classes, &read_first.samples);
    assert_eq!(left_out, []);
    let again = read(&FORMAT, folder.path()).unwrap();
    assert_same(&sorted(&read_first.samples), &sorted(&again.samples));
    assert_eq!((read_first.classes, vec![]), (again.classes.clone(), again.skipped_kinds()));

    // What other tools read is what the file was.
    let mut document = document(folder.path(), "default");
    let expected = &input["annotations"];
    let annotations = document["annotations"].as_array_mut().unwrap();
    assert_eq!(annotations.len(), 3);
    // In the order of the first frames.
    for (annotation, place) in annotations.iter_mut().zip([1, 0, 2]) {
        let annotation = annotation.as_object_mut().unwrap();
        annotation.remove("stemma");
        let expected = expected[place].as_object().unwrap();
        for (name, value) in expected {
            // Entries of frames in which the object is not seen have no label.
            if !["occlusion", "iscrowds"].contains(&name.as_str()) {
                assert_eq!(&annotation[name], value, "{name} {annotation:?}");
            }
        }
        for name in ["segmentations", "bboxes", "areas", "category_id", "video_id"] {
            assert!(annotation.contains_key(name), "{name} {annotation:?}");
        }
    }
    assert_eq!(annotations[0]["iscrowds"], json!([1, 0, null]));
    assert_eq!(annotations[1]["occlusion"], json!([null, "slight_occlusion", null]));
    assert_eq!((&annotations[2]["areas"], &annotations[2]["iscrowd"]), (&json!([1.0]), &json!(0)));
    let video = &document["videos"][0];
    assert_eq!(video["file_names"], json!(["v1/0.jpg", "v1/5.jpg", "v1/10.jpg"]));
    assert_eq!(
        (&video["id"], &video["length"], &video["date_captured"]),
        (&json!(4), &json!(3), &json!("2019"))
    );
}

#[test]
fn images_of_other_formats_are_frames_of_their_folders() {
    let size = json!({"width": 64, "height": 48});
    let one =
        label(&json!({"class": "cat", "bbox": [1, 2, 3, 4], "track_id": 7, "attributes": {"wet": true}}));
    let mut two =
        label(&json!({"class": "cat", "bbox": [2, 2, 3, 4], "track_id": 7, "score": 0.5, "iscrowd": 1}));
    two.id = Some("x".to_owned());
    two.author = Some("ada".into());
    two.exported = Some(Exported { item: "t/LABEL/x".to_owned(), version: Some("version:1".to_owned()) });
    let copy =
        label(&json!({"class": "cat", "bbox": [9, 9, 3, 4], "track_id": 7, "video_id": 3, "bboxes": [1]}));
    let other = label(&json!({"class": "dog", "segmentation": [[0, 0, 1, 0, 1, 1]], "track_id": 7}));
    let text =
        label(&json!({"class": 5, "polyline": [0, 0, 4, 4], "track_id": "t", "width": "wide", "id": 4}));
    let without = label(&json!({"corners": [0, 0, 2, 0, 2, 2, 0, 2]}));
    let mut tenth =
        image("v/10.jpg", &json!({"width": 64, "height": 48, "tags": ["a"], "id": 3, "video": {"a": 1}}));
    tenth.split = Some("TRAIN".to_owned());
    tenth.exported = Some(Exported { item: "t/SOURCE/v/10.jpg".to_owned(), version: None });
    let mut second = image("v/2.jpg", &size);
    second.split = Some("TRAIN".to_owned());
    let mut numbered = image(
        "w/../a.jpg",
        &json!({"width": 64, "height": 48, "video_id": "clip", "frame_index": 8, "length": 100}),
    );
    numbered.split = Some("hold out".to_owned());
    let samples = [
        Sample { image: tenth, labels: vec![one, copy, without] },
        Sample { image: second, labels: vec![two, other, text] },
        Sample { image: numbered, labels: vec![] },
        Sample { image: image("a.jpg", &json!({"width": 0, "frame_index": 1})), labels: vec![] },
    ];
    let (folder, left_out) = written(&classes(), &samples);
    assert_eq!(left_out, []);
    let again = read(&FORMAT, folder.path()).unwrap();
    assert_same(&sorted(&samples), &sorted(&again.samples));
    let labels: Vec<&Label> = again.samples.iter().flat_map(|sample| &sample.labels).collect();
    let exported = labels.iter().find(|label| label.exported.is_some()).unwrap();
    assert_eq!(
        (exported.author.clone(), exported.exported.clone().unwrap().item),
        (Some("ada".into()), "t/LABEL/x".to_owned())
    );
    let document = document(folder.path(), "train");
    assert_eq!(document["videos"][0]["file_names"], json!(["v/2.jpg", "v/10.jpg"]));
    let ids: Vec<&Value> = document["annotations"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [&json!(7), &json!(8), &json!(9), &json!(10), &json!(11)]);
    assert_eq!(document["annotations"][0]["bboxes"], json!([[2, 2, 3, 4], [1, 2, 3, 4]]));
}

#[test]
fn what_a_video_cannot_hold_is_counted() {
    let mut predicted = label(&json!({"class": "cat", "bbox": [1, 2, 3, 4]}));
    predicted.origin = LabelOrigin::Prediction;
    let labels = vec![
        predicted,
        label(&json!({"class": "cat"})),
        label(&json!({"caption": "a pond"})),
        label(&json!({"class": ["cat", "dog"], "bbox": [1, 2, 3, 4], "track_id": 1})),
    ];
    let samples = [Sample { image: image("v/a.jpg", &json!({})), labels }];
    let (folder, left_out) = written(&classes(), &samples);
    let expected = [
        ("connection of several classes of one label, which are an annotation each", 1),
        ("label without a shape (videos have objects)", 2),
        ("prediction (videos have ground truth)", 1),
    ];
    assert_eq!(left_out, expected.map(|(what, count)| (what.to_owned(), count)));
    let again = read(&FORMAT, folder.path()).unwrap();
    let found: Vec<_> =
        again.samples[0].labels.iter().map(|label| (label.classes(), &label.fields["track_id"])).collect();
    assert_eq!(found, [(vec!["cat"], &json!(1)), (vec!["dog"], &json!(1))]);
}

#[test]
fn an_object_of_many_bytes_is_several_annotations() {
    let counts: Vec<u32> = vec![1; 15_000];
    let frame = |number: u64| {
        let mask = json!({"size": [100, 150], "counts": counts});
        let fields = json!({"class": "cat", "track_id": 7, "segmentation": mask});
        Sample { image: image(&format!("v/{number}.jpg"), &json!({})), labels: vec![label(&fields)] }
    };
    let samples: Vec<Sample> = (0..4).map(frame).collect();
    let (folder, left_out) = written(&classes(), &samples);
    assert_eq!(left_out, [("object of more than 8 MiB, which is several annotations".to_owned(), 1)]);
    assert_same(&samples, &read(&FORMAT, folder.path()).unwrap().samples);
}

#[test]
fn a_set_without_videos_is_refused_if_its_lists_would_be_too_long() {
    let frame = |number: u64| {
        let labels = vec![label(&json!({"bbox": [1, 2, 3, 4]}))];
        Sample { image: image(&format!("photos/{number}.jpg"), &json!({})), labels }
    };
    let mut writer = FORMAT.writer.unwrap()(&WriterOptions { variant: Some("video".to_owned()) });
    let (mut left_out, mut out) = (Skipped::default(), NoOutput);
    for number in 0..320 {
        writer.sample(&frame(number), &mut left_out, &mut out).unwrap();
    }
    let why = writer.end(&left_out, &mut out).unwrap_err().to_string();
    assert!(why.contains("320 frames of a video have 320 objects; give the labels"), "{why}");
}

struct NoOutput;

impl Output for NoOutput {
    fn file(&mut self, _: &str, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn entries_of_our_own_are_one_a_frame() {
    let samples = [Sample { image: image("v/a.jpg", &json!({})), labels: vec![] }];
    let (folder, _) = written(&classes(), &samples);
    let mut document = document(folder.path(), "default");
    document["videos"][0]["stemma"]["frames"] = json!([]);
    fs::write(folder.path().join("annotations/instances_default.json"), document.to_string()).unwrap();
    let why = read(&FORMAT, folder.path()).unwrap_err();
    assert!(
        why.contains("videos[0], field stemma.frames: expected 1 entries, one a frame, found 0"),
        "{why}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn sets_survive(
        frames in prop::collection::vec((0_u8..3, 0_u8..3, prop::collection::vec((0_u8..5, 0_u8..4, any::<i16>()), 0..5)), 0..8),
    ) {
        let labelled = |(track, class, number): (u8, u8, i16)| {
            let mut fields = json!({"bbox": [number, 1.5, 3, 4], "x": number % 2});
            let object = fields.as_object_mut().unwrap();
            if track > 1 {
                object.insert("track_id".to_owned(), [json!(3), json!("t"), json!(0)][usize::from(track) - 2].clone());
            }
            if class > 0 {
                object.insert("class".to_owned(), ["cat", "dog", "new"][usize::from(class) - 1].into());
            }
            if number % 3 == 0 {
                object.insert("area".to_owned(), json!(12.0));
                object.insert("iscrowd".to_owned(), json!(1));
            }
            let mut label = label(&fields);
            label.id = (number % 5 == 0).then(|| number.to_string());
            label
        };
        let samples: Vec<Sample> = (0..).zip(frames).map(|(number, (video, split, labels))| {
            let fields = match video {
                0 => json!({"width": 64, "height": 48}),
                1 => json!({"width": 64, "height": 48, "video_id": 2, "frame_index": number % 4, "length": 8}),
                _ => json!({"video_id": 1.5, "tags": [1], "width": number}),
            };
            let mut image = image(&format!("v{video}/{number}.jpg"), &fields);
            image.split = [None, Some("TRAIN".to_owned()), Some("VALIDATION".to_owned())][usize::from(split)].clone();
            Sample { image, labels: labels.into_iter().map(labelled).collect() }
        }).collect();
        prop_assume!(!samples.is_empty());
        let (folder, left_out) = written(&classes(), &samples);
        prop_assert_eq!(left_out, []);
        assert_same(&sorted(&samples), &sorted(&read(&FORMAT, folder.path()).unwrap().samples));
    }
}
