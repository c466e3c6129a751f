//! The same trees, tiles and checkpoints by `tlog_tiles`, Cloudflare's port of Go's `tlog`.

use tlog_tiles::tlog::{
    check_record, check_tree, prove_record, prove_tree, record_hash, stored_hashes, tree_hash,
};
use tlog_tiles::{Checkpoint, Hash, HashReader, Tile as TheirTile};

use super::{Levels, leaf};
use crate::domain::log::tiles::{Tile, TileHashes, tiles_between};
use crate::domain::log::tree::{
    TreeHash, TreeHead, consistency_proof, inclusion_proof, leaf_hash, root_from_subtrees,
    verify_consistency, verify_inclusion,
};
use crate::domain::log::tree_checkpoint::TreeCheckpoint;

/// Sizes around powers of two, of tiles, and between.
const SIZES: [u64; 14] = [1, 2, 3, 5, 8, 100, 255, 256, 257, 511, 512, 513, 700, 1025];

/// All hashes that their functions store, in their order.
struct Stored(Vec<Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

/// Returns a tree of `size` leaves, theirs and ours.
fn trees(size: u64) -> (Stored, Levels) {
    let mut stored = Stored(Vec::new());
    for index in 0..size {
        let hashes = stored_hashes(index, &leaf(index), &stored).unwrap();
        stored.0.extend(hashes);
    }
    (stored, Levels::new((0..size).map(|index| leaf_hash(&leaf(index))).collect()))
}

fn bytes(hashes: Vec<Hash>) -> Vec<TreeHash> {
    hashes.into_iter().map(|hash| hash.0).collect()
}

#[test]
fn proofs_are_the_same() {
    let (stored, levels) = trees(1025);
    for size in SIZES {
        let root = tree_hash(size, &stored).unwrap();
        assert_eq!(root_from_subtrees(size, |subtree| levels.hash(subtree)), Ok(root.0), "{size}");
        let tree = TreeHead { size, root: root.0 };
        for index in SIZES.into_iter().map(|other| other - 1).filter(|index| *index < size) {
            let hash = record_hash(&leaf(index));
            let theirs = prove_record(size, index, &stored).unwrap();
            let ours = inclusion_proof(index, size, |subtree| levels.hash(subtree)).unwrap();
            check_record(&ours.iter().copied().map(Hash).collect(), size, root, index, hash).unwrap();
            verify_inclusion(&hash.0, index, &bytes(theirs.clone()), tree).unwrap();
            assert_eq!(ours, bytes(theirs), "leaf {index} of {size}");
        }
        for first in SIZES.into_iter().filter(|first| *first <= size) {
            let earlier = tree_hash(first, &stored).unwrap();
            let theirs = prove_tree(size, first, &stored).unwrap();
            let ours = consistency_proof(first, size, |subtree| levels.hash(subtree)).unwrap();
            check_tree(&ours.iter().copied().map(Hash).collect(), size, root, first, earlier).unwrap();
            verify_consistency(TreeHead { size: first, root: earlier.0 }, tree, &bytes(theirs.clone()))
                .unwrap();
            assert_eq!(ours, bytes(theirs), "{first} and {size}");
        }
    }
}

/// Their paths have the height of tiles, `tile/8/0/001`.
#[test]
fn tiles_have_the_same_paths() {
    let far = [65_535, 65_536, 70_000, 1_234_567, 16_777_216, 16_777_300];
    let sizes: Vec<u64> = [0].into_iter().chain(SIZES).chain(far).collect();
    for (place, from) in sizes.iter().enumerate() {
        // A neighbour each, so that the lists stay short.
        for to in &sizes[place..sizes.len().min(place + 2)] {
            let theirs = TheirTile::new_tiles(8, *from, *to);
            let theirs: Vec<String> =
                theirs.iter().map(|tile| tile.path().replacen("tile/8/", "tile/", 1)).collect();
            let ours: Vec<String> = tiles_between(*from, *to).map(|tile| tile.to_string()).collect();
            assert_eq!(ours, theirs, "from {from} to {to}");
        }
    }
}

#[test]
fn tiles_have_the_same_bytes() {
    let (stored, levels) = trees(1025);
    let tiles: Vec<Tile> = SIZES.into_iter().flat_map(|size| tiles_between(0, size)).collect();
    assert!(tiles.len() > 30, "{}", tiles.len());
    for tile in tiles {
        let theirs = TheirTile::from_path(&tile.to_string().replacen("tile/", "tile/8/", 1)).unwrap();
        let ours = TileHashes::collect(tile, |subtree| levels.hash(subtree)).unwrap();
        assert_eq!(ours.to_bytes(), theirs.read_data(&stored).unwrap(), "{tile}");
    }
}

#[test]
fn checkpoints_have_the_same_text() {
    for size in [1, 20_852_163, u64::MAX] {
        let root = leaf_hash(&leaf(size));
        let ours = TreeCheckpoint::new("example.com/log", TreeHead { size, root }).unwrap();
        let theirs = Checkpoint::new("example.com/log", size, Hash(root), "").unwrap();
        assert_eq!(ours.to_string().into_bytes(), theirs.to_bytes());
        assert_eq!(Checkpoint::from_bytes(ours.to_string().as_bytes()).unwrap(), theirs);
    }
    let extended = Checkpoint::new("example.com/log", 5, Hash([7; 32]), "one\ntwo\n").unwrap().to_bytes();
    let ours: TreeCheckpoint = std::str::from_utf8(&extended).unwrap().parse().unwrap();
    assert_eq!(ours.extensions(), ["one", "two"]);
    assert_eq!(ours.to_string().into_bytes(), extended);
}
