//! `stemma checkout`: written, kept, repaired and refused files.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stemma::domain::id::Digest;

use super::{Called, files, folder, refused, stemma};
use crate::http::server::Server;
use crate::support::{World, block_on};

const COMMIT: &str = "mutation ($input: CommitInput!) { commit(input: $input) { commit { seq } } }";
const CORRECT: &str = "mutation ($input: CorrectInput!) { correct(input: $input) { version { number } } }";

/// The digests of an image whose key contains `..`, and of its label.
struct Garden {
    image: String,
    label: String,
}

/// Creates a store in `folder/store`: version 1 of the set, and a later correction of a label.
fn garden(folder: &Path) -> Garden {
    block_on(async {
        let world = World::open(&folder.join("store")).await;
        let image = world.put_blob(b"an image").await;
        let other = world.put_blob(b"another image").await;
        let label = world.put_blob(b"{\"class\":\"wren\"}").await;
        let right = world.put_blob(b"{\"class\":\"robin\"}").await;
        let item = |kind: &str, key: &str| json!({"namespace": "birds", "kind": kind, "key": key});
        let labels = |image: &str| json!([{"version": image, "role": "LABELS"}]);
        let changes = json!([
            {"putVersion": {"as": "one", "item": item("SOURCE", "../../photo 1"), "payload": image,
                            "mediaType": "image/png", "attributes": {"camera": "north"}}},
            {"putVersion": {"as": "two", "item": item("SOURCE", "photo/2"), "payload": other,
                            "mediaType": "image/jpeg"}},
            {"putVersion": {"as": "label", "item": item("LABEL", "1"), "payload": label,
                            "mediaType": "application/json", "sources": labels("@one")}},
            {"putVersion": {"as": "words", "item": item("LABEL", "2"), "attributes": {"class": "robin"},
                            "sources": labels("@two")}},
            {"snapshotTrainingSet": {"as": "set", "item": item("TRAINING_SET", "garden"), "members": {"all": [
                {"version": "@label", "split": "TRAIN", "weight": 0.5},
                {"version": "@words", "split": "VALIDATION"},
                {"version": "@two", "split": "TRAIN"},
            ]}}},
            {"setTag": {"name": "production", "version": "@set", "alias": true}},
        ]);
        let made = world.execute(COMMIT, json!({"input": {"changes": changes}})).await;
        assert!(made["errors"].is_null(), "{made}");
        let input = json!({"version": "birds/LABEL/1#1", "payload": right, "reason": "red breast"});
        let corrected = world.execute(CORRECT, json!({"input": input})).await;
        assert!(corrected["errors"].is_null(), "{corrected}");
        world.close().await;
        Garden { image, label }
    })
}

fn checkout(folder: &Path, more: &[&str]) -> Called {
    let arguments = ["checkout", "birds/TRAINING_SET/garden@production", "out", "--data", "store"];
    stemma(folder, &[&arguments[..], more].concat())
}

const IMAGE: &str = "TRAIN/birds/SOURCE/%2E%2E/%2E%2E/photo%201.png";
const LABEL: &str = "TRAIN/birds/LABEL/1.json";

/// Returns the file of a payload in the store.
fn stored(folder: &Path, digest: &str) -> PathBuf {
    let hex = digest.strip_prefix("b3:").unwrap();
    folder.join("store/blobs/b3").join(&hex[..2]).join(hex)
}

