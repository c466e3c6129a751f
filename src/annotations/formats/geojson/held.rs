//! The fields of labels that features hold.

use super::properties::IMAGES;
use super::sample::GEOMETRY;
use super::shape::SHAPE;
use crate::annotations::held::{HeldFields, HeldNames, HeldShape, MadeFor, ShapeForm, ValueType};
use crate::annotations::model::fields::{BBOX, CAPTION, CLASS, ROTATION, SCORE, TRACK_ID};

/// The properties that attributes cannot have.
pub(super) const RESERVED: [&str; 13] = [
    CLASS,
    SCORE,
    TRACK_ID,
    CAPTION,
    SHAPE,
    BBOX,
    ROTATION,
    GEOMETRY,
    "visibility",
    "stemma",
    "feature_id",
    "feat_id",
    "fid",
];

/// Returns the fields that are properties of a feature. The member for all others is lost in the
/// exports of other programs.
pub(super) fn held() -> HeldFields {
    let shapes = [
        HeldShape::Box,
        HeldShape::Rotated,
        HeldShape::Corners,
        HeldShape::Polygons,
        HeldShape::Polyline,
        HeldShape::Keypoints,
    ];
    let fields = HeldNames::only([CAPTION, CLASS, SCORE, TRACK_ID])
        .with_type(CAPTION, ValueType::Text)
        .with_type(SCORE, ValueType::Number)
        .with_type(TRACK_ID, ValueType::Number)
        .with_type(TRACK_ID, ValueType::Text);
    let attributes = HeldNames::all().without(&RESERVED).without(&IMAGES);
    HeldFields::of(ShapeForm::One, shapes, fields, attributes).with_made(GEOMETRY, MadeFor::Any)
}
