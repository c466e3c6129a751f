//! The names of columns.

use crate::annotations::model::fields::{
    BBOX, CAPTION, CORNERS, KEYPOINTS, POLYLINE, ROTATION, SCORE, SEGMENTATION, TRACK_ID,
};

/// Columns of the class of an image, the first that occurs.
pub(crate) const CLASSES: [&str; 7] =
    ["label", "labels", "class", "classes", "category", "categories", "fine_label"];
/// Columns of sentences about an image.
pub(crate) const CAPTIONS: [&str; 3] = ["text", CAPTION, "captions"];
/// Columns of objects.
pub(crate) const OBJECTS: [&str; 3] = ["objects", "annotations", "faces"];
/// Columns of rectangles.
pub(crate) const BOXES: [&str; 3] = [BBOX, "bboxes", "boxes"];
/// Columns of the class of an object.
pub(crate) const OBJECT_CLASSES: [&str; 7] =
    ["category", "categories", "label", "labels", "class", "classes", "category_id"];
/// Columns of the id of an object.
pub(crate) const IDS: [&str; 3] = ["id", "bbox_id", "object_id"];
/// Columns that are fields of the model, or of COCO.
pub(crate) const FIELDS: [&str; 10] =
    ["area", "iscrowd", SCORE, TRACK_ID, SEGMENTATION, KEYPOINTS, ROTATION, CORNERS, POLYLINE, CAPTION];
