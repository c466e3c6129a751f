//! The Merkle tree of RFC 6962, §2.1, with SHA-256 and unmodified: the tree of a log, and that of
//! the rows of one commit.
//!
//! No tree is in memory completely. [`TreeFrontier`] appends leaves with one hash for each complete
//! subtree of its right edge. Proofs are made from the hashes of complete [`Subtree`]s, which do
//! not change when the tree grows, so they can be stored in [tiles](super::tiles). Verification
//! needs the proof and one or two [`TreeHead`]s. Nothing here reads a store.

mod frontier;
mod prove;
mod verify;

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::domain::id::hex;

pub use frontier::{FrontierError, MAX_FRONTIER_SIZE, TreeFrontier};
pub use prove::{consistency_proof, inclusion_proof, root_from_subtrees};
pub use verify::{verify_consistency, verify_inclusion};

/// A SHA-256 hash: of a leaf, of a node, or of a whole tree.
pub type TreeHash = [u8; 32];

/// The prefix of a leaf before it is hashed.
const LEAF_PREFIX: [u8; 1] = [0x00];
/// The prefix of two hashes before they are hashed, so that no node can be taken for a leaf.
const NODE_PREFIX: [u8; 1] = [0x01];

/// The size and the root of a tree. Two trees with equal heads have equal leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// The number of leaves.
    pub size: u64,
    /// The hash of the whole tree.
    pub root: TreeHash,
}

/// A complete subtree: the `2^level` leaves from `index * 2^level` on. Level 0 has the leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subtree {
    /// The height, 0 for a leaf.
    pub level: u32,
    /// The number of subtrees of this level to the left of it.
    pub index: u64,
}

impl Subtree {
    /// Returns the subtree of twice the size that contains this one.
    #[must_use]
    pub const fn parent(self) -> Self {
        Self { level: self.level.saturating_add(1), index: self.index / 2 }
    }

    /// Returns true if a tree of `size` leaves has all leaves of this subtree.
    #[must_use]
    pub const fn is_complete_in(self, size: u64) -> bool {
        match size.checked_shr(self.level) {
            Some(complete) => self.index < complete,
            None => false,
        }
    }
}

impl fmt::Display for Subtree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "subtree {} of level {}", self.index, self.level)
    }
}

/// The reason why a proof cannot be made, or does not prove what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree has no leaf at this index.
    #[error(
        "expected the index of a leaf in a tree of size {size}, found {index}; use a tree head that is newer than the leaf"
    )]
    IndexOutside {
        /// The index of the leaf, from 0.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The first tree is larger than the second.
    #[error("expected the smaller tree first, found size {first} before size {second}; swap the tree heads")]
    Reversed {
        /// The size of the first tree.
        first: u64,
        /// The size of the second tree.
        second: u64,
    },
    /// The first tree is empty. RFC 6962 has no such proof: each tree extends the empty one.
    #[error(
        "expected a first tree with leaves, found an empty one; each tree extends it, use a later tree head"
    )]
    EmptyTree,
    /// The proof has too many or too few hashes for its trees.
    #[error("expected a proof of {expected} hashes, found {found}; get the proof for these tree sizes again")]
    PathLength {
        /// The number of hashes in a proof for these trees.
        expected: usize,
        /// The number of hashes found.
        found: usize,
    },
    /// Leaf and proof have another root than the tree.
    #[error(
        "expected the root {}, found {} from leaf {index} and the proof; the leaf, its index, the proof or the tree head is not the original",
        hex(.expected), hex(.found)
    )]
    InclusionRoot {
        /// The index of the leaf.
        index: u64,
        /// The root of the tree.
        expected: TreeHash,
        /// The root that leaf and proof have.
        found: TreeHash,
    },
    /// The proof has another root than one of the two trees.
    #[error(
        "expected the root {} of size {size}, found {} from the proof; the second tree does not extend the first, or the proof or a tree head is not the original",
        hex(.expected), hex(.found)
    )]
    ConsistencyRoot {
        /// The size of the tree whose root differs.
        size: u64,
        /// The root of that tree.
        expected: TreeHash,
        /// The root that the proof has for it.
        found: TreeHash,
    },
    /// A hash that the proof is made from is missing.
    #[error(
        "expected the hash of {0}, found none; restore the tile that has it, or make it again from the leaves"
    )]
    MissingSubtree(Subtree),
}

/// Returns the root of the tree without leaves (RFC 6962, §2.1: the hash of an empty text).
#[must_use]
pub fn empty_root() -> TreeHash {
    Sha256::digest([]).into()
}

/// Returns the hash of a leaf (RFC 6962, §2.1).
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> TreeHash {
    Sha256::new().chain_update(LEAF_PREFIX).chain_update(leaf).finalize().into()
}

/// Returns the hash of a node with two children (RFC 6962, §2.1).
#[must_use]
pub fn node_hash(left: &TreeHash, right: &TreeHash) -> TreeHash {
    Sha256::new().chain_update(NODE_PREFIX).chain_update(left).chain_update(right).finalize().into()
}

/// Returns the root of the tree with these leaf hashes (RFC 6962, §2.1: `MTH`).
#[must_use]
pub fn root(leaves: impl IntoIterator<Item = TreeHash>) -> TreeHash {
    let mut frontier = TreeFrontier::default();
    for leaf in leaves {
        frontier.append(leaf);
    }
    frontier.root()
}
