//! Videos: each frame is an image, and an object has a label in each frame in which it is seen.

mod order;
mod reader;
mod tracks;
mod writer;

use serde_json::Value;

use crate::annotations::model::fields::{BBOX, KEYPOINTS, SCORE, SEGMENTATION};

pub(super) use reader::{frame_names, frames, labels};
pub(super) use writer::VideoWriter;

const FILE_NAMES: &str = "file_names";
const VIDEO_ID: &str = "video_id";
const FRAME_INDEX: &str = "frame_index";
/// What an export of ours says about each frame of a video or an annotation, in the object `stemma`.
const FRAMES: &str = "frames";

/// The lists of an annotation with one entry a frame, and the field of a label in one frame.
const PER_FRAME: [(&str, &str); 8] = [
    ("segmentations", SEGMENTATION),
    ("bboxes", BBOX),
    ("areas", "area"),
    ("keypoints", KEYPOINTS),
    ("scores", SCORE),
    ("occlusion", "occlusion"),
    ("visibility", "visibility"),
    ("iscrowds", "iscrowd"),
];

/// Returns true if an object is seen in a frame in which a field has this value.
fn is_seen(field: &str, value: &Value) -> bool {
    matches!(field, SEGMENTATION | BBOX | KEYPOINTS) && !matches!(value, Value::Null | Value::Bool(_))
}

#[cfg(test)]
mod tests;
