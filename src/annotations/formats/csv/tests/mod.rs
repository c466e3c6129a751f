//! Readers and writers of tables.

mod reading;
mod round_trip;

use std::fs;
use std::path::Path;

use super::FORMAT;
use crate::annotations::files::Files;
use crate::annotations::formats::ReaderOptions;
use crate::annotations::model::{ClassList, Sample};
use crate::annotations::reader::{ReadStop, Skipped};

/// The content of an input.
#[derive(Debug)]
struct ReadContent {
    classes: ClassList,
    samples: Vec<Sample>,
    skipped: Skipped,
}

impl ReadContent {
    fn skipped(&self) -> Vec<(&str, u64)> {
        self.skipped.all().map(|(what, count, _)| (what, count)).collect()
    }
}

/// Writes files to a folder.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
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
        size_of: |path| path.ends_with("bad.jpg").then_some((0, 0)).xor(Some((200, 100))),
        reference: None,
        variant: variant.map(str::to_owned),
    };
    let files = Files::open(path).map_err(|reason| reason.at(1).to_string())?;
    let mut reader = (FORMAT.reader)(files, &options).map_err(stop)?;
    let classes = reader.classes().map_err(stop)?;
    let mut samples = Vec::new();
    while let Some(sample) = reader.next().map_err(stop)? {
        samples.push(sample);
        let (done, all) = reader.progress();
        assert!(done <= all.unwrap());
    }
    Ok(ReadContent { classes, samples, skipped: reader.skipped() })
}

/// Reads one table.
fn read_text(text: &str, variant: Option<&str>) -> Result<ReadContent, String> {
    let dir = folder(&[("labels.csv", text)]);
    read_path(&dir.path().join("labels.csv"), variant)
}

/// Returns true if a folder with these files is recognised.
fn is_recognised(files: &[(&str, &str)]) -> bool {
    let dir = folder(files);
    (FORMAT.recognises)(&Files::open(dir.path()).unwrap())
}
