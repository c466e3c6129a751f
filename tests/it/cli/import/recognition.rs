//! Later exports of tools that number and name anew: what they say is recognised.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::exports::{ask, birds, imported, versions};
use crate::cli::{folder, refused, stemma};

const REVIEW: &[&str] = &["--corrections", "review", "--retract-missing", "deleted"];

/// Writes a COCO file of boxes: the image's name, the class and the left side of each.
fn coco(folder: &Path, name: &str, first_id: u64, boxes: &[(&str, &str, f64)]) {
    let mut images: Vec<&str> = boxes.iter().map(|(image, ..)| *image).collect();
    images.dedup();
    let classes = ["wren", "robin", "heron"];
    let annotation = |(place, (image, class, x)): (usize, &(&str, &str, f64))| {
        json!({
            "id": first_id + place as u64,
            "image_id": images.iter().position(|other| other == image).unwrap() + 1,
            "category_id": classes.iter().position(|other| other == class).unwrap() + 1,
            "bbox": [x, 10.0, 20.0, 20.0],
        })
    };
    let document = json!({
        "images": images.iter().enumerate()
            .map(|(place, image)| json!({"id": place + 1, "file_name": image, "width": 400, "height": 100}))
            .collect::<Vec<_>>(),
        "categories": classes.iter().enumerate()
            .map(|(place, class)| json!({"id": place + 1, "name": class}))
            .collect::<Vec<_>>(),
        "annotations": boxes.iter().enumerate().map(annotation).collect::<Vec<_>>(),
    });
    fs::write(folder.join(name), document.to_string()).unwrap();
}

const BOXES: [(&str, &str, f64); 6] = [
    ("a.jpg", "wren", 0.0),
    ("a.jpg", "robin", 50.0),
    ("a.jpg", "wren", 100.0),
    ("b.jpg", "wren", 0.0),
    ("b.jpg", "heron", 200.0),
    ("b.jpg", "robin", 300.0),
];

/// One label is deleted and the others are numbered anew: one label is gone, none is corrected.
#[test]
fn labels_that_are_numbered_anew_are_recognised() {
    let folder = folder();
    coco(folder.path(), "one.json", 1, &BOXES);
    imported(folder.path(), &["one.json"]);
    coco(folder.path(), "two.json", 1, &BOXES[1..]);
    let dry = imported(folder.path(), &[&["two.json", "--dry-run"], REVIEW].concat());
    let told = imported(folder.path(), &[&["two.json"], REVIEW].concat());
    assert!(told.contains("8 records: 0 created and 1 retracted in 1 commit, 8 already there."), "{told}");
    assert!(told.contains("gone from the export, and retracted: default/LABEL/annotations/1\n"), "{told}");
    assert!(told.contains("labels recognised: 5 by content\n"), "{told}");
    assert!(dry.contains("labels recognised: 5 by content\n") && !dry.contains("corrections"), "{dry}");
    let told = imported(folder.path(), &[&["two.json"], REVIEW].concat());
    assert!(told.contains("8 records: 0 created in 0 commits, 8 already there."), "{told}");
}

/// Deleted, moved, relabelled and added at once, all numbered anew from another number.
#[test]
fn each_change_is_named_as_what_it_is() {
    let folder = folder();
    coco(folder.path(), "one.json", 1, &BOXES);
    imported(folder.path(), &["one.json"]);
    let changed = [
        ("a.jpg", "robin", 53.0),  // moved
        ("a.jpg", "wren", 100.0),  // unchanged
        ("a.jpg", "heron", 350.0), // added
        ("b.jpg", "robin", 0.0),   // relabelled
        ("b.jpg", "heron", 200.0), // unchanged
        ("b.jpg", "robin", 300.0), // unchanged
    ];
    coco(folder.path(), "two.json", 40, &changed);
    let told = imported(folder.path(), &[&["two.json"], REVIEW].concat());
    assert!(told.contains("made: LABEL 3\n"), "{told}");
    assert!(told.contains("corrections among them: 2\n"), "{told}");
    assert!(told.contains("retracted: default/LABEL/annotations/1\n"), "{told}");
    assert!(told.contains("labels recognised: 3 by content, 2 by class and overlap, 1 new\n"), "{told}");
    let lines = versions(folder.path());
    for line in [
        "annotations/2#2 {\"bbox\":[53,10,20,20],\"class\":\"robin\"}",
        "annotations/4#2 {\"bbox\":[0,10,20,20],\"class\":\"robin\"}",
        "annotations/42#1 {\"bbox\":[350,10,20,20],\"class\":\"heron\"}",
    ] {
        assert!(lines.contains(line), "{line} is not in\n{lines}");
    }
}

