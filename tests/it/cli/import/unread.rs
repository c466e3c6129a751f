//! Files that may have labels and are not read: they are refused by name, or counted.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::exports::{ask, birds, imported};
use crate::cli::{refused, stemma};

const COCO: &str = r#"{"images":[{"id":1,"file_name":"pond.png"}],"annotations":[{"id":1,"image_id":1,"category_id":1,
    "bbox":[1,2,3,4]}],"categories":[{"id":1,"name":"0"}]}"#;

fn wide(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// A file of labels in a folder that no format recognises is not left out in silence.
#[test]
fn labels_that_no_format_recognises_are_refused() {
    let other = "a file that may have labels of another format; ";
    for (file, text, found) in [
        ("p.json", "{\"colour\": 1}", format!("{other}choose the format with `--format`, or")),
        ("p.XML", "<root/>", format!("{other}choose the format with `--format voc` or `--format cvat`, or")),
        ("p.csv", "a;b", format!("{other}name the kind of the table with `--format csv --variant`: `via`, ")),
        (
            "p.csv",
            "pond.png,1,2,3,4,0\n",
            "if it is, read it with `--format csv --variant retinanet`, or".to_owned(),
        ),
        (
            "p.txt",
            "0 .5 .5 .2 .2\n",
            "lines of numbers, as YOLO has them; read them with `--format yolo`, or".to_owned(),
        ),
        ("p.json", COCO, "in this folder `stemma import notes/p.json --payloads .`, or".to_owned()),
    ] {
        let folder = birds();
        fs::create_dir(folder.path().join("images/notes")).unwrap();
        fs::write(folder.path().join("images/notes").join(file), text).unwrap();
        let called = stemma(folder.path(), &["import", "images"]);
        refused(&called, 1, &format!("images, notes/{file}: expected images alone or labels"));
        assert!(called.err.contains(&found) && called.err.contains("`--format images`"), "{}", called.err);
        let told = imported(folder.path(), &["images", "--format", "images"]);
        assert!(told.contains("made: SOURCE 3\n") && told.contains(&format!("notes/{file}")), "{told}");
    }
}

/// The command that the message names imports the files.
#[test]
fn coco_files_in_another_layout_are_named() {
    let folder = birds();
    let images = folder.path().join("images");
    for name in ["train.json", "val set.json"] {
        fs::write(images.join(name), COCO).unwrap();
    }
    let called = stemma(folder.path(), &["import", "images"]);
    refused(
        &called,
        1,
        "found COCO in none of the layouts that a folder may have; name the annotation files",
    );
    assert!(called.err.contains("`stemma import train.json 'val set.json' --payloads .`"), "{}", called.err);
    let told = imported(folder.path(), &["images/train.json", "--payloads", "images", "--training-set", "s"]);
    assert!(told.contains("made: SOURCE 1, LABEL 1, ONTOLOGY 1"), "{told}");
    // Its class is a number.
    let arguments =
        ["export", "annotations", "default/TRAINING_SET/s", "--format", "csv", "--variant", "retinanet"];
    let called = stemma(folder.path(), &[&arguments[..], &["--dir", "out"]].concat());
    assert_eq!(called.code, Some(0), "{}", called.err);
    let told = imported(folder.path(), &["out", "--training-set", "s"]);
    assert!(told.contains(": 0 created") && told.contains("labels recognised: 1 by"), "{told}");
    // A single table has no list of classes next to it.
    let called = stemma(folder.path(), &["import", "out/train_annotations.csv"]);
    refused(
        &called,
        1,
        "found a table that may be of the kind `retinanet`, which its rows alone do not show; if it is",
    );
}

#[test]
fn text_in_utf_16_is_refused_in_a_folder_too() {
    let voc = "<annotation><filename>pond.png</filename></annotation>";
    let via = r#"{"a":{"filename":"pond.png","size":1,"regions":[],"file_attributes":{}}}"#;
    for (file, text, other) in [
        ("pond.xml", voc, None),
        // The others are recognised, and this one would be left out.
        (
            "pond.xml",
            voc,
            Some(("garden-1.xml", "<annotation><filename>garden-1.png</filename></annotation>")),
        ),
        ("pond.json", via, None),
        ("labels.csv", "filename,class,xmin,ymin,xmax,ymax\n", None),
        ("pond.txt", "0 .5 .5 .2 .2\n", None),
    ] {
        let folder = birds();
        fs::write(folder.path().join("images").join(file), wide(text)).unwrap();
        if let Some((name, text)) = other {
            fs::write(folder.path().join("images").join(name), text).unwrap();
        }
        let called = stemma(folder.path(), &["import", "images"]);
        refused(&called, 1, &format!("images, {file}: expected text in UTF-8, found UTF-16"));
    }
}

/// A project without tasks is an empty list next to the exports of other projects.
#[test]
fn an_empty_export_of_label_studio_is_one() {
    let folder = birds();
    let images = folder.path().join("images");
    fs::copy(folder.path().join("label-studio.json"), images.join("val.json")).unwrap();
    fs::write(images.join("train.json"), "[]\n").unwrap();
    let told = imported(folder.path(), &["images"]);
    assert!(told.contains("LABEL ") && !told.contains("train.json"), "{told}");
    fs::remove_file(images.join("val.json")).unwrap();
    refused(&stemma(folder.path(), &["import", "images"]), 1, "images, train.json: expected images alone");
}

/// Images alone do not say that their labels are gone: the set keeps them.
#[test]
fn a_set_keeps_the_labels_of_images_that_are_imported_alone() {
    let folder = birds();
    let set = ["--training-set", "s", "--split", "TRAIN"];
    imported(folder.path(), &[&["coco.json", "--payloads", "images"], &set[..]].concat());
    let before = members(folder.path());
    assert!(before.iter().any(|member| member.contains("LABEL")), "{before:?}");
    let told = imported(folder.path(), &[&["images", "--retract-missing", "gone"], &set[..]].concat());
    assert!(!told.contains("gone from") && !told.contains("retracted"), "{told}");
    assert_eq!(members(folder.path()), before, "{told}");
}

fn members(folder: &Path) -> BTreeSet<String> {
    let set = ask(
        folder,
        "{ version(id: \"default/TRAINING_SET/s\") {
            members(first: 10) { nodes { version { item { kind key } } } } } }",
    );
    let nodes = set["version"]["members"]["nodes"].as_array().unwrap().iter();
    nodes.map(|member| member["version"]["item"].to_string()).collect()
}
