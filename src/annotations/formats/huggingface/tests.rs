//! Data sets as `datasets` and people write them, and a round trip.

mod shards;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use arrow_array::{Array as _, ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray, StructArray};
use arrow_schema::{DataType, Field, Schema};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::annotations::model::{ClassList, ImageBytes, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SetInfo};

pub(super) struct Folder(pub TempDir);

impl Output for Folder {
    fn file(&mut self, path: &str, bytes: &[u8]) -> std::io::Result<()> {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap())?;
        fs::write(path, bytes)
    }
}

fn folder(files: &[(&str, &str)]) -> Folder {
    let mut folder = Folder(tempfile::tempdir().unwrap());
    for (path, text) in files {
        folder.file(path, text.as_bytes()).unwrap();
    }
    folder
}

fn options() -> ReaderOptions {
    ReaderOptions { labels_from_folders: false, size_of: |_| None, reference: None, variant: None }
}

type Read = (ClassList, Vec<Sample>, Skipped);

fn read(path: &Path) -> Result<Read, ReadStop> {
    let files = Files::open(path).unwrap();
    assert!((FORMAT.recognises)(&files));
    let mut reader = (FORMAT.reader)(files, &options())?;
    let classes = reader.classes()?;
    let mut samples = Vec::new();
    while let Some(sample) = reader.next()? {
        samples.push(sample);
    }
    Ok((classes, samples, reader.skipped()))
}

fn refused(files: &[(&str, &str)]) -> String {
    match read(folder(files).0.path()) {
        Err(ReadStop::Bad(fault)) => fault.to_string(),
        Err(ReadStop::Unreadable(why)) => why,
        Ok(read) => panic!("{read:?}"),
    }
}

fn labels(sample: &Sample) -> Value {
    sample.labels.iter().map(|label| Value::Object(label.fields.clone())).collect()
}

const CARD: &str = "---\ndataset_info:\n  features:\n  - name: label\n    dtype:\n      class_label:\n        names:\n          \
                    '0': cat\n          '1': dog\n  - name: objects\n    sequence:\n    - name: category\n      dtype:\n        \
                    class_label:\n          names:\n            '0': cat\n            '1': dog\n---\n";

#[test]
fn metadata_of_images_is_read() {
    let rows = concat!(
        "\u{feff}{\"file_name\": \"0.png\", \"label\": 1, \"width\": 64.0, \"source\": \"web\"}\r\n\r\n",
        r#"{"file_name": "sub\\1.png", "objects": {"bbox": [[1, 2, 3, 4.5], [0, 0, 1, 1]], "category": [0, -1], "id": [7, 8], "area": [13.5, null], "blur": [null, 2]}}"#,
        "\n",
        r#"{"file_name": "2.png", "label": -1, "objects": [{"bbox": [1, 2, 3, 4], "category": "dog"}], "text": "a dog"}"#,
        "\n",
    );
    let folder = folder(&[
        ("README.md", CARD),
        ("train/metadata.jsonl", rows),
        ("train/0.png", "x"),
        ("train/sub/1.png", "x"),
        ("train/unused.png", "x"),
        ("notes.txt", "x"),
    ]);
    let (classes, samples, skipped) = read(folder.0.path()).unwrap();
    assert_eq!(
        classes.to_value(),
        json!({"classes": [{"class": "cat", "id": 0}, {"class": "dog", "id": 1}]})
    );
    let names: Vec<&str> = samples.iter().map(|sample| sample.image.name.as_str()).collect();
    assert_eq!(names, ["train/0.png", "train/sub/1.png", "train/2.png"]);
    assert!(samples.iter().all(|sample| sample.image.split.as_deref() == Some("TRAIN")));
    assert_eq!(samples[0].image.bytes, ImageBytes::File("train/0.png".to_owned()));
    assert_eq!(samples[2].image.bytes, ImageBytes::ByName);
    let fields = Value::Object(samples[0].image.fields.clone());
    assert_eq!(fields, json!({"file_name": "train/0.png", "width": 64, "source": "web"}));
    assert_eq!(labels(&samples[0]), json!([{"class": "dog"}]));
    assert_eq!(
        labels(&samples[1]),
        json!([
            {"class": "cat", "bbox": [1, 2, 3, 4.5], "area": 13.5},
            {"bbox": [0, 0, 1, 1], "attributes": {"blur": 2}},
        ])
    );
    assert_eq!(samples[1].labels[0].id.as_deref(), Some("train/sub/1.png/7"));
    assert_eq!(labels(&samples[2]), json!([{"class": "dog", "bbox": [1, 2, 3, 4]}, {"caption": "a dog"}]));
    let skipped: Vec<_> = skipped.all().map(|(what, count, _)| (what, count)).collect();
    assert_eq!(skipped, [("file that is not read", 1), ("image that no row names", 1)]);
}

