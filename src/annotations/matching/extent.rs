//! The shapes of a label that has one or several.

use serde_json::{Map, Value};

use crate::annotations::geometry;
use crate::annotations::model::fields::REGIONS;
use crate::annotations::model::{Rectangle, Shape};

/// Pairs of regions that are compared one by one; above, the bounds of all of them are.
const MOST_PAIRS: usize = 1_000_000;

/// The shapes of a label; none if it covers all of its image.
#[derive(Debug)]
pub(super) struct LabelExtent {
    shapes: Vec<(Shape, Option<Rectangle>)>,
}

impl LabelExtent {
    /// The extent of a label without a shape.
    pub(super) const WHOLE: Self = Self { shapes: Vec::new() };

    /// Reads the shape of a label, or those of its regions.
    pub(super) fn of(fields: &Map<String, Value>) -> Self {
        let mut shapes = vec![Shape::of(fields)];
        if shapes == [Shape::Whole] {
            let regions = fields.get(REGIONS).and_then(Value::as_array).into_iter().flatten();
            shapes = regions.filter_map(Value::as_object).map(of_region).collect();
        }
        shapes.retain(|shape| *shape != Shape::Whole);
        let with_reach = |shape: Shape| {
            let reach = geometry::reach(&shape);
            (shape, reach)
        };
        Self { shapes: shapes.into_iter().map(with_reach).collect() }
    }

    /// Returns true if the label has no shape.
    pub(super) fn is_whole(&self) -> bool {
        self.shapes.is_empty()
    }

    /// Returns a rectangle such that labels whose rectangles do not touch overlap by less than a
    /// half.
    pub(super) fn reach(&self) -> Option<Rectangle> {
        self.shapes.iter().filter_map(|(_, reach)| *reach).reduce(|a, b| around(&a, &b))
    }

    /// Returns an upper limit of the overlap, which is found faster.
    pub(super) fn limit(&self, other: &Self) -> f64 {
        match (self.shapes.as_slice(), other.shapes.as_slice()) {
            ([(one, _)], [(other, _)]) => geometry::limit(one, other),
            _ => 1.0,
        }
    }

    /// Returns the overlap, from 0 to 1. Of several regions, the mean of each one's best overlap.
    pub(super) fn overlap(&self, other: &Self) -> f64 {
        match (self.shapes.as_slice(), other.shapes.as_slice()) {
            ([], []) => 1.0,
            ([], _) | (_, []) => 0.0,
            ([(one, _)], [(other, _)]) => geometry::overlap(one, other),
            (all, others) if all.len().saturating_mul(others.len()) > MOST_PAIRS => {
                match (self.reach(), other.reach()) {
                    (Some(one), Some(other)) => geometry::overlap(&Shape::Box(one), &Shape::Box(other)),
                    _ => 0.0,
                }
            }
            (all, others) => of_several(all, others),
        }
    }
}

fn of_several(all: &[(Shape, Option<Rectangle>)], others: &[(Shape, Option<Rectangle>)]) -> f64 {
    let mut best = vec![0.0_f64; all.len()];
    let mut best_of_others = vec![0.0_f64; others.len()];
    for ((one, reach), best) in all.iter().zip(&mut best) {
        for ((other, other_reach), best_of_other) in others.iter().zip(&mut best_of_others) {
            let may_overlap = match (reach, other_reach) {
                (Some(reach), Some(other)) => touch(reach, other),
                _ => true,
            };
            if may_overlap {
                let overlap = geometry::overlap(one, other);
                *best = best.max(overlap);
                *best_of_other = best_of_other.max(overlap);
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "at most a million")]
    let count = (all.len() + others.len()) as f64;
    best.iter().chain(&best_of_others).sum::<f64>() / count
}

/// Returns true if two rectangles share a point.
pub(super) fn touch(a: &Rectangle, b: &Rectangle) -> bool {
    let is_before = |a: f64, length: f64, b: f64| a + length < b;
    !(is_before(a.x, a.width, b.x)
        || is_before(b.x, b.width, a.x)
        || is_before(a.y, a.height, b.y)
        || is_before(b.y, b.height, a.y))
}

fn around(a: &Rectangle, b: &Rectangle) -> Rectangle {
    let right = (a.x + a.width).max(b.x + b.width);
    let bottom = (a.y + a.height).max(b.y + b.height);
    Rectangle::between(a.x.min(b.x), a.y.min(b.y), right, bottom)
}

/// Reads a region: the fields of the model, or a result of Label Studio with its `value` in percent.
fn of_region(region: &Map<String, Value>) -> Shape {
    let shape = Shape::of(region);
    let Some(value) = region.get("value").and_then(Value::as_object) else { return shape };
    if shape != Shape::Whole {
        return shape;
    }
    let side = |name: &str| {
        let side = region.get(name).and_then(Value::as_f64).filter(|side| *side > 0.0);
        side.unwrap_or(100.0) / 100.0
    };
    let (wide, high) = (side("original_width"), side("original_height"));
    let number = |name: &str| value.get(name).and_then(Value::as_f64);
    if let (Some(start), Some(end)) = (offset(value.get("start")), offset(value.get("end"))) {
        return Shape::Span(start, end);
    }
    if let Some(points) = value.get("points").and_then(Value::as_array) {
        let point = |point: &Value| Some([point.get(0)?.as_f64()? * wide, point.get(1)?.as_f64()? * high]);
        let points: Option<Vec<[f64; 2]>> = points.iter().map(point).collect();
        return points.map_or(Shape::Whole, |points| Shape::Polygons(vec![points.concat()]));
    }
    let (Some(x), Some(y)) = (number("x"), number("y")) else { return Shape::Whole };
    if let (Some(across), Some(down)) = (number("radiusX"), number("radiusY")) {
        let (x, y) = ((x - across) * wide, (y - down) * high);
        return Shape::Box(Rectangle { x, y, width: 2.0 * across * wide, height: 2.0 * down * high });
    }
    let Some(height) = number("height") else { return Shape::Keypoints(vec![x * wide, y * high, 2.0]) };
    let (width, height) = (number("width").unwrap_or(0.0) * wide, height * high);
    let (x, y) = (x * wide, y * high);
    match number("rotation").filter(|angle| *angle != 0.0) {
        // Label Studio turns about the upper left corner, the model about the centre.
        Some(angle) => {
            let (sin, cos) = angle.to_radians().sin_cos();
            let middle_x = x + (width * cos - height * sin) / 2.0;
            let middle_y = y + (width * sin + height * cos) / 2.0;
            let (x, y) = (middle_x - width / 2.0, middle_y - height / 2.0);
            Shape::Rotated(Rectangle { x, y, width, height }, angle)
        }
        None => Shape::Box(Rectangle { x, y, width, height }),
    }
}

/// Reads an offset in characters, which Label Studio writes as a number or, for HTML, with a path.
fn offset(value: Option<&Value>) -> Option<u64> {
    value?.as_u64()
}
