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

const RIGHT_AGAIN: &str = "labels whose earlier versions are right again, ";

/// Imports a YOLO folder here and on a server, twice, after a dry run. Returns the first report.
fn reviewed(folder: &Path, server: &Server, images: &[super::YoloImage<'_>], arguments: &[&str]) -> String {
    yolo(folder, "d", images);
    let all = [&["d"], arguments].concat();
    let dry = both(folder, server, &[&all[..], &["--dry-run"]].concat());
    let told = both(folder, server, &all);
    let line = |text: &str, end: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(RIGHT_AGAIN));
        line.map(|line| line.strip_prefix(end).unwrap().to_owned())
    };
    assert_eq!(line(&dry, "to be reinstated"), line(&told, "and reinstated"), "{dry}\n{told}");
    let again = both(folder, server, &all);
    assert!(again.contains(" 0 created in 0 commits") && !again.contains("reinstated"), "{again}");
    told
}

/// A label was corrected, its image was renamed, and the label is again as it was: what it said is right.
/// Fails without `right_again` of the import.
#[test]
fn a_label_that_is_right_again_under_another_name_reinstates_its_earlier_version() {
    let folder = birds();
    let folder = folder.path();
    let server_folder = tempfile::tempdir().unwrap();
    let server = Server::start(&server_folder.path().join("stemma-data"));
    let other = ("train/o.png", "garden-1.png", WREN);
    for (name, labels, is_again, wrong) in [
        ("train/a.png", WREN, false, &[][..]),
        ("train/a.png", ROBIN, false, &[1]),
        ("train/z.png", WREN, true, &[2]),
        ("train/z.png", ROBIN, true, &[1, 3]),
        ("train/b.png", WREN, true, &[2, 4]),
        // Restored by its content alone, until the image has another name.
        ("train/b.png", ROBIN, true, &[1, 3, 5]),
        ("train/b.png", WREN, true, &[2, 4, 6]),
        ("train/c.png", WREN, true, &[2, 4, 6]),
    ] {
        let told = reviewed(folder, &server, &[(name, "pond.png", labels), other], REVIEW);
        assert_eq!(told.contains(RIGHT_AGAIN), is_again, "{name} {labels}: {told}");
        assert_eq!(affected(folder), wrong, "{name} {labels}: {told}\n{}", versions(folder));
    }
}

#[test]
fn a_label_that_is_right_again_under_the_same_name_is_restored_by_its_content() {
    let folder = birds();
    let folder = folder.path();
    let server_folder = tempfile::tempdir().unwrap();
    let server = Server::start(&server_folder.path().join("stemma-data"));
    let image = |name, labels| [(name, "pond.png", labels), ("train/o.png", "garden-1.png", WREN)];
    for labels in [WREN, ROBIN, WREN] {
        let told = reviewed(folder, &server, &image("train/a.png", labels), REVIEW);
        assert!(!told.contains("reinstated"), "{told}");
    }
    assert_eq!(affected(folder), [2]);
    // The version that was restored is reinstated when the image has another name, with a reason only.
    let told = reviewed(folder, &server, &image("train/z.png", WREN), SET);
    assert!(!told.contains("reinstated"), "{told}");
}

/// Nothing is reinstated without `--corrections`, nor what a person retracted, nor what was said of other
/// bytes.
#[test]
fn a_version_is_reinstated_only_for_the_same_bytes_and_with_a_reason() {
    for (name, picture, arguments, is_retracted) in [
        ("train/z.png", "pond.png", SET, false),
        ("train/a.png", "garden-2.png", REVIEW, false),
        ("train/z.png", "pond.png", REVIEW, true),
    ] {
        let folder = birds();
        let folder = folder.path();
        let server_folder = tempfile::tempdir().unwrap();
        let server = Server::start(&server_folder.path().join("stemma-data"));
        let other = ("train/o.png", "garden-1.png", WREN);
        for labels in [WREN, ROBIN] {
            reviewed(folder, &server, &[("train/a.png", "pond.png", labels), other], REVIEW);
        }
        if is_retracted {
            let lines = versions(folder);
            let label =
                lines.lines().find(|line| line.contains("/LABEL/") && line.contains("a.png")).unwrap();
            let label = label.split('#').next().unwrap();
            let said = serde_json::json!({
                "type": "statement", "kind": "RETRACTS", "version": format!("{label}#1"), "reason": "blurred",
            });
            std::fs::write(folder.join("said.ndjson"), said.to_string()).unwrap();
            both(folder, &server, &["said.ndjson"]);
        }
        let told = reviewed(folder, &server, &[(name, picture, WREN), other], arguments);
        assert!(!told.contains("reinstated"), "{name} {picture}: {told}");
        assert!(affected(folder).contains(&1), "{name} {picture}");
    }
}
