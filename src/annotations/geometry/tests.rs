use proptest::prelude::*;

use super::super::model::{Mask, Rectangle, Shape};
use super::{area, limit, overlap, reach};

fn rectangle(x: f64, y: f64, width: f64, height: f64) -> Shape {
    Shape::Box(Rectangle { x, y, width, height })
}

fn square(x: f64, y: f64, side: f64) -> Shape {
    Shape::Polygons(vec![vec![x, y, x + side, y, x + side, y + side, x, y + side]])
}

#[track_caller]
fn near(found: f64, expected: f64, error: f64) {
    assert!((found - expected).abs() <= error, "{found} is not {expected}");
}

#[test]
fn overlaps_of_known_shapes() {
    let a = rectangle(0.0, 0.0, 10.0, 10.0);
    near(overlap(&a, &rectangle(5.0, 0.0, 10.0, 10.0)), 1.0 / 3.0, 1e-12);
    near(overlap(&a, &rectangle(20.0, 0.0, 10.0, 10.0)), 0.0, 0.0);
    near(overlap(&square(0.0, 0.0, 10.0), &square(5.0, 0.0, 10.0)), 1.0 / 3.0, 0.02);
    // Two squares, one turned by 45 degrees: an octagon of 8 (√2 - 1) on a side of 2.
    let Rectangle { x, y, width, height } = Rectangle { x: -1.0, y: -1.0, width: 2.0, height: 2.0 };
    let upright = Shape::Rotated(Rectangle { x, y, width, height }, 90.0);
    let turned = Shape::Rotated(Rectangle { x, y, width, height }, 45.0);
    let both = 8.0 * (2.0_f64.sqrt() - 1.0);
    near(overlap(&upright, &turned), both / (8.0 - both), 1e-9);
    // Masks of 4 × 2 pixels: the first column, and the first column's lower half and the second's
    // upper half.
    let one = Shape::Mask(Mask { height: 4, width: 2, counts: vec![0, 4, 4] });
    let other = Shape::Mask(Mask { height: 4, width: 2, counts: vec![2, 4, 2] });
    near(overlap(&one, &other), 1.0 / 3.0, 1e-12);
    near(overlap(&Shape::Span(0, 10), &Shape::Span(5, 15)), 1.0 / 3.0, 1e-12);
    near(overlap(&Shape::Whole, &Shape::Whole), 1.0, 0.0);
    near(overlap(&Shape::Whole, &a), 0.0, 0.0);
}

#[test]
fn areas_of_known_shapes() {
    near(area(&rectangle(1.0, 1.0, 3.0, 4.0)), 12.0, 1e-12);
    near(area(&square(0.0, 0.0, 3.0)), 9.0, 1e-12);
    near(area(&Shape::Corners([0.0, 0.0, 2.0, 0.0, 2.0, 2.0, 0.0, 2.0])), 4.0, 1e-12);
    near(area(&rectangle(0.0, 0.0, f64::NAN, 1.0)), 0.0, 0.0);
}

fn shape() -> impl Strategy<Value = Shape> {
    let number = || 0.0..100.0_f64;
    let side = || 1.0..60.0_f64;
    prop_oneof![
        (number(), number(), side(), side()).prop_map(|(x, y, w, h)| rectangle(x, y, w, h)),
        (number(), number(), side()).prop_map(|(x, y, s)| square(x, y, s)),
        (number(), number(), side(), side(), 1.0..179.0_f64).prop_map(|(x, y, width, height, angle)| {
            Shape::Rotated(Rectangle { x, y, width, height }, angle)
        }),
        prop::collection::vec(number(), 6..=14).prop_map(|mut points| {
            points.truncate(points.len() / 2 * 2);
            Shape::Polygons(vec![points])
        }),
        prop::collection::vec(0_u32..400, 1..12)
            .prop_map(|counts| { Shape::Mask(Mask { height: 50, width: 100, counts }) }),
        prop::collection::vec(prop_oneof![number(), Just(2.0)], 6..=6).prop_map(Shape::Keypoints),
        (0_u64..100, 1_u64..50).prop_map(|(start, length)| Shape::Span(start, start + length)),
        prop::collection::vec(number(), 6..=6).prop_map(Shape::Polyline),
    ]
}

