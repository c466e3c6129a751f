//! Areas of any form, compared column by column: exact along a column, sampled across.

use super::{convex, upright};
use crate::annotations::model::{Mask, Rectangle, Shape};

/// Columns by which polygons are compared.
const COLUMNS: usize = 256;
/// Columns of pixels by which a mask and another shape are compared, at most.
const MOST_PIXEL_COLUMNS: usize = 512;

/// The covered ranges of each column, in order and apart from each other.
type Ranges = Vec<Vec<(f64, f64)>>;

/// Returns the IoU of two masks: exact if their sizes are equal.
pub(super) fn of_masks(a: &Mask, b: &Mask) -> f64 {
    if (a.height, a.width) != (b.height, b.width) {
        return overlap(&Shape::Mask(a.clone()), &Shape::Mask(b.clone()));
    }
    let (mut a_runs, mut b_runs) = (ones(a).peekable(), ones(b).peekable());
    let mut both = 0_u64;
    while let (Some(&(a_start, a_end)), Some(&(b_start, b_end))) = (a_runs.peek(), b_runs.peek()) {
        both += a_end.min(b_end).saturating_sub(a_start.max(b_start));
        if a_end <= b_end {
            a_runs.next();
        } else {
            b_runs.next();
        }
    }
    let any = a.area() + b.area() - both;
    #[expect(clippy::cast_precision_loss, reason = "a ratio is not exact")]
    if any == 0 { 0.0 } else { both as f64 / any as f64 }
}

/// Returns the IoU of two areas.
pub(super) fn overlap(a: &Shape, b: &Shape) -> f64 {
    let (Some(a_bounds), Some(b_bounds)) = (upright::bounds(a), upright::bounds(b)) else { return 0.0 };
    let has_mask = matches!(a, Shape::Mask(_)) || matches!(b, Shape::Mask(_));
    let columns = columns(&upright::around(&a_bounds, &b_bounds), has_mask);
    let (a_ranges, b_ranges) = (ranges(a, &columns), ranges(b, &columns));
    let (mut both, mut any) = (0.0, 0.0);
    for (a_column, b_column) in a_ranges.iter().zip(&b_ranges) {
        let shared = shared_length(a_column, b_column);
        both += shared;
        any += length(a_column) + length(b_column) - shared;
    }
    if any > 0.0 { both / any } else { upright::overlap(&a_bounds, &b_bounds) }
}

/// Returns the middle of each column.
fn columns(bounds: &Rectangle, are_pixels: bool) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "at most 512")]
    let middles = |count: usize| (0..count).map(move |number| (number as f64 + 0.5) / count as f64);
    if !are_pixels {
        return middles(COLUMNS).map(|part| bounds.x + bounds.width * part).collect();
    }
    let (left, right) = (bounds.x.floor(), (bounds.x + bounds.width).ceil());
    let pixels = (right - left).max(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "limited before")]
    let count = pixels.min(MOST_PIXEL_COLUMNS as f64) as usize;
    middles(count).map(|part| left + (pixels * part).floor() + 0.5).collect()
}

fn ranges(shape: &Shape, columns: &[f64]) -> Ranges {
    match shape {
        Shape::Polygons(polygons) => of_rings(polygons.iter().map(Vec::as_slice), columns),
        Shape::Mask(mask) => of_mask(mask, columns),
        _ => {
            let hull = convex::hull(&shape.outline().unwrap_or_default());
            let ring: Vec<f64> = hull.into_iter().flat_map(|(x, y)| [x, y]).collect();
            of_rings(std::iter::once(ring.as_slice()), columns)
        }
    }
}

fn of_rings<'r>(rings: impl Iterator<Item = &'r [f64]>, columns: &[f64]) -> Ranges {
    let mut ranges: Ranges = vec![Vec::new(); columns.len()];
    let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); columns.len()];
    for ring in rings {
        let points: Vec<(f64, f64)> = ring.chunks_exact(2).map(|point| (point[0], point[1])).collect();
        for (number, &(x1, y1)) in points.iter().enumerate() {
            let (x2, y2) = points[(number + 1) % points.len()];
            let place = |x: f64| columns.partition_point(|column| *column < x);
            for column in place(x1.min(x2))..place(x1.max(x2)) {
                crossings[column].push(y1 + (columns[column] - x1) * (y2 - y1) / (x2 - x1));
            }
        }
        for (column, crossings) in crossings.iter_mut().enumerate() {
            crossings.sort_by(f64::total_cmp);
            ranges[column].extend(crossings.chunks_exact(2).map(|ends| (ends[0], ends[1])));
            crossings.clear();
        }
    }
    ranges.iter_mut().for_each(merge);
    ranges
}

/// Joins ranges that touch.
fn merge(ranges: &mut Vec<(f64, f64)>) {
    ranges.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranges.dedup_by(|next, last| {
        let touches = next.0 <= last.1;
        if touches {
            last.1 = last.1.max(next.1);
        }
        touches
    });
}

fn of_mask(mask: &Mask, columns: &[f64]) -> Ranges {
    let runs: Vec<(u64, u64)> = ones(mask).collect();
    let height = u64::from(mask.height);
    let of_column = |column: &f64| {
        if *column < 0.0 || *column >= f64::from(mask.width) {
            return Vec::new();
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the mask")]
        let top = *column as u64 * height;
        let first = runs.partition_point(|run| run.1 <= top);
        let inside = runs[first..].iter().take_while(|run| run.0 < top + height);
        #[expect(clippy::cast_precision_loss, reason = "below the height of the mask")]
        let range =
            |run: &(u64, u64)| ((run.0.max(top) - top) as f64, (run.1.min(top + height) - top) as f64);
        inside.map(range).collect()
    };
    columns.iter().map(of_column).collect()
}

/// Returns the runs of ones as positions.
fn ones(mask: &Mask) -> impl Iterator<Item = (u64, u64)> {
    let mut at = 0;
    let runs = mask.counts.iter().enumerate().map(move |(number, run)| {
        let start = at;
        at += u64::from(*run);
        (number % 2 == 1, start, at)
    });
    runs.filter(|(is_one, start, end)| *is_one && start < end).map(|(_, start, end)| (start, end))
}

fn length(ranges: &[(f64, f64)]) -> f64 {
    ranges.iter().map(|(start, end)| end - start).sum()
}

fn shared_length(a: &[(f64, f64)], b: &[(f64, f64)]) -> f64 {
    let (mut a, mut b, mut shared) = (a.iter().peekable(), b.iter().peekable(), 0.0);
    while let (Some(one), Some(other)) = (a.peek(), b.peek()) {
        shared += (one.1.min(other.1) - one.0.max(other.0)).max(0.0);
        if one.1 <= other.1 {
            a.next();
        } else {
            b.next();
        }
    }
    shared
}
