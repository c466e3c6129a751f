//! Numbers of lines: parts of the image's size.

use super::super::data_file::KeypointShape;
use super::digits::digits;
use crate::annotations::model::Rectangle;

/// The range of numbers that trainers accept.
const LEAST: f64 = -0.01;
const MOST: f64 = 1.01;

/// The numbers of a line.
#[derive(Debug, Default)]
pub(super) struct LineNumbers {
    /// The numbers, as text.
    pub text: Vec<String>,
    /// True if the shape was clipped at the sides of the image.
    pub is_clipped: bool,
}

impl LineNumbers {
    /// Adds a box; false if it is outside of the image.
    pub(super) fn add_box(&mut self, rectangle: Rectangle, (width, height): (f64, f64)) -> bool {
        let numbers = |r: Rectangle| {
            [
                (r.x + r.width / 2.0) / width,
                (r.y + r.height / 2.0) / height,
                r.width / width,
                r.height / height,
            ]
        };
        let mut found = numbers(rectangle);
        if !found.iter().all(|number| (LEAST..=MOST).contains(number)) {
            let Rectangle { x, y, .. } = rectangle;
            let (left, right) = (x.clamp(0.0, width), (x + rectangle.width).clamp(0.0, width));
            let (top, bottom) = (y.clamp(0.0, height), (y + rectangle.height).clamp(0.0, height));
            let is_outside =
                x > width || x + rectangle.width < 0.0 || y > height || y + rectangle.height < 0.0;
            let is_edge = left >= right && rectangle.width > 0.0 || top >= bottom && rectangle.height > 0.0;
            if is_outside || is_edge {
                return false;
            }
            found = numbers(Rectangle::between(left, top, right, bottom));
            self.is_clipped = true;
        }
        self.text.extend(found.map(digits));
        true
    }

    /// Adds points, `x` and `y` in turn; false if they are outside of the image.
    pub(super) fn add_points(&mut self, points: &[f64], size: (f64, f64)) -> bool {
        let beyond = |at: f64, length: f64, side: f64| at + length < LEAST * side || at > MOST * side;
        let is_outside = Rectangle::around(points)
            .is_none_or(|r| beyond(r.x, r.width, size.0) || beyond(r.y, r.height, size.1));
        if is_outside {
            return false;
        }
        for point in points.chunks_exact(2) {
            self.add(point[0] / size.0);
            self.add(point[1] / size.1);
        }
        true
    }

    /// Adds keypoints, each `x`, `y` and visibility, filled up with absent ones. Returns false if a
    /// visibility cannot be written.
    pub(super) fn add_keypoints(&mut self, points: &[f64], shape: KeypointShape, size: (f64, f64)) -> bool {
        let mut is_exact = true;
        for number in 0..shape.points {
            let &[x, y, visibility] = points.get(3 * number..3 * number + 3).unwrap_or(&[0.0, 0.0, 0.0])
            else {
                continue;
            };
            self.add(x / size.0);
            self.add(y / size.1);
            if shape.numbers == 3 {
                let known = visibility.round().clamp(0.0, 2.0);
                is_exact &= known == visibility;
                self.text.push(digits(known));
            } else {
                let read = if x < 0.0 || y < 0.0 { 0.0 } else { 2.0 };
                is_exact &= read == visibility;
            }
        }
        is_exact
    }

    fn add(&mut self, number: f64) {
        let inside = if (LEAST..=MOST).contains(&number) { number } else { number.clamp(0.0, 1.0) };
        self.is_clipped |= inside != number;
        self.text.push(digits(inside));
    }
}

/// Joins polygons to one by lines from the start of the first one to that of each other and back,
/// which have no area.
pub(super) fn joined(polygons: &[Vec<f64>]) -> Vec<f64> {
    let [first, others @ ..] = polygons else { return Vec::new() };
    let mut points = first.clone();
    for other in others {
        points.extend_from_slice(first.get(..2).unwrap_or_default());
        points.extend_from_slice(other);
        points.extend_from_slice(other.get(..2).unwrap_or_default());
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polygons_are_joined_by_lines_without_area() {
        let square = |x: f64| vec![x, 0.0, x + 1.0, 0.0, x + 1.0, 1.0, x, 1.0];
        let area = |ring: &[f64]| {
            let points: Vec<&[f64]> = ring.chunks_exact(2).collect();
            let pairs = points.iter().zip(points.iter().cycle().skip(1));
            (pairs.map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f64>() / 2.0).abs()
        };
        assert_eq!(joined(&[square(0.0)]), square(0.0));
        for count in 1..5 {
            let squares: Vec<Vec<f64>> = (0..count).map(|number| square(f64::from(number) * 3.0)).collect();
            assert!((area(&joined(&squares)) - f64::from(count)).abs() < 1e-9);
        }
    }

    #[test]
    fn shapes_beyond_the_image_are_clipped() {
        let mut numbers = LineNumbers::default();
        let rectangle = |x: f64, width: f64| Rectangle { x, y: 0.0, width, height: 50.0 };
        assert!(numbers.add_box(rectangle(-50.0, 400.0), (200.0, 100.0)));
        assert!(numbers.is_clipped);
        assert_eq!(numbers.text, ["0.5", "0.25", "1", "0.5"]);
        assert!(!LineNumbers::default().add_box(rectangle(300.0, 10.0), (200.0, 100.0)));
        let mut numbers = LineNumbers::default();
        // Within the tolerance of trainers it is kept.
        assert!(numbers.add_box(rectangle(-1.0, 200.0), (200.0, 100.0)) && !numbers.is_clipped);
        assert!(numbers.add_points(&[-1.0, 50.0], (200.0, 100.0)));
        assert!(!numbers.add_points(&[-9.0, 50.0, -5.0, 60.0], (200.0, 100.0)));
        assert_eq!(numbers.text[4..], ["-0.005", "0.5"]);
    }
}
