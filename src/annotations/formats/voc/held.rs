//! The fields of labels that objects hold.

use super::objects::{FLAGS, NO_POSE};
use crate::annotations::held::{HeldFields, HeldNames, HeldShape, ShapeForm};
use crate::annotations::model::fields::CLASS;

/// Returns the fields of an object: the class, boxes and polygons, and attributes as texts. Only our
/// own export writes a score and a track.
pub(super) fn held() -> HeldFields {
    let shapes = [HeldShape::Box, HeldShape::Rotated, HeldShape::Polygons];
    let mut attributes = HeldNames::all().as_texts().with_usual("pose", NO_POSE);
    for flag in FLAGS {
        for usual in ["0".into(), serde_json::Value::from(0)] {
            attributes = attributes.with_usual(flag, usual);
        }
    }
    HeldFields::of(ShapeForm::WithBox, shapes, HeldNames::only([CLASS]).as_texts(), attributes)
}
