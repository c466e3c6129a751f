//! The VGG Image Annotator (VIA): its JSON exports and projects, and the regions that its tables have
//! as well.
//!
//! A document is read as a whole, so it has at most 64 MiB.

mod class;
mod held;
mod reader;
mod shape;
#[cfg(test)]
mod tests;
mod writer;

pub(super) use class::{ClassAttribute, region_attributes};
pub(super) use held::held;
pub(super) use shape::{set_shape, written_shape};

use super::shared::document::{fields_of, head_of};
use super::{AnnotationFormat, ReaderOptions, WriterOptions};
use crate::annotations::files::Files;
use crate::annotations::reader::{ReadStop, SampleReader};
use crate::annotations::writer::SampleWriter;

/// VIA.
pub const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "via",
    title: "VIA",
    files: &[".json"],
    recognises,
    reader,
    writer: Some(writer),
};

/// The most files of a folder that are examined to recognise the format.
const MOST_EXAMINED: usize = 16;

fn recognises(files: &Files) -> bool {
    files.ending(".json").take(MOST_EXAMINED).any(|path| is_via(files, path))
}

/// Returns true if a document is a project or an export of VIA 1 or 2.
fn is_via(files: &Files, path: &str) -> bool {
    let Some(head) = files.get(path).and_then(head_of) else { return false };
    let fields = fields_of(&head);
    if fields.iter().any(|(name, _)| matches!(*name, "_via_img_metadata" | "_via_settings")) {
        return true;
    }
    let is_other = fields
        .iter()
        .any(|(name, _)| matches!(*name, "images" | "categories" | "items" | "features" | "shapes"));
    let has = |name: &str| head.contains(&format!("\"{name}\""));
    !is_other && !fields.is_empty() && ["filename", "size", "regions", "file_attributes"].into_iter().all(has)
}

fn reader(files: Files, options: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    Ok(Box::new(reader::ViaReader::new(files, options)?))
}

fn writer(_: &WriterOptions) -> Box<dyn SampleWriter> {
    Box::new(writer::ViaWriter::default())
}