/// Two files with equal numbers are two sets of labels.
#[test]
fn files_with_the_same_numbers_do_not_overwrite_each_other() {
    let folder = folder();
    coco(folder.path(), "train.json", 1, &BOXES[..3]);
    coco(folder.path(), "val.json", 1, &BOXES[3..]);
    imported(folder.path(), &["train.json", "--training-set", "birds"]);
    let told = imported(folder.path(), &["val.json", "--training-set", "birds"]);
    assert!(told.contains("members of the training set, by split: VALIDATION 3\n"), "{told}");
    assert!(told.contains("kept members (--split-replaces removes them): TRAIN 3\n"), "{told}");
    let told = imported(folder.path(), &["train.json", "val.json", "--training-set", "birds"]);
    assert!(!told.contains("made:"), "{told}");
    let members = ask(
        folder.path(),
        "{ version(id: \"default/TRAINING_SET/birds\") { number members(first: 10) { nodes { split } } } }",
    );
    assert_eq!(members["version"]["number"], 2);
    assert_eq!(members["version"]["members"]["nodes"].as_array().unwrap().len(), 6);
    let told = imported(
        folder.path(),
        &["val.json", "--training-set", "default/TRAINING_SET/birds", "--split-replaces"],
    );
    assert!(!told.contains("kept members"), "{told}");
}

/// Ids alone may be asked for; a file that contradicts them is refused.
#[test]
fn ids_that_are_contradicted_are_refused_if_they_must_count() {
    let folder = folder();
    coco(folder.path(), "one.json", 1, &BOXES);
    imported(folder.path(), &["one.json"]);
    coco(folder.path(), "two.json", 1, &BOXES[1..]);
    for arguments in [&["--match", "ids"][..], &["--match", "ids", "--dry-run"]] {
        let arguments = [&["import", "two.json"], arguments].concat();
        refused(&stemma(folder.path(), &arguments), 1, "numbers labels anew");
    }
    let told = imported(folder.path(), &["two.json", "--match", "content"]);
    assert!(told.contains("labels recognised: 5 by content\n"), "{told}");
}

/// What the export lacks is counted; `--whole` says that it is gone.
#[test]
fn what_is_not_in_an_export_is_counted() {
    let folder = folder();
    coco(folder.path(), "one.json", 1, &BOXES);
    imported(folder.path(), &["one.json"]);
    coco(folder.path(), "two.json", 1, &BOXES[..3]);
    let told = imported(folder.path(), &[&["two.json"], REVIEW].concat());
    let lacks = "1 image (first default/SOURCE/b.jpg), 3 labels (first default/LABEL/annotations/4)";
    assert!(
        told.contains(&format!("not in this export (--whole says that it is all there is): {lacks}\n")),
        "{told}"
    );
    let told = imported(folder.path(), &[&["two.json", "--whole"], REVIEW].concat());
    assert!(told.contains(&format!("not in this export, labels retracted: {lacks}\n")), "{told}");
    let wrong =
        ask(folder.path(), "{ version(id: \"default/LABEL/annotations/5\") { wrong statements { kind } } }");
    assert_eq!(wrong["version"]["wrong"], true);
    assert_eq!(wrong["version"]["statements"][0]["kind"], "RETRACTS");
    // Another prefix has other labels.
    let told = imported(folder.path(), &[&["two.json", "--prefix", "p/", "--whole"], REVIEW].concat());
    assert!(!told.contains("not in this export"), "{told}");
}

