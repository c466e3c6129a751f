//! COCO annotation files, and their relatives: LVIS, panoptic and video files, and lists of results.
//!
//! Files of any size are read: one pass indexes the lists, in any order, then the elements of each
//! image are read by their positions.

use std::sync::Arc;

use crate::annotations::files::Files;
use crate::annotations::formats::shared::image_files::ImageFiles;
use crate::annotations::formats::{AnnotationFormat, ReaderOptions, WriterOptions};
use crate::annotations::reader::{ReadStop, SampleReader};
use crate::annotations::writer::SampleWriter;
use detect::{DocumentKind, kind_of};

mod catalogue;
mod categories;
mod computed;
mod contents;
mod detect;
mod document;
mod images;
mod inputs;
mod labels;
mod own;
mod panoptic;
mod pass;
mod reader;
mod regions;
mod text;
mod video;
mod writer;
mod written_classes;

/// COCO.
pub const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "coco",
    title: "COCO",
    files: &[".json"],
    recognises,
    reader,
    writer: Some(writer),
};

fn writer(options: &WriterOptions) -> Box<dyn SampleWriter> {
    match options.variant.as_deref() {
        Some("video") => Box::new(video::VideoWriter::default()),
        Some("panoptic") => Box::new(panoptic::PanopticWriter::default()),
        _ => Box::new(writer::CocoWriter::default()),
    }
}

fn recognises(files: &Files) -> bool {
    let is_coco = |path: &str| files.get(path).is_some_and(|file| kind_of(file) != DocumentKind::Other);
    let documents = inputs::documents(files);
    !documents.is_empty() && documents.into_iter().all(is_coco)
}

/// Returns the COCO files of a folder that has none of the layouts which are read.
pub(super) fn documents_elsewhere(files: &Files) -> Vec<&str> {
    if inputs::documents(files).is_empty() { inputs::all_documents(files) } else { Vec::new() }
}

fn reader(files: Files, options: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    let images = Arc::new(ImageFiles::of(&files));
    let (inputs, others) = (inputs::open(&files, &images, options)?, inputs::others(&files));
    Ok(Box::new(reader::CocoReader::new(inputs, images, others)))
}

#[cfg(test)]
mod tests;
