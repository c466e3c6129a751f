//! Data sets of Hugging Face: folders of images with `metadata.jsonl`, `metadata.csv` or
//! `metadata.parquet`, and Parquet files with the images in a column.
//!
//! The columns are those that `datasets` documents: `file_name` or an image, `label`, `objects` with
//! `bbox` as COCO has it and `category`, `text`. Numbers of a `ClassLabel` become class names.

use crate::annotations::files::Files;
use crate::annotations::formats::{AnnotationFormat, ReaderOptions, WriterOptions};
use crate::annotations::reader::{ReadStop, SampleReader};
use crate::annotations::writer::SampleWriter;

mod card;
pub(super) mod classes;
mod column_types;
pub(super) mod columns;
pub(super) mod features;
mod held;
mod inputs;
mod objects;
mod parquet;
mod reader;
pub(super) mod row;
mod rows;
mod sample;
mod shards;
mod writer;

/// Hugging Face.
pub(super) const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "huggingface",
    title: "Hugging Face",
    files: &["metadata.jsonl", "metadata.csv", ".parquet"],
    recognises: inputs::are_known,
    reader,
    writer: Some(writer),
};

fn reader(files: Files, _: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    Ok(Box::new(reader::HuggingFaceReader::open(files)?))
}

fn writer(options: &WriterOptions) -> Box<dyn SampleWriter> {
    match options.variant.as_deref() {
        Some("parquet") => Box::new(shards::ShardWriter::default()),
        _ => Box::new(writer::HuggingFaceWriter::default()),
    }
}

#[cfg(test)]
mod tests;