proptest! {
    #[test]
    fn overlap_is_a_share_and_symmetric(a in shape(), b in shape()) {
        let there = overlap(&a, &b);
        prop_assert!((0.0..=1.0).contains(&there));
        prop_assert!((there - overlap(&b, &a)).abs() < 1e-9, "{there} {}", overlap(&b, &a));
        prop_assert!((overlap(&a, &a.clone()) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_limit_hides_no_overlap(a in shape(), b in shape()) {
        let (limit, overlap) = (limit(&a, &b), overlap(&a, &b));
        prop_assert!(limit >= overlap - 0.02 && (limit >= 0.5 || overlap < 0.5), "{limit} {overlap}");
    }

    /// The rectangles of `reach` never hide a pair that overlaps by a half.
    #[test]
    fn shapes_that_overlap_reach_each_other(a in shape(), b in shape()) {
        if overlap(&a, &b) >= 0.5 {
            let (a, b) = (reach(&a).unwrap(), reach(&b).unwrap());
            prop_assert!(a.x <= b.x + b.width && b.x <= a.x + a.width);
            prop_assert!(a.y <= b.y + b.height && b.y <= a.y + a.height);
        }
    }
}

#[test]
fn overlaps_of_shapes_of_different_kinds() {
    // A box surrounds the polygon of its object, although the triangle fills half of it.
    let triangle = Shape::Polygons(vec![vec![0.0, 0.0, 10.0, 0.0, 0.0, 10.0]]);
    let around = rectangle(0.0, 0.0, 10.0, 10.0);
    near(overlap(&triangle, &around), 1.0, 1e-12);
    // A mask of the left half, and the square as a polygon.
    let left = Shape::Mask(Mask { height: 10, width: 10, counts: vec![0, 50, 50] });
    near(overlap(&left, &square(0.0, 0.0, 10.0)), 0.5, 1e-12);
    // A rotated box whose rotation was lost, or that became its bounds.
    let Rectangle { x, y, width, height } = Rectangle { x: 0.0, y: 0.0, width: 40.0, height: 10.0 };
    let turned = Shape::Rotated(Rectangle { x, y, width, height }, 90.0);
    near(overlap(&turned, &rectangle(15.0, -15.0, 10.0, 40.0)), 1.0, 1e-9);
    // The same as four corners, in an order that crosses.
    let corners = Shape::Corners([15.0, -15.0, 25.0, 25.0, 25.0, -15.0, 15.0, 25.0]);
    near(overlap(&turned, &corners), 1.0, 1e-9);
    near(overlap(&Shape::Span(0, 4), &around), 0.0, 0.0);
}

#[test]
fn polygons_are_unions_of_rings_filled_by_the_even_odd_rule() {
    let two = Shape::Polygons(vec![
        vec![0.0, 0.0, 6.0, 0.0, 6.0, 10.0, 0.0, 10.0],
        vec![4.0, 0.0, 10.0, 0.0, 10.0, 10.0, 4.0, 10.0],
    ]);
    near(overlap(&two, &square(0.0, 0.0, 10.0)), 1.0, 1e-9);
    let tall = Shape::Polygons(vec![vec![0.0, 0.0, 10.0, 0.0, 10.0, 20.0, 0.0, 20.0]]);
    near(overlap(&two, &tall), 0.5, 1e-9);
    // A triangle and its square.
    let triangle = Shape::Polygons(vec![vec![0.0, 0.0, 10.0, 0.0, 0.0, 10.0]]);
    near(overlap(&triangle, &square(0.0, 0.0, 10.0)), 0.5, 0.005);
    near(area(&triangle), 50.0, 1e-12);
    // A bow tie: two triangles of a quarter of the square each.
    let bow = Shape::Polygons(vec![vec![0.0, 0.0, 10.0, 10.0, 10.0, 0.0, 0.0, 10.0]]);
    near(overlap(&bow, &square(0.0, 0.0, 10.0)), 0.5, 0.005);
}

#[test]
fn lines_and_points_are_compared_by_distance() {
    let line = |y: f64| Shape::Polyline(vec![0.0, y, 100.0, y]);
    let back = Shape::Polyline(vec![100.0, 10.0, 0.0, 10.0]);
    near(overlap(&line(0.0), &line(10.0)), 0.8, 1e-9);
    near(overlap(&line(0.0), &back), 0.8, 1e-9);
    near(overlap(&line(0.0), &line(60.0)), 0.0, 0.0);
    // Points: one is equal, one is moved by a tenth of the size, one is visible in one of both.
    let points = |x: f64, seen: f64| Shape::Keypoints(vec![0.0, 0.0, 2.0, x, 0.0, 1.0, 5.0, 5.0, seen]);
    near(overlap(&points(100.0, 0.0), &points(90.0, 0.0)), 0.9, 1e-9);
    near(overlap(&points(100.0, 2.0), &points(90.0, 0.0)), 1.8 / 3.0, 1e-3);
    // Two boxes without area.
    near(overlap(&rectangle(0.0, 0.0, 0.0, 100.0), &rectangle(10.0, 0.0, 0.0, 100.0)), 0.8, 1e-9);
}

#[test]
fn numbers_without_meaning_overlap_with_nothing() {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e308];
    let ring = |x: f64| Shape::Polygons(vec![vec![x, 0.0, 1.0, x, x, x]]);
    for x in odd {
        for shape in [
            rectangle(x, 0.0, x, 1.0),
            Shape::Rotated(Rectangle { x, y: 0.0, width: 1.0, height: x }, x),
            Shape::Corners([x; 8]),
            ring(x),
            Shape::Polyline(vec![x, 0.0, 1.0, x]),
            Shape::Keypoints(vec![x, x, 2.0]),
            Shape::Keypoints(vec![1.0]),
            Shape::Polygons(vec![vec![], vec![x]]),
        ] {
            for other in [square(0.0, 0.0, 1.0), rectangle(0.0, 0.0, 1.0, 1.0), shape.clone(), ring(0.5)] {
                assert!((0.0..=1.0).contains(&overlap(&shape, &other)), "{shape:?} {other:?}");
            }
            assert!(area(&shape).is_finite());
            let bounds = reach(&shape);
            assert!(bounds.is_none_or(|bounds| bounds.x.is_finite() && bounds.width.is_finite()));
        }
    }
    // A mask whose runs are longer than its image.
    let long = Shape::Mask(Mask { height: 1, width: u32::MAX, counts: vec![0, u32::MAX, 0, u32::MAX] });
    near(overlap(&long, &square(0.0, 0.0, 1.0)), 0.0, 1e-6);
    let none = Shape::Mask(Mask { height: 0, width: 0, counts: vec![] });
    near(overlap(&none, &long), 0.0, 0.0);
}

/// Returns the shape in another place; `None` for a mask, which is a part of its image.
fn moved(shape: &Shape, dx: f64, dy: f64) -> Option<Shape> {
    let pairs = |points: &[f64]| -> Vec<f64> {
        points.chunks(2).flat_map(|point| [point[0] + dx, point[1] + dy]).collect()
    };
    let of = |of: &Rectangle| Rectangle { x: of.x + dx, y: of.y + dy, ..*of };
    Some(match shape {
        Shape::Mask(_) => return None,
        Shape::Keypoints(points) => Shape::Keypoints(
            points.chunks(3).flat_map(|point| [point[0] + dx, point[1] + dy, point[2]]).collect(),
        ),
        Shape::Box(rectangle) => Shape::Box(of(rectangle)),
        Shape::Rotated(rectangle, angle) => Shape::Rotated(of(rectangle), *angle),
        Shape::Polygons(rings) => Shape::Polygons(rings.iter().map(|ring| pairs(ring)).collect()),
        Shape::Polyline(points) => Shape::Polyline(pairs(points)),
        other => other.clone(),
    })
}

proptest! {
    /// Places are moved by powers of two, so that the numbers are nearly the same ones.
    #[test]
    fn overlap_does_not_depend_on_the_place(a in shape(), b in shape()) {
        if let (Some(moved_a), Some(moved_b)) = (moved(&a, 4096.0, -512.0), moved(&b, 4096.0, -512.0)) {
            let (here, there) = (overlap(&a, &b), overlap(&moved_a, &moved_b));
            prop_assert!((here - there).abs() < 1e-6, "{here} {there}");
        }
    }
}
