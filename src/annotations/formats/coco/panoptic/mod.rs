//! Panoptic files: a document of segments, and a PNG image for each image whose colours are the ids of
//! its segments.

mod masks;
mod segments;
mod writer;

pub(super) use masks::{SegmentFiles, SegmentMasks};
pub(super) use writer::PanopticWriter;

#[cfg(test)]
mod tests;

/// The segments of an image in a panoptic file.
pub(super) const SEGMENTS: &str = "segments_info";
/// The PNG with the masks of the segments.
pub(super) const SEGMENTS_FILE: &str = "segments_file";
/// The colour of a segment in the PNG.
pub(super) const SEGMENT_ID: &str = "segment_id";
