//! Exports of labelling tools: imported, imported again, and again after changes.

use std::fs::{self, File};
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::{Called, command, folder, refused, stemma};
use crate::support::{World, block_on};

/// Copies the files of the fixtures to a temporary folder.
pub(crate) fn birds() -> tempfile::TempDir {
    let folder = folder();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports/birds");
    fs::create_dir(folder.path().join("images")).unwrap();
    for name in
        ["coco.json", "label-studio.json", "images/garden-1.png", "images/garden-2.png", "images/pond.png"]
    {
        fs::copy(from.join(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// Imports, and returns the report.
#[track_caller]
pub(crate) fn imported(folder: &Path, arguments: &[&str]) -> String {
    let Called { code, out, err } = stemma(folder, &[&["import"], arguments].concat());
    assert_eq!((code, err.as_str()), (Some(0), ""), "{arguments:?}");
    out
}

/// Edits a JSON file.
pub(crate) fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, serde_json::to_vec_pretty(&value).unwrap()).unwrap();
}

/// Queries the store after an import.
pub(crate) fn ask(folder: &Path, query: &str) -> Value {
    block_on(async {
        let world = World::open(&folder.join("stemma-data")).await;
        let mut answer = world.execute(query, json!({})).await;
        world.close().await;
        assert!(answer["errors"].is_null(), "{answer}");
        answer["data"].take()
    })
}

/// Returns all versions, one per line, with their content, sources and statements.
pub(crate) fn versions(folder: &Path) -> String {
    let answer = ask(
        folder,
        "{ items(first: 1000) { nodes { history(first: 10) { nodes {
            item { namespace kind key } number attributes mediaType payload { size } ontology { number }
            statements { kind reason }
            sources(first: 2) { nodes { role source { item { namespace kind key } number } } } } } } } }",
    );
    let mut lines = Vec::new();
    for item in answer["items"]["nodes"].as_array().unwrap() {
        lines.extend(item["history"]["nodes"].as_array().unwrap().iter().map(line));
    }
    lines.sort();
    lines.join("\n")
}

fn line(version: &Value) -> String {
    let mut line = format!("{} {}", name(version), version["attributes"]);
    if !version["payload"].is_null() {
        line += &format!(" payload {} {}", text(&version["payload"]["size"]), text(&version["mediaType"]));
    }
    if !version["ontology"].is_null() {
        line += &format!(" list #{}", version["ontology"]["number"]);
    }
    for source in version["sources"]["nodes"].as_array().unwrap() {
        line += &format!(" {} {}", text(&source["role"]), name(&source["source"]));
    }
    for said in version["statements"].as_array().unwrap() {
        line += &format!(" {} {}", text(&said["kind"]), text(&said["reason"]));
    }
    line
}

fn name(version: &Value) -> String {
    let item = &version["item"];
    let [namespace, kind, key] = [&item["namespace"], &item["kind"], &item["key"]].map(text);
    format!("{namespace}/{kind}/{key}#{}", version["number"])
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

const COCO: &[&str] = &[
    "coco.json",
    "--namespace",
    "birds",
    "--payloads",
    "images",
    "--training-set",
    "garden",
    "--split",
    "TEST",
];

#[test]
fn a_coco_file_becomes_images_labels_a_class_list_and_a_set() {
    let folder = birds();
    let dry = imported(folder.path(), &[COCO, &["--dry-run"]].concat());
    assert!(!folder.path().join("stemma-data").exists());
    insta::assert_snapshot!(dry);
    insta::assert_snapshot!(imported(folder.path(), COCO));
    insta::assert_snapshot!(versions(folder.path()));
    insta::assert_snapshot!(imported(folder.path(), COCO));
    insta::assert_snapshot!(imported(folder.path(), &[COCO, &["--dry-run"]].concat()));
    let set = ask(
        folder.path(),
        "{ version(id: \"birds/TRAINING_SET/garden\") { number memberCount completeManifest attributes
            members(first: 10) { nodes { split version { item { namespace kind key } number } } } } }",
    );
    let set = &set["version"];
    assert_eq!(
        (&set["number"], &set["memberCount"], &set["completeManifest"]),
        (&json!(1), &json!(5), &json!(true))
    );
    // What the document says about the set.
    assert_eq!(set["attributes"]["licenses"][0]["id"], 1);
    assert!(set["attributes"]["info"].is_object());
    let members = set["members"]["nodes"].as_array().unwrap();
    let members: Vec<_> =
        members.iter().map(|m| format!("{} {}", text(&m["split"]), name(&m["version"]))).collect();
    insta::assert_snapshot!(members.join("\n"));
}

