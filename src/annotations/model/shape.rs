//! Shapes: what a label covers of its image or text.

use serde_json::{Map, Value, json};

use super::fields::{BBOX, CORNERS, KEYPOINTS, POLYLINE, ROTATION, SEGMENTATION, SPAN};

/// An upright rectangle, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rectangle {
    /// The left side.
    pub x: f64,
    /// The upper side.
    pub y: f64,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

/// A mask in run lengths, column by column: `counts` begins with the number of zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// The height of the image, in pixels.
    pub height: u32,
    /// The width of the image, in pixels.
    pub width: u32,
    /// The lengths of the runs of zeros and ones, in turn.
    pub counts: Vec<u32>,
}

/// A shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// The complete image, or the complete task: the label has no shape.
    Whole,
    /// An upright rectangle.
    Box(Rectangle),
    /// A rectangle that is turned about its centre by an angle in degrees, clockwise as seen.
    Rotated(Rectangle, f64),
    /// The four corners of a rectangle, `x` and `y` in turn.
    Corners([f64; 8]),
    /// Polygons, each `x` and `y` in turn.
    Polygons(Vec<Vec<f64>>),
    /// A mask.
    Mask(Mask),
    /// A line of several points, `x` and `y` in turn.
    Polyline(Vec<f64>),
    /// Points, each `x`, `y` and visibility.
    Keypoints(Vec<f64>),
    /// A range of characters of a text; the end is not included.
    Span(u64, u64),
}

impl Rectangle {
    /// Creates the rectangle between two opposite corners.
    #[must_use]
    pub fn between(x1: f64, y1: f64, x2: f64, y2: f64) -> Self {
        Self { x: x1.min(x2), y: y1.min(y2), width: (x2 - x1).abs(), height: (y2 - y1).abs() }
    }

    /// Returns the smallest rectangle around points, `x` and `y` in turn; `None` without points.
    #[must_use]
    pub fn around(points: &[f64]) -> Option<Self> {
        let mut corners: Option<(f64, f64, f64, f64)> = None;
        for point in points.chunks_exact(2) {
            let (x, y) = (point[0], point[1]);
            let (x1, y1, x2, y2) = corners.unwrap_or((x, y, x, y));
            corners = Some((x1.min(x), y1.min(y), x2.max(x), y2.max(y)));
        }
        corners.map(|(x1, y1, x2, y2)| Self::between(x1, y1, x2, y2))
    }

    /// Returns the area, in square pixels.
    #[must_use]
    pub fn area(&self) -> f64 {
        self.width * self.height
    }

    fn to_value(self) -> Value {
        json!([self.x, self.y, self.width, self.height])
    }
}

impl Shape {
    /// Sets the fields of this shape.
    pub fn write(&self, fields: &mut Map<String, Value>) {
        let mut set = |name: &str, value: Value| {
            fields.insert(name.to_owned(), value);
        };
        match self {
            Self::Whole => {}
            Self::Box(rectangle) => set(BBOX, rectangle.to_value()),
            Self::Rotated(rectangle, angle) => {
                set(BBOX, rectangle.to_value());
                set(ROTATION, json!(angle));
            }
            Self::Corners(corners) => set(CORNERS, json!(corners)),
            Self::Polygons(polygons) => set(SEGMENTATION, json!(polygons)),
            Self::Mask(mask) => {
                let size = [mask.height, mask.width];
                set(SEGMENTATION, json!({"size": size, "counts": mask.counts}));
            }
            Self::Polyline(points) => set(POLYLINE, json!(points)),
            Self::Keypoints(points) => set(KEYPOINTS, json!(points)),
            Self::Span(start, end) => set(SPAN, json!([start, end])),
        }
    }

    /// Reads the most exact shape of a label's fields: a mask or polygons before corners, a
    /// rectangle and points. Fields of another form than expected are no shape.
    #[must_use]
    pub fn of(fields: &Map<String, Value>) -> Self {
        let numbers = |name: &str| fields.get(name).and_then(numbers);
        if let Some(shape) = fields.get(SEGMENTATION).and_then(segmentation) {
            return shape;
        }
        if let Some(corners) = numbers(CORNERS).and_then(|corners| corners.try_into().ok()) {
            return Self::Corners(corners);
        }
        if let Some(points) = numbers(POLYLINE) {
            return Self::Polyline(points);
        }
        if let Some(&[x, y, width, height]) = numbers(BBOX).as_deref() {
            let rectangle = Rectangle { x, y, width, height };
            return match fields.get(ROTATION).and_then(Value::as_f64) {
                Some(angle) if angle != 0.0 => Self::Rotated(rectangle, angle),
                _ => Self::Box(rectangle),
            };
        }
        if let Some(points) = numbers(KEYPOINTS) {
            return Self::Keypoints(points);
        }
        let ends = fields.get(SPAN).and_then(Value::as_array).map(Vec::as_slice);
        match ends {
            Some([start, end]) => match (start.as_u64(), end.as_u64()) {
                (Some(start), Some(end)) => Self::Span(start, end),
                _ => Self::Whole,
            },
            _ => Self::Whole,
        }
    }

