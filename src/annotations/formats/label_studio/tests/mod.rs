//! Readers of all forms of an export.

mod writing;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::FORMAT;
use crate::annotations::files::Files;
use crate::annotations::formats::{FORMATS, ReaderOptions};
use crate::annotations::model::{ImageBytes, LabelOrigin, Sample};
use crate::annotations::normal::is_same;
use crate::annotations::reader::ReadStop;
use crate::domain::canonical::attributes::canonical;

/// Each fixture with its classes.
const CLASSES: &[(&str, &[&str])] = &[
    ("audiolabels", &["song"]),
    ("bitmasklabels", &["reed"]),
    ("brush", &["water"]),
    ("brushlabels", &["water"]),
    ("chatmessage", &[]),
    ("choices", &["sunny", "windy"]),
    ("datetime", &[]),
    ("ellipselabels", &["nest"]),
    ("hypertextlabels", &["BIRD"]),
    ("keypointlabels", &["beak"]),
    ("labels", &["BIRD"]),
    ("number", &[]),
    ("ocrlabels", &["name"]),
    ("pairwise", &[]),
    ("paragraphlabels", &["BIRD"]),
    ("per-item", &["wren"]),
    ("per-region", &["wren"]),
    ("polygon", &[]),
    ("polygonlabels", &["pond"]),
    ("ranker", &[]),
    ("rating", &[]),
    ("reactcode", &[]),
    ("rectangle", &["wren"]),
    ("rectanglelabels", &["wren"]),
    ("relations", &["BIRD", "PLACE"]),
    ("taxonomy", &["Animals/Birds/Wren", "Places/Pond\\/Lake"]),
    ("textarea", &[]),
    ("timelinelabels", &["feeding"]),
    ("timeserieslabels", &["warm"]),
    ("vectorlabels", &["shore"]),
    ("videorectangle", &["wren"]),
    ("videovectorlabels", &["flight"]),
];

/// The content of an input.
#[derive(Debug)]
pub(super) struct ReadContent {
    pub samples: Vec<Sample>,
    skipped: Vec<String>,
    ids: Vec<(String, String)>,
}

impl ReadContent {
    /// Returns the ids of labels.
    fn labels(&self) -> Vec<&str> {
        let labels = self.samples.iter().flat_map(|sample| &sample.labels);
        labels.filter_map(|label| label.id.as_deref()).collect()
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports/label-studio")
}

fn fixture(name: &str) -> Vec<Value> {
    serde_json::from_slice(&fs::read(fixtures().join(name)).unwrap()).unwrap()
}

fn options() -> ReaderOptions {
    ReaderOptions { labels_from_folders: false, size_of: |_| None, reference: None, variant: None }
}

/// Reads an input to its end.
pub(super) fn read_path(path: &Path) -> Result<ReadContent, String> {
    let stop = |stop: ReadStop| match stop {
        ReadStop::Bad(fault) => fault.to_string(),
        ReadStop::Unreadable(why) => why,
    };
    let files = Files::open(path).unwrap();
    let mut reader = (FORMAT.reader)(files, &options()).map_err(stop)?;
    assert!(reader.classes().map_err(stop)?.classes.is_empty());
    let mut ids = Vec::new();
    reader.ids(&mut |image, id| ids.push((image.to_owned(), id.to_owned()))).map_err(stop)?;
    let (mut samples, mut last) = (Vec::new(), 0);
    while let Some(sample) = reader.next().map_err(stop)? {
        samples.push(sample);
        let (done, all) = reader.progress();
        assert!(done >= last && done <= all.unwrap(), "{last} {done} {all:?}");
        last = done;
    }
    assert!(reader.next().map_err(stop)?.is_none());
    let skipped = reader.skipped();
    let skipped = skipped.all().map(|(what, count, first)| format!("{what}, {count}: {first}")).collect();
    Ok(ReadContent { samples, skipped, ids })
}

/// Reads one document.
pub(super) fn read_text(text: &str) -> Result<ReadContent, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tasks.json");
    fs::write(&path, text).unwrap();
    read_path(&path)
}

fn read_json(tasks: &Value) -> Result<ReadContent, String> {
    read_text(&tasks.to_string())
}

