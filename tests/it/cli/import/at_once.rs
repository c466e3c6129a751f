//! Imports of several clients at the same time, and of several authors one after the other.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::server::{begun, coco, ended, rows};
use crate::cli::{folder, stemma};
use crate::http::server::Server;

/// Both files number their labels from 1, have the same class list, and are parts of one set.
#[test]
fn several_clients_import_at_once() {
    let folder = folder();
    let server = Server::start(&folder.path().join("stemma-data"));
    for name in ["train.json", "val.json", "test.json"] {
        coco(folder.path(), name, 300);
    }
    let import = |name: &'static str| {
        let set = ["import", name, "--server", &server.url, "--training-set", "all", "--batch", "40"];
        begun(folder.path(), &set)
    };
    let clients = ["train.json", "val.json", "test.json"].map(import);
    clients.into_iter().for_each(|client| drop(ended(client)));
    let question = "{ labels: items(first: 1, filter: {kinds: [LABEL]}) { totalCount }
        set: version(id: \"default/TRAINING_SET/all\") { number members(first: 1) { totalCount } } }";
    let answer = &server.graphql(question, json!({})).unwrap()["data"];
    assert_eq!(answer["labels"]["totalCount"], 1_800, "{answer}");
    assert_eq!(answer["set"]["number"], 3, "{answer}");
    assert_eq!(answer["set"]["members"]["totalCount"], 1_800, "{answer}");
    for name in ["train.json", "val.json", "test.json"] {
        let again = ["import", name, "--server", &server.url, "--training-set", "all"];
        let again = stemma(folder.path(), &again);
        assert!(again.out.contains(" 0 created in 0 commits, "), "{}{}", again.out, again.err);
    }
    drop(server);
    let labels = rows(folder.path()).into_iter().filter(|row| row["kind"] == "LABEL");
    assert_eq!(labels.filter(|row| row["table"] == "versions").count(), 1_800, "each has one version");
}

/// Writes a COCO file of one label for each image, all of one class.
fn classes(folder: &Path, name: &str, classes: &[&str], images: usize) {
    let stem = name.trim_end_matches(".json");
    let last = classes.len();
    let all: Vec<_> = (0..images).map(|n| json!({"id": n, "file_name": format!("{stem}-{n}.png")})).collect();
    let annotations: Vec<_> =
        (0..images).map(|n| json!({"image_id": n, "category_id": last, "bbox": [n, 0, 5, 5]})).collect();
    let classes: Vec<_> = classes.iter().zip(1..).map(|(name, id)| json!({"id": id, "name": name})).collect();
    let document = json!({"images": all, "categories": classes, "annotations": annotations});
    fs::write(folder.join(name), document.to_string()).unwrap();
}

/// Runs imports at once, and returns what they said beside their reports.
fn together(folder: &Path, server: &Server, inputs: &[&[&str]]) -> String {
    let import = |arguments: &&[&str]| {
        begun(folder, &[&["import", "--server", &server.url, "--batch", "20"], *arguments].concat())
    };
    let clients: Vec<_> = inputs.iter().map(import).collect();
    clients.into_iter().map(|client| ended(client).err).collect()
}

/// Each file adds a class to the same list.
#[test]
fn classes_of_all_clients_are_kept() {
    let folder = folder();
    let server = Server::start(&folder.path().join("stemma-data"));
    classes(folder.path(), "base.json", &["wren", "robin"], 1);
    together(folder.path(), &server, &[&["base.json"]]);
    for round in 0..3 {
        let names = ["a", "b", "c"].map(|name| format!("{name}{round}"));
        let files = names.each_ref().map(|name| format!("{name}.json"));
        for (name, file) in names.iter().zip(&files) {
            classes(folder.path(), file, &["wren", "robin", name], 60);
        }
        let inputs: Vec<[&str; 1]> = files.iter().map(|file| [file.as_str()]).collect();
        let inputs: Vec<&[&str]> = inputs.iter().map(|input| &input[..]).collect();
        together(folder.path(), &server, &inputs);
    }
    let question = "{ item(id: \"default/ONTOLOGY/classes\") { head { attributes } } }";
    let answer = server.graphql(question, json!({})).unwrap();
    let list = answer["data"]["item"]["head"]["attributes"]["classes"].as_array().unwrap().clone();
    let mut names: Vec<&str> = list.iter().map(|class| class["class"].as_str().unwrap()).collect();
    let mut ids: Vec<i64> = list.iter().map(|class| class["id"].as_i64().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["a0", "a1", "a2", "b0", "b1", "b2", "c0", "c1", "c2", "robin", "wren"]);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), list.len(), "{list:?}");
}

