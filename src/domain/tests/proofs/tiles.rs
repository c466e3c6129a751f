//! Tiles: the examples of the specification, paths, and proofs that are served from files alone.

use std::collections::BTreeMap;

use super::{Levels, leaf, leaf_hashes};
use crate::domain::log::tiles::{
    BundleError, EntryBundle, MAX_LEAF_BYTES, Tile, TileError, TileHashes, bundles_between, read_bundle,
    tiles_between, write_bundle,
};
use crate::domain::log::tree::{
    ProofError, Subtree, TreeHead, consistency_proof, inclusion_proof, leaf_hash, root, root_from_subtrees,
    verify_consistency, verify_inclusion,
};

fn tile(level: u32, index: u64, width: u16) -> Tile {
    Tile::new(level, index, width).unwrap()
}

#[test]
fn trees_have_the_tiles_of_the_specification() {
    let tiles: Vec<Tile> = tiles_between(0, 70_000).collect();
    let expected = (0..273).map(|index| tile(0, index, 256)).chain([
        tile(0, 273, 112),
        tile(1, 0, 256),
        tile(1, 1, 17),
        tile(2, 0, 1),
    ]);
    assert_eq!(tiles, expected.collect::<Vec<_>>());
    assert_eq!(tiles_between(0, 256).collect::<Vec<_>>(), [tile(0, 0, 256), tile(1, 0, 1)]);
    assert_eq!(bundles_between(0, 70_000).last(), Some(EntryBundle::new(273, 112).unwrap()));
    assert_eq!(bundles_between(0, 70_000).count(), 274);
}

#[test]
fn growth_makes_only_the_tiles_that_change() {
    let grown = |from, to| tiles_between(from, to).map(|tile| tile.to_string()).collect::<Vec<_>>();
    assert_eq!(grown(0, 0), [""; 0]);
    assert_eq!(grown(300, 300), [""; 0]);
    assert_eq!(grown(300, 299), [""; 0]);
    assert_eq!(grown(0, 1), ["tile/0/000.p/1"]);
    assert_eq!(grown(300, 301), ["tile/0/001.p/45"]);
    assert_eq!(grown(256, 257), ["tile/0/001.p/1"]);
    assert_eq!(grown(255, 512), ["tile/0/000", "tile/0/001", "tile/1/000.p/2"]);
    let bundles: Vec<String> = bundles_between(255, 513).map(|bundle| bundle.to_string()).collect();
    assert_eq!(bundles, ["tile/entries/000", "tile/entries/001", "tile/entries/002.p/1"]);
    // The largest tree: each level ends with a partial tile of 255 hashes.
    let last: Vec<String> = tiles_between(u64::MAX - 1, u64::MAX).map(|tile| tile.to_string()).collect();
    assert_eq!(last, ["tile/0/x072/x057/x594/x037/x927/935.p/255"]);
}

