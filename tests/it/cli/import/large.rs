//! Attributes that are too large for a version, and integers that readers of JSON round.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::exports::{ask, imported};
use crate::cli::{folder, refused, stemma};

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

/// Returns the attributes of an item's newest version, and the size and type of its payload.
fn version(folder: &Path, name: &str) -> Value {
    let query = format!("{{ version(id: {name:?}) {{ attributes mediaType payload {{ size }} }} }}");
    ask(folder, &query)["version"].clone()
}

fn coco(classes: usize) -> Value {
    let class = |id: usize| json!({"id": id, "name": format!("class {id}"), "synonyms": ["a", "b"], "def": "x".repeat(100)});
    let mut label =
        json!({"id": 1, "image_id": 1, "category_id": 7, "bbox": [0, 0, 1, 1], "area": 1, "iscrowd": 0});
    label.as_object_mut().unwrap().extend((0..300).map(|n| (format!("score_{n}"), json!(n))));
    json!({
        "images": [{"id": 1, "file_name": "a.jpg"}],
        "categories": (1..=classes).map(class).collect::<Vec<Value>>(),
        "annotations": [label],
    })
}

#[test]
fn a_large_class_list_and_a_label_of_many_names_come_back_complete() {
    let folder = folder();
    let document = coco(1_203);
    write(folder.path(), "lvis.json", &document.to_string());
    let arguments = ["lvis.json", "--training-set", "s"];
    imported(folder.path(), &arguments);
    let list = version(folder.path(), "default/ONTOLOGY/classes");
    assert_eq!(list["attributes"]["classes"][6], json!({"class": "class 7", "id": 7}));
    assert_eq!((&list["mediaType"], list["payload"].is_null()), (&json!("application/json"), false));
    let label = version(folder.path(), "default/LABEL/annotations/1");
    assert_eq!((&label["attributes"]["class"], label["payload"].is_null()), (&json!("class 7"), false));
    let again = imported(folder.path(), &arguments);
    assert!(again.starts_with("lvis.json: 4 records: 0 created in 0 commits, 4 already there."), "{again}");

    let called = stemma(folder.path(), &["export", "coco", "default/TRAINING_SET/s"]);
    let exported: Value = serde_json::from_str(&called.out).unwrap();
    assert_eq!(exported["categories"], document["categories"]);
    let mut label = exported["annotations"][0].clone();
    label.as_object_mut().unwrap().remove("stemma");
    assert_eq!(label, document["annotations"][0]);
}

#[test]
fn a_class_list_whose_names_are_too_large_is_in_the_payload_only() {
    let folder = folder();
    let document = coco(4_000);
    write(folder.path(), "inat.json", &document.to_string());
    imported(folder.path(), &["inat.json", "--training-set", "s"]);
    let list = version(folder.path(), "default/ONTOLOGY/classes");
    assert_eq!(list["attributes"], json!({"classCount": 4_000}));
    let called = stemma(folder.path(), &["export", "coco", "default/TRAINING_SET/s"]);
    let exported: Value = serde_json::from_str(&called.out).unwrap();
    assert_eq!(exported["categories"], document["categories"]);
}

#[test]
fn records_with_large_attributes_have_them_as_payload() {
    let folder = folder();
    let large = "x".repeat(70_000);
    let record =
        json!({"type": "version", "item": "birds/LABEL/a", "attributes": {"class": "wren", "note": large}});
    write(folder.path(), "a.ndjson", &format!("{record}\n"));
    imported(folder.path(), &["a.ndjson"]);
    let label = version(folder.path(), "birds/LABEL/a");
    assert_eq!(label["attributes"], json!({"class": "wren"}));
    assert_eq!(label["mediaType"], "application/json");
    let size = label["payload"]["size"].to_string();
    assert_eq!(size.trim_matches('"'), record["attributes"].to_string().len().to_string());
    let again = imported(folder.path(), &["a.ndjson"]);
    assert!(again.contains("0 created in 0 commits"), "{again}");

    let correction = json!({"type": "statement", "kind": "CORRECTS", "version": "birds/LABEL/a#1", "reason": "red breast",
                            "attributes": {"class": "robin", "note": large}});
    write(folder.path(), "b.ndjson", &format!("{correction}\n"));
    imported(folder.path(), &["b.ndjson"]);
    let label = version(folder.path(), "birds/LABEL/a");
    assert_eq!((&label["attributes"], label["payload"].is_null()), (&json!({"class": "robin"}), false));

    let mut taken = record;
    taken["file"] = json!("a.ndjson");
    write(folder.path(), "c.ndjson", &format!("{taken}\n"));
    let called = stemma(folder.path(), &["import", "c.ndjson", "--payloads", "."]);
    refused(
        &called,
        1,
        "line 1, field attributes: attributes have 70026 bytes, the limit is 65536; they cannot become the payload",
    );
}

#[test]
fn large_integers_become_texts_and_are_counted() {
    let folder = folder();
    let document = json!({
        "images": [{"id": u64::MAX, "file_name": "a.jpg", "timestamp": 1_700_000_000_123_456_789_u64}],
        "categories": [{"id": 1, "name": "wren", "uid": -9_007_199_254_740_993_i64}],
        "annotations": [{"id": 7_305_807_213_046_374_401_u64, "image_id": u64::MAX, "category_id": 1,
                         "track_id": 7_305_807_213_046_374_401_u64}],
    });
    write(folder.path(), "ns.json", &document.to_string());
    let report = imported(folder.path(), &["ns.json"]);
    assert!(
        report.contains("stored as texts: integers beyond ±(2^53 - 1), 3 times, the first is categories[0]"),
        "{report}"
    );
    let image = version(folder.path(), "default/SOURCE/a.jpg");
    assert_eq!(image["attributes"]["timestamp"], "1700000000123456789");
    let label = version(folder.path(), "default/LABEL/annotations/7305807213046374401");
    assert_eq!(label["attributes"]["track_id"], "7305807213046374401");
    let list = version(folder.path(), "default/ONTOLOGY/classes");
    assert_eq!(list["attributes"]["classes"][0]["uid"], "-9007199254740993");

    write(
        folder.path(),
        "a.ndjson",
        "{\"type\":\"version\",\"item\":\"birds/SOURCE/a\",\"attributes\":{\"n\":9007199254740993}}\n",
    );
    let report = imported(folder.path(), &["a.ndjson"]);
    assert!(report.contains("stored as texts: integers beyond ±(2^53 - 1), line 1"), "{report}");
    assert_eq!(version(folder.path(), "birds/SOURCE/a")["attributes"]["n"], "9007199254740993");
}

#[test]
fn a_class_list_that_cannot_be_read_ends_the_import() {
    let folder = folder();
    write(folder.path(), "lvis.json", &coco(1_203).to_string());
    imported(folder.path(), &["lvis.json"]);
    fs::remove_dir_all(folder.path().join("stemma-data/blobs")).unwrap();
    // Without the list, renamed classes and changed ones look alike.
    let called = stemma(folder.path(), &["import", "lvis.json", "--corrections", "reviewed"]);
    refused(&called, 1, "the store of earlier imports");
    assert_eq!(ask(folder.path(), "{ statements { totalCount } }")["statements"]["totalCount"], 0);
}
