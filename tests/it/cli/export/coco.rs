//! COCO files: everything that a label says, ids that stay, and counts of the rest.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{COMMIT, item};
use crate::cli::{folder, stemma};
use crate::support::{World, block_on};

fn write(path: &Path, document: &Value) {
    fs::write(path, document.to_string()).unwrap();
}

/// Imports a COCO document into the set `t/TRAINING_SET/s`.
fn import(folder: &Path, document: &Value) {
    write(&folder.join("in.json"), document);
    let arguments = ["import", "in.json", "--namespace", "t", "--data", "store", "--training-set", "s"];
    let called = stemma(folder, &arguments);
    assert_eq!(called.code, Some(0), "{}", called.err);
}

/// Commits changes over GraphQL.
fn commit(folder: &Path, changes: &Value) {
    block_on(async {
        let world = World::open(&folder.join("store")).await;
        let made = world.execute(COMMIT, json!({"input": {"changes": changes}})).await;
        assert!(made["errors"].is_null(), "{made}");
        world.close().await;
    });
}

/// Exports a set. Returns the document and the report.
fn export(folder: &Path, set: &str, more: &[&str]) -> (Value, String) {
    let called =
        stemma(folder, &[&["export", "coco", set, "--data", "store", "--out", "out.json"], more].concat());
    assert_eq!(called.code, Some(0), "{}", called.err);
    (serde_json::from_slice(&fs::read(folder.join("out.json")).unwrap()).unwrap(), called.out)
}

/// Returns the categories as pairs of name and id.
fn categories(document: &Value) -> Vec<(String, u64)> {
    let all = document["categories"].as_array().unwrap().iter();
    all.map(|category| (category["name"].as_str().unwrap().to_owned(), category["id"].as_u64().unwrap()))
        .collect()
}

fn pairs(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect()
}

/// Returns entries without the field `stemma`, sorted by id.
fn plain(entries: &Value) -> Vec<Value> {
    let mut entries = entries.as_array().unwrap().clone();
    entries.iter_mut().for_each(|entry| drop(entry.as_object_mut().unwrap().remove("stemma")));
    entries.sort_by_key(|entry| entry["id"].as_u64());
    entries
}

fn birds() -> Value {
    json!({
        "images": [
            {"id": 1, "file_name": "a.jpg", "width": 64, "height": 48, "license": 3, "site": "N4",
             "coco_url": "http://c.example.org/1", "date_captured": "2013-11-14 17:02:52"},
            {"id": 2, "file_name": "b.jpg", "width": 64, "height": 48},
        ],
        "annotations": [
            {"id": 10, "image_id": 1, "category_id": 18, "bbox": [1, 2, 10, 12], "area": 120, "iscrowd": 0,
             "score": 0.7, "track_id": 4, "attributes": {"occluded": true}},
            {"id": 12, "image_id": 2, "category_id": 90, "keypoints": [5, 6, 2, 7, 8, 1], "num_keypoints": 2,
             "bbox": [1, 1, 9, 9], "area": 81, "iscrowd": 1, "segmentation": {"size": [48, 64], "counts": [0, 3072]}},
        ],
        "categories": [
            {"id": 18, "name": "wren", "supercategory": "bird", "keypoints": ["bill", "tail"], "skeleton": [[1, 2]]},
            {"id": 44, "name": "robin"},
            {"id": 90, "name": "boat", "supercategory": "thing", "frequency": "r"},
        ],
    })
}

#[test]
fn a_coco_file_comes_back_as_it_was() {
    let folder = folder();
    let mut document = birds();
    // The attributes of this label are in its payload.
    let outline: Vec<f64> = (0..20_000_u32).map(|place| f64::from(place) + 0.5).collect();
    document["annotations"].as_array_mut().unwrap().push(json!({
        "id": 3, "image_id": 2, "category_id": 18, "bbox": [0, 0, 50, 40], "area": 7, "iscrowd": 0,
        "segmentation": [outline],
    }));
    import(folder.path(), &document);
    let (exported, report) = export(folder.path(), "t/TRAINING_SET/s", &[]);
    assert_eq!(plain(&exported["categories"]), plain(&document["categories"]));
    assert_eq!(plain(&exported["annotations"]), plain(&document["annotations"]));
    assert_eq!(plain(&exported["images"]), plain(&document["images"]));
    assert_eq!(report, "out.json, as of seq 2\n");
    let stemma = &exported["info"]["stemma"];
    assert_eq!(
        (&stemma["leftOut"], &stemma["categories"]),
        (&json!({}), &json!({"classLists": 1, "idConflicts": 0, "inNoClassList": 0}))
    );
    let label = exported["annotations"].as_array().unwrap().iter().find(|label| label["id"] == 3).unwrap();
    assert_eq!(label["stemma"]["label"], "t/LABEL/annotations/3#1");
    assert!(label["stemma"]["version"].as_str().unwrap().starts_with("version:"));
    assert!(label["stemma"]["payload"].is_null(), "its payload is in its fields");
    assert_eq!(exported["images"][0]["stemma"]["source"], "t/SOURCE/a.jpg#1");
}

