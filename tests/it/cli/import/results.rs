//! Results of models, which are no ground truth, and boxes that cannot be.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::exports::{ask, birds, edit, imported};
use crate::cli::{refused, stemma};

const RESULTS: &[&str] = &[
    "results.json",
    "--reference",
    "truth.json",
    "--predictions",
    "--training-set",
    "s",
    "--split",
    "TRAIN",
    "--retract-missing",
    "gone",
];

fn write(folder: &Path, name: &str, value: &Value) {
    fs::write(folder.join(name), value.to_string()).unwrap();
}

/// Returns a folder with a file of ground truth and one of results, of which two are equal.
fn results() -> tempfile::TempDir {
    let folder = birds();
    let truth = json!({
        "images": [{"id": 1, "file_name": "p.png", "width": 100, "height": 80}],
        "categories": [{"id": 1, "name": "wren"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40]}],
    });
    write(folder.path(), "truth.json", &truth);
    let result = json!({"image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 41], "score": 0.5});
    write(folder.path(), "results.json", &json!([result, result]));
    folder
}

/// Returns the kinds of the members of the set.
fn members(folder: &Path) -> (u64, Vec<String>) {
    let set = ask(
        folder,
        "{ version(id: \"default/TRAINING_SET/s\") { number
            members(first: 10) { nodes { version { item { kind } } } } } }",
    );
    let nodes = set["version"]["members"]["nodes"].as_array().unwrap().iter();
    let kinds = nodes.map(|member| member["version"]["item"]["kind"].as_str().unwrap().to_owned());
    (set["version"]["number"].as_u64().unwrap(), kinds.collect())
}

/// Results cannot hold ground truth, so they do not say that it is gone.
#[test]
fn results_do_not_say_that_ground_truth_is_gone() {
    let folder = results();
    imported(folder.path(), &["truth.json", "--training-set", "s", "--split", "TRAIN"]);
    for made in [true, false] {
        let told = imported(folder.path(), RESULTS);
        assert!(!told.contains("gone from") && !told.contains("retracted"), "{told}");
        // Equal results are two.
        assert_eq!(told.contains("made: DERIVED 2\n"), made, "{told}");
        assert_eq!(members(folder.path()), (1, vec!["LABEL".to_owned()]), "{told}");
    }
    // The ground truth says so, also in one command with results.
    edit(&folder.path().join("truth.json"), |truth| truth["annotations"] = json!([]));
    let told = imported(folder.path(), &[&["truth.json"], RESULTS].concat());
    assert!(told.contains("gone from the export, and retracted: default/LABEL/annotations/1"), "{told}");
}

/// Results of YOLO are known by `--reference` or by the variant.
#[test]
fn results_of_yolo_do_not_say_that_ground_truth_is_gone() {
    let folder = birds();
    for name in ["y/images/train", "y/labels/train", "p/labels"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    fs::copy(folder.path().join("images/pond.png"), folder.path().join("y/images/train/p.png")).unwrap();
    fs::write(folder.path().join("y/data.yaml"), "train: images/train\nnames: [wren]\n").unwrap();
    fs::write(folder.path().join("y/labels/train/p.txt"), "0 .5 .5 .2 .2\n").unwrap();
    fs::write(folder.path().join("p/labels/p.txt"), "0 .5 .5 .2 .2 .9\n").unwrap();
    imported(folder.path(), &["y", "--training-set", "s"]);
    let results = [
        "p/labels",
        "--reference",
        "y/data.yaml",
        "--predictions",
        "--training-set",
        "s",
        "--split",
        "TRAIN",
    ];
    let called = stemma(folder.path(), &[&["import"], &results[..]].concat());
    refused(&called, 1, "p/labels, p.txt: expected images alone or labels of a known format");
    assert!(called.err.contains("--format yolo"), "{}", called.err);
    let more = ["--format", "yolo", "--retract-missing", "gone"];
    let told = imported(folder.path(), &[&results[..], &more].concat());
    assert!(told.contains("made: DERIVED 1") && !told.contains("gone from"), "{told}");
    assert_eq!(members(folder.path()).1, ["LABEL"], "{told}");
}

#[test]
fn a_box_that_cannot_be_is_refused_with_its_place() {
    for bbox in [json!(["1", "2", "3", "4"]), json!([1, 2, 3]), json!([9, 9, -3, 4]), json!({"x": 1})] {
        let folder = results();
        edit(&folder.path().join("truth.json"), |truth| truth["annotations"][0]["bbox"] = bbox.clone());
        let called = stemma(folder.path(), &["import", "truth.json"]);
        refused(&called, 1, "truth.json, annotations[0], field bbox: expected four numbers");
    }
    for bbox in [json!([]), json!(null), json!([9, 9, 0, 0])] {
        let folder = results();
        edit(&folder.path().join("truth.json"), |truth| truth["annotations"][0]["bbox"] = bbox.clone());
        imported(folder.path(), &["truth.json"]);
    }
    let folder = results();
    let region = json!({"filename": "p.png", "size": 1, "file_attributes": {}, "regions": [{
        "shape_attributes": {"name": "rect", "x": 9, "y": 9, "width": -3, "height": 4},
        "region_attributes": {"class": "wren"},
    }]});
    write(folder.path(), "via.json", &json!({"p.png1": region}));
    let called = stemma(folder.path(), &["import", "via.json", "--format", "via"]);
    assert_eq!(called.code, Some(1), "{}", called.out);
    assert!(called.err.contains("regions[0]"), "{}", called.err);
}