#[test]
fn a_set_is_written_as_it_was_and_a_second_run_only_verifies() {
    let folder = folder();
    let garden = garden(folder.path());
    let out = folder.path().join("out");
    let first = checkout(folder.path(), &[]);
    let name = "birds/TRAINING_SET/garden#1 is in out";
    assert_eq!(first.out, format!("{name}: 4 files written, 0 replaced, 0 kept\n"), "{}", first.err);
    let written = files(&out);
    let paths: Vec<&str> = written.keys().map(String::as_str).collect();
    let expected = [
        LABEL,
        IMAGE,
        "TRAIN/birds/SOURCE/photo/2.jpg",
        "VALIDATION/birds/SOURCE/photo/2.jpg",
        "manifest.json",
        "manifest.ndjson",
    ];
    assert_eq!(paths, expected);
    assert_eq!(written[IMAGE], b"an image");
    assert_eq!(written[LABEL], b"{\"class\":\"wren\"}", "what was corrected later is as it was");

    let lines: Vec<Value> = written["manifest.ndjson"]
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    let said: Vec<_> = lines.iter().map(|line| (line["split"].as_str(), line["item"].as_str())).collect();
    let member = |split, item| (Some(split), Some(item));
    let expected = [
        member("TRAIN", "birds/LABEL/1"),
        member("TRAIN", "birds/SOURCE/photo/2"),
        member("VALIDATION", "birds/LABEL/2"),
    ];
    assert_eq!(said, expected);
    assert_eq!((&lines[0]["weight"], &lines[0]["path"]), (&json!(0.5), &json!(LABEL)));
    assert_eq!((&lines[0]["digest"], &lines[0]["size"]), (&json!(garden.label), &json!(16)));
    let source = &lines[0]["sources"][0];
    assert_eq!((&source["role"], &source["path"]), (&json!("LABELS"), &json!(IMAGE)));
    assert_eq!(source["attributes"], json!({"camera": "north"}));
    assert_eq!((&lines[2]["path"], &lines[2]["attributes"]), (&Value::Null, &json!({"class": "robin"})));
    let summary: Value = serde_json::from_slice(&written["manifest.json"]).unwrap();
    assert_eq!(summary["manifest"]["digest"], json!(Digest::of(&written["manifest.ndjson"]).to_string()));
    assert_eq!((&summary["seq"], &summary["members"]), (&json!("1"), &json!(3)));
    assert_eq!(summary["splits"], json!({"TRAIN": 2, "VALIDATION": 1}));

    let second = checkout(folder.path(), &[]);
    assert_eq!(second.out, format!("{name} already: 4 files and the manifest verified\n"), "{}", second.err);
    let verified = checkout(folder.path(), &["--verify"]);
    assert_eq!(verified.out, format!("{name}: 4 files and the manifest verified\n"), "{}", verified.err);
    assert_eq!(files(&out), written);
}

#[test]
fn a_member_that_is_a_set_is_written_as_its_members() {
    let folder = folder();
    garden(folder.path());
    block_on(async {
        let world = World::open(&folder.path().join("store")).await;
        let pins = json!([{"version": "birds/TRAINING_SET/garden#1", "split": "HOLDOUT", "weight": 0.5}]);
        let changes = json!([{"snapshotTrainingSet": {
            "item": {"namespace": "birds", "kind": "TRAINING_SET", "key": "park"}, "members": {"all": pins},
        }}]);
        let made = world.execute(COMMIT, json!({"input": {"changes": changes}})).await;
        assert!(made["errors"].is_null(), "{made}");
        world.close().await;
    });
    let out = stemma(folder.path(), &["checkout", "birds/TRAINING_SET/park", "out", "--data", "store"]);
    assert_eq!(
        out.out, "birds/TRAINING_SET/park#1 is in out: 3 files written, 0 replaced, 0 kept\n",
        "{}",
        out.err
    );
    let written = files(&folder.path().join("out"));
    assert_eq!(written[&IMAGE.replace("TRAIN", "HOLDOUT")], b"an image");
    let summary: Value = serde_json::from_slice(&written["manifest.json"]).unwrap();
    assert_eq!(
        summary["splits"],
        json!({"HOLDOUT": 3}),
        "each version once, in the split of the outermost pin"
    );
    let lines: Vec<Value> = written["manifest.ndjson"]
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    let weights: Vec<_> = lines.iter().map(|line| (&line["item"], &line["weight"])).collect();
    assert_eq!(weights[0], (&json!("birds/LABEL/1"), &json!(0.25)), "weights multiply");

    let coco = stemma(folder.path(), &["export", "coco", "birds/TRAINING_SET/park", "--data", "store"]);
    let coco: Value = serde_json::from_str(&coco.out).unwrap();
    assert_eq!(coco["images"].as_array().map(Vec::len), Some(2), "{coco}");
    assert_eq!(coco["annotations"].as_array().map(Vec::len), Some(2), "{coco}");
    assert_eq!(coco["info"]["stemma"]["members"], json!(3), "{coco}");
    let folder = folder.path();
    let described = stemma(
        folder,
        &["export", "croissant", "birds/TRAINING_SET/park", "--dir", "croissant", "--data", "store"],
    );
    assert_eq!(described.code, Some(0), "{}", described.err);
    let table = String::from_utf8(files(&folder.join("croissant"))["members.ndjson"].clone()).unwrap();
    assert_eq!(table.lines().count(), 3, "{table}");
    assert!(table.lines().all(|line| line.contains("\"split\":\"HOLDOUT\"")), "{table}");
}