#[test]
fn tables_and_several_rows_of_an_image_are_read() {
    let csv = "file_name,label,text,objects\n0.png,wren,7,\"{\"\"bbox\"\": [[1,2,3,4]], \"\"category\"\": [\"\"egg\"\"]}\"\n\
               1.png,,,\n0.png,wren,\"two, words\",\n";
    let folder = folder(&[("test/metadata.csv", csv)]);
    let (classes, samples, _) = read(folder.0.path()).unwrap();
    assert_eq!(classes, ClassList::of_names(["egg", "wren"]));
    assert_eq!(samples.len(), 2);
    assert_eq!((samples[0].image.name.as_str(), samples[0].labels.len()), ("test/1.png", 0));
    let all = json!([{"class": "wren"}, {"class": "egg", "bbox": [1, 2, 3, 4]}, {"caption": "7"}, {"caption": "two, words"}]);
    assert_eq!(labels(&samples[1]), all);
    // Without features, a number is the name of a class.
    let one = self::folder(&[(
        "metadata.jsonl",
        "{\"file_name\": \"a.png\", \"labels\": [10, 2]}\n{\"file_name\": \"b.png\", \"label\": 0.5}\n",
    )]);
    let (classes, samples, _) = read(&one.0.path().join("metadata.jsonl")).unwrap();
    assert_eq!(classes.to_value(), json!({"classes": [{"class": "2", "id": 2}, {"class": "10", "id": 10}]}));
    assert_eq!(labels(&samples[0]), json!([{"class": ["10", "2"]}]));
    assert_eq!((labels(&samples[1]), &samples[1].image.fields["label"]), (json!([]), &json!(0.5)));
    // Columns of rectangles without objects.
    let one = self::folder(&[(
        "metadata.jsonl",
        concat!(
            r#"{"file_name": "a.png", "bboxes": [[1, 2, 3, 4], [0, 0, 1, 1]], "labels": ["a", "b"]}"#,
            "\n",
            r#"{"file_name": "b.png", "bbox": [1, 2, 3, 4], "label": "a"}"#,
            "\n",
            r#"{"file_name": "c.png", "bbox": [[1, 2, 3, 4]], "label": "a"}"#,
        ),
    )]);
    let (_, samples, _) = read(one.0.path()).unwrap();
    assert_eq!(
        samples.iter().map(labels).collect::<Vec<_>>(),
        [
            json!([{"class": "a", "bbox": [1, 2, 3, 4]}, {"class": "b", "bbox": [0, 0, 1, 1]}]),
            json!([{"class": "a", "bbox": [1, 2, 3, 4]}]),
            json!([{"class": "a"}, {"bbox": [1, 2, 3, 4]}]),
        ]
    );
}

