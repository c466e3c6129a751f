//! Convex polygons: rotated rectangles and their intersection.

use super::upright;
use crate::annotations::model::Shape;

type Point = (f64, f64);

/// Returns the IoU of the convex hulls of two rectangles of any kind.
pub(super) fn overlap(a: &Shape, b: &Shape) -> f64 {
    let (Some(a_corners), Some(b_corners)) = (a.outline(), b.outline()) else { return 0.0 };
    let (one, other) = (hull(&a_corners), hull(&b_corners));
    let both = area(&intersection(&one, &other));
    let any = area(&one) + area(&other) - both;
    if any > 0.0 { both / any } else { upright::of_bounds(a, b) }
}

/// Returns the convex hull of points, `x` and `y` in turn, counter-clockwise in a system whose `y`
/// grows upwards (Andrew's monotone chain).
pub(super) fn hull(points: &[f64]) -> Vec<Point> {
    let mut points: Vec<Point> = points.chunks_exact(2).map(|point| (point[0], point[1])).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let half = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while let [.., before, last] = chain.as_slice() {
                if turn(*before, *last, point) > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut hull = half(&mut points.iter().copied());
    hull.extend(half(&mut points.iter().rev().copied()));
    hull
}

/// Returns the area (Gauss's formula, about the first point).
pub(super) fn area(ring: &[Point]) -> f64 {
    let Some(&first) = ring.first() else { return 0.0 };
    let sum: f64 = ring.windows(2).map(|ends| turn(first, ends[0], ends[1])).sum();
    (sum / 2.0).abs()
}

/// Returns the area of a ring, `x` and `y` in turn.
pub(super) fn area_of_ring(ring: &[f64]) -> f64 {
    area(&ring.chunks_exact(2).map(|point| (point[0], point[1])).collect::<Vec<_>>())
}

/// Clips a convex polygon by another (Sutherland–Hodgman).
fn intersection(subject: &[Point], clip: &[Point]) -> Vec<Point> {
    let mut rest = subject.to_vec();
    for (number, &from) in clip.iter().enumerate() {
        let to = clip[(number + 1) % clip.len()];
        let side = |point: Point| turn(from, to, point);
        let mut kept = Vec::with_capacity(rest.len() + 1);
        for (place, &point) in rest.iter().enumerate() {
            let before = rest[(place + rest.len() - 1) % rest.len()];
            let (side_before, side_here) = (side(before), side(point));
            if (side_before < 0.0) != (side_here < 0.0) {
                let part = side_before / (side_before - side_here);
                kept.push((before.0 + (point.0 - before.0) * part, before.1 + (point.1 - before.1) * part));
            }
            if side_here >= 0.0 {
                kept.push(point);
            }
        }
        rest = kept;
    }
    rest
}

/// Returns twice the signed area of a triangle: positive for a left turn.
fn turn(a: Point, b: Point, c: Point) -> f64 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}
