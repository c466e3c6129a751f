//! Roots and proofs: the published vectors, all small trees, very large trees, changed proofs.

use super::naive::NaiveTree;
use super::{Levels, hash, leaf_hashes};
use crate::domain::log::tree::{
    ProofError, Subtree, TreeFrontier, TreeHash, TreeHead, consistency_proof, empty_root, inclusion_proof,
    leaf_hash, node_hash, root, root_from_subtrees, verify_consistency, verify_inclusion,
};

/// The leaves of the tests of Certificate Transparency, in hex.
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
/// The roots of the trees of 0 to 8 of them.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
/// Their nodes that occur in the published proofs.
const N23: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const N47: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const N67: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const N45: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
const LEAF_1: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const LEAF_4: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";

/// The sizes up to which all trees are compared with the model.
const SIZES: u64 = 130;

fn published() -> Vec<TreeHash> {
    let bytes = |hex: &str| -> Vec<u8> {
        let digits = hex.as_bytes().chunks(2);
        digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    };
    LEAVES.iter().map(|leaf| leaf_hash(&bytes(leaf))).collect()
}

fn head(size: u64, root: TreeHash) -> TreeHead {
    TreeHead { size, root }
}

#[test]
fn published_leaves_have_their_roots() {
    let leaves = published();
    assert_eq!(hash(LEAF_1), leaves[1]);
    let levels = Levels::new(leaves.clone());
    for (size, expected) in ROOTS.iter().enumerate() {
        assert_eq!(root(leaves[..size].iter().copied()), hash(expected), "{size} leaves");
        let read = root_from_subtrees(size as u64, |subtree| levels.hash(subtree));
        assert_eq!(read, Ok(hash(expected)), "{size} leaves");
    }
    assert_eq!(empty_root(), hash(ROOTS[0]));
}

#[test]
fn published_leaves_have_their_proofs() {
    let leaves = published();
    let levels = Levels::new(leaves.clone());
    let inclusions: [(u64, u64, &[&str]); 5] = [
        (0, 1, &[]),
        (0, 8, &[LEAF_1, N23, N47]),
        (5, 8, &[LEAF_4, N67, ROOTS[4]]),
        (2, 3, &[ROOTS[2]]),
        (1, 5, &[ROOTS[1], N23, LEAF_4]),
    ];
    for (index, size, path) in inclusions {
        let path: Vec<TreeHash> = path.iter().copied().map(hash).collect();
        assert_eq!(inclusion_proof(index, size, |subtree| levels.hash(subtree)), Ok(path.clone()));
        let tree = head(size, hash(ROOTS[size as usize]));
        assert_eq!(verify_inclusion(&leaves[index as usize], index, &path, tree), Ok(()));
    }
    let consistencies: [(u64, u64, &[&str]); 4] =
        [(1, 1, &[]), (1, 8, &[LEAF_1, N23, N47]), (6, 8, &[N45, N67, ROOTS[4]]), (2, 5, &[N23, LEAF_4])];
    for (first, second, path) in consistencies {
        let path: Vec<TreeHash> = path.iter().copied().map(hash).collect();
        assert_eq!(consistency_proof(first, second, |subtree| levels.hash(subtree)), Ok(path.clone()));
        let tree = |size: u64| head(size, hash(ROOTS[size as usize]));
        assert_eq!(verify_consistency(tree(first), tree(second), &path), Ok(()));
    }
}

#[test]
fn leaves_and_nodes_are_hashed_apart() {
    let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
    assert_ne!(leaf_hash(&[left, right].concat()), node_hash(&left, &right));
    assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
}

/// All leaves of all trees up to 130 leaves.
#[test]
fn inclusion_proofs_are_those_of_the_definition() {
    let leaves = leaf_hashes(SIZES);
    let levels = Levels::new(leaves.clone());
    let mut naive = NaiveTree::new(leaves.clone());
    let mut frontier = TreeFrontier::default();
    for size in 1..=SIZES {
        frontier.append(leaves[size as usize - 1]);
        let tree = head(size, naive.mth(0, size as usize));
        assert_eq!(frontier.head(), tree);
        for index in 0..size {
            let path = inclusion_proof(index, size, |subtree| levels.hash(subtree)).unwrap();
            assert_eq!(path, naive.path(index as usize, 0, size as usize), "leaf {index} of {size}");
            assert_eq!(verify_inclusion(&leaves[index as usize], index, &path, tree), Ok(()));
        }
    }
}