#[test]
fn ids_of_categories_do_not_change_when_classes_are_added() {
    let folder = folder();
    let mut document = birds();
    import(folder.path(), &document);
    let set = |number: u32| format!("t/TRAINING_SET/s#{number}");
    let first = export(folder.path(), &set(1), &[]).0;
    assert_eq!(categories(&first), pairs(&[("wren", 18), ("robin", 44), ("boat", 90)]));
    document["categories"].as_array_mut().unwrap().insert(0, json!({"id": 2, "name": "ant"}));
    document["annotations"].as_array_mut().unwrap().push(json!({"id": 13, "image_id": 1, "category_id": 2}));
    import(folder.path(), &document);
    let second = export(folder.path(), &set(2), &[]);
    assert_eq!(categories(&second.0), pairs(&[("ant", 2), ("wren", 18), ("robin", 44), ("boat", 90)]));
    assert!(!second.1.contains("ids of categories"), "{}", second.1);
    // Another id for a class, and its old id for another class: the ids of the first import stay.
    document["categories"][0]["id"] = json!(18);
    document["categories"][1]["id"] = json!(5);
    for label in [0, 2] {
        document["annotations"][label]["category_id"] = json!(if label == 0 { 5 } else { 18 });
    }
    document["annotations"][0]["area"] = json!(121);
    import(folder.path(), &document);
    let third = export(folder.path(), &set(3), &[]);
    assert_eq!(categories(&third.0), categories(&second.0));
    assert_eq!(categories(&export(folder.path(), &set(1), &[]).0), categories(&first));
}

fn label(key: &str, attributes: &Value) -> Value {
    let sources = json!([{"version": "t/SOURCE/i", "role": "LABELS"}]);
    json!({"putVersion": {"item": in_t("LABEL", key), "attributes": attributes, "sources": sources}})
}

fn in_t(kind: &str, key: &str) -> Value {
    let mut item = item(kind, key);
    item["namespace"] = json!("t");
    item
}

fn snapshot(key: &str, members: &Value) -> Value {
    json!({"snapshotTrainingSet": {"item": in_t("TRAINING_SET", key), "members": {"all": members}}})
}

#[test]
fn classes_of_no_list_keep_the_ids_of_their_first_export() {
    let folder = folder();
    let put = |key: &str, class: &str| label(key, &json!({"class": class}));
    let image = json!({"putVersion": {"item": in_t("SOURCE", "i"), "attributes": {"file_name": "i.png"}}});
    let pin = |version: &str| json!({"version": version, "split": "TRAIN"});
    commit(folder.path(), &json!([image, put("1", "wren"), put("2", "owl")]));
    commit(folder.path(), &json!([snapshot("s", &json!([pin("t/LABEL/1"), pin("t/LABEL/2")]))]));
    // The only owl becomes an ant, so its class is only in the first version of the set.
    let corrected =
        json!({"correct": {"version": "t/LABEL/2", "attributes": {"class": "ant"}, "reason": "r"}});
    commit(folder.path(), &json!([corrected, put("3", "bee"), put("4", "owl")]));
    let all = json!([pin("t/LABEL/1"), pin("t/LABEL/2"), pin("t/LABEL/3"), pin("t/LABEL/4")]);
    commit(folder.path(), &json!([snapshot("s", &all)]));
    let first = categories(&export(folder.path(), "t/TRAINING_SET/s#1", &[]).0);
    assert_eq!(first, pairs(&[("owl", 1), ("wren", 2)]));
    let second = categories(&export(folder.path(), "t/TRAINING_SET/s#2", &[]).0);
    assert_eq!(second, pairs(&[("owl", 1), ("wren", 2), ("ant", 3), ("bee", 4)]));
}

