//! The shape that a format makes of a stored one.

use serde_json::{Map, Value};

use super::{HeldPart, HeldShape, ShapeForm};
use crate::annotations::model::fields::{
    BBOX, CORNERS, KEYPOINTS, POLYLINE, REGIONS, ROTATION, SEGMENTATION, SPAN,
};
use crate::annotations::model::{Rectangle, Shape};
use crate::annotations::normal::is_same;

/// The largest difference of coordinates that arithmetic makes, in pixels.
const ROUNDING: f64 = 1e-6;
/// The largest difference of angles that arithmetic makes, in degrees.
const TURN: f64 = 1e-6;

/// The fields of each shape.
const PARTS: [&[&str]; 6] =
    [&[BBOX, ROTATION], &[CORNERS], &[SEGMENTATION], &[POLYLINE], &[KEYPOINTS], &[SPAN]];

impl HeldPart {
    /// Returns true if the shape in the file is what the format makes of the stored one.
    pub(super) fn is_outlined(
        &self,
        found: &Map<String, Value>,
        stored: &Map<String, Value>,
        precision: f64,
    ) -> bool {
        let slack = precision.max(ROUNDING);
        let (now, before) = (shapes(found), shapes(stored));
        let is_among = |shape: &Shape| now.iter().any(|other| is_near(other, shape, slack));
        let exact = Shape::of(stored);
        let is_missing = |shape: &&Shape| {
            let is_written = self.form != ShapeForm::One || **shape == exact;
            // A box that is the one around the exact shape says nothing more.
            let is_repeated = **shape != exact && is_bounds(shape, &exact, slack);
            is_written
                && self.has(shape)
                && self.has_column_for(shape, stored)
                && !is_repeated
                && !is_among(shape)
        };
        if before.iter().any(|shape| is_missing(&shape)) {
            return false;
        }
        if now.is_empty() {
            // Only formats without shapes, and fields that a format lacks, leave out a shape.
            let is_left_out = self.shapes.is_empty() || self.form == ShapeForm::Fields;
            return is_left_out || before.iter().all(|shape| matches!(shape, Shape::Span(..)));
        }
        // The regions of a label are not compared, and a shape instead of them is another one.
        if before.is_empty() && stored.contains_key(REGIONS) && !found.contains_key(REGIONS) {
            return false;
        }
        now.iter().all(|shape| {
            before.iter().any(|other| is_near(shape, other, slack) || is_outline(shape, other, slack))
        })
    }

    /// Returns true if a column can have the field of a stored shape.
    fn has_column_for(&self, shape: &Shape, stored: &Map<String, Value>) -> bool {
        let name = match shape {
            Shape::Whole => return true,
            Shape::Box(_) => BBOX,
            Shape::Rotated(..) => ROTATION,
            Shape::Corners(_) => CORNERS,
            Shape::Polygons(_) | Shape::Mask(_) => SEGMENTATION,
            Shape::Polyline(_) => POLYLINE,
            Shape::Keypoints(_) => KEYPOINTS,
            Shape::Span(..) => SPAN,
        };
        stored.get(name).is_none_or(|value| self.fields.has_column_for(name, value))
    }

    /// Returns true if the format has a shape of this kind.
    fn has(&self, shape: &Shape) -> bool {
        let has = |kind| self.shapes.contains(&kind);
        match shape {
            Shape::Whole => false,
            Shape::Box(_) => has(HeldShape::Box),
            Shape::Rotated(..) => has(HeldShape::Rotated),
            Shape::Corners(_) => has(HeldShape::Corners),
            Shape::Polygons(rings) => has(HeldShape::Polygons) || rings.len() == 1 && has(HeldShape::Polygon),
            Shape::Mask(_) => has(HeldShape::Mask),
            Shape::Polyline(_) => has(HeldShape::Polyline),
            Shape::Keypoints(points) => {
                let is_visible = || points.chunks_exact(3).all(|point| point[2] == 2.0);
                has(HeldShape::Keypoints) || has(HeldShape::Points) && is_visible()
            }
            Shape::Span(..) => has(HeldShape::Span),
        }
    }
}

/// Returns all shapes of the fields of a label.
fn shapes(fields: &Map<String, Value>) -> Vec<Shape> {
    let part = |names: &&[&str]| {
        let named = names.iter().filter_map(|name| Some(((*name).to_owned(), fields.get(*name)?.clone())));
        Shape::of(&named.collect())
    };
    PARTS.iter().map(part).filter(|shape| *shape != Shape::Whole).collect()
}