/// All pairs of trees up to 130 leaves.
#[test]
fn consistency_proofs_are_those_of_the_definition() {
    let leaves = leaf_hashes(SIZES);
    let levels = Levels::new(leaves.clone());
    let mut naive = NaiveTree::new(leaves);
    for second in 1..=SIZES {
        for first in 1..=second {
            let path = consistency_proof(first, second, |subtree| levels.hash(subtree)).unwrap();
            assert_eq!(path, naive.subproof(first as usize, 0, second as usize, true), "{first}, {second}");
            let tree = |size, naive: &mut NaiveTree| head(size, naive.mth(0, size as usize));
            let (first, second) = (tree(first, &mut naive), tree(second, &mut naive));
            assert_eq!(verify_consistency(first, second, &path), Ok(()));
        }
    }
}

/// Trees up to the largest size, in which all leaves are equal: so are all subtrees of a level.
#[test]
fn the_largest_trees_have_proofs() {
    let mut levels = vec![leaf_hash(b"the same")];
    for level in 0..63 {
        levels.push(node_hash(&levels[level], &levels[level]));
    }
    let subtree = |subtree: Subtree| {
        let end = (u128::from(subtree.index) + 1) << subtree.level;
        assert!(end <= u128::from(u64::MAX), "{subtree} is in no tree");
        Some(levels[subtree.level as usize])
    };
    let tree = |size| head(size, root_from_subtrees(size, subtree).unwrap());
    let sizes = [1, 2, 1 << 32, (1 << 32) + 1, (1 << 63) - 1, 1 << 63, (1 << 63) + 1, u64::MAX - 1, u64::MAX];
    for size in sizes {
        for index in
            [0, 1, size / 2, size.saturating_sub(2), size - 1].into_iter().filter(|index| *index < size)
        {
            let path = inclusion_proof(index, size, subtree).unwrap();
            assert_eq!(verify_inclusion(&levels[0], index, &path, tree(size)), Ok(()), "{index} of {size}");
            assert!(verify_inclusion(&levels[1], index, &path, tree(size)).is_err(), "{index} of {size}");
        }
        for first in sizes.into_iter().filter(|first| *first <= size) {
            let path = consistency_proof(first, size, subtree).unwrap();
            assert_eq!(verify_consistency(tree(first), tree(size), &path), Ok(()), "{first} and {size}");
        }
    }
}

/// Returns `hashes` with one bit changed, for each bit.
fn changes(hashes: &[TreeHash]) -> impl Iterator<Item = Vec<TreeHash>> {
    (0..hashes.len() * 256).map(|bit| {
        let mut changed = hashes.to_vec();
        changed[bit / 256][bit / 8 % 32] ^= 1 << (bit % 8);
        changed
    })
}

#[test]
fn each_changed_bit_of_an_inclusion_proof_is_refused() {
    for (index, size) in [(0, 1), (0, 2), (2, 3), (4, 5), (3, 7), (6, 7), (7, 8), (64, 65), (77, 100)] {
        let leaves = leaf_hashes(size);
        let levels = Levels::new(leaves.clone());
        let tree = head(size, root(leaves.iter().copied()));
        let leaf = leaves[index as usize];
        let path = inclusion_proof(index, size, |subtree| levels.hash(subtree)).unwrap();
        // Leaf, root and path as one list, so that each of their bits is changed.
        let all = [&[leaf, tree.root], path.as_slice()].concat();
        for changed in changes(&all) {
            let refused = verify_inclusion(&changed[0], index, &changed[2..], head(size, changed[1]));
            assert!(matches!(refused, Err(ProofError::InclusionRoot { .. })), "leaf {index} of {size}");
        }
        for other in (0..size).filter(|other| *other != index) {
            assert!(
                verify_inclusion(&leaf, other, &path, tree).is_err(),
                "leaf {index} of {size} at {other}"
            );
        }
        let longer = [path.as_slice(), &[leaf]].concat();
        let length = |found| Err(ProofError::PathLength { expected: path.len(), found });
        assert_eq!(verify_inclusion(&leaf, index, &longer, tree), length(longer.len()));
        if let [shorter @ .., _] = path.as_slice() {
            assert_eq!(verify_inclusion(&leaf, index, shorter, tree), length(shorter.len()));
        }
    }
}

