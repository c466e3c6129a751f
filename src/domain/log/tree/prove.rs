//! Makes proofs from the hashes of complete subtrees.
//!
//! `hash` returns the hash of a complete subtree of the tree, `None` if it is not available. A
//! proof reads at most 128 of them: one for each level, and those of one incomplete node.

use std::ops::Range;

use super::{ProofError, Subtree, TreeHash, empty_root, node_hash};

/// Returns the hashes that lead from leaf `index` to the root of the tree of `size` leaves, the
/// leaf's sibling first (RFC 6962, §2.1.1: `PATH`).
///
/// # Errors
/// [`ProofError::IndexOutside`] if the tree has no such leaf, [`ProofError::MissingSubtree`] if
/// `hash` returns `None`.
pub fn inclusion_proof(
    index: u64,
    size: u64,
    mut hash: impl FnMut(Subtree) -> Option<TreeHash>,
) -> Result<Vec<TreeHash>, ProofError> {
    if index >= size {
        return Err(ProofError::IndexOutside { index, size });
    }
    let mut path = Vec::new();
    // The node on the way from the root to the leaf, as a range of leaves.
    let mut node = 0..size;
    while node.end - node.start > 1 {
        let middle = split(&node);
        let sibling = if index < middle {
            let right = middle..node.end;
            node.end = middle;
            right
        } else {
            let left = node.start..middle;
            node.start = middle;
            left
        };
        path.push(range_hash(sibling, &mut hash)?);
    }
    path.reverse();
    Ok(path)
}

/// Returns the hashes that prove that the tree of `second` leaves begins with all leaves of the
/// tree of `first` leaves (RFC 6962, §2.1.2: `PROOF`). Empty for equal sizes.
///
/// # Errors
/// [`ProofError::EmptyTree`] if `first` is 0, [`ProofError::Reversed`] if it is larger than
/// `second`, [`ProofError::MissingSubtree`] if `hash` returns `None`.
pub fn consistency_proof(
    first: u64,
    second: u64,
    mut hash: impl FnMut(Subtree) -> Option<TreeHash>,
) -> Result<Vec<TreeHash>, ProofError> {
    check_sizes(first, second)?;
    let mut path = Vec::new();
    // The node of the second tree on the way from its root to the last leaf of the first tree.
    let mut node = 0..second;
    while node.end != first {
        let middle = split(&node);
        if first <= middle {
            path.push(range_hash(middle..node.end, &mut hash)?);
            node.end = middle;
        } else {
            path.push(range_hash(node.start..middle, &mut hash)?);
            node.start = middle;
        }
    }
    // If the node is the first tree itself, the verifier has its hash.
    if node.start > 0 {
        path.push(range_hash(node, &mut hash)?);
    }
    path.reverse();
    Ok(path)
}

/// Returns the root of the tree of `size` leaves, which may be smaller than the tree that `hash`
/// reads.
///
/// # Errors
/// [`ProofError::MissingSubtree`] if `hash` returns `None`.
pub fn root_from_subtrees(
    size: u64,
    mut hash: impl FnMut(Subtree) -> Option<TreeHash>,
) -> Result<TreeHash, ProofError> {
    range_hash(0..size, &mut hash)
}

/// Checks that a consistency proof exists for trees of these sizes.
pub(super) fn check_sizes(first: u64, second: u64) -> Result<(), ProofError> {
    if first == 0 {
        return Err(ProofError::EmptyTree);
    }
    if first > second { Err(ProofError::Reversed { first, second }) } else { Ok(()) }
}

/// Returns the first leaf of a node's right child: the left child has the largest power of two that
/// is smaller than the number of leaves, which is at least 2.
fn split(node: &Range<u64>) -> u64 {
    node.start + (1 << (node.end - node.start - 1).ilog2())
}

/// Returns the hash of a node. From right to left, its complete subtrees have the sizes of the bits
/// that are set in its number of leaves.
fn range_hash(
    node: Range<u64>,
    hash: &mut impl FnMut(Subtree) -> Option<TreeHash>,
) -> Result<TreeHash, ProofError> {
    let mut rest = node.end - node.start;
    let mut right: Option<TreeHash> = None;
    while rest > 0 {
        let level = rest.trailing_zeros();
        rest &= rest - 1;
        let subtree = Subtree { level, index: (node.start + rest) >> level };
        let left = hash(subtree).ok_or(ProofError::MissingSubtree(subtree))?;
        right = Some(right.map_or(left, |right| node_hash(&left, &right)));
    }
    Ok(right.unwrap_or_else(empty_root))
}
