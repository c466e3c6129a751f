//! Lines and points, which have no area.

use crate::annotations::model::{Rectangle, Shape};

use super::closeness::{closeness, size};
use super::upright;

/// Points at equal distances by which a line is compared.
const SAMPLES: usize = 64;

type Point = (f64, f64);

/// Returns the closeness of two lines, in either direction: the larger of the mean distances from
/// the points of one line to the other line.
pub(super) fn of_lines(a: &[f64], b: &[f64]) -> f64 {
    let (Some(a_bounds), Some(b_bounds)) = (Rectangle::around(a), Rectangle::around(b)) else { return 0.0 };
    let (a, b) = (samples(a), samples(b));
    closeness(mean_distance(&a, &b).max(mean_distance(&b, &a)), size(&a_bounds, &b_bounds))
}

/// Returns the mean closeness of points with visibility, by their order. A point that is visible in
/// one of both only has the closeness 0; one that is absent in both does not count.
pub(super) fn of_keypoints(a: &[f64], b: &[f64]) -> f64 {
    let bounds = |points: &[f64]| upright::bounds(&Shape::Keypoints(points.to_vec()));
    let (Some(a_bounds), Some(b_bounds)) = (bounds(a), bounds(b)) else { return 0.0 };
    let size = size(&a_bounds, &b_bounds);
    let seen = |points: &[f64], number: usize| {
        let point = points.get(3 * number..3 * number + 3)?;
        (point[2] > 0.0).then_some((point[0], point[1]))
    };
    let (mut sum, mut count) = (0.0, 0.0);
    for number in 0..a.len().max(b.len()) / 3 {
        match (seen(a, number), seen(b, number)) {
            (None, None) => continue,
            (Some(a), Some(b)) => sum += closeness((a.0 - b.0).hypot(a.1 - b.1), size),
            _ => {}
        }
        count += 1.0;
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

/// Returns points at equal distances along a line, its ends among them.
fn samples(line: &[f64]) -> Vec<Point> {
    let points: Vec<Point> = line.chunks_exact(2).map(|point| (point[0], point[1])).collect();
    let lengths: Vec<f64> =
        points.windows(2).map(|ends| (ends[1].0 - ends[0].0).hypot(ends[1].1 - ends[0].1)).collect();
    let total: f64 = lengths.iter().sum();
    if total <= 0.0 || !total.is_finite() {
        return points.first().copied().into_iter().collect();
    }
    #[expect(clippy::cast_precision_loss, reason = "64 is exact")]
    let step = total / (SAMPLES - 1) as f64;
    let (mut samples, mut part, mut passed) = (Vec::with_capacity(SAMPLES), 0, 0.0);
    for number in 0..SAMPLES {
        #[expect(clippy::cast_precision_loss, reason = "64 is exact")]
        let at = step * number as f64;
        while part + 1 < lengths.len() && passed + lengths[part] < at {
            passed += lengths[part];
            part += 1;
        }
        let along = if lengths[part] > 0.0 { ((at - passed) / lengths[part]).clamp(0.0, 1.0) } else { 0.0 };
        let (from, to) = (points[part], points[part + 1]);
        samples.push((from.0 + (to.0 - from.0) * along, from.1 + (to.1 - from.1) * along));
    }
    samples
}

fn mean_distance(points: &[Point], line: &[Point]) -> f64 {
    let nearest = |point: &Point| {
        let ends = line.windows(2).map(|ends| distance_to_segment(*point, ends[0], ends[1]));
        let single = line.iter().take(1).map(|end| (end.0 - point.0).hypot(end.1 - point.1));
        ends.chain(single).fold(f64::INFINITY, f64::min)
    };
    #[expect(clippy::cast_precision_loss, reason = "at most 64")]
    let count = points.len() as f64;
    points.iter().map(nearest).sum::<f64>() / count
}

fn distance_to_segment(point: Point, from: Point, to: Point) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let square = dx * dx + dy * dy;
    let along = if square > 0.0 {
        (((point.0 - from.0) * dx + (point.1 - from.1) * dy) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (point.0 - from.0 - dx * along).hypot(point.1 - from.1 - dy * along)
}
