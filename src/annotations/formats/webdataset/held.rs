//! The fields of labels that the JSON of a sample holds.

use crate::annotations::formats::huggingface::columns::FIELDS;
use crate::annotations::held::{HeldFields, HeldNames, HeldShape, ShapeForm};
use crate::annotations::model::fields::CLASS;

/// Returns the fields of an object.
pub(super) fn held() -> HeldFields {
    let shapes = [
        HeldShape::Box,
        HeldShape::Rotated,
        HeldShape::Corners,
        HeldShape::Polygons,
        HeldShape::Mask,
        HeldShape::Polyline,
        HeldShape::Keypoints,
    ];
    HeldFields::of(
        ShapeForm::Fields,
        shapes,
        HeldNames::only(FIELDS.into_iter().chain([CLASS])),
        HeldNames::all(),
    )
}
