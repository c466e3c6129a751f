//! Training sets in the formats of labelling tools and trainers.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli::import::exports::{birds, edit, imported};
use crate::cli::{refused, stemma};

const SET: &str = "birds/TRAINING_SET/garden";

/// Returns a folder with a COCO file of boxes and its images.
fn boxes() -> tempfile::TempDir {
    let folder = birds();
    edit(&folder.path().join("coco.json"), |coco| {
        for annotation in coco["annotations"].as_array_mut().unwrap() {
            let fields = annotation.as_object_mut().unwrap();
            fields.retain(|name, _| ["id", "image_id", "category_id", "bbox"].contains(&name.as_str()));
        }
    });
    folder
}

/// Imports boxes, and pins them.
fn garden() -> tempfile::TempDir {
    let folder = boxes();
    let arguments = ["coco.json", "--namespace", "birds", "--payloads", "images", "--training-set", "garden"];
    imported(folder.path(), &arguments);
    folder
}

#[track_caller]
fn exported(folder: &Path, format: &str, more: &[&str]) -> String {
    let arguments = ["export", "annotations", SET, "--format", format, "--dir", format];
    let called = stemma(folder, &[&arguments, more].concat());
    assert_eq!(called.code, Some(0), "{format}: {}{}", called.out, called.err);
    called.out
}

/// Returns image, class and box of all labels of a set, rounded.
fn labels(folder: &Path, data: &str) -> BTreeSet<String> {
    let called = stemma(folder, &["export", "coco", SET, "--data", data]);
    assert_eq!(called.code, Some(0), "{}", called.err);
    let coco: Value = serde_json::from_str(&called.out).unwrap();
    let named = |list: &str, id: &Value, name: &str| {
        let all = coco[list].as_array().unwrap().iter();
        all.clone()
            .find(|entry| entry["id"] == *id)
            .map_or_else(String::new, |entry| entry[name].as_str().unwrap().to_owned())
    };
    let label = |label: &Value| {
        let image = named("images", &label["image_id"], "file_name");
        let image = image.rsplit('/').next().unwrap().to_owned();
        let bbox = label["bbox"].as_array().unwrap().iter();
        let bbox: Vec<f64> = bbox.map(|side| (side.as_f64().unwrap() * 1e6).round() / 1e6).collect();
        format!("{image} {} {bbox:?}", named("categories", &label["category_id"], "name"))
    };
    coco["annotations"].as_array().unwrap().iter().map(label).collect()
}

/// What each format holds of a set of boxes is what an import of it reads.
#[test]
fn boxes_survive_a_round_trip_through_every_format() {
    let folder = garden();
    let before = labels(folder.path(), "stemma-data");
    assert_eq!(before.len(), 4);
    for format in [
        "yolo",
        "voc",
        "labelme",
        "csv",
        "label-studio",
        "huggingface",
        "webdataset",
        "coco",
        "cvat",
        "datumaro",
        "geojson",
    ] {
        let told = exported(folder.path(), format, &[]);
        assert!(told.contains("3 images and 4 labels"), "{told}");
        let again = exported(folder.path(), format, &[]);
        assert!(
            !again.contains("images:") || again.contains("images: 0 files written, 0 replaced, 3 kept"),
            "{again}"
        );
        let data = format!("data-{format}");
        let arguments =
            [format, "--namespace", "birds", "--training-set", "garden", "--data", &data, "--format", format];
        imported(folder.path(), &arguments);
        assert_eq!(labels(folder.path(), &data), before, "{format}");
        // Recognised without a name.
        let arguments = [format, "--namespace", "birds", "--data", "dry", "--dry-run"];
        let told = imported(folder.path(), &arguments);
        assert!(told.contains("LABEL"), "{format}: {told}");
    }
}

#[test]
fn a_part_of_a_set_without_images() {
    let folder = garden();
    let told = exported(folder.path(), "voc", &["--no-images", "--split", "TRAIN"]);
    assert!(told.contains("3 images and 4 labels") && !told.contains("images:"), "{told}");
    let files: Vec<_> = walk(&folder.path().join("voc"));
    assert!(files.iter().all(|file| !file.ends_with(".png")), "{files:?}");
    let arguments = ["export", "annotations", SET, "--format", "voc", "--dir", "x", "--split", "TEST"];
    refused(&stemma(folder.path(), &arguments), 1, "TEST");
    let arguments = ["export", "annotations", SET, "--format", "images", "--dir", "x"];
    assert_eq!(stemma(folder.path(), &arguments).code, Some(2));
}

/// Images of two imports may have the same name.
#[test]
fn images_of_one_name_are_two_images() {
    let folder = boxes();
    for prefix in ["a/", "b/"] {
        let arguments =
            ["coco.json", "--namespace", "birds", "--payloads", "images", "--training-set", "garden"];
        imported(folder.path(), &[&arguments[..], &["--prefix", prefix]].concat());
    }
    for format in ["yolo", "coco", "voc"] {
        let told = exported(folder.path(), format, &[]);
        assert!(told.contains("6 images and 8 labels") && told.contains("images: 6 files written"), "{told}");
        let told =
            imported(folder.path(), &[format, "--namespace", "birds", "--data", format, "--format", format]);
        assert!(told.contains("SOURCE 6, LABEL 8"), "{format}: {told}");
    }
    // Its own export is recognised, with the names of the files, whatever the prefix of the labels.
    // The class list of this prefix is new.
    let export = stemma(folder.path(), &["export", "coco", SET, "--out", "own.json"]);
    assert_eq!(export.code, Some(0), "{}", export.err);
    let told = imported(folder.path(), &["own.json", "--namespace", "birds"]);
    assert!(told.contains("made: ONTOLOGY 1\n"), "{told}");
    assert!(told.contains("labels recognised: 8 by stemma.* ids\n"), "{told}");
}

/// Files of an earlier export are named, because a trainer reads them.
#[test]
fn other_files_of_the_folder_are_named() {
    let folder = garden();
    fs::create_dir_all(folder.path().join("voc/Annotations")).unwrap();
    fs::write(folder.path().join("voc/Annotations/old.xml"), "<annotation/>").unwrap();
    let arguments = ["export", "annotations", SET, "--format", "voc", "--dir", "voc"];
    let called = stemma(folder.path(), &arguments);
    assert!(called.err.contains("not part of this export, such as Annotations/old.xml"), "{}", called.err);
}

fn walk(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(walk(&path)),
            false => files.push(path.display().to_string()),
        }
    }
    files
}
