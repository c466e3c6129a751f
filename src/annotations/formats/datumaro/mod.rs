//! The JSON format of Datumaro: a file of items for each subset, and the images of each in a folder.
//!
//! ```text
//! annotations/train.json    images/train/a.jpg
//! annotations/val.json      images/val/b.jpg
//! ```
//!
//! What Datumaro has no place for is written in fields of the name `fields`, which it ignores.

mod annotation;
mod categories;
mod held;
mod inputs;
mod item;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

use super::{AnnotationFormat, ReaderOptions, WriterOptions};
use crate::annotations::files::Files;
use crate::annotations::reader::{ReadStop, SampleReader};
use crate::annotations::writer::SampleWriter;

/// Datumaro.
pub const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "datumaro",
    title: "Datumaro",
    files: &[".json"],
    recognises,
    reader,
    writer: Some(writer),
};

fn recognises(files: &Files) -> bool {
    !inputs::documents(files).is_empty()
}

fn reader(files: Files, _: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    Ok(Box::new(reader::DatumaroReader::new(files)?))
}

fn writer(_: &WriterOptions) -> Box<dyn SampleWriter> {
    Box::new(writer::DatumaroWriter::default())
}
