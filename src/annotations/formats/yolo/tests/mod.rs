//! The reader and the writer of YOLO.

mod classify;
mod described;
mod lines;
mod written;

use std::fs;
use std::path::Path;

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
}

impl ReadContent {
    /// Returns the names of images, their splits and the number of labels.
    fn images(&self) -> Vec<(&str, Option<&str>, usize)> {
        let image = |sample: &Sample| sample.labels.len();
        self.samples.iter().map(|s| (s.image.name.as_str(), s.image.split.as_deref(), image(s))).collect()
    }

    /// Returns the names of the classes.
    fn names(&self) -> Vec<&str> {
        self.classes.classes.iter().map(|class| class.name.as_str()).collect()
    }

    /// Returns the kinds of skipped entries, with their number and the first one.
    fn skipped(&self) -> Vec<(&str, u64, &str)> {
        self.skipped.all().collect()
    }
}

fn options(variant: Option<&str>, reference: Option<&Path>) -> ReaderOptions {
    ReaderOptions {
        labels_from_folders: false,
        // The tests write `WIDTHxHEIGHT` as bytes of an image.
        size_of: |path| {
            let text = fs::read_to_string(path).ok()?;
            let (width, height) = text.split_once('x')?;
            Some((width.parse().ok()?, height.parse().ok()?))
        },
        reference: reference.map(Path::to_owned),
        variant: variant.map(str::to_owned),
    }
}

fn stop(stop: ReadStop) -> String {
    match stop {
        ReadStop::Bad(fault) => fault.to_string(),
        ReadStop::Unreadable(why) => why,
    }
}

/// Writes files; an image is written as its size.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn recognised(path: &Path) -> bool {
    (FORMAT.recognises)(&Files::open(path).unwrap())
}

fn read_with(path: &Path, options: &ReaderOptions) -> Result<ReadContent, String> {
    let files = Files::open(path).map_err(|reason| reason.at(1).to_string())?;
    let mut reader = (FORMAT.reader)(files, options).map_err(stop)?;
    read(reader.as_mut()).map_err(stop)
}

fn read_path(path: &Path) -> Result<ReadContent, String> {
    read_with(path, &options(None, None))
}

fn read(reader: &mut dyn SampleReader) -> Result<ReadContent, ReadStop> {
    let classes = reader.classes()?;
    let (mut samples, mut last) = (Vec::new(), 0);
    while let Some(sample) = reader.next()? {
        samples.push(sample);
        let (done, all) = reader.progress();
        assert!(done > last && done <= all.unwrap());
        last = done;
    }
    assert!(reader.next()?.is_none());
    Ok(ReadContent { classes, samples, skipped: reader.skipped() })
}

/// Reads the labels of one image of 200 × 100 pixels, with this data file.
fn read_lines(data: &str, lines: &str) -> Result<ReadContent, String> {
    read_path(folder(&[("data.yaml", data), ("images/a.png", "200x100"), ("labels/a.txt", lines)]).path())
}
