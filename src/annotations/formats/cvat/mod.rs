//! CVAT XML 1.1, for images and for video.
//!
//! Reads `annotations.xml` of tasks, jobs and projects, and the files of Datumaro's exporter. Frames
//! of a video are images named `<video>/frame_000012.PNG`; an object is a label in each frame in
//! which it is seen, with its track as `track_id`. Names and types of attributes are those of the
//! labels in `meta`. Numbers of images and tasks are not stored: each export numbers them again.
//!
//! Writes the form for images; `track_id` and `score` are attributes there.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::{AnnotationFormat, ReaderOptions};
use crate::annotations::files::Files;
use crate::annotations::reader::{ReadStop, SampleReader};

mod held;
mod index;
mod meta;
mod numbers;
mod output;
mod reader;
mod runs;
mod shapes;
mod skeletons;
mod specs;
mod writer;

/// CVAT.
pub(super) const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "cvat",
    title: "CVAT XML",
    files: &[".xml"],
    recognises,
    reader,
    writer: Some(|_| Box::new(writer::CvatWriter::default())),
};

/// The bytes of a file that are examined.
const HEAD: u64 = 4 * 1024;
/// The number of files that are examined.
const EXAMINED: usize = 32;

/// Returns true if the first XML files are of CVAT, but for some of other tools.
fn recognises(files: &Files) -> bool {
    let (mut own, mut other) = (0, 0);
    for path in files.ending(".xml").take(EXAMINED) {
        if files.get(path).is_some_and(is_cvat) { own += 1 } else { other += 1 }
    }
    own > other
}

/// Returns true if a document begins as those of CVAT.
fn is_cvat(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    let has = |wanted: &str| head.windows(wanted.len()).any(|window| window == wanted.as_bytes());
    let first = head.windows(2).position(|pair| pair[0] == b'<' && pair[1].is_ascii_alphabetic());
    let is_root = first.and_then(|at| head.get(at..)).is_some_and(|root| root.starts_with(b"<annotations"));
    read.is_ok()
        && is_root
        && ["<version>1.", "<meta>", "<meta ", "<image id=", "<track id="].into_iter().any(has)
}

fn reader(files: Files, options: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    Ok(Box::new(reader::CvatReader::new(files, options)))
}

#[cfg(test)]
mod tests;
