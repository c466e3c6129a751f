//! The fields of labels that regions hold.

use crate::annotations::held::{HeldFields, HeldNames, HeldShape, ShapeForm};
use crate::annotations::model::fields::CLASS;

/// Returns the fields of a region, whose class is the attribute of this name.
pub(in crate::annotations::formats) fn held(class: Option<&str>) -> HeldFields {
    let shapes = [HeldShape::Box, HeldShape::Polygon, HeldShape::Polyline, HeldShape::Points];
    let attributes = HeldNames::all().without(&[CLASS, class.unwrap_or(CLASS)]);
    HeldFields::of(ShapeForm::One, shapes, HeldNames::only([CLASS]), attributes)
}
