//! The pixels of polygons, as `pycocotools` draws them.

/// The corners of a pixel are divided into this many steps.
const SCALE: f64 = 5.0;
/// The largest coordinate.
const FARTHEST: f64 = 1e6;
/// The most steps along the boundary of one polygon.
const MOST_STEPS: u64 = 1 << 28;

/// Returns the runs of pixels of a polygon in an image, column by column: the start and the length of
/// each, without overlap. `None` if the polygon is far outside of the image.
pub(crate) fn runs_of_polygon(points: &[f64], width: u32, height: u32) -> Option<Vec<(u64, u64)>> {
    if points.iter().any(|length| !length.is_finite() || length.abs() > FARTHEST) {
        return None;
    }
    let points: Vec<(i64, i64)> =
        points.chunks_exact(2).map(|point| (truncated(point[0]), truncated(point[1]))).collect();
    let next = points.iter().cycle().skip(1);
    let steps = |(one, other): (&(i64, i64), &(i64, i64))| {
        (one.0 - other.0).unsigned_abs().max((one.1 - other.1).unsigned_abs()) + 1
    };
    if points.iter().zip(next.clone()).map(steps).sum::<u64>() > MOST_STEPS {
        return None;
    }
    let mut boundary = Boundary { width, height, last: None, crossings: Vec::new() };
    for (from, to) in points.iter().zip(next) {
        boundary.edge(*from, *to);
    }
    let mut crossings = boundary.crossings;
    crossings.sort_unstable();
    let end = u64::from(width) * u64::from(height);
    let mut runs: Vec<(u64, u64)> = Vec::with_capacity(crossings.len() / 2);
    for pair in crossings.chunks(2) {
        let (start, stop) = (pair[0], pair.get(1).copied().unwrap_or(end));
        match runs.last_mut() {
            _ if start == stop => {}
            Some((from, length)) if *from + *length == start => *length += stop - start,
            _ => runs.push((start, stop - start)),
        }
    }
    Some(runs)
}

/// Returns a coordinate in steps, rounded as C does.
fn truncated(length: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "limited before")]
    let steps = (SCALE * length + 0.5) as i64;
    steps
}

/// The boundary of a polygon: the pixels at which the columns of the image cross it.
struct Boundary {
    width: u32,
    height: u32,
    last: Option<(i64, i64)>,
    crossings: Vec<u64>,
}

impl Boundary {
    /// Adds the points of an edge.
    fn edge(&mut self, from: (i64, i64), to: (i64, i64)) {
        let (across, down) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
        let is_wide = across >= down;
        let is_turned = if is_wide { from.0 > to.0 } else { from.1 > to.1 };
        let (start, end) = if is_turned { (to, from) } else { (from, to) };
        let length = across.max(down);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let slope = match is_wide {
            true => (end.1 - start.1) as f64 / across as f64,
            false => (end.0 - start.0) as f64 / down as f64,
        };
        for step in 0..=length {
            let step = if is_turned { length - step } else { step };
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                reason = "far below 2^53"
            )]
            let beside = |start: i64| match length {
                0 => start,
                _ => (start as f64 + slope * step as f64 + 0.5) as i64,
            };
            self.point(match is_wide {
                true => (start.0 + step, beside(start.1)),
                false => (beside(start.0), start.1 + step),
            });
        }
    }

    /// Adds a point, and the crossing between it and the last one.
    fn point(&mut self, point: (i64, i64)) {
        let Some(last) = self.last.replace(point).filter(|last| last.0 != point.0) else { return };
        let at = if point.0 < last.0 { point.0 } else { point.0 - 1 };
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let pixel = |steps: i64| (steps as f64 + 0.5) / SCALE - 0.5;
        let (x, y) = (pixel(at), pixel(point.1.min(last.1)));
        if x.floor() != x || x < 0.0 || x > f64::from(self.width) - 1.0 {
            return;
        }
        let y = y.clamp(0.0, f64::from(self.height)).ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the image")]
        let (x, y) = (x as u64, y as u64);
        self.crossings.push(x * u64::from(self.height) + y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of `pycocotools.mask.frPyObjects`, 12 pixels wide and 9 high.
    #[test]
    fn pixels_are_those_of_pycocotools() {
        for (points, runs) in [
            (
                &[1.0, 1.0, 9.0, 2.0, 6.5, 7.25][..],
                vec![(19, 2), (28, 3), (37, 4), (47, 4), (56, 5), (65, 3), (74, 1)],
            ),
            (&[0.0, 0.0, 12.0, 0.0, 12.0, 9.0, 0.0, 9.0][..], vec![(0, 108)]),
            (
                &[-3.0, -2.5, 20.0, 4.0, 3.0, 15.0][..],
                vec![(0, 7), (9, 63), (73, 8), (82, 8), (91, 8), (101, 7)],
            ),
            (
                &[2.0, 2.0, 2.0, 2.0, 8.0, 2.0, 8.0, 6.0, 2.0, 6.0][..],
                vec![(20, 4), (29, 4), (38, 4), (47, 4), (56, 4), (65, 4)],
            ),
            (
                &[1.0, 1.0, 8.0, 8.0, 8.0, 1.0, 1.0, 8.0][..],
                vec![(10, 6), (20, 4), (30, 2), (48, 2), (56, 4), (64, 6)],
            ),
            (&[3.2, 3.2, 3.4, 3.2, 3.4, 3.4][..], vec![]),
            (
                &[1.81, 6.71, 3.92, 7.66, 8.01, -0.95, -1.79, 11.4, 2.15, 1.75][..],
                vec![(6, 3), (12, 4), (24, 1), (32, 2), (40, 2), (47, 2), (55, 1)],
            ),
            (
                &[13.93, 5.52, 11.38, 5.62, 8.23, 0.41, 8.16, 11.89, 6.37, 9.86][..],
                vec![(73, 8), (83, 6), (94, 3), (105, 1)],
            ),
            (
                &[8.74, -0.98, 10.13, 7.46, 2.82, -1.5, 11.85, 5.56, 9.5, 12.06][..],
                vec![(36, 1), (46, 1), (55, 2), (65, 2), (75, 2), (84, 1), (87, 3), (95, 4), (104, 1)],
            ),
        ] {
            assert_eq!(runs_of_polygon(points, 12, 9).unwrap(), runs, "{points:?}");
        }
        assert_eq!(runs_of_polygon(&[0.0, 0.0, 1e7, 0.0, 1.0, 1.0], 12, 9), None);
        assert_eq!(runs_of_polygon(&[0.0, 0.0, f64::NAN, 0.0, 1.0, 1.0], 12, 9), None);
        assert_eq!(runs_of_polygon(&[], 12, 9), Some(vec![]));
    }
}
