//! The fields of labels that annotations hold.

use super::annotation::{ELEMENTS, KIND, PLAIN};
use crate::annotations::held::{HeldFields, HeldNames, HeldShape, ShapeForm, ValueType};
use crate::annotations::model::fields::{CLASS, SCORE, TRACK_ID};

/// Returns the fields that Datumaro itself reads and writes. The member for all others is lost in
/// its own exports; captions are annotations without a class.
pub(super) fn held() -> HeldFields {
    let shapes = [
        HeldShape::Box,
        HeldShape::Rotated,
        HeldShape::Polygon,
        HeldShape::Mask,
        HeldShape::Polyline,
        HeldShape::Keypoints,
    ];
    let plain = PLAIN.map(|(name, _)| name);
    let mut fields = HeldNames::only(plain.into_iter().chain([CLASS, SCORE, TRACK_ID, KIND, ELEMENTS]))
        .with_type(SCORE, ValueType::Number)
        .with_type(TRACK_ID, ValueType::Number)
        .with_type(TRACK_ID, ValueType::Text);
    for (name, usual) in PLAIN {
        fields = fields.with_type(name, ValueType::Integer).with_usual(name, usual);
    }
    HeldFields::of(ShapeForm::One, shapes, fields, HeldNames::all())
}
