//! Panoptic files: a document of segments, and a PNG image for each image whose colours are the ids of
//! its segments.

mod masks;
mod segments;
mod writer;

pub(super) use masks::{SegmentFiles, SegmentMasks};
pub(super) use writer::PanopticWriter;

#[cfg(test)]
mod tests;
