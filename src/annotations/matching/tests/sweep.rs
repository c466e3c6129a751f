//! The sweep, compared with all pairs.

use proptest::prelude::*;

use crate::annotations::matching::{extent, sweep};
use crate::annotations::model::Rectangle;

fn rectangles() -> impl Strategy<Value = Vec<(usize, Rectangle)>> {
    let side = || (0_u8..30).prop_map(f64::from);
    let rectangle = (side(), side(), side(), side()).prop_map(|(x, y, width, height)| Rectangle {
        x,
        y: y * 4.0,
        width,
        height,
    });
    prop::collection::vec(rectangle, 0..12).prop_map(|list| list.into_iter().enumerate().collect())
}

proptest! {
    #[test]
    fn the_sweep_meets_each_pair_that_touches_once(a in rectangles(), b in rectangles()) {
        let mut expected = Vec::new();
        for (one, left) in &a {
            let touching = b.iter().filter(|(_, right)| extent::touch(left, right));
            expected.extend(touching.map(|(other, _)| (*one, *other)));
        }
        let mut met = Vec::new();
        sweep::visit_touching(&a, &b, |one, other| met.push((one, other)));
        met.sort_unstable();
        prop_assert_eq!(met, expected);
    }
}