    /// Returns the smallest upright rectangle around the shape; `None` if it has none.
    #[must_use]
    pub fn bounds(&self) -> Option<Rectangle> {
        match self {
            Self::Whole | Self::Span(..) => None,
            Self::Box(rectangle) => Some(*rectangle),
            Self::Rotated(..) => self.outline().and_then(|outline| Rectangle::around(&outline)),
            Self::Corners(corners) => Rectangle::around(corners),
            Self::Polygons(polygons) => Rectangle::around(&polygons.concat()),
            Self::Mask(mask) => mask.bounds(),
            Self::Polyline(points) => Rectangle::around(points),
            Self::Keypoints(points) => {
                let seen = points.chunks_exact(3).filter(|point| point[2] > 0.0);
                Rectangle::around(&seen.flat_map(|point| [point[0], point[1]]).collect::<Vec<_>>())
            }
        }
    }

    /// Returns the corners of a rectangle of any kind, `x` and `y` in turn, clockwise as seen from
    /// the upper left one; `None` for other shapes.
    #[must_use]
    pub fn outline(&self) -> Option<[f64; 8]> {
        let (rectangle, angle) = match self {
            Self::Box(rectangle) => (rectangle, 0.0),
            Self::Rotated(rectangle, angle) => (rectangle, *angle),
            Self::Corners(corners) => return Some(*corners),
            _ => return None,
        };
        let Rectangle { x, y, width, height } = *rectangle;
        let (sin, cos) = angle.to_radians().sin_cos();
        let (middle_x, middle_y) = (x + width / 2.0, y + height / 2.0);
        let corner = |right: f64, down: f64| {
            let (dx, dy) = (width * right / 2.0, height * down / 2.0);
            [middle_x + dx * cos - dy * sin, middle_y + dx * sin + dy * cos]
        };
        let [a, b, c, d] = [corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)];
        Some([a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]])
    }
}

impl Mask {
    /// Returns the number of ones.
    #[must_use]
    pub fn area(&self) -> u64 {
        self.counts.iter().skip(1).step_by(2).map(|run| u64::from(*run)).sum()
    }

    /// Returns the smallest rectangle around the ones; `None` without ones.
    #[must_use]
    pub fn bounds(&self) -> Option<Rectangle> {
        let height = u64::from(self.height.max(1));
        let (mut at, mut sides) = (0_u64, None::<(u64, u64, u64, u64)>);
        for (number, run) in self.counts.iter().enumerate() {
            let end = at + u64::from(*run);
            if number % 2 == 1 && *run > 0 {
                let (left, right) = (at / height, (end - 1) / height);
                // A run over several columns reaches from the top to the bottom.
                let (top, bottom) =
                    if left == right { (at % height, (end - 1) % height) } else { (0, height - 1) };
                let (l, t, r, b) = sides.unwrap_or((left, top, right, bottom));
                sides = Some((l.min(left), t.min(top), r.max(right), b.max(bottom)));
            }
            at = end;
        }
        #[expect(clippy::cast_precision_loss, reason = "positions in an image are far below 2^53")]
        sides.map(|(left, top, right, bottom)| {
            Rectangle::between(left as f64, top as f64, (right + 1) as f64, (bottom + 1) as f64)
        })
    }

    /// Reads the compressed run lengths of COCO (`pycocotools`): groups of five bits, low ones
    /// first, in characters from 48; each run after the second as the difference to the one before
    /// the last. Returns `None` for other text.
    #[must_use]
    pub fn of_text(height: u32, width: u32, text: &str) -> Option<Self> {
        let (mut counts, mut bytes) = (Vec::<i64>::new(), text.bytes());
        while let Some(mut byte) = bytes.next() {
            let (mut run, mut shift) = (0_i64, 0_u32);
            loop {
                let bits = i64::from(byte.checked_sub(48).filter(|bits| *bits < 64)?);
                run |= (bits & 31).checked_shl(shift)?;
                shift += 5;
                if bits & 32 == 0 {
                    if bits & 16 != 0 && shift < 64 {
                        run |= -1 << shift;
                    }
                    break;
                }
                if shift > 40 {
                    return None;
                }
                byte = bytes.next()?;
            }
            if counts.len() > 2 {
                run += counts[counts.len() - 2];
            }
            counts.push(run);
        }
        let counts = counts.into_iter().map(|run| u32::try_from(run).ok()).collect::<Option<Vec<_>>>()?;
        Some(Self { height, width, counts })
    }

