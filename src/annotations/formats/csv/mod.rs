//! Tables of labels as CSV: those of TensorFlow, keras-retinanet, VIA and OpenImages, and tables of
//! classes without shapes.
//!
//! A table is recognised by its header. Fields are separated by `,`, `;` or tabs. Columns that a
//! kind of table does not know become attributes of the labels.

mod boxes;
mod held;
mod inputs;
mod kind;
mod labels;
mod openimages;
mod reader;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod via_rows;
mod writer;

use super::{AnnotationFormat, ReaderOptions, WriterOptions};
use crate::annotations::files::Files;
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};
use crate::annotations::writer::SampleWriter;

/// CSV.
pub const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "csv",
    title: "CSV",
    files: &[".csv", ".tsv"],
    recognises,
    reader,
    writer: Some(writer),
};

/// Returns the variant that may be that of a table which is not recognised.
pub(super) fn possible_variant(files: &Files, path: &str) -> Option<&'static str> {
    inputs::possible_variant(files, path)
}

/// Returns the names of the variants.
pub(super) fn variants() -> String {
    kind::TableKind::ALL.map(kind::TableKind::name).join("`, `")
}

fn recognises(files: &Files) -> bool {
    !inputs::tables(files, None, &mut Skipped::default()).is_empty()
}

fn reader(files: Files, options: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    Ok(Box::new(reader::CsvReader::new(files, options)?))
}

fn writer(options: &WriterOptions) -> Box<dyn SampleWriter> {
    Box::new(writer::CsvWriter::new(options))
}
