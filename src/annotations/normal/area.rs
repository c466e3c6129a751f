//! The area of a label, which COCO writes beside its shape and most other formats do not have.

use serde_json::{Map, Value};

use crate::annotations::geometry;
use crate::annotations::model::Shape;
use crate::annotations::model::fields::{BBOX, ROTATION, SEGMENTATION};

/// The field.
pub(super) const AREA: &str = "area";

/// The largest error of each side of a rectangle, in pixels: tools round the sides and the area.
const ROUNDING: f64 = 0.01;

/// Returns true if an area says nothing that the shape does not say: it is that of the rectangle or
/// of the outline, up to rounding.
pub(super) fn is_computed(attributes: &Map<String, Value>, area: &Value) -> bool {
    let Some(area) = area.as_f64() else { return false };
    is_of(attributes, &[BBOX, ROTATION], area) || is_of(attributes, &[SEGMENTATION], area)
}

/// Returns true if an area is that of the shape that these fields alone describe.
fn is_of(attributes: &Map<String, Value>, names: &[&str], area: f64) -> bool {
    let field = |name: &&str| Some(((*name).to_owned(), attributes.get(*name)?.clone()));
    let shape = Shape::of(&names.iter().filter_map(field).collect());
    let Some(bounds) = shape.bounds() else { return false };
    let slack = ROUNDING * (1.0 + bounds.width.abs() + bounds.height.abs());
    (geometry::area(&shape) - area).abs() <= slack
}
