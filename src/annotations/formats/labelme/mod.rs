//! labelme: one JSON file per image, next to it.
//!
//! Reads the files of all versions of labelme, and those of AnyLabeling and X-AnyLabeling, which
//! have the same form. Images may be in the files themselves. A polygon of several rings is several
//! shapes with one `group_id`, as the converters of labelme take it. The classes are those of
//! `labels.txt`, if there is one, and those of the shapes.

use super::{AnnotationFormat, ReaderOptions};
use crate::annotations::files::Files;
use crate::annotations::reader::{ReadStop, SampleReader};

mod detect;
mod document;
mod held;
mod inputs;
mod masks;
mod output;
mod reader;
mod shapes;
mod writer;

/// labelme.
pub(super) const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "labelme",
    title: "labelme",
    files: &[".json", "labels.txt"],
    recognises,
    reader,
    writer: Some(|_| Box::new(writer::LabelmeWriter::default())),
};

/// The number of files that are examined.
const EXAMINED: usize = 32;

/// Returns true if most of the first JSON files are of labelme.
fn recognises(files: &Files) -> bool {
    let (mut own, mut other) = (0, 0);
    for path in files.ending(".json").take(EXAMINED) {
        if files.get(path).is_some_and(detect::is_labelme) { own += 1 } else { other += 1 }
    }
    own > other
}

fn reader(files: Files, options: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    Ok(Box::new(reader::LabelmeReader::new(files, options)))
}

#[cfg(test)]
mod tests;