#[test]
fn each_changed_bit_of_a_consistency_proof_is_refused() {
    let sizes =
        [(1, 1), (1, 2), (2, 3), (3, 4), (3, 7), (4, 7), (6, 8), (8, 8), (64, 65), (65, 130), (77, 100)];
    for (first, second) in sizes {
        let leaves = leaf_hashes(second);
        let levels = Levels::new(leaves.clone());
        let roots = [first, second].map(|size| root(leaves[..size as usize].iter().copied()));
        let path = consistency_proof(first, second, |subtree| levels.hash(subtree)).unwrap();
        let all = [roots.as_slice(), path.as_slice()].concat();
        for changed in changes(&all) {
            let refused =
                verify_consistency(head(first, changed[0]), head(second, changed[1]), &changed[2..]);
            assert!(matches!(refused, Err(ProofError::ConsistencyRoot { .. })), "{first} and {second}");
        }
        let [first, second] = [head(first, roots[0]), head(second, roots[1])];
        let longer = [path.as_slice(), &[roots[0]]].concat();
        let length = |found| Err(ProofError::PathLength { expected: path.len(), found });
        assert_eq!(verify_consistency(first, second, &longer), length(longer.len()));
        if let [shorter @ .., _] = path.as_slice() {
            assert_eq!(verify_consistency(first, second, shorter), length(shorter.len()));
        }
    }
}

/// A log that replaced an old leaf has no proof: not that of the other tree, and no other.
#[test]
fn a_rewritten_log_is_not_consistent() {
    let leaves = leaf_hashes(13);
    let mut rewritten = leaves.clone();
    rewritten[2] = leaf_hash(b"another");
    let [before, after] =
        [head(6, root(leaves[..6].iter().copied())), head(13, root(rewritten.iter().copied()))];
    for hashes in [leaves, rewritten] {
        let levels = Levels::new(hashes);
        let path = consistency_proof(6, 13, |subtree| levels.hash(subtree)).unwrap();
        assert!(matches!(verify_consistency(before, after, &path), Err(ProofError::ConsistencyRoot { .. })));
    }
}

#[test]
fn refusals_say_what_was_expected() {
    let none = |_: Subtree| None;
    let (zeros, tree) = ([0; 32], head(5, [0; 32]));
    let cases = [
        (
            inclusion_proof(5, 5, none).unwrap_err(),
            "expected the index of a leaf in a tree of size 5, found 5; use a tree head that is newer than the leaf",
        ),
        (
            inclusion_proof(4, 5, none).unwrap_err(),
            "expected the hash of subtree 0 of level 2, found none; restore the tile that has it, or make it again from the leaves",
        ),
        (
            consistency_proof(0, 5, none).unwrap_err(),
            "expected a first tree with leaves, found an empty one; each tree extends it, use a later tree head",
        ),
        (
            verify_consistency(head(6, zeros), tree, &[]).unwrap_err(),
            "expected the smaller tree first, found size 6 before size 5; swap the tree heads",
        ),
        (
            verify_inclusion(&zeros, 0, &[zeros; 2], tree).unwrap_err(),
            "expected a proof of 3 hashes, found 2; get the proof for these tree sizes again",
        ),
        (
            verify_inclusion(&zeros, 0, &[], head(1, [1; 32])).unwrap_err(),
            "expected the root 0101010101010101010101010101010101010101010101010101010101010101, found 0000000000000000000000000000000000000000000000000000000000000000 from leaf 0 and the proof; the leaf, its index, the proof or the tree head is not the original",
        ),
        (
            verify_consistency(head(5, [1; 32]), tree, &[]).unwrap_err(),
            "expected the root 0000000000000000000000000000000000000000000000000000000000000000 of size 5, found 0101010101010101010101010101010101010101010101010101010101010101 from the proof; the second tree does not extend the first, or the proof or a tree head is not the original",
        ),
    ];
    for (error, expected) in cases {
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(verify_inclusion(&zeros, 5, &[], tree), Err(ProofError::IndexOutside { index: 5, size: 5 }));
    assert_eq!(
        verify_inclusion(&zeros, 0, &[], head(0, zeros)),
        Err(ProofError::IndexOutside { index: 0, size: 0 })
    );
    assert_eq!(verify_consistency(head(0, zeros), tree, &[]), Err(ProofError::EmptyTree));
    assert_eq!(consistency_proof(6, 5, none), Err(ProofError::Reversed { first: 6, second: 5 }));
    // A path that no tree has: refused after as many steps as the tree has levels.
    let endless = vec![zeros; 100_000];
    let length = Err(ProofError::PathLength { expected: 3, found: 100_000 });
    assert_eq!(verify_inclusion(&zeros, 0, &endless, tree), length);
}