/// The report of an import that changes nothing.
const UNCHANGED: &str = "coco.json: 8 records: 0 created in 0 commits, 8 already there.
  labels recognised: 3 by id
  members of the training set, by split: TEST 4
  training set: birds/TRAINING_SET/garden#2
";

#[test]
fn a_later_coco_file_changes_what_has_changed() {
    let folder = birds();
    imported(folder.path(), COCO);
    let path = folder.path().join("coco.json");
    edit(&path, |coco| {
        // A new class with one label, a label with another box, a deleted label, a new id of an
        // image.
        coco["categories"]
            .as_array_mut()
            .unwrap()
            .push(json!({"id": 3, "name": "heron", "supercategory": "bird"}));
        coco["annotations"][0]["category_id"] = json!(3);
        coco["annotations"][1]["bbox"] = json!([5, 2, 3, 2]);
        coco["annotations"].as_array_mut().unwrap().remove(3);
        coco["images"][2]["id"] = json!(70);
    });
    let told = imported(folder.path(), &[COCO, &["--corrections", "review of March", "--dry-run"]].concat());
    let seq = ask(folder.path(), "{ view { seq } }");
    assert_eq!(seq["view"]["seq"], "2");
    insta::assert_snapshot!(told);
    insta::assert_snapshot!(imported(folder.path(), &[COCO, &["--corrections", "review of March"]].concat()));
    insta::assert_snapshot!(imported(
        folder.path(),
        &[COCO, &["--corrections", "review of March", "--retract-missing", "deleted in the tool"]].concat()
    ));
    insta::assert_snapshot!(versions(folder.path()));
    let again = imported(
        folder.path(),
        &[COCO, &["--corrections", "review of March", "--retract-missing", "deleted in the tool"]].concat(),
    );
    assert_eq!(again, UNCHANGED);
    // What is corrected and retracted keeps its reason.
    let before = versions(folder.path());
    let again = imported(
        folder.path(),
        &[COCO, &["--corrections", "review of April", "--retract-missing", "deleted again"]].concat(),
    );
    assert_eq!(again, UNCHANGED);
    assert_eq!(versions(folder.path()), before);
}

/// A correction in the store is kept as long as the export does not change.
#[test]
fn a_correction_is_not_undone_by_the_next_export() {
    let folder = birds();
    let arguments = &["coco.json", "--namespace", "birds"];
    imported(folder.path(), arguments);
    let correction = r#"{"type":"statement","kind":"CORRECTS","version":"birds/LABEL/annotations/11","attributes":{"class":"robin"},"reason":"red breast"}"#;
    fs::write(folder.path().join("review.ndjson"), correction).unwrap();
    imported(folder.path(), &["review.ndjson"]);
    let kept = "  changed in the store since, and kept: birds/LABEL/annotations/11\n";
    let told = imported(folder.path(), arguments);
    assert!(
        told.starts_with(&format!("coco.json: 8 records: 0 created in 0 commits, 7 already there.\n{kept}")),
        "{told}"
    );

    // A new picture: its other label moves to it; the corrected label keeps the old one as its
    // source.
    edit(&folder.path().join("coco.json"), |coco| coco["images"][0]["license"] = json!(2));
    let told = imported(folder.path(), arguments);
    assert!(told.contains("8 records: 2 created in 1 commit, 5 already there."), "{told}");
    assert!(told.contains("made: SOURCE 1, LABEL 1") && told.contains(kept), "{told}");

    // The export changes the label.
    edit(&folder.path().join("coco.json"), |coco| coco["annotations"][0]["bbox"] = json!([1, 1, 4, 2]));
    let told = imported(folder.path(), arguments);
    assert!(told.contains("8 records: 1 created in 1 commit, 7 already there."), "{told}");
    // The export returns to the first box, which is a change as well.
    edit(&folder.path().join("coco.json"), |coco| coco["annotations"][0]["bbox"] = json!([1, 1, 3, 2]));
    let told = imported(folder.path(), arguments);
    assert!(told.contains("8 records: 1 created in 1 commit, 7 already there."), "{told}");
    let label = ask(folder.path(), "{ version(id: \"birds/LABEL/annotations/11\") { number attributes } }");
    assert_eq!(
        (&label["version"]["number"], &label["version"]["attributes"]["class"]),
        (&json!(4), &json!("wren"))
    );
}

