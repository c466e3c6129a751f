//! Closeness: a measure like the IoU, for shapes without area.

use crate::annotations::model::Rectangle;

/// The size, in pixels, that a shape has at least: a single point has none.
const LEAST_SIZE: f64 = 32.0;

/// Returns 1 for no distance, 0.5 for a quarter of the size, 0 for half of the size and more. A box
/// that is moved by as much along its diagonal has a similar IoU.
pub(super) fn closeness(distance: f64, size: f64) -> f64 {
    (1.0 - 2.0 * distance / size).max(0.0)
}

/// Returns the larger diagonal, at least [`LEAST_SIZE`].
pub(super) fn size(a: &Rectangle, b: &Rectangle) -> f64 {
    a.width.hypot(a.height).max(b.width.hypot(b.height)).max(LEAST_SIZE)
}
