//! Files of labels that cannot be read, and inputs that contradict each other: nothing is imported.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::exports::{ask, birds, imported};
use crate::cli::{refused, stemma};

const LFS: &[u8] = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n";
const SYNC: [&str; 5] = ["--training-set", "s", "--whole", "--retract-missing", "gone"];

fn put(folder: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

/// Returns width and height of the picture that an image has in these tests.
fn size(image: &str) -> (u32, u32) {
    if image.starts_with('a') { (10, 4) } else { (8, 6) }
}

fn datumaro(image: &str, group: i64) -> String {
    let (width, height) = size(image);
    let annotation = json!({"id": 7, "type": "bbox", "attributes": {"is_crowd": false}, "group": group, "label_id": 0,
        "z_order": 0, "bbox": [4.0, 4.0, 20.0, 20.0]});
    json!({"info": {}, "categories": {"label": {"labels": [{"name": "cat", "parent": ""}], "attributes": []}},
        "items": [{"id": image, "annotations": [annotation], "image": {"path": format!("{image}.png"), "size": [height, width]}}]})
    .to_string()
}

fn via(image: &str) -> String {
    let region = json!({"shape_attributes": {"name": "rect", "x": 1, "y": 2, "width": 3, "height": 4},
        "region_attributes": {"class": "cat"}});
    json!({image: {"filename": image, "size": 1, "regions": [region], "file_attributes": {}}}).to_string()
}

/// A file that cannot be read is no other file: its labels are not gone.
#[test]
fn a_damaged_file_of_labels_retracts_nothing() {
    let header = "filename,width,height,class,xmin,ymin,xmax,ymax\n";
    let line = |image: &str| {
        let (width, height) = size(image);
        format!("{header}{image},{width},{height},cat,1,2,3,4\n")
    };
    let datumaro = |image: &str| datumaro(image, 0);
    let yolo = "# Müller\ntrain: train/images\nval: val/images\nnames: [cat, dog]\n";
    let jsonl = |image: &str| {
        format!("{{\"file_name\":\"{image}\",\"objects\":{{\"bbox\":[[1,2,3,4]],\"categories\":[0]}}}}\n")
    };
    let row = "1 .5 .5 .2 .2\n".to_owned();
    for (files, damaged) in [
        (
            vec![("annotations/train.json", datumaro("a")), ("annotations/val.json", datumaro("b"))],
            vec!["annotations/val.json"],
        ),
        (vec![("train/via.json", via("a.png")), ("val/via.json", via("b.png"))], vec!["val/via.json"]),
        (
            vec![("train_labels.csv", line("a.png")), ("val_labels.csv", line("b.png"))],
            vec!["val_labels.csv"],
        ),
        (
            vec![("train/metadata.jsonl", jsonl("a.png")), ("val/metadata.jsonl", jsonl("b.png"))],
            vec!["train/metadata.jsonl", "val/metadata.jsonl"],
        ),
        (
            vec![
                ("data.yaml", yolo.to_owned()),
                ("train/labels/a.txt", row.clone()),
                ("val/labels/b.txt", row),
            ],
            vec!["data.yaml", "val/labels/b.txt"],
        ),
    ] {
        let folder = birds();
        let folder = folder.path();
        for (path, text) in &files {
            put(folder, &format!("set/{path}"), text);
        }
        let first = files[0].0;
        let images = if first == "annotations/train.json" {
            ["images/train/a.png", "images/val/b.png"]
        } else if first == "data.yaml" {
            ["train/images/a.png", "val/images/b.png"]
        } else if first == "train_labels.csv" {
            ["a.png", "b.png"]
        } else {
            ["train/a.png", "val/b.png"]
        };
        for (image, bytes) in images.iter().zip(["pond.png", "garden-1.png"]) {
            put(folder, &format!("set/{image}"), fs::read(folder.join("images").join(bytes)).unwrap());
        }
        let told = imported(folder, &["set", "--training-set", "s"]);
        assert!(told.contains("made: SOURCE 2, LABEL 2"), "{told}");
        for path in damaged {
            let file = folder.join("set").join(path);
            let right = fs::read(&file).unwrap();
            let latin = [b"#\xe4".as_slice(), &right[..]].concat();
            let mut bytes = vec![LFS.to_vec(), latin];
            if !path.ends_with(".txt") {
                bytes.push(Vec::new());
            }
            if path.ends_with(".json") || path.ends_with(".csv") {
                bytes.push(right[..20].to_vec());
            }
            for bytes in bytes {
                fs::write(&file, bytes).unwrap();
                refused(
                    &stemma(folder, &[&["import", "set"], &SYNC[..]].concat()),
                    1,
                    &format!("set, {path}"),
                );
            }
            fs::write(&file, right).unwrap();
        }
        let told = imported(folder, &[&["set"], &SYNC[..]].concat());
        assert!(!told.contains("made:") && !told.contains("gone"), "{told}");
    }
}

/// The damaged file is named, and not a good one that is read before it.
#[test]
fn the_damaged_file_is_named() {
    let folder = birds();
    let folder = folder.path();
    let voc = "<annotation><filename>a.png</filename><size><width>64</width><height>48</height></size></annotation>";
    put(folder, "voc/a.xml", voc);
    put(folder, "voc/b.xml", "<html></html>");
    let coco = fs::read(folder.join("coco.json")).unwrap();
    put(folder, "coco/annotations/instances_train.json", &coco);
    put(folder, "coco/annotations/instances_val.json", LFS);
    for (set, path, found) in [
        ("voc", "b.xml", "expected XML, found an HTML page"),
        ("coco", "annotations/instances_val.json", "expected JSON, found a pointer of Git LFS"),
    ] {
        refused(&stemma(folder, &["import", set]), 1, &format!("{set}, {path}: {found}"));
    }
}

/// Two inputs of a command with other bytes under one name are found before the first is imported.
#[test]
fn contradicting_inputs_are_refused_together() {
    let folder = birds();
    let folder = folder.path();
    for (input, bytes) in [("A", "pond.png"), ("B", "garden-1.png")] {
        put(
            folder,
            &format!("{input}/images/train/x.png"),
            fs::read(folder.join("images").join(bytes)).unwrap(),
        );
        put(folder, &format!("{input}/labels/train/x.txt"), "0 .5 .5 .2 .2\n");
    }
    for more in [&["--dry-run"][..], &[]] {
        let called = stemma(folder, &[&["import", "A", "B", "--training-set", "s"], more].concat());
        refused(
            &called,
            1,
            "B: expected one image \"images/train/x.png\" in the inputs of a command, found other bytes in A",
        );
        assert!(called.err.contains("nothing was imported"), "{}", called.err);
    }
    let told = imported(folder, &["A", "--training-set", "s"]);
    assert!(told.contains("made: SOURCE 1, LABEL 1"), "{told}");
}

/// Datumaro gives each label a separate group, and supervision computes in single precision: neither
/// changes a label.
#[test]
fn converters_change_no_label() {
    let folder = birds();
    let folder = folder.path();
    let pond = fs::read(folder.join("images/pond.png")).unwrap();
    let coco = |sides: [f64; 4]| {
        json!({"images": [{"id": 1, "file_name": "a.png", "width": 10, "height": 4}],
            "annotations": [{"id": 7, "image_id": 1, "category_id": 1, "bbox": sides}],
            "categories": [{"id": 1, "name": "cat"}]})
        .to_string()
    };
    put(folder, "coco/annotations/instances_train.json", coco([4.0, 4.0, 20.0, 20.0]));
    put(folder, "coco/images/a.png", &pond);
    imported(folder, &["coco", "--training-set", "s"]);
    let review = ["--training-set", "s", "--corrections", "review"];
    put(folder, "datumaro/images/train/a.png", &pond);
    let single = [4.000_000_476_837_158, 4.0, 19.999_998_092_651_367, 20.0];
    put(folder, "single/annotations/instances_train.json", coco(single));
    put(folder, "single/images/a.png", &pond);
    for group in [7, 8] {
        put(folder, "datumaro/annotations/train.json", datumaro("a", group));
        for input in ["datumaro", "single", "coco"] {
            let told = imported(folder, &[&[input], &review[..]].concat());
            assert!(!told.contains("LABEL") && !told.contains("corrections"), "{input}: {told}");
        }
    }
    let answer = ask(
        folder,
        "{ item(id: \"default/LABEL/annotations/7\") { history(first: 9) { nodes { number } } } }",
    );
    assert_eq!(answer["item"]["history"]["nodes"].as_array().unwrap().len(), 1, "{answer}");
}
