//! Statements of an import about all versions of a label that say the same: an image that was renamed gave
//! it a version, and sets have pinned the one before.

use std::path::Path;

use super::super::exports::{birds, imported, versions};
use super::super::server::both;
use super::yolo;
use crate::cli::stemma;
use crate::http::server::Server;

const WREN: &str = "0 .5 .5 .25 .25\n";
const ROBIN: &str = "1 .5 .5 .25 .25\n";
const SET: &[&str] = &["--training-set", "s"];
const REVIEW: &[&str] = &["--training-set", "s", "--corrections", "review"];
const WHOLE: &[&str] =
    &["--training-set", "s", "--corrections", "review", "--retract-missing", "gone", "--whole"];

/// Returns the numbers of the versions of the set that contain a wrong label.
fn affected(folder: &Path) -> Vec<u64> {
    let traced = stemma(folder, &["trace", "--all", "--json"]);
    let traced: serde_json::Value = serde_json::from_str(&traced.out).unwrap();
    let rows = traced["rows"].as_array().unwrap();
    let number = |row: &serde_json::Value| {
        let name = row["trainingSet"]["ref"].as_str().unwrap();
        name.rsplit_once('#').unwrap().1.parse().unwrap()
    };
    let mut numbers: Vec<u64> = rows.iter().map(number).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn a_correction_finds_the_sets_that_were_built_before_its_image_was_renamed() {
    let folder = birds();
    let folder = folder.path();
    for name in ["train/a.png", "train/m.png", "train/z.png"] {
        yolo(folder, "d", &[(name, "pond.png", WREN), ("train/o.png", "garden-1.png", WREN)]);
        imported(folder, &[&["d"], SET].concat());
    }
    assert_eq!(affected(folder), [0; 0]);
    yolo(folder, "d", &[("train/z.png", "pond.png", ROBIN), ("train/o.png", "garden-1.png", WREN)]);
    let told = imported(folder, &[&["d"], REVIEW, &["--dry-run"]].concat());
    assert!(told.contains("corrections among them: 1"), "{told}");
    let told = imported(folder, &[&["d"], REVIEW].concat());
    assert!(told.contains("corrections among them: 1\n") && told.contains("made: LABEL 1"), "{told}");
    assert_eq!(affected(folder), [1, 2, 3]);
    let told = imported(folder, &[&["d"], REVIEW].concat());
    assert!(!told.contains("made:") && !told.contains("changed before"), "{told}");
}

#[test]
fn a_label_is_retracted_and_reinstated_with_its_versions_of_earlier_images() {
    let folder = birds();
    let folder = folder.path();
    let server_folder = tempfile::tempdir().unwrap();
    let server = Server::start(&server_folder.path().join("stemma-data"));
    for (name, labels) in [("train/a.png", WREN), ("train/z.png", WREN)] {
        yolo(folder, "d", &[(name, "pond.png", labels), ("train/o.png", "garden-1.png", WREN)]);
        both(folder, &server, &[&["d"], SET].concat());
    }
    yolo(folder, "d", &[("train/z.png", "pond.png", ""), ("train/o.png", "garden-1.png", WREN)]);
    let told = both(folder, &server, &[&["d"], WHOLE].concat());
    assert!(told.contains(" and 1 retracted in "), "{told}");
    assert_eq!(affected(folder), [1, 2]);
    yolo(folder, "d", &[("train/z.png", "pond.png", WREN), ("train/o.png", "garden-1.png", WREN)]);
    let told = both(folder, &server, &[&["d"], WHOLE].concat());
    assert!(told.contains("reinstated") || told.contains("valid"), "{told}");
    assert_eq!(affected(folder), [0; 0], "{}", versions(folder));
    // And the same once more.
    yolo(folder, "d", &[("train/z.png", "pond.png", ""), ("train/o.png", "garden-1.png", WREN)]);
    both(folder, &server, &[&["d"], WHOLE].concat());
    assert_eq!(affected(folder), [1, 2, 4]);
}