fn label(id: u64) -> Value {
    let result = json!({"id": "r", "type": "choices", "from_name": "c", "to_name": "t", "value": {"choices": ["wren"]}});
    json!({"id": id, "completed_by": 1, "result": [result]})
}

#[test]
fn every_control_tag_has_its_classes_and_keeps_its_results() {
    assert_eq!(fs::read_dir(fixtures()).unwrap().count(), CLASSES.len(), "each fixture has a row");
    for (name, classes) in CLASSES {
        let path = fixtures().join(format!("{name}.json"));
        let files = Files::open(&path).unwrap();
        let formats: Vec<_> = FORMATS.iter().filter(|format| (format.recognises)(&files)).collect();
        assert_eq!(formats, [&FORMAT], "{name}");
        let read = read_path(&path).unwrap();
        let tasks = fixture(&format!("{name}.json"));
        assert_eq!(read.samples.len(), tasks.len());
        let of_predictions =
            |what: &&String| what.starts_with("prediction of which the export has only the id");
        assert_eq!(read.skipped.iter().filter(of_predictions).count(), 1, "{:?}", read.skipped);
        let (sample, annotation) = (&read.samples[0], &tasks[0]["annotations"][0]);
        let stored = &sample.labels[0];
        assert_eq!(sample.image.name, format!("tasks/{}", tasks[0]["id"]));
        assert_eq!(Value::Object(sample.image.fields.clone()), tasks[0]["data"]);
        assert_eq!(stored.id.as_deref(), Some(annotation["id"].to_string().as_str()));
        assert_eq!(stored.author, Some(annotation["completed_by"].clone()));
        assert_eq!(read.ids, [(sample.image.name.clone(), annotation["id"].to_string())]);
        let class = match classes {
            [] => Value::Null,
            [one] => json!(one),
            several => json!(several),
        };
        assert_eq!(stored.fields.get("class").cloned().unwrap_or_default(), class, "{name}");
        let mut results = annotation["result"].clone();
        for result in results.as_array_mut().unwrap() {
            result.as_object_mut().unwrap().remove("origin");
        }
        assert_eq!(canonical(&stored.fields["regions"]), canonical(&results), "{name}");
    }
}

/// Each form of the same two tasks: a list, lines, an answer of the API, files of a target storage.
#[test]
fn a_task_is_read_from_every_form() {
    let task = |id: u64| json!({"id": id, "data": {"text": "a"}, "annotations": [label(id * 10)]});
    let stored = |id: u64, task: u64| {
        let mut annotation = label(id);
        annotation["task"] = json!({"id": task, "data": {"text": "a"}, "predictions": []});
        annotation.to_string()
    };
    let (one, two) = (task(1), task(2));
    let folder = tempfile::tempdir().unwrap();
    for (name, text, labels) in [
        ("one.json", one.to_string(), vec!["10"]),
        ("pretty.json", serde_json::to_string_pretty(&one).unwrap(), vec!["10"]),
        ("lines.jsonl", format!("\u{feff}{one}\r\n\r\n{two}\r\n"), vec!["10", "20"]),
        ("page.json", json!({"total": 2, "tasks": [one, two]}).to_string(), vec!["10", "20"]),
        ("list.json", json!([two, one]).to_string(), vec!["20", "10"]),
        ("11", stored(11, 1), vec!["11"]),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, &text).unwrap();
        let files = Files::open(&path).unwrap();
        let formats: Vec<_> = FORMATS.iter().filter(|format| (format.recognises)(&files)).collect();
        assert_eq!(formats, [&FORMAT], "{name}");
        let read = read_path(&path).unwrap();
        assert_eq!(read.labels(), labels, "{name}");
        assert_eq!(read.ids.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>(), labels, "{name}");
    }
    // Annotations of one task are several files, each with the task.
    let storage = folder.path().join("storage");
    fs::create_dir(&storage).unwrap();
    for (id, of) in [(11, 1), (12, 2), (13, 1)] {
        fs::write(storage.join(id.to_string()), stored(id, of)).unwrap();
    }
    assert!((FORMAT.recognises)(&Files::open(&storage).unwrap()));
    let read = read_path(&storage).unwrap();
    let names: Vec<_> = read.samples.iter().map(|sample| sample.image.name.as_str()).collect();
    assert_eq!((names, read.labels()), (vec!["tasks/1", "tasks/2"], vec!["11", "13", "12"]));
    fs::write(storage.join("14"), "{\"id\": 14, \"result\": [], \"task\": 7}").unwrap();
    let refused = read_path(&storage).unwrap_err();
    assert!(
        refused.starts_with("14, field task: expected the task of the annotation, found a number"),
        "{refused}"
    );
}

