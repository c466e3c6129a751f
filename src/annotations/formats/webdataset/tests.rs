//! Shards as `webdataset` and `img2dataset` write them, and a round trip.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::annotations::fault::RecordPlace;
use crate::annotations::model::{Class, ClassList, Image, ImageBytes, Label, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SetInfo};

const PNG: &[u8] = b"\x89PNG\r\n";

struct Folder(TempDir);

impl Output for Folder {
    fn file(&mut self, path: &str, bytes: &[u8]) -> std::io::Result<()> {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap())?;
        fs::write(path, bytes)
    }
}

fn tarred(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

fn folder(files: &[(&str, &[u8])]) -> Folder {
    let mut folder = Folder(tempfile::tempdir().unwrap());
    for (path, bytes) in files {
        folder.file(path, bytes).unwrap();
    }
    folder
}

type Read = (ClassList, Vec<Sample>, Skipped);

fn read(path: &Path) -> Result<Read, ReadStop> {
    let options =
        ReaderOptions { labels_from_folders: false, size_of: |_| None, reference: None, variant: None };
    let mut reader = (FORMAT.reader)(Files::open(path).unwrap(), &options)?;
    let classes = reader.classes()?;
    let (mut samples, mut ids) = (Vec::new(), Vec::new());
    reader.ids(&mut |image, id| ids.push((image.to_owned(), id.to_owned())))?;
    while let Some(sample) = reader.next()? {
        samples.push(sample);
    }
    let with_ids = |sample: &Sample| {
        let name = sample.image.name.clone();
        sample.labels.iter().filter_map(|label| Some((name.clone(), label.id.clone()?))).collect::<Vec<_>>()
    };
    assert_eq!(ids, samples.iter().flat_map(with_ids).collect::<Vec<_>>());
    Ok((classes, samples, reader.skipped()))
}

fn known(path: &Path) -> bool {
    (FORMAT.recognises)(&Files::open(path).unwrap())
}

fn labels(sample: &Sample) -> Value {
    sample.labels.iter().map(|label| Value::Object(label.fields.clone())).collect()
}

fn counted(skipped: &Skipped) -> Vec<(&str, u64)> {
    skipped.all().map(|(what, count, _)| (what, count)).collect()
}

#[test]
fn shards_are_read_in_order() {
    let train = tarred(&[
        ("0.cls", b"1"),
        ("0.png", PNG),
        ("0.seg.png", PNG),
        ("d/1.JPG", b"x"),
        ("d/1.json", br#"{"caption": "a bird", "width": 3, "key": "1", "exif": null, "objects": [{"bbox": [1, 2, 3, 4], "category": "egg", "id": 7}]}"#),
        ("d/1.txt", b"a bird"),
    ]);
    let more = tarred(&[("README", b"x"), ("2.cls", b"0")]);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&tarred(&[("0.cls", b"robin\n"), ("0.png", PNG)])).unwrap();
    let folder = folder(&[
        ("train-000000.tar", &train),
        ("train-000001.tar", &more),
        ("val-000000.tar.gz", &gz.finish().unwrap()),
        ("classes.txt", b"wren\r\nrobin\r\n"),
        ("00000_stats.json", b"{}"),
    ]);
    assert!(known(folder.0.path()) && known(&folder.0.path().join("val-000000.tar.gz")));
    let (classes, samples, skipped) = read(folder.0.path()).unwrap();
    let expected =
        json!({"classes": [{"class": "wren", "id": 0}, {"class": "robin", "id": 1}, {"class": "egg"}]});
    assert_eq!(classes.to_value(), expected);
    let found: Vec<_> = samples
        .iter()
        .map(|sample| (sample.image.name.as_str(), sample.image.split.as_deref(), labels(sample)))
        .collect();
    assert_eq!(
        found,
        [
            ("0.png", Some("TRAIN"), json!([{"class": "robin"}])),
            (
                "d/1.jpg",
                Some("TRAIN"),
                json!([{"class": "egg", "bbox": [1, 2, 3, 4]}, {"caption": "a bird"}])
            ),
            ("val-000000/0.png", Some("VALIDATION"), json!([{"class": "robin"}])),
        ]
    );
    assert_eq!(samples[0].image.bytes, ImageBytes::Memory(PNG.to_vec()));
    assert_eq!(samples[1].labels[0].id.as_deref(), Some("d/1.jpg/7"));
    let fields = Value::Object(samples[1].image.fields.clone());
    assert_eq!(fields, json!({"file_name": "d/1.jpg", "width": 3, "key": "1"}));
    assert_eq!(
        counted(&skipped),
        [
            ("entry of a shard that is no part of a sample", 1),
            ("file that is not a shard", 1),
            ("part of a sample that is not read", 1),
            ("sample without an image", 1),
        ]
    );
}

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    let why = |entries: &[(&str, &[u8])], classes: &str| {
        let folder = folder(&[("a.tar", &tarred(entries)), ("classes.txt", classes.as_bytes())]);
        match read(folder.0.path()) {
            Err(ReadStop::Bad(fault)) => fault.to_string(),
            Err(ReadStop::Unreadable(why)) => why,
            Ok((_, _, skipped)) => format!("{:?}", counted(&skipped)),
        }
    };
    let png = ("0.png", PNG);
    assert_eq!(
        why(&[png, ("0.cls", b"2")], "a\nb\n"),
        "a.tar, 0, field label: expected a class from 0 to 1, found 2"
    );
    assert!(why(&[png, ("0.json", b"{")], "a").contains("a.tar, 0.json: "));
    assert!(why(&[png, ("0.png", b"x")], "a").contains("duplicate name in the shard"));
    assert!(
        why(&[png, ("1.png", PNG), ("0.png", PNG)], "a")
            .contains("a.tar, 0.png: expected the parts of a sample one after the other")
    );
    assert!(why(&[png, ("0.txt", b"\xff")], "a").contains("a.tar, 0.txt: expected text in UTF-8"));
    let differs = why(&[png, ("0.cls", b"b"), ("0.json", br#"{"label": "a"}"#)], "a\nb\n");
    assert!(differs.contains("class of a `.cls` file that is not that of the JSON"), "{differs}");
    let cut = &tarred(&[png, ("1.png", &[0; 2000])])[..2000];
    let folder = folder(&[("a.tar", cut)]);
    assert!(read(folder.0.path()).is_err());
}

#[test]
fn only_shards_are_recognised() {
    let images = tarred(&[("a/1.jpg", b"x"), ("a/2.jpg", b"x")]);
    let shard = tarred(&[("1.jpg", b"x"), ("1.cls", b"1")]);
    let mixed = folder(&[("a.tar", &shard), ("b.jpg", b"x"), ("c/images.tar", &images)]);
    assert!(!known(mixed.0.path()));
    assert!(known(&mixed.0.path().join("a.tar")));
    assert!(!known(&mixed.0.path().join("c/images.tar")) && !known(&mixed.0.path().join("c")));
    // With its name, a tar that was unpacked is read as shards.
    assert_eq!(read(&mixed.0.path().join("c/images.tar")).unwrap().1.len(), 2);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports");
    assert!(!known(&fixtures.join("birds")) && !known(&fixtures.join("huggingface")));
    assert!(known(&fixtures.join("webdataset")));
    let (classes, samples, skipped) = read(&fixtures.join("webdataset")).unwrap();
    assert_eq!((classes.classes.len(), samples.len(), skipped), (2, 3, Skipped::default()));
}

fn written(classes: &ClassList, samples: &[Sample]) -> (Folder, Skipped) {
    let mut folder = Folder(tempfile::tempdir().unwrap());
    let mut writer = FORMAT.writer.unwrap()(&WriterOptions::default());
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
    (folder, left_out)
}

fn sample(name: &str, split: Option<&str>, labels: &[Value]) -> Sample {
    let mut image = Image::new(RecordPlace::Line(1), name);
    image.split = split.map(str::to_owned);
    image.bytes = ImageBytes::Memory([PNG, name.as_bytes()].concat());
    image.fields.insert("file_name".to_owned(), name.into());
    image.fields.insert("camera".to_owned(), json!({"lens": [1, 2.5]}));
    let label = |fields: &Value| {
        let mut label = Label::new(RecordPlace::Line(1));
        label.fields = fields.as_object().unwrap().clone();
        if let Some(id) = label.fields.remove("id") {
            label.id = Some(format!("{name}/{id}"));
        }
        label
    };
    Sample { image, labels: labels.iter().map(label).collect() }
}

/// All labels of a stored set have ids. Classes and texts must be parts of their own, because that is
/// what `webdataset` is asked for.
#[test]
fn labels_with_ids_are_classes_and_texts() {
    let labels = [json!({"id": 8, "class": "robin"}), json!({"id": 9, "caption": "a robin"})];
    let (folder, left_out) =
        written(&ClassList::of_names(["wren", "robin"]), &[sample("a.png", None, &labels)]);
    let noted: Vec<_> = left_out.all().map(|(what, count, _)| (what, count)).collect();
    assert_eq!(noted, [("id of a label of a whole image", 2)]);
    let (_, again, _) = read(folder.0.path()).unwrap();
    let fields: Vec<_> = again[0].labels.iter().map(|label| label.fields.clone()).collect();
    assert_eq!(json!(fields), json!([{"class": "robin"}, {"caption": "a robin"}]));
}

#[test]
fn what_is_written_is_read_again() {
    let classes = ClassList {
        classes: ["wren", "robin"]
            .into_iter()
            .enumerate()
            .map(|(number, name)| Class { id: Some(number.into()), ..Class::named(name) })
            .collect(),
    };
    let samples = [
        sample("data/a.v2.png", None, &[json!({"class": "robin"}), json!({"caption": "a robin"})]),
        sample(
            "https://h/b.jpg",
            Some("TRAIN"),
            &[
                json!({"class": "robin"}),
                json!({"id": 7, "class": "wren", "bbox": [1.5, 2, 3, 4], "area": 12, "attributes": {"occluded": true, "label": "x"}}),
                json!({"segmentation": [[0, 0, 1, 0, 1, 1]], "iscrowd": 0}),
                json!({"segmentation": {"size": [2, 2], "counts": "04"}}),
                json!({"caption": "one"}),
                json!({"caption": " two\n"}),
            ],
        ),
        sample("c", Some("HOLDOUT"), &[json!({"class": ["wren", "robin"]})]),
        sample("d.jpg", Some("VALIDATION"), &[]),
    ];
    let (folder, left_out) = written(&classes, &samples);
    assert_eq!(left_out, Skipped::default());
    assert!(known(folder.0.path()));
    let (read_classes, mut again, skipped) = read(folder.0.path()).unwrap();
    assert_eq!((read_classes, skipped), (classes.clone(), Skipped::default()));
    // The order is that of the shards.
    let mut first = samples.to_vec();
    first.sort_by(|a, b| a.image.name.cmp(&b.image.name));
    again.sort_by(|a, b| a.image.name.cmp(&b.image.name));
    let content = |sample: &Sample| {
        let Image { name, split, bytes, fields, .. } = &sample.image;
        let ids: Vec<_> = sample.labels.iter().map(|label| label.id.clone()).collect();
        (name.clone(), split.clone(), bytes.clone(), fields.clone(), labels(sample), ids)
    };
    assert_eq!(again.iter().map(content).collect::<Vec<_>>(), first.iter().map(content).collect::<Vec<_>>());
    let (twice, _) = written(&classes, &samples);
    for shard in
        ["data-000000.tar", "train-000000.tar", "holdout-000000.tar", "validation-000000.tar", "classes.txt"]
    {
        let bytes = |folder: &Folder| fs::read(folder.0.path().join(shard)).unwrap();
        assert_eq!(bytes(&folder), bytes(&twice), "{shard}");
    }
}

#[test]
fn shards_have_a_bounded_size_and_what_they_cannot_hold_is_counted() {
    let mut samples: Vec<Sample> = (0..5).map(|number| sample(&format!("{number}.png"), None, &[])).collect();
    for sample in &mut samples {
        sample.image.bytes = ImageBytes::Memory(vec![7; 24 * 1024 * 1024]);
    }
    let (folder, _) = written(&ClassList::default(), &samples);
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 2);
    assert_eq!(read(folder.0.path()).unwrap().1.len(), 5);
    let mut one = sample("a.png", None, &[json!({"class": "wren", "span": [1, 2]})]);
    one.image.bytes = ImageBytes::ByName;
    one.image.fields.insert("label".to_owned(), json!(7));
    let (folder, left_out) = written(&ClassList::of_names(["a\nb"]), &[one]);
    assert_eq!(
        counted(&left_out),
        [
            ("field of a label that has no place", 1),
            ("field of an image with the name of a column", 1),
            ("image whose bytes are not stored", 1),
            ("list of classes (a name has line breaks or spaces around it)", 1),
        ]
    );
    let (_, samples, _) = read(folder.0.path()).unwrap();
    assert_eq!((samples[0].image.name.as_str(), &samples[0].image.bytes), ("a.png", &ImageBytes::ByName));
}

fn any_label() -> impl Strategy<Value = Value> {
    let class = prop::option::of(prop::sample::select(vec!["wren", "robin", "-1", "0"]));
    let rectangle = prop::option::of(prop::array::uniform4(0..800_u32));
    let attributes = prop::option::of(("[a-z]{1,8}", prop::bool::ANY));
    (class, rectangle, attributes, prop::option::of("[a-z .]{0,6}")).prop_map(
        |(class, rectangle, attributes, caption)| {
            let mut label = serde_json::Map::new();
            label.extend(class.map(|class| ("class".to_owned(), class.into())));
            label.extend(
                rectangle.map(|sides| ("bbox".to_owned(), json!(sides.map(|side| f64::from(side) / 8.0)))),
            );
            label.extend(attributes.map(|(name, value)| ("attributes".to_owned(), json!({name: value}))));
            label.extend(caption.map(|caption| ("caption".to_owned(), caption.into())));
            label.into()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_labels_are_written_and_read_again(labels in prop::collection::vec(any_label(), 0..6), split in 0..3_usize) {
        let split = [None, Some("TRAIN"), Some("MY_SPLIT")][split];
        let first = sample("x.png", split, &labels);
        let (folder, left_out) = written(&ClassList::of_names(["wren", "robin"]), std::slice::from_ref(&first));
        prop_assert_eq!(left_out, Skipped::default());
        let (_, again, skipped) = read(folder.0.path()).unwrap();
        prop_assert_eq!(skipped, Skipped::default());
        prop_assert_eq!(&again[0].image.split, &first.image.split);
        let sorted = |sample: &Sample| {
            let mut labels: Vec<String> = sample.labels.iter().map(|label| json!(label.fields).to_string()).collect();
            labels.sort();
            labels
        };
        prop_assert_eq!(sorted(&again[0]), sorted(&first));
    }
}