    /// Returns the compressed run lengths of COCO, as [`of_text`](Self::of_text) reads them.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (number, run) in self.counts.iter().enumerate() {
            let before = if number > 2 { i64::from(self.counts[number - 2]) } else { 0 };
            let mut left = i64::from(*run) - before;
            loop {
                let bits = left & 31;
                left >>= 5;
                let ends = if bits & 16 != 0 { left == -1 } else { left == 0 };
                #[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "below 64")]
                let byte = (bits + if ends { 0 } else { 32 }) as u8 + 48;
                text.push(char::from(byte));
                if ends {
                    break;
                }
            }
        }
        text
    }
}

/// Reads polygons or a mask.
fn segmentation(value: &Value) -> Option<Shape> {
    match value {
        Value::Array(polygons) if polygons.is_empty() => None,
        Value::Array(polygons) => {
            polygons.iter().map(numbers).collect::<Option<Vec<_>>>().map(Shape::Polygons)
        }
        Value::Object(mask) => {
            let size = mask.get("size")?.as_array()?;
            let side = |place: usize| size.get(place)?.as_u64().and_then(|side| u32::try_from(side).ok());
            let (height, width) = (side(0)?, side(1)?);
            match mask.get("counts")? {
                Value::String(text) => Mask::of_text(height, width, text).map(Shape::Mask),
                Value::Array(runs) => {
                    let run = |run: &Value| run.as_u64().and_then(|run| u32::try_from(run).ok());
                    let counts = runs.iter().map(run).collect::<Option<Vec<_>>>()?;
                    Some(Shape::Mask(Mask { height, width, counts }))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn numbers(value: &Value) -> Option<Vec<f64>> {
    value.as_array()?.iter().map(Value::as_f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &Value) -> Shape {
        Shape::of(value.as_object().unwrap())
    }

    #[test]
    fn shapes_are_written_and_read() {
        let rectangle = Rectangle { x: 1.0, y: 2.0, width: 3.0, height: 4.5 };
        for shape in [
            Shape::Whole,
            Shape::Box(rectangle),
            Shape::Rotated(rectangle, 30.0),
            Shape::Corners([0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]),
            Shape::Polygons(vec![vec![0.0, 0.0, 2.0, 0.0, 2.0, 2.0], vec![5.0, 5.0, 6.0, 5.0, 6.0, 6.5]]),
            Shape::Mask(Mask { height: 2, width: 3, counts: vec![1, 2, 3] }),
            Shape::Polyline(vec![0.0, 0.0, 4.0, 4.0]),
            Shape::Keypoints(vec![1.0, 1.0, 2.0, 0.0, 0.0, 0.0]),
            Shape::Span(3, 9),
        ] {
            let mut fields = Map::new();
            shape.write(&mut fields);
            assert_eq!(Shape::of(&fields), shape);
        }
    }

    #[test]
    fn the_most_exact_shape_is_read() {
        let both =
            json!({"bbox": [0, 0, 2, 2], "segmentation": [[0, 0, 2, 0, 2, 2]], "keypoints": [1, 1, 2]});
        assert!(matches!(read(&both), Shape::Polygons(_)));
        // A segmentation without polygons and a box of another form are no shapes.
        assert_eq!(read(&json!({"bbox": [0, 0, 2], "segmentation": []})), Shape::Whole);
    }

    #[test]
    fn bounds_surround_the_shape() {
        let rectangle = Rectangle { x: 0.0, y: 0.0, width: 4.0, height: 2.0 };
        let turned = Shape::Rotated(rectangle, 90.0).bounds().unwrap();
        assert!((turned.x - 1.0).abs() < 1e-9 && (turned.width - 2.0).abs() < 1e-9, "{turned:?}");
        // Columns of three: the ones are rows 1 and 2 of the first column, row 0 of the second.
        let mask = Mask { height: 3, width: 2, counts: vec![1, 3, 2] };
        assert_eq!(mask.bounds().unwrap(), Rectangle { x: 0.0, y: 0.0, width: 2.0, height: 3.0 });
        assert_eq!(mask.area(), 3);
        assert_eq!(Shape::Keypoints(vec![9.0, 9.0, 0.0]).bounds(), None);
    }

    /// Values of `pycocotools.mask.encode`.
    #[test]
    fn run_lengths_are_compressed_as_coco_does() {
        for (counts, text) in
            [(vec![0, 4], "04"), (vec![5, 2, 1, 3], "5214"), (vec![100, 40, 60, 40, 1000], "T3X1l1O4Y")]
        {
            let mask = Mask { height: 4, width: 4, counts };
            let written = mask.to_text();
            assert_eq!(Mask::of_text(4, 4, &written), Some(mask), "{written} {text}");
        }
        assert_eq!(Mask::of_text(1, 1, "\u{1}"), None);
    }
}
