//! The hashes of one tile.

use super::{TILE_HEIGHT, Tile, TileError, WIDTH};
use crate::domain::log::tree::{ProofError, Subtree, TreeHash, root};

/// A tile with its hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileHashes {
    tile: Tile,
    hashes: Vec<TreeHash>,
}

impl TileHashes {
    /// Collects the hashes of a tile from the hashes of complete subtrees.
    ///
    /// # Errors
    /// [`ProofError::MissingSubtree`] if `hash` returns `None`.
    pub fn collect(
        tile: Tile,
        mut hash: impl FnMut(Subtree) -> Option<TreeHash>,
    ) -> Result<Self, ProofError> {
        let hashes = tile.subtrees().map(|subtree| hash(subtree).ok_or(ProofError::MissingSubtree(subtree)));
        Ok(Self { tile, hashes: hashes.collect::<Result<_, _>>()? })
    }

    /// Reads the bytes of a tile. That these are the hashes of a log follows from a proof that is
    /// made from them, not from this.
    ///
    /// # Errors
    /// [`TileError::Length`] if the bytes are not exactly 32 for each hash.
    pub fn from_bytes(tile: Tile, bytes: &[u8]) -> Result<Self, TileError> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if hashes.len() != usize::from(tile.width()) || !rest.is_empty() {
            let expected = 32 * usize::from(tile.width());
            return Err(TileError::Length { tile, expected, found: bytes.len() });
        }
        Ok(Self { tile, hashes: hashes.to_vec() })
    }

    /// Returns the bytes of the tile: its hashes, one after the other.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.concat()
    }

    /// Returns the coordinates.
    #[must_use]
    pub const fn tile(&self) -> Tile {
        self.tile
    }

    /// Returns the hash of a complete subtree, computed from those in the tile; `None` if it is not
    /// one of theirs. A full tile also has the hash that represents it one level of tiles above.
    #[must_use]
    pub fn hash(&self, subtree: Subtree) -> Option<TreeHash> {
        let height = subtree.level.checked_sub(TILE_HEIGHT * self.tile.level())?;
        if height > TILE_HEIGHT {
            return None;
        }
        let width = 1_u64 << height;
        let first = subtree.index.checked_mul(width)?.checked_sub(self.tile.index() * WIDTH)?;
        let first = usize::try_from(first).ok()?;
        let hashes = self.hashes.get(first..first.checked_add(width as usize)?)?;
        // The inner nodes of a complete subtree are those of a tree with these hashes as leaves.
        Some(root(hashes.iter().copied()))
    }
}
