//! The reader and the writer of VIA's JSON.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::FORMAT;
use crate::annotations::files::Files;
use crate::annotations::formats::{ReaderOptions, WriterOptions};
use crate::annotations::model::{ClassList, Sample};
use crate::annotations::reader::{ReadStop, Skipped};
use crate::annotations::writer::{Output, SetInfo};

fn read(dir: &Path, variant: Option<&str>) -> Result<(ClassList, Vec<Sample>), String> {
    let stop = |stop| match stop {
        ReadStop::Bad(fault) => fault.to_string(),
        ReadStop::Unreadable(why) => why,
    };
    let variant = variant.map(str::to_owned);
    let options = ReaderOptions { labels_from_folders: false, size_of: |_| None, reference: None, variant };
    let mut reader = (FORMAT.reader)(Files::open(dir).unwrap(), &options).map_err(stop)?;
    let classes = reader.classes().map_err(stop)?;
    let mut samples = Vec::new();
    while let Some(sample) = reader.next().map_err(stop)? {
        samples.push(sample);
    }
    Ok((classes, samples))
}

fn content(samples: &[Sample]) -> Vec<Value> {
    let one = |sample: &Sample| {
        let labels: Vec<_> = sample.labels.iter().map(|label| &label.fields).collect();
        json!([sample.image.name, sample.image.split, sample.image.fields, labels])
    };
    samples.iter().map(one).collect()
}

fn entries() -> Value {
    json!({
        "a.jpg77": {"filename": "a.jpg", "size": 77, "file_attributes": {"caption": "pond"}, "regions": [
            {"shape_attributes": {"name": "rect", "x": 1, "y": 2, "width": 3, "height": 4},
             "region_attributes": {"bird": "wren", "class": "a"}},
            {"shape_attributes": {"name": "ellipse", "cx": 9, "cy": 9, "rx": 2, "ry": 1, "theta": 0.5}, "region_attributes": {}},
        ]},
        "b.jpg-1": {"filename": "b.jpg", "size": -1, "file_attributes": {}, "regions": {
            "10": {"shape_attributes": {"name": "point", "cx": 1, "cy": 1}, "region_attributes": {"class": {"a": true, "b": true}}},
            "2": {"shape_attributes": {"name": "polygon", "all_points_x": [1, 2, 3], "all_points_y": [1, 2, 1]},
                  "region_attributes": {"class": "b"}},
        }},
    })
}

struct Folder<'a>(&'a Path);

impl Output for Folder<'_> {
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        fs::write(self.0.join(path), bytes)
    }
}

#[test]
fn exports_and_projects_are_read_and_written() {
    let project = json!({
        "_via_settings": {}, "_via_img_metadata": entries(),
        "_via_attributes": {"region": {"class": {"type": "dropdown", "options": {"a": "", "b": "", "c": ""}}}, "file": {}},
    });
    let mut all = Vec::new();
    for (document, classes) in [(entries(), vec!["a", "b"]), (project, vec!["a", "b", "c"])] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("via_train.json"), document.to_string()).unwrap();
        assert!((FORMAT.recognises)(&Files::open(dir.path()).unwrap()));
        let (found, samples) = read(dir.path(), None).unwrap();
        assert_eq!(found, ClassList::of_names(classes));
        let read = content(&samples);
        assert_eq!(read[0][1], "TRAIN");
        assert_eq!(
            read[0][3][0],
            json!({"class": "a", "bbox": [1.0, 2.0, 3.0, 4.0], "attributes": {"bird": "wren"}})
        );
        assert_eq!(read[1][3][0]["segmentation"], json!([[1.0, 1.0, 2.0, 2.0, 3.0, 1.0]]));
        assert_eq!(read[1][3][1]["class"], json!(["a", "b"]));
        all.push((found, samples));
    }
    let (classes, samples) = &all[0];
    let dir = tempfile::tempdir().unwrap();
    let mut writer = FORMAT.writer.unwrap()(&WriterOptions::default());
    let (mut left_out, mut out) = (Skipped::default(), Folder(dir.path()));
    let set = SetInfo {
        name: String::new(),
        version: String::new(),
        committed_at: String::new(),
        splits: Vec::new(),
    };
    writer.begin(&set, classes, &mut left_out, &mut out).unwrap();
    for sample in samples {
        writer.sample(sample, &mut left_out, &mut out).unwrap();
    }
    writer.end(&left_out, &mut out).unwrap();
    assert_eq!(left_out, Skipped::default());
    let (again, written) = read(dir.path(), None).unwrap();
    assert_eq!((&again, content(&written)), (classes, content(samples)));
}

#[test]
fn bad_regions_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.json");
    for (change, said) in [
        (
            ("\"rect\"", "\"cube\""),
            "a.json, a.jpg77.regions[0], field shape_attributes.name: expected `rect`",
        ),
        (
            ("\"filename\":\"b.jpg\"", "\"filename\":\"a.jpg\""),
            "a.json, b.jpg-1, field filename: \"a.jpg\" is also",
        ),
        (("\"class\"", "\"colour\""), "a.json: expected an attribute of the regions that is their class"),
    ] {
        fs::write(&path, entries().to_string().replace(change.0, change.1)).unwrap();
        let why = read(dir.path(), None).unwrap_err();
        assert!(why.contains(said), "{why}");
    }
    assert!(read(dir.path(), Some("via:bird")).is_ok());
    for other in
        ["{\"images\": [], \"regions\": 1, \"filename\": 1, \"size\": 1, \"file_attributes\": 1}", "[]", "{}"]
    {
        fs::write(&path, other).unwrap();
        assert!(!(FORMAT.recognises)(&Files::open(dir.path()).unwrap()), "{other}");
    }
}
