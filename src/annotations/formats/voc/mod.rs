//! Pascal VOC: one XML file per image.
//!
//! Reads the layout of VOC (`Annotations`, `JPEGImages`, `ImageSets`), XML files next to their
//! images (Roboflow, labelImg), and polygons and rotated boxes (Roboflow, roLabelImg). Writes the
//! layout of VOC, with `labelmap.txt` as CVAT and Datumaro read it.
//!
//! Coordinates are stored as they are written. Pixels of VOC are counted from 1, but most tools
//! write them from 0, and no file says which; so nothing is subtracted.

use std::fs::File;
use std::io::Read as _;

use super::{AnnotationFormat, ReaderOptions};
use crate::annotations::files::Files;
use crate::annotations::reader::{ReadStop, SampleReader};

mod attributes;
mod document;
mod held;
mod inputs;
mod label_map;
mod objects;
mod output;
mod reader;
mod splits;
mod writer;

/// Pascal VOC.
pub(super) const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "voc",
    title: "Pascal VOC",
    files: &[".xml", "Main/", "Segmentation/", "labelmap.txt"],
    recognises,
    reader,
    writer: Some(|_| Box::new(writer::VocWriter::default())),
};

/// The bytes of a file that are examined.
const HEAD: u64 = 8 * 1024;
/// The number of files that are examined.
const EXAMINED: usize = 32;

/// Returns true if most of the first XML files are annotations of VOC.
fn recognises(files: &Files) -> bool {
    let (mut voc, mut other) = (0, 0);
    for path in files.ending(".xml").take(EXAMINED) {
        match head(files, path) {
            Some(head) if is_voc(&head) => voc += 1,
            Some(head) if head.trim_ascii().is_empty() => {}
            _ => other += 1,
        }
    }
    voc > other
}

fn head(files: &Files, path: &str) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    File::open(files.get(path)?).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    Some(head)
}

/// Returns true if a document begins with `annotation` and has elements of VOC. The XML of the tool
/// LabelMe has the same root.
fn is_voc(head: &[u8]) -> bool {
    let has = |wanted: &str| head.windows(wanted.len()).any(|window| window == wanted.as_bytes());
    let first = head.windows(2).position(|pair| pair[0] == b'<' && pair[1].is_ascii_alphabetic());
    let root = first.and_then(|at| head.get(at + 1..)).unwrap_or_default();
    let is_root = root.strip_prefix(b"annotation").and_then(<[u8]>::first);
    is_root.is_some_and(|next| next.is_ascii_whitespace() || *next == b'>')
        && ["<size>", "<bndbox>", "<robndbox>", "<filename>"].into_iter().any(has)
        && !["<imagesize>", "<sourceImage>", "<pt>", "<username>"].into_iter().any(has)
}

fn reader(files: Files, options: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    Ok(Box::new(reader::VocReader::new(files, options)))
}

#[cfg(test)]
mod tests;
