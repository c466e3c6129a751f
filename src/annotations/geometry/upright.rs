//! Upright rectangles.

use super::closeness::{closeness, size};
use crate::annotations::model::{Rectangle, Shape};

/// Returns the bounds with sides that are not negative; `None` without bounds.
pub(super) fn bounds(shape: &Shape) -> Option<Rectangle> {
    let Rectangle { x, y, width, height } = shape.bounds()?;
    Some(Rectangle::between(x, y, x + width, y + height))
}

/// Returns the IoU of the bounds.
pub(super) fn of_bounds(a: &Shape, b: &Shape) -> f64 {
    match (bounds(a), bounds(b)) {
        (Some(a), Some(b)) => overlap(&a, &b),
        _ => 0.0,
    }
}

/// Returns the IoU; the closeness of the corners if both are without area.
pub(super) fn overlap(a: &Rectangle, b: &Rectangle) -> f64 {
    let both = shared_area(a, b);
    let any = a.area() + b.area() - both;
    if any > 0.0 {
        return both / any;
    }
    let corners = |of: &Rectangle| [(of.x, of.y), (of.x + of.width, of.y + of.height)];
    let apart = corners(a).into_iter().zip(corners(b)).map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1));
    closeness(apart.sum::<f64>() / 2.0, size(a, b))
}

/// Returns the area of the intersection.
pub(super) fn shared_area(a: &Rectangle, b: &Rectangle) -> f64 {
    let side = |a1: f64, a2: f64, b1: f64, b2: f64| (a2.min(b2) - a1.max(b1)).max(0.0);
    let width = side(a.x, a.x + a.width, b.x, b.x + b.width);
    width * side(a.y, a.y + a.height, b.y, b.y + b.height)
}

/// Returns the smallest rectangle around two.
pub(super) fn around(a: &Rectangle, b: &Rectangle) -> Rectangle {
    let right = (a.x + a.width).max(b.x + b.width);
    let bottom = (a.y + a.height).max(b.y + b.height);
    Rectangle::between(a.x.min(b.x), a.y.min(b.y), right, bottom)
}