#[test]
fn paths_are_read_as_they_are_written() {
    let cases = [
        (tile(0, 0, 256), "tile/0/000"),
        (tile(0, 0, 1), "tile/0/000.p/1"),
        (tile(2, 999, 255), "tile/2/999.p/255"),
        (tile(1, 1000, 256), "tile/1/x001/000"),
        (tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (tile(7, 0, 255), "tile/7/000.p/255"),
    ];
    for (tile, path) in cases {
        assert_eq!(tile.to_string(), path);
        assert_eq!(path.parse(), Ok(tile));
    }
    let bundle = EntryBundle::new(1_234_067, 8).unwrap();
    assert_eq!(bundle.to_string(), "tile/entries/x001/x234/067.p/8");
    assert_eq!("tile/entries/x001/x234/067.p/8".parse(), Ok(bundle));
    assert_eq!(bundle.first_leaf(), 1_234_067 * 256);
}

#[test]
fn other_paths_are_refused() {
    let malformed = [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/000",
        "tile/0/000/001",
        "tile/0/x001/x234",
        "tile/0/X001/234",
        "tile/0/xx01/234",
        "tile/0/+01",
        "tile/00/000",
        "tile/+0/000",
        "tile/-1/000",
        "tile/a/000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/000 ",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/-1",
        "tile/0/000.p/70000",
        "tile/0/000.p/1/2",
        "tile/0/x099/x999/x999/x999/x999/x999/999",
        "tile/8/0/000",
        "tile/data/000",
    ]; // fmt: skip
    for path in malformed {
        assert!(matches!(path.parse::<Tile>(), Err(TileError::Path(_))), "{path}");
        let entries = path.replacen("tile/0/", "tile/entries/", 1);
        assert!(matches!(entries.parse::<EntryBundle>(), Err(TileError::Path(_))), "{entries}");
    }
    assert!("tile/entries/000".parse::<Tile>().is_err() && "tile/0/000".parse::<EntryBundle>().is_err());
    let refusals = [
        (
            "tile/0/00",
            "expected the path of a tile, such as `tile/0/x001/234` or `tile/1/000.p/17`, found \"tile/0/00\"",
        ),
        ("tile/8/000", "expected a level from 0 to 7, found 8; no larger tree is possible"),
        ("tile/0/000.p/0", "expected a width from 1 to 256, found 0; a full tile has no width in its path"),
        (
            "tile/7/001",
            "expected a tile of a tree of at most 2^64 - 1 leaves, found 256 hashes at index 1 of level 7",
        ),
        (
            "tile/7/000",
            "expected a tile of a tree of at most 2^64 - 1 leaves, found 256 hashes at index 0 of level 7",
        ),
    ];
    for (path, expected) in refusals {
        assert_eq!(path.parse::<Tile>().unwrap_err().to_string(), expected);
    }
    assert_eq!(Tile::new(0, u64::MAX, 1), Err(TileError::Index { level: 0, index: u64::MAX, width: 1 }));
    assert_eq!(Tile::new(0, 0, 257), Err(TileError::Width { width: 257 }));
}

/// The files of a log, by path. Partial files are those of its last size.
struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Writes the files of each of these sizes in turn, as a growing log does, and removes the
    /// partial files before.
    fn of(sizes: &[u64]) -> Self {
        let levels = Levels::new(leaf_hashes(sizes.last().copied().unwrap_or(0)));
        let mut files = Self(BTreeMap::new());
        let mut from = 0;
        for to in sizes.iter().copied() {
            for tile in tiles_between(from, to) {
                let hashes = TileHashes::collect(tile, |subtree| levels.hash(subtree)).unwrap();
                assert!(
                    files.0.insert(tile.to_string(), hashes.to_bytes()).is_none(),
                    "{tile} is written twice"
                );
            }
            let needed: Vec<String> = tiles_between(0, to).map(|tile| tile.to_string()).collect();
            files.0.retain(|path, _| needed.contains(path));
            assert_eq!(files.0.len(), needed.len(), "size {to}");
            from = to;
        }
        files
    }

    /// Returns the hash of a subtree from the files of a log of `size` leaves.
    fn hash(&self, subtree: Subtree, size: u64) -> Option<[u8; 32]> {
        let tile = Tile::holding(subtree, size)?;
        TileHashes::from_bytes(tile, self.0.get(&tile.to_string())?).unwrap().hash(subtree)
    }
}

#[test]
fn proofs_are_served_from_files() {
    let size = 66_000;
    let files = Files::of(&[1, 255, 256, 300, 65_535, 65_536, size]);
    let leaves = leaf_hashes(size);
    let tree = |size: u64| TreeHead { size, root: root(leaves[..size as usize].iter().copied()) };
    let now = tree(size);
    for index in [0, 1, 255, 256, 300, 4_095, 65_535, 65_536, 65_792, size - 1] {
        let path = inclusion_proof(index, size, |subtree| files.hash(subtree, size)).unwrap();
        assert_eq!(verify_inclusion(&leaves[index as usize], index, &path, now), Ok(()), "leaf {index}");
    }
    // Roots of earlier sizes, and proofs from them, need no files of that time.
    for first in [1, 2, 255, 256, 257, 300, 4_096, 65_535, 65_536, 65_537, size] {
        let earlier = tree(first);
        assert_eq!(
            root_from_subtrees(first, |subtree| files.hash(subtree, size)),
            Ok(earlier.root),
            "{first}"
        );
        let path = consistency_proof(first, size, |subtree| files.hash(subtree, size)).unwrap();
        assert_eq!(verify_consistency(earlier, now, &path), Ok(()), "{first}");
    }
}

#[test]
fn a_missing_or_changed_file_gives_no_valid_proof() {
    let size = 700;
    let mut files = Files::of(&[size]);
    let leaves = leaf_hashes(size);
    let tree = TreeHead { size, root: root(leaves.iter().copied()) };
    let prove = |files: &Files| inclusion_proof(600, size, |subtree| files.hash(subtree, size));
    assert_eq!(verify_inclusion(&leaves[600], 600, &prove(&files).unwrap(), tree), Ok(()));
    for (path, bytes) in files.0.clone() {
        // The tile of the leaf, and the one above the two tiles before it.
        let is_used = ["tile/0/002.p/188", "tile/1/000.p/2"].contains(&path.as_str());
        files.0.remove(&path);
        assert_eq!(matches!(prove(&files), Err(ProofError::MissingSubtree(_))), is_used, "{path}");
        let mut changed = bytes.clone();
        changed.iter_mut().for_each(|byte| *byte ^= 1);
        files.0.insert(path.clone(), changed);
        let verified = verify_inclusion(&leaves[600], 600, &prove(&files).unwrap(), tree);
        assert_eq!(verified.is_err(), is_used, "{path}");
        files.0.insert(path, bytes);
    }
}