/// A label that is in the export again remains retracted, also with a new version of its image.
#[test]
fn a_retracted_label_remains_so_until_the_export_changes() {
    let folder = birds();
    let path = folder.path().join("coco.json");
    let original = fs::read(&path).unwrap();
    let arguments = &["coco.json", "--namespace", "birds", "--retract-missing", "deleted in the tool"];
    imported(folder.path(), arguments);
    edit(&path, |coco| drop(coco["annotations"].as_array_mut().unwrap().remove(0)));
    let told = imported(folder.path(), arguments);
    assert!(told.contains("gone from the export, and retracted: birds/LABEL/annotations/11"), "{told}");
    fs::write(&path, original).unwrap();
    edit(&path, |coco| coco["images"][0]["license"] = json!(2));
    let told = imported(folder.path(), arguments);
    assert!(told.contains("changed in the store since, and kept: birds/LABEL/annotations/11"), "{told}");
    assert!(told.contains("made: SOURCE 1, LABEL 1\n"), "{told}");
    edit(&path, |coco| coco["annotations"][0]["bbox"] = json!([0, 0, 1, 1]));
    let told = imported(folder.path(), arguments);
    assert!(told.contains("8 records: 1 created in 1 commit, 7 already there."), "{told}");
}

#[test]
fn a_bad_coco_file_is_refused_with_the_place() {
    for (change, said) in [
        (
            (|coco| coco["annotations"][2]["image_id"] = json!(99)) as fn(&mut Value),
            "coco.json, annotations[2], field image_id: there is no image 99 in this file",
        ),
        (
            |coco| coco["annotations"][1]["category_id"] = json!(9),
            "coco.json, annotations[1], field category_id: there is no category 9 in this file",
        ),
        (
            |coco| coco["annotations"][1]["id"] = json!(11),
            "coco.json, annotations[1], field id: duplicate id 11, first in annotations[0]",
        ),
        (
            |coco| coco["images"][1]["width"] = json!(60),
            "coco.json, images[1], field width: expected 6 pixels as in the image, found 60",
        ),
        (
            |coco| coco["images"][1]["file_name"] = json!("gone.png"),
            "coco.json, images[1], field file_name: cannot read the file gone.png",
        ),
        (
            |coco| coco["images"][1]["file_name"] = json!("../coco.json"),
            "coco.json, images[1], field file_name: expected a path below the folder of payloads, found \"../coco.json\"",
        ),
        (
            |coco| coco["images"][1]["id"] = json!(1),
            "coco.json, images[1], field id: duplicate id 1, first in images[0]",
        ),
        (
            |coco| coco["categories"][1]["name"] = json!("wren"),
            "coco.json, categories[1], field name: duplicate category name \"wren\"",
        ),
        (
            |coco| coco["annotations"][0]["area"] = json!(1e300),
            "coco.json, annotations[0]: the number 1e+300 at \"area\" is beyond",
        ),
    ] {
        let folder = birds();
        edit(&folder.path().join("coco.json"), change);
        let called = stemma(folder.path(), &[&["import"], COCO].concat());
        refused(&called, 1, said);
        assert!(called.err.contains("hint: nothing of it was imported"), "{}", called.err);
        let nothing = ask(folder.path(), "{ view { seq } }");
        assert_eq!(nothing["view"]["seq"], "0");
    }
    let folder = birds();
    fs::write(folder.path().join("coco.json"), "{\"images\": [{").unwrap();
    refused(
        &stemma(folder.path(), &["import", "coco.json"]),
        1,
        "coco.json, expected the end of the value at byte 13, found the end of the document",
    );
}

const STUDIO: &[&str] = &["label-studio.json", "--namespace", "birds", "--prefix", "p3/"];

