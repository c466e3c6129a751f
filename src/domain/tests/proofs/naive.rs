//! The definitions of RFC 6962, §2.1, written down word for word: recursive, over all leaves.

use std::collections::HashMap;

use crate::domain::log::tree::{TreeHash, empty_root, node_hash};

/// A tree of leaf hashes. Each part of it is hashed once.
pub(super) struct NaiveTree {
    leaves: Vec<TreeHash>,
    known: HashMap<(usize, usize), TreeHash>,
}

/// Returns the largest power of two that is smaller than `n`.
fn split(n: usize) -> usize {
    let mut k = 1;
    while 2 * k < n {
        k *= 2;
    }
    k
}

impl NaiveTree {
    pub(super) fn new(leaves: Vec<TreeHash>) -> Self {
        Self { leaves, known: HashMap::new() }
    }

    /// `MTH(D[from:to])`
    pub(super) fn mth(&mut self, from: usize, to: usize) -> TreeHash {
        if let Some(hash) = self.known.get(&(from, to)) {
            return *hash;
        }
        let hash = match to - from {
            0 => empty_root(),
            1 => self.leaves[from],
            n => node_hash(&self.mth(from, from + split(n)), &self.mth(from + split(n), to)),
        };
        self.known.insert((from, to), hash);
        hash
    }

    /// `PATH(m, D[from:to])`
    pub(super) fn path(&mut self, m: usize, from: usize, to: usize) -> Vec<TreeHash> {
        if to - from == 1 {
            return Vec::new();
        }
        let k = split(to - from);
        let (mut path, sibling) = if m < k {
            (self.path(m, from, from + k), self.mth(from + k, to))
        } else {
            (self.path(m - k, from + k, to), self.mth(from, from + k))
        };
        path.push(sibling);
        path
    }

    /// `SUBPROOF(m, D[from:to], b)`; `PROOF(m, D[n])` is that with `true`.
    pub(super) fn subproof(&mut self, m: usize, from: usize, to: usize, b: bool) -> Vec<TreeHash> {
        let n = to - from;
        if m == n {
            return if b { Vec::new() } else { vec![self.mth(from, to)] };
        }
        let k = split(n);
        let (mut path, sibling) = if m <= k {
            (self.subproof(m, from, from + k, b), self.mth(from + k, to))
        } else {
            (self.subproof(m - k, from + k, to, false), self.mth(from, from + k))
        };
        path.push(sibling);
        path
    }
}
