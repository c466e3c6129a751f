//! Proofs: the tree of RFC 6962, its tiles, its signed checkpoints, compared with published
//! vectors, a naive model, and the implementation of other authors.

mod checkpoints;
mod files;
mod frontier;
mod naive;
mod oracle;
mod signed_notes;
mod tiles;
mod tree;

use crate::domain::id::unhex;
use crate::domain::log::tree::{Subtree, TreeHash, leaf_hash, node_hash};

/// Returns leaf `index` of the trees of these tests: its number in decimal digits.
fn leaf(index: u64) -> Vec<u8> {
    index.to_string().into_bytes()
}

fn leaf_hashes(size: u64) -> Vec<TreeHash> {
    (0..size).map(|index| leaf_hash(&leaf(index))).collect()
}

fn hash(hex: &str) -> TreeHash {
    unhex(hex).unwrap()
}

/// The hashes of all complete subtrees of a tree, by level.
struct Levels(Vec<Vec<TreeHash>>);

impl Levels {
    fn new(leaves: Vec<TreeHash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            let (pairs, _) = below.as_chunks::<2>();
            levels.push(pairs.iter().map(|[left, right]| node_hash(left, right)).collect());
        }
        Self(levels)
    }

    fn hash(&self, subtree: Subtree) -> Option<TreeHash> {
        self.0.get(subtree.level as usize)?.get(subtree.index as usize).copied()
    }
}
