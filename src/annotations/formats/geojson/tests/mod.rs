//! Readers and writers of GeoJSON.

mod reading;
mod round_trip;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::FORMAT;
use crate::annotations::files::Files;
use crate::annotations::formats::ReaderOptions;
use crate::annotations::model::{ClassList, Sample};
use crate::annotations::reader::{ReadStop, Skipped};

#[derive(Debug)]
struct ReadContent {
    classes: ClassList,
    samples: Vec<Sample>,
    skipped: Skipped,
}

impl ReadContent {
    fn labels(&self) -> Vec<(&str, Vec<Value>)> {
        let fields =
            |sample: &Sample| sample.labels.iter().map(|label| Value::Object(label.fields.clone())).collect();
        self.samples.iter().map(|sample| (sample.image.name.as_str(), fields(sample))).collect()
    }
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

fn read_path(path: &Path, variant: Option<&str>) -> Result<ReadContent, String> {
    let stop = |stop| match stop {
        ReadStop::Bad(fault) => fault.to_string(),
        ReadStop::Unreadable(why) => why,
    };
    let options = ReaderOptions {
        labels_from_folders: false,
        size_of: |_| Some((1000, 800)),
        reference: None,
        variant: variant.map(str::to_owned),
    };
    let files = Files::open(path).map_err(|reason| reason.at(1).to_string())?;
    let mut reader = (FORMAT.reader)(files, &options).map_err(stop)?;
    let classes = reader.classes().map_err(stop)?;
    let mut ids = Vec::new();
    reader.ids(&mut |image, id| ids.push(format!("{image} {id}"))).map_err(stop)?;
    let mut samples = Vec::new();
    while let Some(sample) = reader.next().map_err(stop)? {
        samples.push(sample);
        let (done, all) = reader.progress();
        assert!(done <= all.unwrap());
    }
    let with = |sample: &Sample| {
        let ids = sample.labels.iter().filter_map(|label| label.id.clone());
        ids.map(|id| format!("{} {id}", sample.image.name)).collect::<Vec<_>>()
    };
    assert_eq!(ids, samples.iter().flat_map(with).collect::<Vec<_>>());
    Ok(ReadContent { classes, samples, skipped: reader.skipped() })
}

fn collection(features: &[Value]) -> String {
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

fn feature(properties: &Value, kind: &str, coordinates: &Value) -> Value {
    json!({"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}})
}
