//! What a report says, so that the next command is clear.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::exports::{ask, birds, edit, imported};
use super::{GARDEN, folder, import, refused, stemma};

const SET: &[&str] =
    &["coco.json", "--namespace", "birds", "--payloads", "images", "--training-set", "garden"];

/// Moves the first label.
fn redraw(folder: &Path, x: u64) {
    edit(&folder.join("coco.json"), |coco| coco["annotations"][0]["bbox"] = json!([x, 1, 3, 2]));
}

#[test]
fn the_set_and_the_commits_are_named() {
    let folder = birds();
    let told = imported(folder.path(), SET);
    assert!(told.ends_with("  training set: birds/TRAINING_SET/garden#1\n  commits: seq 1 to 2\n"), "{told}");
    let again = imported(folder.path(), SET);
    assert!(again.ends_with("  training set: birds/TRAINING_SET/garden#1\n"), "{again}");
    redraw(folder.path(), 2);
    let told = imported(folder.path(), &[SET, &["--corrections", "redrawn"]].concat());
    assert!(told.ends_with("  training set: birds/TRAINING_SET/garden#2\n  commits: seq 3 to 4\n"), "{told}");
    edit(&folder.path().join("coco.json"), |coco| {
        drop(coco["annotations"].as_array_mut().unwrap().remove(0))
    });
    imported(folder.path(), &["coco.json", "--namespace", "birds", "--retract-missing", "deleted"]);
    let commits = ask(folder.path(), "{ commits(first: 10) { nodes { message } } }");
    let messages: Vec<_> =
        commits["commits"]["nodes"].as_array().unwrap().iter().map(|commit| &commit["message"]).collect();
    assert_eq!(
        messages,
        [
            "import of coco.json (coco) into birds, up to record 8",
            "import of coco.json (coco) into birds, up to record 9",
            "import of coco.json (coco) into birds, corrections: redrawn, up to record 8",
            "import of coco.json (coco) into birds, corrections: redrawn, up to record 9",
            "import of coco.json (coco) into birds: labels that are gone from the export",
        ]
    );
}

/// Without `--corrections` the labels before the change are not wrong, and the report says so, also
/// when the option comes too late.
#[test]
fn changes_that_are_no_corrections_are_named() {
    let folder = birds();
    imported(folder.path(), SET);
    let late = "changed before, without a statement that the earlier version is wrong";
    assert!(!imported(folder.path(), &[SET, &["--corrections", "redrawn"]].concat()).contains(late));
    redraw(folder.path(), 2);
    let told = imported(folder.path(), SET);
    let changed = "changed labels among them (the earlier versions are not stated to be wrong; --corrections does that): 1\n";
    assert!(told.contains(changed), "{told}");
    let told = imported(folder.path(), &[SET, &["--corrections", "redrawn"]].concat());
    assert!(told.contains(&format!("{late}: birds/LABEL/annotations/11\n")), "{told}");
    // The way back: a record that states it.
    let retract = r#"{"type":"statement","kind":"RETRACTS","version":"birds/LABEL/annotations/11#1","reason":"redrawn"}"#;
    assert_eq!(import(folder.path(), retract, &[]).code, Some(0));
    let traced = stemma(folder.path(), &["trace", "--all", "--members"]);
    assert!(traced.out.contains("birds/TRAINING_SET/garden#1"), "{}{}", traced.out, traced.err);
    assert!(traced.out.contains("bbox [2,1,3,2]"), "the replacement is shown: {}", traced.out);
    let told = imported(folder.path(), &[SET, &["--corrections", "redrawn"]].concat());
    assert!(!told.contains(late), "{told}");
    redraw(folder.path(), 3);
    let told = imported(folder.path(), &[SET, &["--corrections", "redrawn again"]].concat());
    assert!(told.contains("corrections among them: 1\n") && !told.contains("not stated"), "{told}");
}

#[test]
fn images_without_bytes_are_counted() {
    let folder = birds();
    let line = "images without bytes (--payloads stores them): 3, the first is default/SOURCE/garden-1.png\n";
    for _ in 0..2 {
        let told = imported(folder.path(), &["coco.json"]);
        assert!(told.contains(line), "{told}");
    }
    let told = imported(folder.path(), &["coco.json", "--payloads", "images"]);
    assert!(!told.contains("without bytes"), "{told}");
    let told = imported(folder.path(), &["coco.json"]);
    assert!(!told.contains("without bytes"), "they are in the store: {told}");
}

