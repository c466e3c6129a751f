//! The fields of labels that shapes hold.

use super::shapes::{GROUP, TYPE};
use crate::annotations::held::{HeldFields, HeldNames, HeldShape, MadeFor, ShapeForm, ValueType};
use crate::annotations::model::fields::{CLASS, SCORE, TRACK_ID};

/// Returns the fields of a shape. Further fields of it are attributes.
pub(super) fn held() -> HeldFields {
    let shapes = [
        HeldShape::Box,
        HeldShape::Corners,
        HeldShape::Polygons,
        HeldShape::Mask,
        HeldShape::Polyline,
        HeldShape::Points,
    ];
    let fields = HeldNames::only([CLASS, SCORE, TRACK_ID])
        .with_type(SCORE, ValueType::Number)
        .with_type(TRACK_ID, ValueType::Integer)
        .with_type(TRACK_ID, ValueType::Text);
    let attributes = HeldNames::all()
        .without(&["label", "points", "mask", TYPE, SCORE, TRACK_ID])
        .with_type(GROUP, ValueType::Integer)
        .with_type("flags", ValueType::Object)
        .with_type("description", ValueType::Text);
    HeldFields::of(ShapeForm::One, shapes, fields, attributes).with_made(GROUP, MadeFor::SeveralPolygons)
}