#[test]
fn a_task_that_occurs_twice_is_one_task() {
    let with = |data: Value, annotation: Value| json!({"id": 1, "data": data, "annotations": [annotation]});
    let (data, other) = (json!({"text": "a"}), json!({"text": "b"}));
    let read = read_json(&json!([with(data.clone(), label(1)), with(data.clone(), label(2))])).unwrap();
    assert_eq!((read.samples.len(), read.labels()), (1, vec!["1", "2"]));
    let read = read_json(&json!([with(data.clone(), label(1)), with(data.clone(), label(1))])).unwrap();
    assert_eq!(read.labels(), ["1"]);
    let refused = read_json(&json!([with(data.clone(), label(1)), with(other, label(2))])).unwrap_err();
    assert!(
        refused.starts_with("[1], field id: duplicate task 1, first in [0] with other data"),
        "{refused}"
    );
    let mut changed = label(1);
    changed["result"] = json!([]);
    let refused = read_json(&json!([with(data.clone(), label(1)), with(data, changed)])).unwrap_err();
    assert!(refused.contains("duplicate id 1 of annotations of one task, first in [0]"), "{refused}");
}

#[test]
fn several_exports_in_a_folder_have_their_splits_and_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("upload/7")).unwrap();
    for name in ["a b.jpg", "b.jpg"] {
        fs::write(folder.path().join("upload/7").join(name), name).unwrap();
    }
    let task =
        |id: u64, image: &str| json!([{"id": id, "data": {"image": image}, "annotations": [label(id)]}]);
    fs::write(folder.path().join("train.json"), task(1, "/data/upload/7/a%20b.jpg").to_string()).unwrap();
    fs::write(folder.path().join("val.json"), task(2, "s3://bucket/7/b.jpg").to_string()).unwrap();
    let files = Files::open(folder.path()).unwrap();
    assert!((FORMAT.recognises)(&files));
    let read = read_path(folder.path()).unwrap();
    let found: Vec<_> = read
        .samples
        .iter()
        .map(|sample| (sample.image.split.as_deref(), sample.image.bytes.clone()))
        .collect();
    let file = |name: &str| ImageBytes::File(format!("upload/7/{name}"));
    assert_eq!(found, [(Some("TRAIN"), file("a b.jpg")), (Some("VALIDATION"), file("b.jpg"))]);
    fs::write(folder.path().join("other.json"), "{\"images\": []}").unwrap();
    assert!(!(FORMAT.recognises)(&Files::open(folder.path()).unwrap()));
}

#[test]
fn every_file_of_a_task_is_named() {
    let read = |data: Value| {
        let tasks = json!([{"id": 1, "data": data, "annotations": [label(5)]}]);
        let image = read_json(&tasks).unwrap().samples.remove(0).image;
        let named = |bytes: &ImageBytes| match bytes {
            ImageBytes::Named { field, name } => format!("{field} {name}"),
            other => format!("{other:?}"),
        };
        let further: Vec<_> =
            image.further.iter().map(|file| format!("{} {}", file.name, named(&file.bytes))).collect();
        (named(&image.bytes), further)
    };
    assert_eq!(
        read(json!({"pages": ["/data/upload/7/a.txt", "s3://bucket/7/b.txt"]})),
        ("pages[0] 7/a.txt".to_owned(), vec!["tasks/1/pages/1 pages[1] s3://bucket/7/b.txt".to_owned()])
    );
    assert_eq!(
        read(json!({"left": "/data/upload/7/a.txt", "right": "/data/local-files/?d=x/b.txt"})),
        ("left 7/a.txt".to_owned(), vec!["tasks/1/right right x/b.txt".to_owned()])
    );
    assert_eq!(read(json!({"text": "a sentence"})), ("image ".to_owned(), vec![]));
}