/// Several files are one export: what is gone from any of them is gone, what another has is not, and
/// a dry run knows the new labels of all.
#[test]
fn several_files_are_one_export() {
    let folder = folder();
    let split = |first: &[(&str, &str, f64)], second: &[(&str, &str, f64)]| {
        coco(folder.path(), "train.json", 1, first);
        coco(folder.path(), "val.json", 1, second);
    };
    split(&BOXES[..3], &BOXES[3..]);
    let files = ["train.json", "val.json", "--training-set", "s"];
    let dry = imported(folder.path(), &[&files[..], &["--dry-run"]].concat());
    assert!(dry.contains("TRAIN 3, VALIDATION 3\n"), "{dry}");
    imported(folder.path(), &files);
    // One label of the first file is deleted, and one is added.
    split(&[BOXES[0], BOXES[1], ("a.jpg", "heron", 350.0)], &BOXES[3..]);
    let gone = ": default/LABEL/annotations/3\n";
    let none: &[&str] = &[];
    for whole in [none, &["--whole"]] {
        let dry = imported(folder.path(), &[&files[..], &["--dry-run"], whole, REVIEW].concat());
        assert!(dry.contains(gone) && !dry.contains("not in this export"), "{dry}");
    }
    let told = imported(folder.path(), &[&files[..], &["--whole"], REVIEW].concat());
    assert!(told.contains(&format!("gone from the export, and retracted{gone}")), "{told}");
    assert!(!told.contains("not in this export"), "{told}");
    for label in ["1", "2"] {
        let wrong = ask(
            folder.path(),
            &format!("{{ version(id: \"default/LABEL/annotations/{label}\") {{ wrong }} }}"),
        );
        assert_eq!(wrong["version"]["wrong"], false, "{label}");
    }
}

fn rename(folder: &Path, file: &str) {
    let text = fs::read_to_string(folder.join("one.json")).unwrap();
    fs::write(folder.join(file), text.replace("\"robin\"", "\"redbreast\"")).unwrap();
}

/// A class with a new name is not a correction of every label.
#[test]
fn a_renamed_class_is_one_change() {
    let folder = folder();
    coco(folder.path(), "one.json", 1, &BOXES);
    imported(folder.path(), &["one.json", "--training-set", "birds"]);
    rename(folder.path(), "two.json");
    // It is decided before anything is written, with and without corrections, and by a dry run.
    let spelling = ["import", "two.json", "--corrections", "spelling", "--dry-run"];
    for arguments in [&["import", "two.json"][..], &spelling[..4], &spelling] {
        let called = stemma(folder.path(), arguments);
        refused(&called, 1, "a class seems to be renamed: all 2 labels of \"robin\" are \"redbreast\"");
        assert!(called.err.contains("add --renamed robin=redbreast, else --not-renamed"), "{}", called.err);
        assert_eq!(ask(folder.path(), "{ view { seq } }")["view"]["seq"], "2");
    }
    let renamed = ["two.json", "--corrections", "spelling", "--renamed", "robin=redbreast"];
    let told = imported(folder.path(), &renamed);
    assert!(told.contains("made: ONTOLOGY 1\n") && !told.contains("corrections"), "{told}");
    let list = ask(
        folder.path(),
        "{ version(id: \"default/ONTOLOGY/classes\") { number ontologyChanges { kind from to } } }",
    );
    assert_eq!(
        list["version"],
        json!({"number": 2, "ontologyChanges": [{"kind": "RENAME", "from": ["robin"], "to": ["redbreast"]}]})
    );
    // Again, with the option and without it.
    assert!(!imported(folder.path(), &renamed).contains("made:"));
    assert!(!imported(folder.path(), &["two.json", "--corrections", "spelling"]).contains("made:"));
    refused(
        &stemma(folder.path(), &["import", "two.json", "--renamed", "owl=kite"]),
        1,
        "expected a class of the store, found \"owl\"",
    );
    refused(
        &stemma(folder.path(), &["import", "two.json", "--renamed", "owl=redbreast"]),
        1,
        "expected a class of the store, found \"owl\"",
    );
}

/// If the labels were relabelled, each is a change.
#[test]
fn a_class_that_is_not_renamed_is_a_change_of_its_labels() {
    let folder = folder();
    coco(folder.path(), "one.json", 1, &BOXES);
    imported(folder.path(), &["one.json"]);
    rename(folder.path(), "two.json");
    let relabelled = ["two.json", "--not-renamed", "--corrections", "red breast"];
    let dry = imported(folder.path(), &[&relabelled[..], &["--dry-run"]].concat());
    let told = imported(folder.path(), &relabelled);
    for told in [&dry, &told] {
        assert!(told.contains("corrections among them: 2\n") && !told.contains("renamed"), "{told}");
    }
    refused(
        &stemma(folder.path(), &["import", "two.json", "--renamed", "robin=redbreast"]),
        1,
        "the class list has both \"robin\" and \"redbreast\"",
    );
    // Images alone have no classes.
    fs::create_dir(folder.path().join("photos")).unwrap();
    for option in [&["--not-renamed"][..], &["--renamed", "a=b"]] {
        let called = stemma(folder.path(), &[&["import", "photos", "--format", "images"], option].concat());
        refused(&called, 2, &format!("{} does not apply to the format images", option[0]));
    }
}