/// Two clients label the same images a little differently, without ids: each object has one label.
#[test]
fn labels_of_the_same_images_are_not_doubled() {
    let folder = folder();
    let server = Server::start(&folder.path().join("stemma-data"));
    for (name, shift) in [("a.json", 0.0), ("b.json", 0.25)] {
        let images: Vec<_> = (0..80).map(|n| json!({"id": n, "file_name": format!("{n}.png")})).collect();
        let annotations: Vec<_> = (0..80)
            .map(|n| json!({"image_id": n, "category_id": 1, "bbox": [10.0 + shift, 10.0, 50.0, 50.0]}))
            .collect();
        let classes = json!([{"id": 1, "name": "wren"}]);
        let document = json!({"images": images, "categories": classes, "annotations": annotations});
        fs::write(folder.path().join(name), document.to_string()).unwrap();
    }
    together(folder.path(), &server, &[&["a.json"], &["b.json"]]);
    let question = "{ labels: items(first: 1, filter: {kinds: [LABEL]}) { totalCount } }";
    let answer = server.graphql(question, json!({})).unwrap();
    assert_eq!(answer["data"]["labels"]["totalCount"], 80, "{answer}");
}

/// An input without bytes does not take those away that another client stores at the same time.
#[test]
fn bytes_of_images_are_kept() {
    let folder = folder();
    let server = Server::start(&folder.path().join("stemma-data"));
    fs::create_dir(folder.path().join("pictures")).unwrap();
    let png = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports/birds/images/pond.png"));
    let png = png.unwrap();
    for (name, more) in [("plain.json", json!({})), ("licensed.json", json!({"license": 7}))] {
        let image = |n: usize| {
            let mut image = json!({"id": n, "file_name": format!("{n}.png")});
            image.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            image
        };
        let images: Vec<_> = (0..120).map(image).collect();
        let document = json!({"images": images, "categories": [], "annotations": []});
        fs::write(folder.path().join(name), document.to_string()).unwrap();
    }
    for n in 0..120 {
        // Bytes after the image make each a payload of its own.
        fs::write(
            folder.path().join(format!("pictures/{n}.png")),
            [&png[..], n.to_string().as_bytes()].concat(),
        )
        .unwrap();
    }
    together(folder.path(), &server, &[&["plain.json"]]);
    together(folder.path(), &server, &[&["plain.json", "--payloads", "pictures"], &["licensed.json"]]);
    let question = "{ items(first: 200, filter: {kinds: [SOURCE]}) { nodes { head { payload { size } } } } }";
    let answer = server.graphql(question, json!({})).unwrap();
    let images = answer["data"]["items"]["nodes"].as_array().unwrap();
    let bare = images.iter().filter(|image| image["head"]["payload"].is_null()).count();
    assert_eq!((images.len(), bare), (120, 0), "{answer}");
}

/// A file of records is imported once, by whichever author: a later correction remains.
#[test]
fn a_file_of_another_author_is_not_imported_again() {
    let folder = folder();
    let file = folder.path().join("a.ndjson");
    let line = |n: usize| {
        format!("{{\"type\":\"version\",\"item\":\"a/SOURCE/{n}\",\"attributes\":{{\"n\":{n}}}}}\n")
    };
    fs::write(&file, (0..30).map(line).collect::<String>()).unwrap();
    let import = |more: &[&str]| {
        let called = stemma(folder.path(), &[&["import", "a.ndjson", "--batch", "10"], more].concat());
        assert_eq!(called.code, Some(0), "{}", called.err);
        called.out
    };
    assert!(import(&["--author", "anna"]).contains(": 30 created in 3 commits, 0 already there."));
    let change = "{\"type\":\"version\",\"item\":\"a/SOURCE/3\",\"attributes\":{\"n\":\"fixed\"}}\n";
    fs::write(folder.path().join("fix.ndjson"), change).unwrap();
    assert_eq!(stemma(folder.path(), &["import", "fix.ndjson"]).code, Some(0));
    assert!(import(&[]).contains(": 0 created in 0 commits, 30 already there."));
    // The rest of a file that has grown is of the second author.
    fs::write(&file, (0..50).map(line).collect::<String>()).unwrap();
    assert!(import(&[]).contains(": 20 created in 2 commits, 30 already there."));
    assert!(import(&["--author", "anna"]).contains(": 0 created in 0 commits, 50 already there."));
    let authors: Vec<Value> = rows(folder.path())
        .into_iter()
        .filter(|row| row["table"] == "commits")
        .map(|row| row["author"].clone())
        .collect();
    assert_eq!(authors, ["anna", "anna", "anna", "local", "local", "local"]);
}
