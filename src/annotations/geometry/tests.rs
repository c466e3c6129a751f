use proptest::prelude::*;

use super::super::model::{Mask, Rectangle, Shape};
use super::{area, overlap, reach};

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
        (0_u64..100, 1_u64..50).prop_map(|(start, length)| Shape::Span(start, start + length)),
        prop::collection::vec(number(), 6..=6).prop_map(Shape::Polyline),
    ]
}

proptest! {
    #[test]
    fn overlap_is_a_share_and_symmetric(a in shape(), b in shape()) {
        let there = overlap(&a, &b);
        prop_assert!((0.0..=1.0).contains(&there));
        prop_assert!((there - overlap(&b, &a)).abs() < 0.03, "{there} {}", overlap(&b, &a));
        prop_assert!((overlap(&a, &a.clone()) - 1.0).abs() < 1e-12);
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
