//! The frontier: what it reports while it grows, and what it can be restored from.

use super::{Levels, leaf_hashes};
use crate::domain::log::tree::{FrontierError, MAX_FRONTIER_SIZE, Subtree, TreeFrontier, empty_root, root};

#[test]
fn each_complete_subtree_is_reported_once() {
    let leaves = leaf_hashes(100);
    let levels = Levels::new(leaves.clone());
    let mut frontier = TreeFrontier::default();
    let mut reported = Vec::new();
    for (size, leaf) in (0_u64..).zip(leaves) {
        frontier.append_with(leaf, |subtree, hash| {
            assert!(!subtree.is_complete_in(size) && subtree.is_complete_in(size + 1), "{subtree}");
            assert_eq!(levels.hash(subtree), Some(*hash), "{subtree}");
            reported.push(subtree);
        });
    }
    reported.sort();
    let all = levels
        .0
        .iter()
        .zip(0_u32..)
        .flat_map(|(hashes, level)| (0..hashes.len() as u64).map(move |index| Subtree { level, index }));
    assert_eq!(reported, all.collect::<Vec<_>>());
}

#[test]
fn a_frontier_is_restored_from_its_parts() {
    let leaves = leaf_hashes(50);
    for size in 0..50_usize {
        let mut original = TreeFrontier::default();
        leaves[..size].iter().for_each(|leaf| original.append(*leaf));
        let mut restored = TreeFrontier::from_parts(original.size(), original.subtrees().to_vec()).unwrap();
        assert_eq!(restored, original);
        leaves[size..].iter().for_each(|leaf| restored.append(*leaf));
        assert_eq!(restored.root(), root(leaves.iter().copied()), "restored at {size}");
    }
    assert_eq!(TreeFrontier::default().root(), empty_root());
}

#[test]
fn parts_that_do_not_match_are_refused() {
    let refused = |size, hashes| TreeFrontier::from_parts(size, vec![[0; 32]; hashes]).unwrap_err();
    assert_eq!(
        refused(5, 3).to_string(),
        "expected 2 hashes for a tree of size 5, found 3; make the frontier again from the leaves"
    );
    assert_eq!(refused(0, 1), FrontierError::Hashes { size: 0, found: 1 });
    assert_eq!(
        refused(MAX_FRONTIER_SIZE + 1, 2).to_string(),
        "expected a tree of at most 4611686018427387904 leaves, found 4611686018427387905; make the frontier again from the leaves"
    );
    assert!(TreeFrontier::from_parts(MAX_FRONTIER_SIZE, vec![[0; 32]]).is_ok());
}

#[test]
fn subtrees_are_complete_when_all_their_leaves_exist() {
    let subtree = |level, index| Subtree { level, index };
    assert!(subtree(2, 1).is_complete_in(8) && !subtree(2, 1).is_complete_in(7));
    assert!(subtree(63, 0).is_complete_in(1 << 63) && !subtree(63, 1).is_complete_in(u64::MAX));
    assert!(!subtree(64, 0).is_complete_in(u64::MAX) && !subtree(u32::MAX, 0).is_complete_in(u64::MAX));
    assert_eq!(subtree(3, 5).parent(), subtree(4, 2));
}
