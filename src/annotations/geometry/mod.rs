//! Overlap of shapes, from 0 (apart) to 1 (the same).
//!
//! Areas are compared by intersection over union (IoU), lines and points by their distance in
//! relation to their size. All results are finite; shapes with numbers that are not finite, or so
//! large that areas overflow, overlap with none but an equal one.

mod closeness;
mod columns;
mod convex;
mod distance;
mod upright;

use super::model::{Rectangle, Shape};

/// Returns the overlap of two shapes.
///
/// | Shapes | Measure | Error |
/// |---|---|---|
/// | boxes | IoU | exact |
/// | rotated boxes, four corners | IoU of the convex hulls | exact |
/// | a box and a rotated box | the larger of that IoU and the IoU of the bounds, because formats without rotation keep either | exact |
/// | masks of one size | IoU of the run lengths | exact |
/// | polygons and rotated boxes with each other | IoU in 256 columns | about 1 % |
/// | a mask and a polygon or rotated box, masks of two sizes | IoU in the columns of pixels, at most 512 | one column at either side |
/// | a box and a polygon, mask, line or points | IoU of the bounds: the box surrounds the same object | exact |
/// | lines | mean distance, in relation to the diagonal | chords of 64 points |
/// | keypoints | mean over the points that are visible in one of both | exact |
/// | spans of a text | IoU of the characters | exact |
/// | no shape and no shape | 1 | |
///
/// Several polygons are their union; each is filled by the even-odd rule. Shapes without area, such
/// as a box of width 0, are compared by the distance of their corners.
#[must_use]
pub fn overlap(a: &Shape, b: &Shape) -> f64 {
    if a == b {
        return 1.0;
    }
    let overlap = match (a, b) {
        (Shape::Whole, _) | (_, Shape::Whole) => 0.0,
        (Shape::Span(a1, a2), Shape::Span(b1, b2)) => spans((*a1, *a2), (*b1, *b2)),
        (Shape::Span(..), _) | (_, Shape::Span(..)) => 0.0,
        (Shape::Keypoints(a), Shape::Keypoints(b)) => distance::of_keypoints(a, b),
        (Shape::Polyline(a), Shape::Polyline(b)) => distance::of_lines(a, b),
        (Shape::Mask(one), Shape::Mask(other)) => columns::of_masks(one, other),
        _ => match (kind(a), kind(b)) {
            (Kind::Turned, Kind::Turned) => convex::overlap(a, b),
            (Kind::Upright, Kind::Turned) | (Kind::Turned, Kind::Upright) => {
                convex::overlap(a, b).max(upright::of_bounds(a, b))
            }
            (Kind::Free | Kind::Turned, Kind::Free | Kind::Turned) => columns::overlap(a, b),
            _ => upright::of_bounds(a, b),
        },
    };
    if overlap.is_finite() { overlap.clamp(0.0, 1.0) } else { 0.0 }
}

/// Returns the area in square pixels; 0 for shapes without area. The areas of several polygons are
/// added, and a polygon that crosses itself counts its loops with their sign.
#[must_use]
pub fn area(shape: &Shape) -> f64 {
    let area = match shape {
        Shape::Box(rectangle) | Shape::Rotated(rectangle, _) => rectangle.area().abs(),
        Shape::Corners(corners) => convex::area(&convex::hull(corners)),
        Shape::Polygons(polygons) => polygons.iter().map(|polygon| convex::area_of_ring(polygon)).sum(),
        #[expect(clippy::cast_precision_loss, reason = "pixels of an image are far below 2^53")]
        Shape::Mask(mask) => mask.area() as f64,
        Shape::Whole | Shape::Polyline(_) | Shape::Keypoints(_) | Shape::Span(..) => 0.0,
    };
    if area.is_finite() { area } else { 0.0 }
}

/// Returns a rectangle such that shapes whose rectangles do not touch overlap by less than a half;
/// `None` for a shape that overlaps with none but an equal one.
#[must_use]
pub fn reach(shape: &Shape) -> Option<Rectangle> {
    #[expect(clippy::cast_precision_loss, reason = "positions in a text are far below 2^53")]
    if let Shape::Span(start, end) = shape {
        return Some(Rectangle::between(*start as f64, 0.0, *end as f64, 1.0));
    }
    let bounds = upright::bounds(shape)?;
    let is_thin = matches!(shape, Shape::Polyline(_) | Shape::Keypoints(_)) || area(shape) == 0.0;
    // Shapes that are compared by distance overlap by a half at a quarter of their size.
    let margin = if is_thin { closeness::size(&bounds, &bounds) / 4.0 } else { 0.0 };
    let Rectangle { x, y, width, height } = bounds;
    let reach = Rectangle::between(x - margin, y - margin, x + width + margin, y + height + margin);
    [reach.x, reach.y, reach.width, reach.height].iter().all(|side| side.is_finite()).then_some(reach)
}

/// Returns an upper limit of the overlap of two shapes, which is found faster: the area that their
/// bounds share, of the larger area. 1 for shapes that are not compared by areas of any form, and
/// for a mask and another shape, which are compared by pixels. A ring that winds around the same
/// area several times may overlap by more.
#[must_use]
pub fn limit(a: &Shape, b: &Shape) -> f64 {
    let is_area = |shape: &Shape| matches!(kind(shape), Kind::Free | Kind::Turned);
    if matches!(a, Shape::Mask(_)) != matches!(b, Shape::Mask(_)) {
        return 1.0;
    }
    let (true, true, Some(a_bounds), Some(b_bounds)) = (is_area(a), is_area(b), a.bounds(), b.bounds())
    else {
        return 1.0;
    };
    let least_area = |shape: &Shape, bounds: &Rectangle| largest_ring(shape).min(bounds.area().abs());
    let larger = least_area(a, &a_bounds).max(least_area(b, &b_bounds));
    let shared = upright::shared_area(&a_bounds, &b_bounds);
    // Areas in columns are not exact.
    if larger > 0.0 && shared.is_finite() { (shared / larger * 1.05).min(1.0) } else { 1.0 }
}

/// Returns an area that the shape has at least.
fn largest_ring(shape: &Shape) -> f64 {
    match shape {
        Shape::Polygons(rings) => rings.iter().map(|ring| convex::area_of_ring(ring)).fold(0.0, f64::max),
        other => area(other),
    }
}

enum Kind {
    Upright,
    Turned,
    Free,
    Thin,
}

fn kind(shape: &Shape) -> Kind {
    match shape {
        Shape::Box(_) => Kind::Upright,
        Shape::Rotated(..) | Shape::Corners(_) => Kind::Turned,
        Shape::Polygons(_) | Shape::Mask(_) => Kind::Free,
        Shape::Polyline(_) | Shape::Keypoints(_) | Shape::Whole | Shape::Span(..) => Kind::Thin,
    }
}

fn spans(a: (u64, u64), b: (u64, u64)) -> f64 {
    let ordered = |(start, end): (u64, u64)| (start.min(end), start.max(end));
    let ((a1, a2), (b1, b2)) = (ordered(a), ordered(b));
    let both = a2.min(b2).saturating_sub(a1.max(b1));
    let any = (a2 - a1) + (b2 - b1) - both;
    #[expect(clippy::cast_precision_loss, reason = "a ratio is not exact")]
    if any == 0 { 0.0 } else { both as f64 / any as f64 }
}

#[cfg(test)]
mod tests;
