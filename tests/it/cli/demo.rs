//! `stemma demo aerial`: its answer, the documents that quote it, and what an interruption leaves.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use super::{command, folder, stemma};

const DEMO: [&str; 3] = ["demo", "aerial", "--no-serve"];
const DATA: [&str; 2] = ["--data", "stemma-demo-aerial"];

/// Its commits have the times of the story, so the digest of the newest one is always the same.
const HEAD: &str = "Digest of commit 17: ";

#[test]
fn the_demo_of_aerial_images_answers_and_a_second_run_changes_nothing() {
    let folder = folder();
    let here = folder.path();
    let first = stemma(here, &DEMO);
    assert_eq!((first.code, first.err.as_str()), (Some(0), ""));
    let (summary, answer) = first.out.split_once('\n').unwrap();
    assert!(summary.ends_with("into ./stemma-demo-aerial: 17 commits."), "{summary}");
    insta::assert_snapshot!("demo_aerial", answer);
    // The page about the demo quotes the whole answer.
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tour.md")).unwrap();
    assert!(page.contains(answer.trim()), "docs/tour.md quotes another answer than\n{answer}");

    let digest = head(here);
    assert!(digest.contains(HEAD), "{digest}");
    let second = stemma(here, &DEMO);
    assert_eq!((second.code, second.err.as_str()), (Some(0), ""));
    let expected = format!("Everything is in ./stemma-demo-aerial already: nothing changed.\n{answer}");
    assert_eq!(second.out, expected);
    assert_eq!(head(here), digest);
}

#[test]
fn a_demo_that_was_killed_ends_as_if_it_had_not_been() {
    let whole = folder();
    assert_eq!(stemma(whole.path(), &DEMO).code, Some(0));
    let expected = head(whole.path());
    let killed = folder();
    let here = killed.path();
    // Each run gets further, or not: whatever it has done, the last one ends the same.
    for wait in [150, 300, 450] {
        let mut child = command(here, &DEMO).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = stemma(here, &DEMO);
    assert_eq!(last.code, Some(0), "{}", last.err);
    assert_eq!(head(here), expected);
}

#[test]
fn the_demo_of_aerial_images_has_what_its_story_tells() {
    let folder = folder();
    let here = folder.path();
    assert_eq!(stemma(here, &DEMO).code, Some(0));
    let traced = |arguments: &[&str]| {
        let called = stemma(here, &[&["trace"], arguments, &["--json"], &DATA].concat());
        assert_eq!(called.code, Some(0), "{}", called.err);
        serde_json::from_str::<Value>(&called.out).unwrap()
    };
    // The bundles hold the wrong outlines through a derivation, the roofs are pinned themselves.
    let rows = traced(&["--all", "--members"]);
    let inclusions: Vec<_> = rows["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["trainingSet"]["ref"].as_str(), row["members"][0]["inclusion"].as_str()))
        .collect();
    let (solar, flood) = (Some("aerial/TRAINING_SET/solar#1"), Some("aerial/TRAINING_SET/flood#1"));
    assert_eq!(inclusions, [(solar, Some("DIRECT")), (flood, Some("DERIVED"))]);

    // A tile has a picture of each flight, and its outlines come with it.
    let out = stemma(here, &[&["checkout", "aerial/TRAINING_SET/flood", "flood"][..], &DATA].concat());
    assert_eq!(out.code, Some(0), "{}", out.err);
    let pictures = fs::read_dir(here.join("flood/TRAIN/aerial/SOURCE/tile")).unwrap().count();
    assert_eq!(pictures, 6);
}

#[test]
fn a_demo_that_does_not_exist_is_refused() {
    let folder = folder();
    let called = stemma(folder.path(), &["demo", "maritime"]);
    assert_eq!(called.code, Some(2));
    assert!(called.err.contains("[possible values: labels, aerial]"), "{}", called.err);
}

/// Returns what `stemma verify` reports about the newest commit of the demo.
fn head(folder: &Path) -> String {
    let verified = stemma(folder, &[&["verify", "--payloads"][..], &DATA].concat());
    assert_eq!(verified.code, Some(0), "{}{}", verified.out, verified.err);
    let digest = verified.out.lines().find(|line| line.starts_with("Digest of commit"));
    digest.unwrap().to_owned()
}