#[test]
fn a_tile_has_the_hashes_between_its_levels() {
    let levels = Levels::new(leaf_hashes(600));
    let full = TileHashes::collect(tile(0, 1, 256), |subtree| levels.hash(subtree)).unwrap();
    for level in 0..=8 {
        for index in 0..600 >> level {
            let subtree = Subtree { level, index };
            let is_inside = (256..512).contains(&(index << level));
            assert_eq!(full.hash(subtree), levels.hash(subtree).filter(|_| is_inside), "{subtree}");
        }
    }
    assert_eq!(full.hash(Subtree { level: 9, index: 0 }), None);
    assert_eq!(full.hash(Subtree { level: u32::MAX, index: 0 }), None);
    // Its first leaf would be 256, but for the bits that a `u64` does not have.
    assert_eq!(full.hash(Subtree { level: 8, index: (1 << 56) + 1 }), None);
    // A full tile is represented by one hash of the tile above.
    let above = TileHashes::collect(tile(1, 0, 2), |subtree| levels.hash(subtree)).unwrap();
    assert_eq!(above.hash(Subtree { level: 8, index: 1 }), full.hash(Subtree { level: 8, index: 1 }));
    assert_eq!(above.hash(Subtree { level: 7, index: 0 }), None);
    // A partial one has no hashes beyond its width.
    let partial = TileHashes::collect(tile(0, 2, 88), |subtree| levels.hash(subtree)).unwrap();
    assert!(partial.hash(Subtree { level: 3, index: 74 }).is_some());
    assert_eq!(partial.hash(Subtree { level: 4, index: 37 }), None);
    assert_eq!(Tile::holding(Subtree { level: 9, index: 0 }, 600), Some(tile(1, 0, 2)));
    assert_eq!(Tile::holding(Subtree { level: 3, index: 74 }, 600), Some(tile(0, 2, 88)));
    assert_eq!(Tile::holding(Subtree { level: 3, index: 75 }, 600), None);
}

#[test]
fn bytes_of_another_length_are_refused() {
    let tile = tile(0, 2, 3);
    assert_eq!(TileHashes::from_bytes(tile, &[0; 96]).unwrap().to_bytes(), [0; 96]);
    for found in [0, 32, 95, 97, 128] {
        let refused = TileHashes::from_bytes(tile, &vec![0; found]);
        assert_eq!(refused, Err(TileError::Length { tile, expected: 96, found }));
    }
    let refused = TileHashes::from_bytes(tile, &[]).unwrap_err();
    assert_eq!(refused.to_string(), "expected 96 bytes in tile/0/002.p/3, found 0; get the tile again");
}

#[test]
fn bundles_have_leaves_with_their_lengths() {
    let bundle = EntryBundle::new(3, 3).unwrap();
    let longest = vec![7; MAX_LEAF_BYTES];
    let leaves: [&[u8]; 3] = [b"ab", b"", &longest];
    let bytes = write_bundle(bundle, leaves).unwrap();
    assert_eq!(bytes[..8], [0, 2, b'a', b'b', 0, 0, 0xff, 0xff]);
    assert_eq!(read_bundle(bundle, &bytes).unwrap(), leaves);
    // Each leaf has the hash that the tile at its place has.
    let leaves: Vec<Vec<u8>> = (0..256).map(leaf).collect();
    let full = EntryBundle::holding(255, 256).unwrap();
    let bytes = write_bundle(full, leaves.iter().map(Vec::as_slice)).unwrap();
    let hashes: Vec<[u8; 32]> = read_bundle(full, &bytes).unwrap().into_iter().map(leaf_hash).collect();
    assert_eq!(hashes, leaf_hashes(256));
    assert_eq!(EntryBundle::holding(256, 256), None);
}

#[test]
fn other_bundles_are_refused() {
    let bundle = EntryBundle::new(0, 2).unwrap();
    let leaves: [&[u8]; 4] = [b"a", b"b", b"c", b"d"];
    assert_eq!(write_bundle(bundle, leaves), Err(BundleError::Count { bundle, found: 3 }));
    assert_eq!(
        write_bundle(bundle, leaves.into_iter().take(1)),
        Err(BundleError::Count { bundle, found: 1 })
    );
    let too_long = vec![0; MAX_LEAF_BYTES + 1];
    assert_eq!(
        write_bundle(bundle, [b"a".as_slice(), &too_long]).unwrap_err().to_string(),
        "expected a leaf of at most 65535 bytes at place 1 of tile/entries/000.p/2, found 65536"
    );
    let whole = write_bundle(bundle, [b"ab".as_slice(), b"cd"]).unwrap();
    assert!(read_bundle(bundle, &whole).is_ok());
    for end in 0..whole.len() {
        let refused = read_bundle(bundle, &whole[..end]).unwrap_err();
        let place = end / 4;
        let expected = match end % 4 {
            0 => BundleError::Count { bundle, found: place },
            1 => BundleError::Truncated { bundle, place, expected: 2, found: 1 },
            left => BundleError::Truncated { bundle, place, expected: 2, found: left - 2 },
        };
        assert_eq!(refused, expected, "cut at {end}");
    }
    let longer = [whole.as_slice(), &[0; 100]].concat();
    assert_eq!(
        read_bundle(bundle, &longer).unwrap_err().to_string(),
        "expected 2 leaves in tile/entries/000.p/2, found 3; get the bundle of this width again"
    );
}
