//! The writer of YOLO: `data.yaml`, `images/<split>/…` and `labels/<split>/…`.

mod classes;
mod data_yaml;
mod digits;
mod outlines;
mod places;
mod shapes;
mod writer;

pub(super) use writer::YoloWriter;