/// Returns true if two shapes of one kind are the same.
fn is_near(one: &Shape, other: &Shape, slack: f64) -> bool {
    match (one, other) {
        (Shape::Box(a), Shape::Box(b)) => is_near_box(a, b, slack),
        (Shape::Rotated(a, turn), Shape::Rotated(b, other_turn)) => {
            let turned = (turn - other_turn).rem_euclid(360.0);
            is_near_box(a, b, slack) && turned.min(360.0 - turned) <= TURN
        }
        (Shape::Corners(a), Shape::Corners(b)) => are_near(a, b, slack),
        (Shape::Corners(corners), Shape::Box(rectangle))
        | (Shape::Box(rectangle), Shape::Corners(corners)) => is_upright(corners, rectangle, slack),
        (Shape::Polygons(a), Shape::Polygons(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| are_near(a, b, slack))
        }
        (Shape::Mask(_), Shape::Mask(_)) => {
            let fields = |shape: &Shape| {
                let mut fields = Map::new();
                shape.write(&mut fields);
                fields
            };
            one == other || is_same(&fields(one), &fields(other))
        }
        (Shape::Polyline(a), Shape::Polyline(b)) => are_near(a, b, slack),
        (Shape::Keypoints(a), Shape::Keypoints(b)) => are_near(known(a), known(b), slack),
        _ => one == other,
    }
}

/// Returns true if a shape is one that formats make of another, which they do not have.
fn is_outline(found: &Shape, stored: &Shape, slack: f64) -> bool {
    if is_bounds(found, stored, slack) {
        return true;
    }
    match (found, stored) {
        (Shape::Keypoints(found), Shape::Keypoints(stored)) => is_without_visibility(found, stored, slack),
        (Shape::Polygons(rings), Shape::Polygons(parts)) if parts.len() > 1 => {
            matches!(rings.as_slice(), [one] if is_joined(one, parts, slack))
        }
        _ => {
            let (Some(found), Some(stored)) = (ring(found), ring(stored)) else { return false };
            found.len() == 8 && are_near(&found, &stored, slack)
        }
    }
}

/// Returns true if a shape is the box around another one.
fn is_bounds(found: &Shape, stored: &Shape, slack: f64) -> bool {
    let Shape::Box(found) = found else { return false };
    stored.bounds().is_some_and(|bounds| is_near_box(found, &bounds, slack))
}

/// Returns the only ring of a polygon, or the outline of a rectangle.
fn ring(shape: &Shape) -> Option<Vec<f64>> {
    match shape {
        Shape::Polygons(rings) => match rings.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
        other => other.outline().map(|outline| outline.to_vec()),
    }
}

/// Returns true if a ring is several polygons, joined to one by lines from the start of the first
/// one to that of each other and back.
fn is_joined(ring: &[f64], parts: &[Vec<f64>], slack: f64) -> bool {
    let [first, others @ ..] = parts else { return false };
    let start = first.get(..2).unwrap_or_default();
    let mut points = first.clone();
    for other in others {
        points.extend(start);
        points.extend(other);
        points.extend(other.get(..2).unwrap_or_default());
    }
    are_near(ring, &points, slack)
}

/// Returns true if points are the stored ones, without a visibility: all of them, or those that are
/// not absent.
fn is_without_visibility(found: &[f64], stored: &[f64], slack: f64) -> bool {
    let place = |point: &[f64]| [point[0], point[1]];
    let places: Vec<f64> = found.chunks_exact(3).flat_map(place).collect();
    let all: Vec<f64> = stored.chunks_exact(3).flat_map(place).collect();
    let seen: Vec<f64> = stored.chunks_exact(3).filter(|point| point[2] > 0.0).flat_map(place).collect();
    let is_visible = found.chunks_exact(3).all(|point| point[2] == 2.0);
    let filled = places.get(all.len()..).unwrap_or_default();
    let is_filled = filled.iter().all(|side| *side == 0.0);
    is_visible
        && (are_near(&places, &seen, slack)
            || is_filled && are_near(places.get(..all.len()).unwrap_or_default(), &all, slack))
}

/// Returns keypoints without the absent ones at their end, which formats fill up.
fn known(points: &[f64]) -> &[f64] {
    let is_absent = |point: &[f64]| point.iter().all(|number| *number == 0.0);
    let mut points = points;
    while let Some((rest, last)) = points.split_last_chunk::<3>() {
        if !is_absent(last) {
            break;
        }
        points = rest;
    }
    points
}

/// Returns true if four corners are those of an upright rectangle.
fn is_upright(corners: &[f64; 8], rectangle: &Rectangle, slack: f64) -> bool {
    let is_side =
        |at: f64, side: f64, length: f64| (at - side).abs() <= slack || (at - side - length).abs() <= slack;
    let is_corner = |point: &[f64]| {
        is_side(point[0], rectangle.x, rectangle.width) && is_side(point[1], rectangle.y, rectangle.height)
    };
    corners.chunks_exact(2).all(is_corner)
        && Rectangle::around(corners).is_some_and(|around| is_near_box(&around, rectangle, slack))
}

fn are_near(one: &[f64], other: &[f64], slack: f64) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| (a - b).abs() <= slack)
}

fn is_near_box(one: &Rectangle, other: &Rectangle, slack: f64) -> bool {
    let sides = |r: &Rectangle| [r.x, r.y, r.width, r.height];
    are_near(&sides(one), &sides(other), slack)
}
