//! The writers of YOLO: `data.yaml`, `images/<split>/…` and `labels/<split>/…`, or folders of classes.

mod classes;
mod classify;
mod data_yaml;
mod digits;
mod outlines;
mod places;
mod shapes;
mod writer;

use crate::annotations::formats::WriterOptions;
use crate::annotations::writer::SampleWriter;

/// Creates the writer of a variant.
pub(super) fn writer(options: &WriterOptions) -> Box<dyn SampleWriter> {
    match options.variant.as_deref() {
        Some("classify") => Box::new(classify::ClassifyWriter::default()),
        _ => Box::new(writer::YoloWriter::new(options)),
    }
}