#[test]
fn lost_and_changed_files_are_repaired_and_reported() {
    let folder = folder();
    garden(folder.path());
    assert_eq!(checkout(folder.path(), &[]).code, Some(0));
    let out = folder.path().join("out");
    let written = files(&out);
    fs::remove_file(out.join(LABEL)).unwrap();
    fs::write(out.join(IMAGE), b"an imagf").unwrap();
    fs::write(out.join("notes.txt"), b"mine").unwrap();
    let spoilt = files(&out);

    let verified = checkout(folder.path(), &["--verify"]);
    assert_eq!((verified.code, verified.out.as_str()), (Some(1), ""), "{}", verified.err);
    assert!(verified.err.contains(&format!("not there: {LABEL}\n")), "{}", verified.err);
    assert!(verified.err.contains(&format!("wrong: {IMAGE} ")), "{}", verified.err);
    assert_eq!(files(&out), spoilt, "only looked at");

    let mended = checkout(folder.path(), &[]);
    assert_eq!(mended.code, Some(0), "{}", mended.err);
    assert!(mended.out.ends_with(": 1 file written, 1 replaced, 2 kept\n"), "{}", mended.out);
    assert!(mended.err.contains(&format!("replaced: {IMAGE} held other bytes")), "{}", mended.err);
    assert!(
        mended.err.contains("1 file in out that is not part of this set, such as notes.txt"),
        "{}",
        mended.err
    );
    fs::remove_file(out.join("notes.txt")).unwrap();
    assert_eq!(files(&out), written);

    // The manifest is verified too.
    fs::write(out.join("manifest.ndjson"), b"{}\n").unwrap();
    assert_eq!(checkout(folder.path(), &["--verify"]).code, Some(1));
    assert_eq!(checkout(folder.path(), &[]).code, Some(0));
    assert_eq!(files(&out), written);
}

#[test]
fn lost_and_damaged_payloads_are_reported_and_the_rest_is_written() {
    let folder = folder();
    let garden = garden(folder.path());
    fs::remove_file(stored(folder.path(), &garden.label)).unwrap();
    let image = stored(folder.path(), &garden.image);
    fs::remove_file(&image).unwrap();
    fs::write(&image, b"an imagf").unwrap();
    let called = checkout(folder.path(), &[]);
    assert_eq!((called.code, called.out.as_str()), (Some(1), ""));
    assert!(called.err.contains(&format!("missing: {LABEL}: its payload {} is not stored", garden.label)));
    assert!(called.err.contains(&format!("damaged: {IMAGE}: ")), "{}", called.err);
    assert!(called.err.contains("1 payload is missing, 1 payload is damaged"), "{}", called.err);
    let written = files(&folder.path().join("out"));
    assert!(written.contains_key("TRAIN/birds/SOURCE/photo/2.jpg"));
    assert!(
        !written.contains_key(LABEL)
            && !written.contains_key(IMAGE)
            && !written.contains_key("manifest.json")
    );
}

#[test]
fn a_server_gives_the_same_files() {
    let folder = folder();
    let garden = garden(folder.path());
    assert_eq!(checkout(folder.path(), &[]).code, Some(0));
    let server = Server::start(&folder.path().join("store"));
    let ask = |more: &[&str]| {
        let arguments = ["checkout", "birds/TRAINING_SET/garden#1", "remote", "--server", &server.url];
        stemma(folder.path(), &[&arguments[..], more].concat())
    };
    assert_eq!(ask(&["--jobs", "2"]).code, Some(0));
    assert_eq!(files(&folder.path().join("remote")), files(&folder.path().join("out")));
    assert!(ask(&[]).out.contains("already: 4 files and the manifest verified"));
    // A payload is damaged on the disk of the server: its bytes are not accepted.
    let image = stored(folder.path(), &garden.image);
    fs::remove_file(&image).unwrap();
    fs::write(&image, b"an imagf").unwrap();
    fs::remove_file(folder.path().join("remote").join(IMAGE)).unwrap();
    let called = ask(&[]);
    assert_eq!(called.code, Some(1));
    assert!(called.err.contains(&format!("damaged: {IMAGE}: ")), "{}", called.err);
}

#[test]
fn nothing_is_written_outside_of_the_folder() {
    let folder = folder();
    garden(folder.path());
    let (out, outside) = (folder.path().join("out"), folder.path().join("outside"));
    fs::create_dir_all(&out).unwrap();
    fs::create_dir_all(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, out.join("TRAIN")).unwrap();
    let called = checkout(folder.path(), &[]);
    refused(&called, 1, "found a file or a link");
    assert_eq!(files(&outside).len(), 0);
}

#[test]
fn a_version_of_another_kind_is_refused() {
    let folder = folder();
    garden(folder.path());
    let ask = |name: &str, more: &[&str]| {
        stemma(folder.path(), &[&["checkout", name, "out", "--data", "store"], more].concat())
    };
    refused(&ask("birds/LABEL/1", &[]), 2, "expected a training set, found birds/LABEL/1#2");
    refused(&ask("birds/TRAINING_SET/garden#2", &[]), 1, "birds/TRAINING_SET/garden#2");
    refused(&ask("birds/TRAINING_SET/garden", &["--verify"]), 3, "there is no folder out");
    assert!(!folder.path().join("out").exists());
}
