//! Pairs of rectangles that touch, by a sweep along one axis.

use super::extent::touch;
use crate::annotations::model::Rectangle;

/// Calls `visit` for each pair of rectangles that touch, one of either list.
pub(super) fn visit_touching(
    a: &[(usize, Rectangle)],
    b: &[(usize, Rectangle)],
    mut visit: impl FnMut(usize, usize),
) {
    let axis = if is_denser_along_x(a, b) { range_y } else { range_x };
    let by_start = |list: &[(usize, Rectangle)]| {
        let mut list = list.to_vec();
        list.sort_by(|one, other| axis(&one.1).0.total_cmp(&axis(&other.1).0));
        list
    };
    let (a, b) = (by_start(a), by_start(b));
    let (mut a_active, mut b_active) = (Vec::new(), Vec::new());
    let (mut a_next, mut b_next) = (0, 0);
    while a_next < a.len() || b_next < b.len() {
        let is_a = match (a.get(a_next), b.get(b_next)) {
            (Some(one), Some(other)) => axis(&one.1).0 <= axis(&other.1).0,
            (one, _) => one.is_some(),
        };
        let (current, others) = if is_a { (a[a_next], &mut b_active) } else { (b[b_next], &mut a_active) };
        let start = axis(&current.1).0;
        others.retain(|(_, other): &(usize, Rectangle)| axis(other).1 >= start);
        for (place, other) in others.iter() {
            if touch(&current.1, other) {
                if is_a { visit(current.0, *place) } else { visit(*place, current.0) }
            }
        }
        if is_a {
            a_active.push(current);
            a_next += 1;
        } else {
            b_active.push(current);
            b_next += 1;
        }
    }
}

fn range_x(of: &Rectangle) -> (f64, f64) {
    (of.x, of.x + of.width)
}

fn range_y(of: &Rectangle) -> (f64, f64) {
    (of.y, of.y + of.height)
}

/// Returns true if a sweep along x meets more rectangles at a time than one along y.
fn is_denser_along_x(a: &[(usize, Rectangle)], b: &[(usize, Rectangle)]) -> bool {
    let density = |axis: fn(&Rectangle) -> (f64, f64)| {
        let (mut first, mut last, mut sum) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
        for (_, rectangle) in a.iter().chain(b) {
            let (start, end) = axis(rectangle);
            (first, last, sum) = (first.min(start), last.max(end), sum + (end - start));
        }
        sum / (last - first).max(f64::MIN_POSITIVE)
    };
    density(range_x) > density(range_y)
}