#[test]
fn an_export_of_label_studio_becomes_tasks_and_labels() {
    let folder = birds();
    insta::assert_snapshot!(imported(folder.path(), STUDIO));
    insta::assert_snapshot!(versions(folder.path()));
    // The store has the number of the annotator and not the name.
    assert!(!versions(folder.path()).contains("ann@"));
    let more = &[STUDIO, &["--predictions", "--payloads", "images", "--training-set", "p3"]].concat();
    insta::assert_snapshot!(imported(folder.path(), more));
    let again = imported(folder.path(), more);
    assert!(
        again.starts_with("label-studio.json: 8 records: 0 created in 0 commits, 8 already there.\n"),
        "{again}"
    );
}

#[test]
fn an_export_can_come_through_a_pipe() {
    let folder = birds();
    for (name, records) in [("coco.json", 8), ("label-studio.json", 6)] {
        let mut command = command(folder.path(), &["import", "-"]);
        let piped = command.stdin(File::open(folder.path().join(name)).unwrap()).output().unwrap();
        let told = String::from_utf8(piped.stdout).unwrap();
        assert!(
            told.starts_with(&format!("standard input: {records} records: {records} created in 1 commit,")),
            "{told}"
        );
    }
}

#[test]
fn a_task_may_be_of_something_else_than_an_image() {
    let folder = birds();
    fs::write(folder.path().join("call.txt"), "hello").unwrap();
    let task = r#"[{"id":1,"data":{"text":"/data/upload/call.txt"},"annotations":[]}]"#;
    fs::write(folder.path().join("tasks.json"), task).unwrap();
    let told = imported(folder.path(), &["tasks.json", "--payloads", "."]);
    assert!(told.contains("payloads: 1 stored (5 bytes)"), "{told}");
    assert!(versions(folder.path()).contains("default/SOURCE/tasks/1#1"), "{told}");
}

#[test]
fn a_redrawn_label_is_a_correction_if_requested() {
    let folder = birds();
    imported(folder.path(), STUDIO);
    edit(&folder.path().join("label-studio.json"), |tasks| {
        tasks[0]["annotations"][0]["result"][0]["value"]["rectanglelabels"] = json!(["robin"]);
        // The times of the work do not describe the label.
        tasks[1]["annotations"][0]["updated_at"] = json!("2026-04-01T09:00:10.000000Z");
        tasks[1]["annotations"][0]["lead_time"] = json!(40.0);
        // A brush stroke too large for attributes.
        let strokes: Vec<u64> = (0..40_000).map(|n| n % 256).collect();
        tasks[2]["annotations"][0]["result"][0]["value"]["rle"] = json!(strokes);
    });
    insta::assert_snapshot!(imported(folder.path(), &[STUDIO, &["--corrections", "second look"]].concat()));
    insta::assert_snapshot!(versions(folder.path()));
    edit(&folder.path().join("label-studio.json"), |tasks| {
        tasks[0]["annotations"] = json!([]);
        tasks[2]["annotations"][0]["result"][0]["value"]["rle"] = json!([1, 2]);
    });
    let arguments = [STUDIO, &["--corrections", "third look", "--retract-missing", "deleted"]].concat();
    insta::assert_snapshot!(imported(folder.path(), &arguments));
    insta::assert_snapshot!(versions(folder.path()));
}

#[test]
fn an_invalid_export_is_refused() {
    let folder = birds();
    for (text, said) in [
        (
            r#"[{"id":1,"image":"/data/upload/a.png","label":"wren"}]"#,
            "[0], field data: expected an object, found nothing; export as JSON",
        ),
        (r#"[{"data":{}}]"#, "[0], field id: expected a whole number or a string, found nothing"),
        (
            r#"[{"id":1,"data":{},"annotations":7}]"#,
            "[0], field annotations: expected a list, found a number",
        ),
        (
            r#"[{"id":1,"data":{},"annotations":[{"id":2,"result":[3]}]}]"#,
            "[0], field annotations[0].result[0]: expected an object, found a number",
        ),
        (r#"[{"id":1,"id":2,"data":{}}]"#, "[0]: duplicate name \"id\""),
    ] {
        fs::write(folder.path().join("tasks.json"), text).unwrap();
        refused(&stemma(folder.path(), &["import", "tasks.json"]), 1, said);
    }
    refused(
        &stemma(folder.path(), &["import", "images/pond.png"]),
        1,
        "found that images/pond.png is an image",
    );
}
