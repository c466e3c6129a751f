//! The last part of a path: an index in groups of three digits, and the width if it is partial.

use std::fmt;
use std::str::FromStr;

use super::TILE_WIDTH;

/// Index and width of a tile or a bundle. Index 1,234,067 of width 8 is `x001/x234/067.p/8`.
pub(super) struct Place {
    pub(super) index: u64,
    pub(super) width: u16,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The groups before the last, from left to right. 1000^6 is the largest power in a `u64`.
        for power in (1..=6).rev() {
            let group = 1000_u64.pow(power);
            if self.index >= group {
                write!(f, "x{:03}/", self.index / group % 1000)?;
            }
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.width == TILE_WIDTH { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

impl Place {
    /// Reads the one text form of a place; `None` for any other text.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (groups, width) = match text.split_once(".p/") {
            None => (text, TILE_WIDTH),
            Some((groups, width)) => (groups, decimal(width)?),
        };
        let mut index = 0_u64;
        for group in groups.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
        }
        // Refuses a missing `x`, other groups than three digits, zeros in front, and `.p/256`.
        let place = Self { index, width };
        (place.to_string() == text).then_some(place)
    }
}

/// Reads a number without sign and leading zeros.
pub(super) fn decimal<N: FromStr + ToString>(text: &str) -> Option<N> {
    text.parse::<N>().ok().filter(|number| number.to_string() == text)
}
