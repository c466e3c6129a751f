//! Geometries as shapes, and shapes as geometries.

use serde_json::{Map, Value, json};

use crate::annotations::fault::Reason;
use crate::annotations::model::{Rectangle, Shape};

/// A geometry that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReadGeometry {
    /// The shape, in the coordinates of the file.
    pub shape: Shape,
    /// The number of holes, which shapes do not have.
    pub holes: usize,
    /// True if coordinates have a height or the like, which shapes do not have.
    pub has_more: bool,
}

type Points = Vec<f64>;

/// Reads a geometry; null is no shape.
pub(super) fn read(geometry: &Value) -> Result<ReadGeometry, Reason> {
    let mut reading = Reading { holes: 0, has_more: false };
    if geometry.is_null() {
        return Ok(ReadGeometry { shape: Shape::Whole, holes: 0, has_more: false });
    }
    let Some(fields) = geometry.as_object() else {
        return Err(Reason::expected("geometry", "an object or null", Some(geometry)));
    };
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    let coordinates = fields.get("coordinates").unwrap_or(&Value::Null);
    let path = "geometry.coordinates";
    let visible =
        |points: Points| points.chunks_exact(2).flat_map(|point| [point[0], point[1], 2.0]).collect();
    let shape = match kind {
        "Polygon" => Shape::Polygons(vec![reading.polygon(coordinates, path)?]),
        "MultiPolygon" => {
            let parts = list(coordinates, path)?.iter().enumerate();
            let parts = parts.map(|(place, part)| reading.polygon(part, &format!("{path}[{place}]")));
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            if parts.is_empty() {
                return Err(Reason::new(path, "expected a polygon or more, found none"));
            }
            Shape::Polygons(parts)
        }
        "LineString" => Shape::Polyline(reading.points(coordinates, path, 2)?),
        "MultiLineString" => match list(coordinates, path)?.as_slice() {
            [one] => Shape::Polyline(reading.points(one, path, 2)?),
            lines => {
                let why = format!(
                    "expected one line, found {}; split it into features of a `LineString`",
                    lines.len()
                );
                return Err(Reason::new(path, why));
            }
        },
        "Point" => Shape::Keypoints(visible(reading.point(coordinates, path)?.to_vec())),
        "MultiPoint" => Shape::Keypoints(visible(reading.points(coordinates, path, 1)?)),
        other => {
            let why = format!(
                "expected a polygon, a line, points, or several of them, found {other:?}; split it into features of \
                 these"
            );
            return Err(Reason::new("geometry.type", why));
        }
    };
    Ok(ReadGeometry { shape, holes: reading.holes, has_more: reading.has_more })
}

struct Reading {
    holes: usize,
    has_more: bool,
}

impl Reading {
    /// Reads the outer ring of a polygon without its last point, which is the first one again.
    fn polygon(&mut self, rings: &Value, path: &str) -> Result<Points, Reason> {
        let rings = list(rings, path)?;
        let Some(outer) = rings.first() else {
            return Err(Reason::new(path, "expected a ring, found none"));
        };
        self.holes += rings.len() - 1;
        let mut points = self.points(outer, &format!("{path}[0]"), 3)?;
        let length = points.len();
        let is_closed = points[..2] == points[length - 2..];
        if is_closed && length > 6 {
            points.truncate(length - 2);
        }
        Ok(points)
    }

    fn points(&mut self, points: &Value, path: &str, least: usize) -> Result<Points, Reason> {
        let points = list(points, path)?;
        if points.len() < least {
            return Err(Reason::new(
                path,
                format!("expected {least} points or more, found {}", points.len()),
            ));
        }
        let mut read = Vec::with_capacity(2 * points.len());
        for (place, point) in points.iter().enumerate() {
            read.extend(self.point(point, &format!("{path}[{place}]"))?);
        }
        Ok(read)
    }

