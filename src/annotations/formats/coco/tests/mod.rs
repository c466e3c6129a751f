//! Readers of COCO and its relatives.

mod layouts;
mod oddities;
mod order;
mod relatives;
mod writing;

use std::path::Path;

use serde_json::{Value, json};

use super::FORMAT;
use crate::annotations::files::Files;
use crate::annotations::formats::ReaderOptions;
use crate::annotations::model::{ClassList, Sample};
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};

/// The content of an input.
#[derive(Debug)]
struct ReadContent {
    classes: ClassList,
    samples: Vec<Sample>,
    skipped: Skipped,
    ids: Vec<(String, String)>,
}

impl ReadContent {
    /// Returns the class and the bbox of each label, by image.
    fn labels(&self) -> Vec<(&str, Value)> {
        let labels = self.samples.iter().flat_map(|sample| {
            sample
                .labels
                .iter()
                .map(|label| (sample.image.name.as_str(), Value::Object(label.fields.clone())))
        });
        labels.collect()
    }
}

fn options(reference: Option<&Path>) -> ReaderOptions {
    ReaderOptions {
        labels_from_folders: false,
        size_of: |_| None,
        reference: reference.map(Path::to_owned),
        variant: None,
    }
}

fn stop(stop: ReadStop) -> String {
    match stop {
        ReadStop::Bad(fault) => fault.to_string(),
        ReadStop::Unreadable(why) => why,
    }
}

/// Reads an input to its end.
fn read_path(path: &Path, reference: Option<&Path>) -> Result<ReadContent, String> {
    let files = Files::open(path).map_err(|reason| reason.at(1).to_string())?;
    let mut reader = (FORMAT.reader)(files, &options(reference)).map_err(stop)?;
    read(reader.as_mut()).map_err(stop)
}

fn read(reader: &mut dyn SampleReader) -> Result<ReadContent, ReadStop> {
    let mut ids = Vec::new();
    let classes = reader.classes()?;
    reader.ids(&mut |image, id| ids.push((image.to_owned(), id.to_owned())))?;
    let (mut samples, mut last) = (Vec::new(), 0);
    while let Some(sample) = reader.next()? {
        samples.push(sample);
        let (done, all) = reader.progress();
        assert!(done >= last && done <= all.unwrap(), "{last} {done} {all:?}");
        last = done;
    }
    assert!(reader.next()?.is_none());
    let labelled = samples.iter().flat_map(|sample| {
        let ids = sample.labels.iter().filter_map(|label| label.id.clone());
        ids.map(|id| (sample.image.name.clone(), id))
    });
    let expected: Vec<(String, String)> = labelled.collect();
    let is_joined = samples.iter().flat_map(|sample| &sample.labels).any(|label| label.exported.is_some());
    assert!(ids == expected || is_joined, "{ids:?} {expected:?}");
    Ok(ReadContent { classes, samples, skipped: reader.skipped(), ids })
}

/// Reads one document as `instances.json`.
fn read_text(text: &str) -> Result<ReadContent, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("instances.json");
    std::fs::write(&path, text).unwrap();
    read_path(&path, None)
}

fn read_json(document: &Value) -> Result<ReadContent, String> {
    read_text(&document.to_string())
}

/// Returns a document with two images, two categories and these annotations.
fn document(annotations: &Value) -> Value {
    json!({
        "images": [
            {"id": 1, "file_name": "a.jpg", "width": 64, "height": 48},
            {"id": 2, "file_name": "b.jpg", "width": 64, "height": 48},
        ],
        "annotations": annotations,
        "categories": [
            {"id": 2, "name": "dog", "supercategory": "animal"},
            {"id": 1, "name": "cat", "supercategory": "animal"},
        ],
    })
}
