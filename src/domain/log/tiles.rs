//! Tiles: the hashes of a log's tree as files that never change, and the leaves in bundles, as in
//! [C2SP tlog-tiles](https://c2sp.org/tlog-tiles).
//!
//! A tile of level L has up to 256 hashes of subtrees of level 8 L; hashes between these levels are
//! computed from it. This module names the files, says which ones a tree has, and converts their
//! bytes. It reads and writes none of them.

mod entries;
mod hashes;
mod path;

use std::fmt;
use std::str::FromStr;

use super::tree::Subtree;
use crate::domain::id::Malformed;

pub use entries::{BundleError, MAX_LEAF_BYTES, read_bundle, write_bundle};
pub use hashes::TileHashes;

/// The levels of the tree that one level of tiles covers.
pub const TILE_HEIGHT: u32 = 8;
/// The most hashes in a tile, and the most leaves in a bundle.
pub const TILE_WIDTH: u16 = 1 << TILE_HEIGHT;
/// The levels of tiles of a tree whose size is a `u64`. The specification permits 64.
pub const TILE_LEVELS: u32 = u64::BITS / TILE_HEIGHT;

const WIDTH: u64 = TILE_WIDTH as u64;

/// The coordinates of a tile. Its text form is its path, `tile/<level>/<index>[.p/<width>]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u32,
    index: u64,
    width: u16,
}

/// The coordinates of a bundle of leaves. Its text form is its path,
/// `tile/entries/<index>[.p/<width>]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryBundle {
    index: u64,
    width: u16,
}

/// Coordinates or bytes that are no tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The path does not have the form of one.
    #[error("{0}")]
    Path(#[from] Malformed),
    /// No tree has a tile of this level.
    #[error("expected a level from 0 to {}, found {level}; no larger tree is possible", TILE_LEVELS - 1)]
    Level {
        /// The level found.
        level: u32,
    },
    /// A tile has 1 to 256 hashes.
    #[error("expected a width from 1 to {}, found {width}; a full tile has no width in its path", TILE_WIDTH)]
    Width {
        /// The width found.
        width: u16,
    },
    /// The tile is beyond the largest tree.
    #[error(
        "expected a tile of a tree of at most 2^64 - 1 leaves, found {width} hashes at index {index} of level {level}"
    )]
    Index {
        /// The level of the tile.
        level: u32,
        /// The index found.
        index: u64,
        /// The width found.
        width: u16,
    },
    /// The bytes have another length than the hashes of the tile.
    #[error("expected {expected} bytes in {tile}, found {found}; get the tile again")]
    Length {
        /// The tile.
        tile: Tile,
        /// 32 bytes for each hash.
        expected: usize,
        /// The number of bytes found.
        found: usize,
    },
}

impl Tile {
    /// Returns the tile at these coordinates. Its width is 1 to 256; below 256 it is partial.
    ///
    /// # Errors
    /// [`TileError`] if no tree of at most `u64::MAX` leaves has it.
    pub fn new(level: u32, index: u64, width: u16) -> Result<Self, TileError> {
        if level >= TILE_LEVELS {
            return Err(TileError::Level { level });
        }
        if !(1..=TILE_WIDTH).contains(&width) {
            return Err(TileError::Width { width });
        }
        let most = u64::MAX >> (TILE_HEIGHT * level);
        match index.checked_mul(WIDTH).and_then(|first| first.checked_add(u64::from(width))) {
            Some(end) if end <= most => Ok(Self { level, index, width }),
            _ => Err(TileError::Index { level, index, width }),
        }
    }

    /// Returns the tile of a tree of `size` leaves from which the hash of `subtree` is computed;
    /// `None` if the subtree is not complete in that tree.
    #[must_use]
    pub fn holding(subtree: Subtree, size: u64) -> Option<Self> {
        if !subtree.is_complete_in(size) {
            return None;
        }
        let level = subtree.level / TILE_HEIGHT;
        let index = (subtree.index << (subtree.level % TILE_HEIGHT)) / WIDTH;
        let hashes = size >> (TILE_HEIGHT * level);
        Some(Self { level, index, width: width(index, hashes) })
    }

