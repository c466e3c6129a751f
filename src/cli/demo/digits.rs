//! The demo's pictures: 1,797 handwritten digits of 8 by 8 pixels, with crops and masks.
//!
//! From the UCI data set "Optical Recognition of Handwritten Digits" (CC BY 4.0), see
//! `fixtures/datasets/digits/README.md`.

use super::png;
use crate::cli::shared::failure::{Failure, Result};

/// A label and 64 grey levels per line: `0` is paper, `g` (16) is ink.
const TEXT: &str = include_str!("../../../fixtures/datasets/digits/digits.txt");
/// The width and height in pixels.
const SIDE: usize = 8;
/// The darkest level.
const INK: u8 = 16;
/// The lowest level that is ink.
pub(super) const THRESHOLD: u8 = 4;

/// A picture of a digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digit {
    /// The digit that it shows.
    pub class: usize,
    levels: Picture,
}

/// Grey levels, row by row: 0 is paper, 16 is ink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub width: usize,
    levels: Vec<u8>,
}

/// A rectangle of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// Parses all digits, in the order of the data set.
pub(super) fn all() -> Result<Vec<Digit>> {
    let digits: Option<Vec<Digit>> = TEXT.lines().map(digit).collect();
    digits.ok_or_else(|| Failure::new("cannot read the demo's digits"))
}

fn digit(line: &str) -> Option<Digit> {
    let (class, levels) = line.split_once(' ')?;
    let level = |letter: char| letter.to_digit(u32::from(INK) + 1).and_then(|level| u8::try_from(level).ok());
    let levels: Vec<u8> = levels.chars().map(level).collect::<Option<_>>()?;
    let class = class.parse().ok().filter(|class| *class < 10)?;
    (levels.len() == SIDE * SIDE).then_some(Digit { class, levels: Picture { width: SIDE, levels } })
}

impl Digit {
    /// Returns the picture as scanned.
    pub(super) const fn scan(&self) -> &Picture {
        &self.levels
    }

    /// Returns an incomplete scan: its lower half is paper.
    pub(super) fn broken_scan(&self) -> Picture {
        let mut picture = self.levels.clone();
        picture.levels[SIDE * SIDE / 2..].fill(0);
        picture
    }
}

impl Picture {
    pub(super) fn height(&self) -> usize {
        self.levels.len() / self.width
    }

    /// Returns the smallest rectangle with all ink; the full picture if there is none.
    pub(super) fn ink(&self) -> Area {
        let inked = || {
            let places = self.levels.iter().enumerate().filter(|(_, level)| **level >= THRESHOLD);
            places.map(|(place, _)| (place % self.width, place / self.width))
        };
        let (columns, rows) = (|| inked().map(|(x, _)| x), || inked().map(|(_, y)| y));
        match (columns().min(), columns().max(), rows().min(), rows().max()) {
            (Some(left), Some(right), Some(top), Some(bottom)) => {
                Area { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
            }
            _ => Area { x: 0, y: 0, width: self.width, height: self.height() },
        }
    }

    /// Returns the pixels in a rectangle.
    pub(super) fn crop(&self, area: Area) -> Self {
        let rows = self.levels.chunks(self.width).skip(area.y).take(area.height);
        let levels = rows.flat_map(|row| row.iter().skip(area.x).take(area.width).copied()).collect();
        Self { width: area.width, levels }
    }

    /// Returns a mask: ink is white, everything else is black.
    pub(super) fn mask(&self) -> Self {
        let levels = self.levels.iter().map(|level| if *level >= THRESHOLD { 0 } else { INK }).collect();
        Self { width: self.width, levels }
    }

    /// Encodes the picture as PNG. Ink is black.
    pub(super) fn png(&self) -> Vec<u8> {
        let grey = |level: &u8| u8::try_from((16 - u16::from(*level).min(16)) * 255 / 16).unwrap_or(0);
        let pixels: Vec<u8> = self.levels.iter().map(grey).collect();
        png::grey(self.width, &pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Digest;

    #[test]
    fn all_digits_are_there() {
        let digits = all().unwrap();
        let of = |class| digits.iter().filter(|digit| digit.class == class).count();
        // The counts in the description of the data set.
        assert_eq!((0..10).map(of).collect::<Vec<_>>(), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    }

    #[test]
    fn a_picture_is_cropped_to_its_ink() {
        let picture = Picture { width: 4, levels: vec![0, 0, 0, 0, 0, 9, 3, 0, 0, 0, 16, 0] };
        let area = picture.ink();
        assert_eq!(area, Area { x: 1, y: 1, width: 2, height: 2 });
        assert_eq!(picture.crop(area), Picture { width: 2, levels: vec![9, 3, 0, 16] });
        let blank = Picture { width: 2, levels: vec![0; 6] };
        assert_eq!(blank.ink(), Area { x: 0, y: 0, width: 2, height: 3 });
    }

    /// The bytes of a file determine ids in existing stores.
    #[test]
    fn the_files_never_change() {
        let first = &all().unwrap()[0];
        let file = first.scan().png();
        assert_eq!(
            Digest::of(&file).to_string(),
            "b3:73c01a675f855f43b4458419c3cd22d44fc6b58ccd8bf6b08d771439a5037f4d"
        );
        assert_ne!(first.broken_scan().png(), file);
    }
}