/// The parts of a set list and number their own classes.
#[test]
fn class_lists_of_parts_are_one_list() {
    let folder = folder();
    let part = |name: &str, image: &str, classes: &[&str]| {
        let categories: Vec<Value> =
            classes.iter().enumerate().map(|(id, name)| json!({"id": id, "name": name})).collect();
        let document = json!({
            "images": [{"id": 1, "file_name": image}],
            "categories": categories,
            "annotations": [{"id": 1, "image_id": 1, "category_id": 0, "bbox": [0, 0, 5, 5]}],
        });
        fs::write(folder.path().join(name), document.to_string()).unwrap();
    };
    part("train.json", "a.jpg", &["cat", "dog"]);
    part("val.json", "b.jpg", &["dog", "owl"]);
    imported(folder.path(), &["train.json", "val.json"]);
    let list = ask(folder.path(), "{ version(id: \"default/ONTOLOGY/classes\") { number attributes } }");
    assert_eq!(
        list["version"]["attributes"]["classes"],
        json!([{"class": "cat", "id": 0}, {"class": "dog", "id": 1}, {"class": "owl", "id": 2}])
    );
    let told = imported(folder.path(), &["train.json", "val.json"]);
    assert!(!told.contains("made:"), "{told}");
}

/// A folder of images says nothing about their labels.
#[test]
fn a_folder_of_images_takes_no_labels_away() {
    let folder = birds();
    imported(folder.path(), &["coco.json", "--payloads", "images"]);
    let told = imported(folder.path(), &["images", "--retract-missing", "deleted"]);
    assert!(!told.contains("gone"), "{told}");
}

/// An import without the bytes of the images takes none away.
#[test]
fn images_keep_their_bytes() {
    let folder = birds();
    imported(folder.path(), &["coco.json", "--payloads", "images"]);
    let told = imported(folder.path(), &["coco.json"]);
    assert!(!told.contains("made:"), "{told}");
}

/// An image that moves to another folder is the same image, and its label has changed.
#[test]
fn a_moved_image_is_the_same_image() {
    let folder = birds();
    let images = folder.path().join("images");
    for class in ["wren", "robin"] {
        fs::create_dir(images.join(class)).unwrap();
    }
    fs::rename(images.join("garden-1.png"), images.join("wren/1.png")).unwrap();
    fs::rename(images.join("garden-2.png"), images.join("robin/2.png")).unwrap();
    fs::rename(images.join("pond.png"), images.join("robin/3.png")).unwrap();
    let arguments = ["images", "--labels-from-folders", "--corrections", "wrong class"];
    imported(folder.path(), &arguments);
    fs::rename(images.join("wren/1.png"), images.join("robin/1.png")).unwrap();
    let told = imported(folder.path(), &arguments);
    assert!(told.contains("corrections among them: 1\n"), "{told}");
    assert!(!told.contains("gone"), "{told}");
    let lines = versions(folder.path());
    assert!(lines.contains("default/LABEL/wren/1.png#2 {\"class\":\"robin\"}"), "{lines}");
    assert!(lines.contains("default/SOURCE/wren/1.png#2 {\"file_name\":\"robin/1.png\""), "{lines}");
    assert!(!imported(folder.path(), &arguments).contains("made:"));
}

/// What stemma exports, and a tool gives back, is recognised by its names.
#[test]
fn an_export_of_stemma_comes_back_unchanged() {
    let folder = folder();
    coco(folder.path(), "one.json", 7, &BOXES);
    imported(folder.path(), &["one.json", "--training-set", "birds"]);
    let set = "default/TRAINING_SET/birds";
    let export = stemma(folder.path(), &["export", "coco", set, "--out", "own.json"]);
    assert_eq!(export.code, Some(0), "{}", export.err);
    let told = imported(folder.path(), &[&["own.json"], REVIEW].concat());
    assert!(!told.contains("made:") && !told.contains("gone"), "{told}");
}

/// A file in which nothing is found is no success.
#[test]
fn an_export_without_images_is_an_error() {
    let folder = folder();
    fs::create_dir(folder.path().join("lfs")).unwrap();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n";
    fs::write(folder.path().join("lfs/1.jpg"), pointer).unwrap();
    let called = stemma(folder.path(), &["import", "lfs"]);
    refused(&called, 1, "lfs: expected images, found none");
    assert!(called.err.contains("Git LFS pointer"), "{}", called.err);
}
