//! Verifies proofs, with the algorithms of RFC 9162.

use super::prove::check_sizes;
use super::{ProofError, TreeHash, TreeHead, node_hash};

/// Verifies that the tree has the leaf with this hash at this index (RFC 9162, §2.1.3.2).
///
/// # Errors
/// [`ProofError`] with the reason why the proof does not prove it.
pub fn verify_inclusion(
    leaf: &TreeHash,
    index: u64,
    path: &[TreeHash],
    tree: TreeHead,
) -> Result<(), ProofError> {
    if index >= tree.size {
        return Err(ProofError::IndexOutside { index, size: tree.size });
    }
    let length = ProofError::PathLength { expected: inclusion_length(index, tree.size), found: path.len() };
    let mut climb = Climb { node: index, last: tree.size - 1 };
    let mut found = *leaf;
    for sibling in path {
        found = match climb.step().ok_or(length)? {
            Sibling::Left => node_hash(sibling, &found),
            Sibling::Right => node_hash(&found, sibling),
        };
    }
    if climb.last != 0 {
        return Err(length);
    }
    if found == tree.root {
        Ok(())
    } else {
        Err(ProofError::InclusionRoot { index, expected: tree.root, found })
    }
}

/// Verifies that the second tree begins with all leaves of the first (RFC 9162, §2.1.4.2).
///
/// # Errors
/// [`ProofError`] with the reason why the proof does not prove it. An empty first tree is refused.
pub fn verify_consistency(first: TreeHead, second: TreeHead, path: &[TreeHash]) -> Result<(), ProofError> {
    check_sizes(first.size, second.size)?;
    let expected = consistency_length(first.size, second.size);
    let length = ProofError::PathLength { expected, found: path.len() };
    if first.size == second.size {
        if !path.is_empty() {
            return Err(length);
        }
        return same_root(second, first.root);
    }
    // A first tree that is one complete subtree is the node at which the proof begins.
    let (begin, path) = match path {
        path if first.size.is_power_of_two() => (first.root, path),
        [begin, path @ ..] => (*begin, path),
        [] => return Err(length),
    };
    let mut climb = Climb { node: first.size - 1, last: second.size - 1 };
    climb.skip_right_children();
    let (mut found_first, mut found_second) = (begin, begin);
    for sibling in path {
        match climb.step().ok_or(length)? {
            Sibling::Left => {
                found_first = node_hash(sibling, &found_first);
                found_second = node_hash(sibling, &found_second);
            }
            Sibling::Right => found_second = node_hash(&found_second, sibling),
        }
    }
    if climb.last != 0 {
        return Err(length);
    }
    same_root(first, found_first)?;
    same_root(second, found_second)
}

fn same_root(tree: TreeHead, found: TreeHash) -> Result<(), ProofError> {
    if found == tree.root {
        Ok(())
    } else {
        Err(ProofError::ConsistencyRoot { size: tree.size, expected: tree.root, found })
    }
}

/// The side of a sibling.
enum Sibling {
    Left,
    Right,
}

/// The way from a node to the root: `fn` and `sn` of RFC 9162.
struct Climb {
    /// The index of the node on its level.
    node: u64,
    /// The index of the last node of that level.
    last: u64,
}

impl Climb {
    /// Moves to the parent and returns the side of the next sibling; `None` at the root.
    fn step(&mut self) -> Option<Sibling> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node % 2 == 1 || self.node == self.last { Sibling::Left } else { Sibling::Right };
        if matches!(side, Sibling::Left) {
            // The last node of a level with an odd number of nodes has no sibling there.
            while self.node.is_multiple_of(2) && self.node != 0 {
                self.up();
            }
        }
        self.up();
        Some(side)
    }

    /// Moves up to the first node that is no right child: the largest complete subtree that ends
    /// with this node.
    fn skip_right_children(&mut self) {
        while self.node % 2 == 1 {
            self.up();
        }
    }

    fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }
}

/// Returns the number of hashes of an inclusion proof: a sibling for each level below that at which
/// the ways from the leaf and from the last leaf meet, above it only left siblings.
fn inclusion_length(index: u64, size: u64) -> usize {
    let (below, above) = path_parts(index, size);
    (below + above) as usize
}

/// Returns the number of hashes of a consistency proof of a first tree with leaves.
fn consistency_length(first: u64, second: u64) -> usize {
    if first == second {
        return 0;
    }
    let (below, above) = path_parts(first - 1, second);
    let begin = u32::from(!first.is_power_of_two());
    (begin + below.saturating_sub(first.trailing_zeros()) + above) as usize
}

fn path_parts(index: u64, size: u64) -> (u32, u32) {
    let below = u64::BITS - (index ^ (size - 1)).leading_zeros();
    let above = index.checked_shr(below).unwrap_or(0).count_ones();
    (below, above)
}