#[test]
fn a_renamed_class_is_one_category() {
    let folder = folder();
    let list = |classes: Value, changes: Value| json!({"putVersion": {"item": in_t("ONTOLOGY", "c"), "attributes": {"classes": classes}, "ontologyChanges": changes}});
    let put = |key: &str, class: &str| {
        let mut label = label(key, &json!({"class": class}));
        label["putVersion"]["ontology"] = json!("t/ONTOLOGY/c");
        label
    };
    let image = json!({"putVersion": {"item": in_t("SOURCE", "i"), "attributes": {"file_name": "i.png"}}});
    let rename = json!([{"kind": "RENAME", "from": ["cat"], "to": ["feline"]}]);
    commit(
        folder.path(),
        &json!([
            image,
            list(json!([{"class": "cat", "id": 1}, {"class": "dog", "id": 2}]), json!([])),
            put("1", "cat"),
            list(json!([{"class": "feline", "id": 1}, {"class": "dog", "id": 2}]), rename),
            put("2", "feline"),
        ]),
    );
    let members = json!([{"version": "t/LABEL/1"}, {"version": "t/LABEL/2"}]);
    commit(folder.path(), &json!([snapshot("s", &members)]));
    let (document, report) = export(folder.path(), "t/TRAINING_SET/s", &[]);
    assert_eq!(categories(&document), pairs(&[("feline", 1), ("dog", 2)]));
    let used: Vec<(&Value, &Value)> = document["annotations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| (&label["category_id"], &label["stemma"]["class"]))
        .collect();
    assert_eq!(used, [(&json!(1), &json!("cat")), (&json!(1), &Value::Null)]);
    assert_eq!(report.lines().count(), 1, "{report}");
}

#[test]
fn what_coco_cannot_hold_is_counted_and_sets_of_sets_are_expanded() {
    let folder = folder();
    let image =
        json!({"putVersion": {"item": in_t("SOURCE", "i"), "attributes": {"file_name": "i.png", "id": 7}}});
    let crop = json!({"putVersion": {"item": in_t("DERIVED", "crop")}});
    let alone = json!({"putVersion": {"item": in_t("LABEL", "alone"), "attributes": {"class": "wren"}}});
    let regions = label("5", &json!({"class": "wren", "regions": [{"type": "labels"}]}));
    let bad = label("6", &json!({"class": "wren", "bbox": [1, "2", 3, 4]}));
    let caption = label("7", &json!({"caption": "a bird"}));
    commit(folder.path(), &json!([image, crop, alone, regions, bad, caption]));
    let pin = |version: &str, split: &str| json!({"version": version, "split": split, "weight": 0.5});
    let inner =
        ["t/DERIVED/crop", "t/LABEL/alone", "t/LABEL/5", "t/LABEL/6"].map(|member| pin(member, "TRAIN"));
    commit(folder.path(), &json!([snapshot("inner", &json!(inner))]));
    let outer =
        json!([pin("t/TRAINING_SET/inner", "TRAIN"), pin("t/LABEL/7", "TEST"), pin("t/SOURCE/i", "TEST")]);
    commit(folder.path(), &json!([snapshot("s", &outer)]));
    let (document, report) = export(folder.path(), "t/TRAINING_SET/s", &[]);
    let left_out = json!({
        "membersOfOtherKinds": 1, "labelsWithoutImage": 1, "labelsWithRegions": 1, "boxesThatAreNotFourNumbers": 1,
    });
    assert_eq!(document["info"]["stemma"]["leftOut"], left_out);
    assert_eq!(
        report,
        "out.json, as of seq 3\n  left out: boxes that are not four numbers, in stemma.bbox only: 1\n  \
         left out: labels whose shapes are in the field regions only: 1\n  \
         left out: labels without an image: 1\n  left out: members that are neither images nor labels: 1\n"
    );
    let image = &document["images"][0];
    assert_eq!((&image["id"], &image["stemma"]["attributes"]), (&json!(1), &json!({"id": 7})));
    assert_eq!((&image["stemma"]["split"], &image["stemma"]["weight"]), (&json!("TEST"), &json!(0.5)));
    let labels = document["annotations"].as_array().unwrap();
    let ids: Vec<&Value> = labels.iter().map(|label| &label["id"]).collect();
    assert_eq!(ids, [&json!(7), &json!(5), &json!(6)]);
    assert!(labels[0]["category_id"].is_null() && labels[0]["iscrowd"].is_null(), "a caption: {}", labels[0]);
    assert_eq!(labels[2]["stemma"]["bbox"], json!([1, "2", 3, 4]));
    let weights: Vec<&Value> = labels.iter().map(|label| &label["stemma"]["weight"]).collect();
    assert_eq!(weights, [&json!(0.5), &json!(0.25), &json!(0.25)]);
    // One split: the same ids, and its own counts. On the standard output the report is apart.
    let arguments = ["export", "coco", "t/TRAINING_SET/s", "--data", "store", "--split", "TEST"];
    let called = stemma(folder.path(), &arguments);
    let test: Value = serde_json::from_str(&called.out).unwrap();
    assert_eq!(
        (test["annotations"].as_array().unwrap().len(), &test["annotations"][0]["id"]),
        (1, &json!(7))
    );
    assert_eq!((&test["info"]["stemma"]["leftOut"], called.err.as_str()), (&json!({}), ""));
    assert_eq!(test["categories"], document["categories"]);
}

#[test]
fn licences_and_information_of_the_set_are_written() {
    let folder = folder();
    import(folder.path(), &birds());
    let licenses = json!([{"id": 3, "name": "CC", "url": "http://l.example.org"}]);
    let attributes = json!({"licenses": licenses, "info": {"year": 2026, "description": "birds"}});
    let members = json!({"all": [{"version": "t/LABEL/annotations/10"}]});
    commit(
        folder.path(),
        &json!([{"snapshotTrainingSet": {"item": in_t("TRAINING_SET", "s"), "members": members, "attributes": attributes}}]),
    );
    let (document, _) = export(folder.path(), "t/TRAINING_SET/s", &[]);
    assert_eq!(document["licenses"], licenses);
    let info = &document["info"];
    assert_eq!((&info["year"], &info["description"]), (&json!(2026), &json!("birds")));
    assert_eq!(info["stemma"]["trainingSet"], "t/TRAINING_SET/s#2");
    assert_eq!(categories(&document).len(), 3, "unused categories are written");
}