#[test]
fn a_dry_run_counts_as_the_run_does() {
    let folder = folder();
    import(folder.path(), GARDEN, &[]);
    let there = "garden.ndjson: 7 records checked, nothing written: 0 would be created, 7 already there.\n";
    assert_eq!(import(folder.path(), GARDEN, &["--dry-run"]).out, there);
    // What is stored of a file is not put again, although its label was corrected.
    let more = format!("{GARDEN}{}\n", r#"{"type":"version","item":"birds/SOURCE/more"}"#);
    let grown = "garden.ndjson: 8 records checked, nothing written: 1 would be created, 7 already there.\n";
    assert_eq!(import(folder.path(), &more, &["--dry-run"]).out, grown);
    let told = import(folder.path(), &more, &[]).out;
    assert!(
        told.starts_with("garden.ndjson: 8 records: 1 created in 1 commit, 7 already there.\n"),
        "{told}"
    );
    // After the first change, the others are not compared.
    let two: String =
        ["more", "new"].map(|key| format!("{{\"type\":\"version\",\"item\":\"b/LABEL/{key}\"}}\n")).concat();
    let dry = import(folder.path(), &two, &["--dry-run", "--batch", "1"]).out;
    assert!(dry.contains("at most 2 would be created."), "{dry}");
    let folder = birds();
    imported(folder.path(), &["coco.json"]);
    edit(&folder.path().join("coco.json"), |coco| {
        drop(coco["annotations"].as_array_mut().unwrap().remove(0))
    });
    let gone = "gone from the export (--retract-missing retracts them): default/LABEL/annotations/11\n";
    for more in [&["--dry-run"][..], &[]] {
        let told = imported(folder.path(), &[&["coco.json"], more].concat());
        assert!(told.contains(gone), "{told}");
    }
}

#[test]
fn options_are_checked_before_anything_is_read() {
    let folder = birds();
    for (arguments, expected) in [
        (&["--corrections", ""][..], "the reason is empty"),
        (&["--retract-missing", " "], "the reason is empty"),
    ] {
        let called = stemma(folder.path(), &[&["import", "coco.json"], arguments].concat());
        assert_eq!(called.code, Some(2), "{}", called.err);
        assert!(called.err.contains(expected) && called.err.contains(arguments[0]), "{}", called.err);
    }
    for set in ["garden#2", "garden@production", "birds/garden/TRAINING_SET", "birds/TRAINING_SET/garden#1"] {
        let called = stemma(folder.path(), &["import", "coco.json", "--training-set", set]);
        refused(&called, 1, "--training-set: expected the key of a set");
    }
    imported(folder.path(), &["coco.json", "--training-set", "2026/garden"]);
}

/// Returns a COCO file of images with one label each.
fn labelled_images(numbers: &[u32]) -> String {
    let images =
        numbers.iter().map(|n| json!({"id": n, "file_name": format!("{n}.jpg"), "width": 9, "height": 9}));
    let labels =
        numbers.iter().map(|n| json!({"id": n, "image_id": n, "category_id": 1, "bbox": [1, 1, 3, 3]}));
    json!({
        "images": images.collect::<Vec<_>>(),
        "annotations": labels.collect::<Vec<_>>(),
        "categories": [{"id": 1, "name": "owl"}],
    })
    .to_string()
}

#[test]
fn members_in_two_splits_are_named_with_both() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = ["instances_train.json", "instances_val.json"];
    fs::write(folder.path().join(inputs[0]), labelled_images(&[1, 2, 3, 4])).unwrap();
    fs::write(folder.path().join(inputs[1]), labelled_images(&[3, 4, 5])).unwrap();
    let import = |more: &[&str]| stemma(folder.path(), &[&["import"], &inputs[..], more].concat());
    let refused = import(&["--training-set", "s"]);
    let message = "instances_val.json, the training set: expected each member of default/TRAINING_SET/s in \
                   one split, found 2 members in two: default/LABEL/annotations/4 is in \"TRAIN\" and in \"VALIDATION\"";
    assert!(refused.err.contains(message), "{}", refused.err);
    assert_eq!(refused.code, Some(1));
    assert!(import(&["--training-set", "s", "--dry-run"]).err.contains(message));
    // What the message proposes.
    assert_eq!(import(&["--training-set", "s", "--split", "train"]).code, Some(0));
    fs::write(folder.path().join(inputs[1]), labelled_images(&[5])).unwrap();
    assert_eq!(import(&["--training-set", "t"]).code, Some(0));
}