    fn point(&mut self, point: &Value, path: &str) -> Result<[f64; 2], Reason> {
        let parts = point.as_array().map(Vec::as_slice);
        let number = |value: &Value| value.as_f64().filter(|number| number.is_finite());
        match parts {
            Some([x, y, more @ ..]) => {
                self.has_more |= !more.is_empty();
                number(x).zip(number(y)).map(|(x, y)| [x, y])
            }
            _ => None,
        }
        .ok_or_else(|| Reason::new(path, format!("expected a list of two numbers, found {}", short(point))))
    }
}

fn list<'v>(value: &'v Value, path: &str) -> Result<&'v Vec<Value>, Reason> {
    value.as_array().ok_or_else(|| Reason::expected(path, "a list", Some(value)))
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

/// Returns the shape with all points changed.
pub(super) fn map(shape: &Shape, change: impl Fn([f64; 2]) -> [f64; 2]) -> Shape {
    let points =
        |points: &[f64]| points.chunks_exact(2).flat_map(|point| change([point[0], point[1]])).collect();
    match shape {
        Shape::Polygons(rings) => Shape::Polygons(rings.iter().map(|ring| points(ring)).collect()),
        Shape::Polyline(line) => Shape::Polyline(points(line)),
        Shape::Keypoints(list) => Shape::Keypoints(
            list.chunks_exact(3)
                .flat_map(|point| {
                    let [x, y] = change([point[0], point[1]]);
                    [x, y, point[2]]
                })
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Returns the points of a shape, `x` and `y` in turn.
pub(super) fn points_of(shape: &Shape) -> Vec<f64> {
    match shape {
        Shape::Polygons(rings) => rings.concat(),
        Shape::Polyline(line) => line.clone(),
        Shape::Keypoints(list) => list.chunks_exact(3).flat_map(|point| [point[0], point[1]]).collect(),
        _ => Vec::new(),
    }
}

/// Returns true if two shapes of one kind have the same points to a thousandth of a pixel.
pub(super) fn are_near(one: &Shape, other: &Shape) -> bool {
    let parts = |shape: &Shape| match shape {
        Shape::Polygons(rings) => rings.iter().map(Vec::len).collect(),
        _ => Vec::new(),
    };
    let (a, b) = (points_of(one), points_of(other));
    std::mem::discriminant(one) == std::mem::discriminant(other)
        && parts(one) == parts(other)
        && a.len() == b.len()
        && a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-3)
}

/// The property that names a shape which GeoJSON does not have.
pub(super) const SHAPE: &str = "shape";

/// Returns the geometry of a shape, and the properties that say what GeoJSON does not; the reason
/// if it has no geometry.
pub(super) fn write(
    shape: &Shape,
    change: impl Fn([f64; 2]) -> [f64; 2],
) -> Result<(Value, Map<String, Value>), &'static str> {
    let pair = |point: &[f64]| json!(change([point[0], point[1]]));
    let all = |points: &[f64]| points.chunks_exact(2).map(pair).collect::<Vec<_>>();
    let ring = |points: &[f64]| {
        let mut ring = all(points);
        ring.extend(ring.first().cloned());
        vec![Value::Array(ring)]
    };
    let named = |name: &str| Map::from_iter([(SHAPE.to_owned(), json!(name))]);
    let geometry = |kind: &str, coordinates: Value| json!({"type": kind, "coordinates": coordinates});
    Ok(match shape {
        Shape::Whole => (Value::Null, Map::new()),
        Shape::Box(Rectangle { x, y, width, height }) => {
            let (right, down) = (x + width, y + height);
            let corners = [*x, *y, right, *y, right, down, *x, down];
            (geometry("Polygon", json!(ring(&corners))), named("box"))
        }
        Shape::Rotated(rectangle, angle) => {
            let Rectangle { x, y, width, height } = *rectangle;
            let mut properties = named("rotated");
            properties.insert("bbox".to_owned(), json!([x, y, width, height]));
            properties.insert("rotation".to_owned(), json!(angle));
            (geometry("Polygon", json!(ring(&shape.outline().unwrap_or_default()))), properties)
        }
        Shape::Corners(corners) => (geometry("Polygon", json!(ring(corners))), named("corners")),
        Shape::Polygons(rings) if rings.is_empty() || rings.iter().any(|ring| ring.len() < 6) => {
            return Err("polygon of fewer than three points");
        }
        Shape::Polygons(rings) => match rings.as_slice() {
            [one] => (geometry("Polygon", json!(ring(one))), Map::new()),
            _ => {
                let parts: Vec<_> = rings.iter().map(|part| ring(part)).collect();
                (geometry("MultiPolygon", json!(parts)), Map::new())
            }
        },
        Shape::Polyline(line) if line.len() < 4 => return Err("line of fewer than two points"),
        Shape::Polyline(line) => (geometry("LineString", json!(all(line))), Map::new()),
        Shape::Keypoints(list) => {
            let points: Vec<f64> = points_of(shape);
            let seen: Vec<f64> = list.iter().skip(2).step_by(3).copied().collect();
            let mut properties = Map::new();
            if seen.iter().any(|seen| *seen != 2.0) {
                properties.insert("visibility".to_owned(), json!(seen));
            }
            match points.as_slice() {
                [] => return Err("keypoints without a point"),
                [_, _] => (geometry("Point", pair(&points)), properties),
                _ => (geometry("MultiPoint", json!(all(&points))), properties),
            }
        }
        Shape::Mask(_) => return Err("mask (GeoJSON has polygons)"),
        Shape::Span(..) => return Err("range of a text"),
    })
}

/// Returns the shape that the properties of our own export name, from what was read, in pixels.
/// Takes these properties if they fit.
pub(super) fn named(shape: Shape, properties: &mut Map<String, Value>) -> Shape {
    let numbers = |name: &str| -> Option<Vec<f64>> {
        properties.get(name)?.as_array()?.iter().map(Value::as_f64).collect()
    };
    let ring = match &shape {
        Shape::Polygons(rings) if rings.len() == 1 && rings[0].len() == 8 => Some(&rings[0]),
        _ => None,
    };
    let (changed, taken): (Option<Shape>, &[&str]) =
        match (properties.get(SHAPE).and_then(Value::as_str), ring, &shape) {
            (Some("box"), Some(ring), _) => {
                let is_same = |rectangle: &Rectangle| {
                    let corners = Shape::Box(*rectangle).outline().unwrap_or_default();
                    corners.iter().zip(ring).all(|(a, b)| (a - b).abs() < 1e-3)
                };
                (Rectangle::around(ring).filter(is_same).map(Shape::Box), &[SHAPE])
            }
            (Some("corners"), Some(ring), _) => {
                (ring.as_slice().try_into().ok().map(Shape::Corners), &[SHAPE])
            }
            (Some("rotated"), Some(_), _) => {
                let angle = properties.get("rotation").and_then(Value::as_f64);
                let rotated = numbers("bbox").zip(angle).and_then(|(bbox, angle)| match bbox.as_slice() {
                    [x, y, width, height] => Some(Shape::Rotated(
                        Rectangle { x: *x, y: *y, width: *width, height: *height },
                        angle,
                    )),
                    _ => None,
                });
                (rotated, &[SHAPE, "bbox", "rotation"])
            }
            (_, _, Shape::Keypoints(list)) => {
                let seen = numbers("visibility").filter(|seen| 3 * seen.len() == list.len());
                let points = seen.map(|seen| {
                    let with = |(point, seen): (&[f64], f64)| [point[0], point[1], seen];
                    Shape::Keypoints(list.chunks_exact(3).zip(seen).flat_map(with).collect())
                });
                (points, &["visibility"])
            }
            _ => (None, &[]),
        };
    let Some(changed) = changed else { return shape };
    for name in taken {
        properties.remove(*name);
    }
    changed
}
