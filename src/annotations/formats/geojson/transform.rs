//! The affine transform between pixels and coordinates of the world.

use serde_json::{Value, json};

/// A transform of pixels to the world: `x = a·column + b·row + c`, `y = d·column + e·row + f`. The
/// pixel (0, 0) is the upper left corner of the image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Transform(pub [f64; 6]);

impl Transform {
    /// Creates a transform; `None` if it has no inverse or is not finite.
    pub(super) fn new(parts: [f64; 6]) -> Option<Self> {
        let [a, b, _, d, e, _] = parts;
        let determinant = a * e - b * d;
        let is_finite = parts.iter().all(|part| part.is_finite());
        (is_finite && determinant.is_normal()).then_some(Self(parts))
    }

    /// Reads a world file: six numbers, a line each, of which the last two are the centre of the
    /// first pixel.
    pub(super) fn of_world_file(text: &str) -> Option<Self> {
        let numbers: Vec<f64> = text
            .split_whitespace()
            .map(|number| number.replace(',', ".").parse().ok())
            .collect::<Option<_>>()?;
        let [a, d, b, e, x, y] = numbers.try_into().ok()?;
        Self::new([a, b, x - (a + b) / 2.0, d, e, y - (d + e) / 2.0])
    }

    /// Returns the world's coordinates of a pixel.
    pub(super) fn to_world(self, [column, row]: [f64; 2]) -> [f64; 2] {
        let [a, b, c, d, e, f] = self.0;
        [a * column + b * row + c, d * column + e * row + f]
    }

    /// Returns the pixel at coordinates of the world.
    pub(super) fn to_pixel(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [a, b, c, d, e, f] = self.0;
        let (x, y, determinant) = (x - c, y - f, a * e - b * d);
        [(e * x - b * y) / determinant, (a * y - d * x) / determinant]
    }

    /// Returns the six numbers as a list.
    pub(super) fn to_value(self) -> Value {
        json!(self.0)
    }

    /// Reads a list of six numbers.
    pub(super) fn of_value(value: &Value) -> Option<Self> {
        let parts: Vec<f64> = value.as_array()?.iter().map(Value::as_f64).collect::<Option<_>>()?;
        Self::new(parts.try_into().ok()?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pixels_come_back(scale in 0.01_f64..10.0, turn in -0.5_f64..0.5, x in -1e3..1e3_f64, y in -1e3..1e3_f64,
                            column in 0.0..20_000.0_f64, row in 0.0..20_000.0_f64) {
            let transform = Transform::new([scale, turn * scale, x, turn * scale, -scale, y]).unwrap();
            let [again_column, again_row] = transform.to_pixel(transform.to_world([column, row]));
            prop_assert!((again_column - column).abs() < 1e-9 * column.max(1.0) + 1e-12 * x.abs() / scale + 1e-9);
            prop_assert!((again_row - row).abs() < 1e-9 * row.max(1.0) + 1e-9);
            prop_assert_eq!(Transform::of_value(&transform.to_value()), Some(transform));
        }
    }

    #[test]
    fn a_world_file_names_the_centre_of_the_first_pixel() {
        let transform = Transform::of_world_file("0.5\r\n0\n0\n-0.5\n100.25\n199.75\n").unwrap();
        assert_eq!(transform, Transform([0.5, 0.0, 100.0, 0.0, -0.5, 200.0]));
        assert_eq!(transform.to_pixel([101.0, 199.0]), [2.0, 2.0]);
        for bad in ["1 2 3", "0 0 0 0 1 1", "a b c d e f", "1 0 0 -1 nan 0"] {
            assert_eq!(Transform::of_world_file(bad), None);
        }
    }
}
