//! The right edge of a tree, to which leaves are appended.

use super::{Subtree, TreeHash, TreeHead, empty_root, node_hash};

/// The largest size of a frontier that is restored. At this size it could still take a billion
/// leaves a second for a century, so appending needs no error.
pub const MAX_FRONTIER_SIZE: u64 = 1 << 62;

/// A tree to which leaves are appended, as the hashes of the largest complete subtrees, from left
/// to right: one for each bit that is set in the size (a compact range).
///
/// Appending n leaves takes fewer than 2n hashes, a root at most 63.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TreeFrontier {
    size: u64,
    subtrees: Vec<TreeHash>,
}

/// Parts that are no frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// The number of hashes is not that of the set bits of the size.
    #[error("expected {} hashes for a tree of size {size}, found {found}; make the frontier again from the leaves", .size.count_ones())]
    Hashes {
        /// The size of the tree.
        size: u64,
        /// The number of hashes found.
        found: usize,
    },
    /// The size is larger than a log can be.
    #[error(
        "expected a tree of at most {} leaves, found {size}; make the frontier again from the leaves",
        MAX_FRONTIER_SIZE
    )]
    Size {
        /// The size found.
        size: u64,
    },
}

impl TreeFrontier {
    /// Returns the frontier with the parts that [`TreeFrontier::size`] and
    /// [`TreeFrontier::subtrees`] returned. The caller compares its root with a trusted one.
    ///
    /// # Errors
    /// [`FrontierError`] if the number of hashes does not match the size, or if the size is larger
    /// than [`MAX_FRONTIER_SIZE`].
    pub fn from_parts(size: u64, subtrees: Vec<TreeHash>) -> Result<Self, FrontierError> {
        if size > MAX_FRONTIER_SIZE {
            return Err(FrontierError::Size { size });
        }
        if subtrees.len() != size.count_ones() as usize {
            return Err(FrontierError::Hashes { size, found: subtrees.len() });
        }
        Ok(Self { size, subtrees })
    }

    /// Returns the number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Returns the hashes of the largest complete subtrees, from left to right.
    #[must_use]
    pub fn subtrees(&self) -> &[TreeHash] {
        &self.subtrees
    }

    /// Appends the hash of a leaf.
    pub fn append(&mut self, leaf: TreeHash) {
        self.append_with(leaf, |_, _| ());
    }

    /// Appends the hash of a leaf. Passes each subtree that becomes complete, the leaf first, to
    /// `completed`, for a caller that stores them.
    pub fn append_with(&mut self, leaf: TreeHash, mut completed: impl FnMut(Subtree, &TreeHash)) {
        let mut subtree = Subtree { level: 0, index: self.size };
        let mut hash = leaf;
        completed(subtree, &hash);
        // A right child completes its parent.
        while subtree.index % 2 == 1
            && let Some(left) = self.subtrees.pop()
        {
            hash = node_hash(&left, &hash);
            subtree = subtree.parent();
            completed(subtree, &hash);
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// Returns the root of the tree.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        let from_the_right = self.subtrees.iter().rev().copied();
        from_the_right.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }

    /// Returns size and root of the tree.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }
}