#[test]
fn predictions_are_read_if_the_export_has_them() {
    let result = json!({"id": "p", "type": "choices", "value": {"choices": ["wren"]}});
    let prediction = json!({"id": 9, "model_version": "m-3", "score": 0.5, "result": [result]});
    let read = read_json(&json!([{"id": 1, "data": {}, "annotations": [], "predictions": [prediction, 10]}]))
        .unwrap();
    let found = &read.samples[0].labels[0];
    assert_eq!((found.origin, found.id.as_deref()), (LabelOrigin::Prediction, Some("9")));
    let expected = json!({"class": "wren", "modelVersion": "m-3", "score": 0.5, "regions": [result]});
    assert_eq!(Value::Object(found.fields.clone()), expected);
    assert_eq!(read.skipped.len(), 1);
}

#[test]
fn work_that_was_given_up_is_counted() {
    let mut cancelled = label(3);
    cancelled["was_cancelled"] = json!(true);
    let task = json!({"id": 1, "data": {}, "annotations": [cancelled], "drafts": [{"id": 1}, {"id": 2}]});
    let read = read_json(&json!([task])).unwrap();
    assert_eq!(read.skipped, ["cancelled annotation, 1: 3", "draft, 2: of task 1"]);
    assert!(read.samples[0].labels.is_empty() && read.ids.is_empty());
}

#[test]
fn a_star_and_ids_of_regions_are_no_change() {
    let fields = |annotation: Value| {
        let tasks = json!([{"id": 1, "data": {}, "annotations": [annotation]}]);
        read_json(&tasks).unwrap().samples.remove(0).labels.remove(0).fields
    };
    let mut other = label(1);
    other["ground_truth"] = json!(true);
    other["result"][0]["id"] = json!("zzz");
    other["result"][0]["origin"] = json!("prediction");
    let (one, other) = (fields(label(1)), fields(other));
    assert_eq!(other["groundTruth"], json!(true));
    assert!(is_same(&one, &other));
}

#[test]
fn a_file_that_is_no_export_is_named() {
    for (text, said) in [
        ("[]", "expected tasks, found an empty list"),
        ("{\"tasks\": []}", "expected tasks, found an empty list"),
        (r#"[{"id":1,"data":{"image":"x"},"completions":[]}]"#, "exports of Label Studio before 1.0"),
        (r#"[{"id":1,"image":"x","annotator":1,"annotation_id":2}]"#, "found a JSON-MIN export"),
        (r#"[{"image_id":1,"category_id":2,"bbox":[],"score":0.5}]"#, "found a list of COCO results"),
        (
            r#"{"images":[],"annotations":[],"categories":[]}"#,
            "found a COCO file; import it with --format coco",
        ),
        (r#"[{"data":{"image":"x"},"predictions":[]}]"#, "a task to be imported into Label Studio"),
        (r#"[{"Label":{},"External ID":"x"}]"#, "found an export of Labelbox"),
        ("id,image,label\n1,a.jpg,cat\n", "CSV, TSV, CONLL, YOLO and other conversions"),
        ("-DOCSTART- -X- O\n", "export the project as JSON"),
        (
            r#"[{"id":1,"image":"/data/upload/a.png","label":"wren"}]"#,
            "[0], field data: expected an object, found nothing; export as JSON",
        ),
        (r#"[{"data":{}}]"#, "[0], field id: expected a whole number or a string, found nothing"),
        (
            r#"[{"id":1,"data":{},"annotations":7}]"#,
            "[0], field annotations: expected a list, found a number",
        ),
        (
            r#"[{"id":1,"data":{},"annotations":[{"id":2,"result":[3]}]}]"#,
            "[0], field annotations[0].result[0]: expected an object, found a number",
        ),
        (r#"[{"id":1,"id":2,"data":{}}]"#, "[0]: duplicate name \"id\""),
        (r#"{"tasks":[{"id":1,"data":{}},7]}"#, "[0], field tasks[1]: expected an object, found a number"),
    ] {
        let refused = read_text(text).unwrap_err();
        assert!(refused.contains(said), "{text}: {refused}");
    }
}