#[test]
fn rows_that_are_wrong_are_refused_with_their_place() {
    let row = |row: &str| refused(&[("README.md", CARD), ("train/metadata.jsonl", row)]);
    for (given, said) in [
        (
            r#"{"file_name": "a.png", "label": 2}"#,
            "train/metadata.jsonl, line 1, field label: expected a class from 0 to 1, found 2",
        ),
        (
            r#"{"file_name": "a.png", "label": "bird"}"#,
            "field label: expected a class of the features, found \"bird\"",
        ),
        (
            r#"{"file_name": "a.png", "objects": {"bbox": [[1, 2, 3, 4]], "category": [0, 1]}}"#,
            "field objects.category: expected 1 entries as in `bbox`, found 2",
        ),
        (
            r#"{"file_name": "a.png", "objects": {"bbox": [[1, 2, 3]]}}"#,
            "field objects[0].bbox: expected the numbers [x, y, width, height]",
        ),
        (r#"{"file_name": "a.png", "objects": {"bbox": [[1, 2, -3, 1]]}}"#, "found the width -3"),
        (r#"{"file_name": "a.png", "objects": {"id": [1, 1]}}"#, "duplicate id 1 of an object"),
        (r#"{"file_name": 7}"#, "field file_name: expected a string"),
        (r#"{"file_names": ["a.png"]}"#, "rows of several images"),
        ("{\"file_name\": \"a.png\"}\n{\"file_name\": }", "metadata.jsonl, line 2"),
    ] {
        let why = if given.contains("file_names") {
            let ok = "{\"file_name\": \"a.png\"}\n";
            row(&format!("{ok}{given}"))
        } else {
            row(given)
        };
        assert!(why.contains(said), "{why}");
    }
    let both = refused(&[("metadata.jsonl", "{\"file_name\": \"a\"}"), ("metadata.csv", "file_name\na\n")]);
    assert!(both.contains("expected one file of metadata in a folder"), "{both}");
    let saved = refused(&[("train/data-00000-of-00001.arrow", ""), ("train/dataset_info.json", "{}")]);
    assert!(saved.contains("to_parquet"), "{saved}");
}

/// Writes a Parquet file as `datasets` does: images, numbers of classes, and the features.
fn write_parquet(path: &Path, images: &[(Option<&[u8]>, Option<&str>)], labels: &[i64]) {
    let bytes: BinaryArray = images.iter().map(|(bytes, _)| *bytes).collect();
    let paths: StringArray = images.iter().map(|(_, path)| *path).collect();
    let parts: Vec<(Arc<Field>, ArrayRef)> = vec![
        (Arc::new(Field::new("bytes", DataType::Binary, true)), Arc::new(bytes)),
        (Arc::new(Field::new("path", DataType::Utf8, true)), Arc::new(paths)),
    ];
    let image = StructArray::from(parts);
    let features = json!({"info": {"features": {
        "image": {"_type": "Image"}, "label": {"names": ["cat", "dog"], "_type": "ClassLabel"},
    }}});
    let schema = Schema::new(vec![
        Field::new("image", image.data_type().clone(), true),
        Field::new("label", DataType::Int64, true),
    ]);
    let schema = Arc::new(schema.with_metadata([("huggingface".to_owned(), features.to_string())]));
    let columns: Vec<ArrayRef> = vec![Arc::new(image), Arc::new(Int64Array::from(labels.to_vec()))];
    let batch = RecordBatch::try_new(schema.clone(), columns).unwrap();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer = ArrowWriter::try_new(fs::File::create(path).unwrap(), schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn parquet_files_with_images_are_read() {
    let folder = folder(&[("b.jpg", "x")]);
    let png = b"\x89PNG\r\n";
    let train = folder.0.path().join("data/train-00000-of-00001.parquet");
    write_parquet(
        &train,
        &[(Some(png), Some("a.png")), (Some(png), None), (Some(b"y"), Some("a.png")), (None, None)],
        &[1, 0, -1, 0],
    );
    write_parquet(&folder.0.path().join("data/test-00000-of-00001.parquet"), &[(None, Some("b.jpg"))], &[0]);
    let (classes, samples, skipped) = read(folder.0.path()).unwrap();
    assert_eq!(classes.position("dog"), Some(1));
    let found: Vec<_> = samples
        .iter()
        .map(|sample| (sample.image.name.as_str(), sample.image.split.as_deref(), labels(sample)))
        .collect();
    assert_eq!(
        found,
        [
            ("test/b.jpg", Some("TEST"), json!([{"class": "cat"}])),
            ("train/a.png", Some("TRAIN"), json!([{"class": "dog"}])),
            ("train/00000001.png", Some("TRAIN"), json!([{"class": "cat"}])),
            ("train/a~2.png", Some("TRAIN"), json!([])),
        ]
    );
    assert_eq!(samples[0].image.bytes, ImageBytes::File("b.jpg".to_owned()));
    assert_eq!(samples[1].image.bytes, ImageBytes::Memory(png.to_vec()));
    assert!(skipped.all().any(|(what, count, _)| (what, count) == ("row without an image", 1)));
    let (_, samples, _) = read(&train).unwrap();
    assert_eq!(samples.len(), 3);
}

fn written(folder: &mut Folder, (classes, samples, _): &Read) -> Skipped {
    let mut writer = FORMAT.writer.unwrap()(&WriterOptions::default());
    let mut left_out = Skipped::default();
    let set = SetInfo {
        name: "birds/TRAINING_SET/garden#1".to_owned(),
        version: "version:00".to_owned(),
        committed_at: "2026-01-01T00:00:00Z".to_owned(),
        splits: Vec::new(),
    };
    writer.begin(&set, classes, &mut left_out, folder).unwrap();
    for sample in samples {
        writer.sample(sample, &mut left_out, folder).unwrap();
        let path = writer.image_path(&sample.image).unwrap();
        folder.file(&path, b"x").unwrap();
    }
    writer.end(&left_out, folder).unwrap();
    left_out
}

fn contents(samples: &[Sample]) -> Vec<Value> {
    let content = |sample: &Sample| {
        let ids: Vec<_> = sample.labels.iter().map(|label| &label.id).collect();
        let origins: Vec<_> = sample
            .labels
            .iter()
            .map(|label| label.exported.as_ref().map(|exported| &exported.item))
            .collect();
        json!([sample.image.name, sample.image.split, sample.image.fields, labels(sample), ids, origins])
    };
    samples.iter().map(content).collect()
}

#[test]
fn what_is_written_is_read_again() {
    let rows = |name: &str| {
        [
            json!({"file_name": format!("{name}0.png"), "label": "cat", "width": 3, "objects": {"bbox": [[1, 2, 3, 4], null],
                "category": ["dog", "cat"], "id": [5, 9], "segmentation": [null, [[0, 0, 1, 0, 1, 1]]], "blur": [1, null]}}),
            json!({"file_name": format!("{name}1.png"), "text": ["a", "b"], "stemma": {"source": "n/SOURCE/x", "version": "version:1"}}),
            json!({"file_name": format!("{name}d/2.png"), "label": ["cat", "dog"], "camera": "north"}),
        ]
        .map(|row| row.to_string() + "\n")
        .concat()
    };
    let first = folder(&[
        ("README.md", CARD),
        ("train/metadata.jsonl", &rows("a")),
        ("validation/metadata.jsonl", &rows("")),
        ("unsplit/metadata.jsonl", &rows("")),
        ("holdout/metadata.jsonl", &rows("")),
    ]);
    let card = CARD.replacen("---\n", "---\nconfigs:\n- config_name: x\n  data_files:\n  - split: holdout\n    path: holdout/*\n  - split: unsplit\n    path: unsplit/*\n", 1);
    fs::write(first.0.path().join("README.md"), card).unwrap();
    let read_first = read(first.0.path()).unwrap();
    assert_eq!(read_first.1[0].image.split.as_deref(), Some("HOLDOUT"));
    let mut second = Folder(tempfile::tempdir().unwrap());
    let left_out = written(&mut second, &read_first);
    assert_eq!(left_out, Skipped::default());
    let read_second = read(second.0.path()).unwrap();
    assert_eq!(contents(&read_first.1), contents(&read_second.1));
    assert_eq!(read_first.0, read_second.0);
    assert_eq!(read_second.2, Skipped::default());
    let mut third = Folder(tempfile::tempdir().unwrap());
    written(&mut third, &read_second);
    let text = |folder: &Folder, path| fs::read_to_string(folder.0.path().join(path)).unwrap();
    for path in ["README.md", "train/metadata.jsonl"] {
        assert_eq!(text(&second, path), text(&third, path));
    }
}

#[test]
fn what_has_no_column_is_counted() {
    let first = folder(&[("train/metadata.jsonl", r#"{"file_name": "a.png", "label": "cat"}"#)]);
    let (classes, mut samples, _) = read(first.0.path()).unwrap();
    let mut prediction = samples[0].labels[0].clone();
    prediction.origin = crate::annotations::model::LabelOrigin::Prediction;
    let mut spanned = samples[0].labels[0].clone();
    spanned.fields.insert("span".to_owned(), json!([1, 2]));
    let mut other = samples[0].labels[0].clone();
    other.id = Some("7".to_owned());
    samples[0].labels.extend([prediction, spanned, other]);
    samples[0].image.name = "/data/../a.png".to_owned();
    let mut second = Folder(tempfile::tempdir().unwrap());
    let left_out = written(&mut second, &(classes, samples, Skipped::default()));
    let kinds: Vec<&str> = left_out.all().map(|(what, ..)| what).collect();
    assert_eq!(
        kinds,
        [
            "boundary between two labels of an image (their classes are one list)",
            "field of a label that has no column",
            "id of a label of a whole image",
            "prediction (Hugging Face has annotations)",
        ]
    );
    let path = second.0.path().join("train/data");
    assert_eq!(fs::read_dir(path).unwrap().count(), 1);
}

#[test]
fn other_files_are_not_recognised() {
    for (path, text) in [
        ("metadata.jsonl", "{\"id\": 1}\n"),
        ("metadata.csv", "a,b\n"),
        ("a.parquet", "PAR1"),
        ("a.jsonl", "{\"file_name\": \"a\"}"),
        ("metadata.jsonl", ""),
    ] {
        let folder = folder(&[(path, text)]);
        assert!(!(FORMAT.recognises)(&Files::open(folder.0.path()).unwrap()), "{path}");
        assert!(!(FORMAT.recognises)(&Files::open(&folder.0.path().join(path)).unwrap()), "{path}");
    }
    let birds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports/birds");
    assert!(!(FORMAT.recognises)(&Files::open(&birds).unwrap()));
}

#[test]
fn the_fixture_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports/huggingface");
    let (classes, samples, skipped) = read(&path).unwrap();
    assert_eq!(
        classes.to_value(),
        json!({"classes": [{"class": "wren", "id": 0}, {"class": "robin", "id": 1}]})
    );
    let found: Vec<_> =
        samples.iter().map(|sample| (sample.image.name.as_str(), sample.labels.len())).collect();
    assert_eq!(found, [("test/hedge.png", 2), ("train/garden.png", 4), ("train/pond.png", 2)]);
    assert_eq!(skipped, Skipped::default());
}
