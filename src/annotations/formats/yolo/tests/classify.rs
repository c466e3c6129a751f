//! Folders of classes, read again as folders of images.

use serde_json::json;

use super::*;
use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::named;
use crate::annotations::formats::shared::round_trip::write_variant;
use crate::annotations::model::{Class, Image, ImageBytes, Label};

fn image(name: &str, split: Option<&str>) -> Image {
    let mut image = Image::new(RecordPlace::Line(0), name);
    image.split = split.map(str::to_owned);
    image.fields.insert("file_name".to_owned(), name.into());
    image.bytes = ImageBytes::File(name.to_owned());
    image
}

fn label(fields: &serde_json::Value) -> Label {
    Label { fields: fields.as_object().unwrap().clone(), ..Label::new(RecordPlace::Line(0)) }
}

fn written(classes: &ClassList, samples: &[Sample]) -> (tempfile::TempDir, Vec<(String, u64)>) {
    let folder = tempfile::tempdir().unwrap();
    let left_out = write_variant(&FORMAT, Some("classify"), classes, samples, folder.path());
    (folder, left_out.all().map(|(what, count, _)| (what.to_owned(), count)).collect())
}

fn read_again(folder: &Path) -> (Vec<Sample>, ClassList) {
    let options =
        ReaderOptions { labels_from_folders: true, size_of: |_| None, reference: None, variant: None };
    let mut reader = (named("images").unwrap().reader)(Files::open(folder).unwrap(), &options).unwrap();
    let classes = reader.classes().unwrap();
    let mut samples = Vec::new();
    while let Some(sample) = reader.next().unwrap() {
        samples.push(sample);
    }
    (samples, classes)
}

type Content = Vec<(String, Option<String>, Vec<String>)>;

fn content(samples: &[Sample]) -> Content {
    let one = |sample: &Sample| {
        let classes = sample.labels.iter().flat_map(Label::classes).map(str::to_owned).collect();
        (sample.image.name.clone(), sample.image.split.clone(), classes)
    };
    let mut content: Content = samples.iter().map(one).collect();
    content.sort();
    content
}

#[test]
fn folders_of_classes_are_the_same_after_writing_and_reading() {
    let of = |name: &str, split: &str, class: &str| Sample {
        image: image(name, Some(split)),
        labels: vec![label(&json!({"class": class}))],
    };
    let samples = [
        of("train/great tit/1.jpg", "TRAIN", "great tit"),
        of("train/wren/1.jpg", "TRAIN", "wren"),
        of("val/wren/2.png", "VALIDATION", "wren"),
        of("test/wren/2.png", "TEST", "wren"),
    ];
    let (folder, left_out) = written(&ClassList::of_names(["wren", "great tit", "robin"]), &samples);
    assert_eq!(left_out, []);
    let (again, classes) = read_again(folder.path());
    assert_eq!(content(&samples), content(&again));
    // The folder of a class without images has no name for the reader.
    assert_eq!(classes, ClassList::of_names(["great tit", "wren"]));
    // Each split has a folder of each class, so that their numbers are the same.
    for split in ["train", "val", "test"] {
        let mut folders: Vec<String> = fs::read_dir(folder.path().join(split))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        folders.sort();
        assert_eq!(folders, ["great tit", "robin", "wren"], "{split}");
    }
    assert!(!(FORMAT.recognises)(&Files::open(folder.path()).unwrap()));
    let (second, _) = written(&classes, &again);
    assert_eq!(content(&read_again(second.path()).0), content(&again));
}

#[test]
fn an_image_has_one_class() {
    let labels = vec![
        label(&json!({"class": "box", "bbox": [0, 0, 1, 1]})),
        label(&json!({"caption": "a pond"})),
        label(&json!({"class": ["wren", "robin"], "score": 0.5})),
        label(&json!({"class": "wren"})),
        label(&json!({})),
    ];
    let boxed = vec![label(&json!({"class": "box", "bbox": [0, 0, 1, 1]}))];
    let samples = [
        Sample { image: image("photos/a.jpg", None), labels },
        Sample { image: image("photos/b.heic", Some("MINI")), labels: boxed },
        Sample { image: image("c.jpg", Some("TRAIN")), labels: vec![label(&json!({"class": "a/b"}))] },
    ];
    let list = ClassList { classes: vec![Class { id: Some(json!(7)), ..Class::named("wren") }] };
    let (folder, left_out) = written(&list, &samples);
    let expected: [(&str, u64); 12] = [
        ("caption", 1),
        ("further class of an image (a folder has one)", 1),
        ("further label of the class of an image (a folder has one)", 1),
        ("id of a class (the folders of classes are numbered in the order of their names)", 1),
        ("image with an ending that Ultralytics does not read", 1),
        ("image without a class, which is not written", 1),
        ("image without a split (written to train)", 1),
        ("label with a shape (folders have classes of images)", 2),
        ("label without a class", 1),
        ("name of a class that is no name of a folder", 1),
        ("score of a label", 1),
        ("split that Ultralytics does not read from folders of classes", 1),
    ];
    assert_eq!(left_out, expected.map(|(what, count)| (what.to_owned(), count)));
    let (again, _) = read_again(folder.path());
    let found = content(&again);
    assert_eq!(found.len(), 2);
    assert!(found[0].0.starts_with("train/a_b~") && found[0].0.ends_with("/c.jpg"), "{found:?}");
    assert!(found[1].0.starts_with("train/wren/a~") && found[1].0.ends_with(".jpg"), "{found:?}");
}

#[test]
fn images_of_one_path_are_refused() {
    let of = |name: &str| Sample {
        image: image(name, Some("TRAIN")),
        labels: vec![label(&json!({"class": "wren"}))],
    };
    let mut writer = FORMAT.writer.unwrap()(&crate::annotations::formats::WriterOptions {
        variant: Some("classify".to_owned()),
    });
    let (mut left_out, mut out) = (Skipped::default(), NoOutput);
    writer.sample(&of("A.jpg"), &mut left_out, &mut out).unwrap();
    let why = writer.sample(&of("train/wren/a.jpg"), &mut left_out, &mut out).unwrap_err();
    assert!(why.to_string().contains("two images would be train/wren/a.jpg"), "{why}");
}

struct NoOutput;

impl crate::annotations::writer::Output for NoOutput {
    fn file(&mut self, _: &str, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }
}