    /// Returns the level, from 0 to 7.
    #[must_use]
    pub const fn level(&self) -> u32 {
        self.level
    }

    /// Returns the number of tiles of the same level to the left of it.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Returns the number of hashes, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Returns true if the tile is full: it is the same in every larger tree.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Returns the subtrees whose hashes are in the tile, in order.
    pub fn subtrees(&self) -> impl Iterator<Item = Subtree> + use<> {
        let (level, first) = (TILE_HEIGHT * self.level, self.index * WIDTH);
        (first..first + u64::from(self.width)).map(move |index| Subtree { level, index })
    }
}

impl EntryBundle {
    /// Returns the bundle at these coordinates. Its width is 1 to 256; below 256 it is partial.
    ///
    /// # Errors
    /// [`TileError`] if no tree of at most `u64::MAX` leaves has it.
    pub fn new(index: u64, width: u16) -> Result<Self, TileError> {
        Tile::new(0, index, width).map(|Tile { index, width, .. }| Self { index, width })
    }

    /// Returns the bundle of a tree of `size` leaves that has leaf `index`; `None` if the tree has
    /// no such leaf.
    #[must_use]
    pub fn holding(index: u64, size: u64) -> Option<Self> {
        Tile::holding(Subtree { level: 0, index }, size)
            .map(|Tile { index, width, .. }| Self { index, width })
    }

    /// Returns the number of bundles before it.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Returns the number of leaves, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Returns the index of its first leaf.
    #[must_use]
    pub const fn first_leaf(&self) -> u64 {
        self.index * WIDTH
    }
}

/// Returns the tiles that a tree of `to` leaves has and a tree of `from` leaves does not have,
/// level by level. A partial tile is another tile than the full one at its place. Empty if
/// `from >= to`.
pub fn tiles_between(from: u64, to: u64) -> impl Iterator<Item = Tile> {
    (0..TILE_LEVELS).flat_map(move |level| {
        let shift = TILE_HEIGHT * level;
        grown(from >> shift, to >> shift).map(move |(index, width)| Tile { level, index, width })
    })
}

/// Returns the bundles that a log of `to` leaves has and a log of `from` leaves does not have.
/// Empty if `from >= to`.
pub fn bundles_between(from: u64, to: u64) -> impl Iterator<Item = EntryBundle> {
    grown(from, to).map(|(index, width)| EntryBundle { index, width })
}

/// Returns index and width of each tile of one level that changes as the level grows from `from`
/// hashes to `to`.
fn grown(from: u64, to: u64) -> impl Iterator<Item = (u64, u16)> {
    let end = if from < to { to.div_ceil(WIDTH) } else { 0 };
    (from / WIDTH..end).map(move |index| (index, width(index, to)))
}

/// Returns the width of a tile on a level of `hashes` hashes.
fn width(index: u64, hashes: u64) -> u16 {
    (hashes - index * WIDTH).min(WIDTH) as u16
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/{}", self.level, path::Place { index: self.index, width: self.width })
    }
}

impl FromStr for Tile {
    type Err = TileError;

    fn from_str(text: &str) -> Result<Self, TileError> {
        let malformed =
            || Malformed::new(text, "the path of a tile, such as `tile/0/x001/234` or `tile/1/000.p/17`");
        let (level, place) =
            text.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or_else(malformed)?;
        let level = path::decimal(level).ok_or_else(malformed)?;
        let path::Place { index, width } = path::Place::read(place).ok_or_else(malformed)?;
        Self::new(level, index, width)
    }
}

impl fmt::Display for EntryBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/entries/{}", path::Place { index: self.index, width: self.width })
    }
}

impl FromStr for EntryBundle {
    type Err = TileError;

    fn from_str(text: &str) -> Result<Self, TileError> {
        let malformed = || {
            Malformed::new(
                text,
                "the path of a bundle, such as `tile/entries/x001/234` or `tile/entries/000.p/17`",
            )
        };
        let place = text.strip_prefix("tile/entries/").ok_or_else(malformed)?;
        let path::Place { index, width } = path::Place::read(place).ok_or_else(malformed)?;
        Self::new(index, width)
    }
}
