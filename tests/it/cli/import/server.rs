//! Imports into a running server: the same reports and versions as in this process, also from
//! several clients at once, and after the server was killed.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::exports::{birds, edit};
use crate::cli::import::GARDEN;
use crate::cli::{Called, called, command, folder, refused, stemma};
use crate::http::server::Server;

/// Runs an import here and on a server, and asserts that both do the same.
pub(super) fn both(folder: &Path, server: &Server, arguments: &[&str]) -> String {
    let here = stemma(folder, &[&["import"], arguments].concat());
    let there = stemma(folder, &[&["import", "--server", &server.url], arguments].concat());
    assert_eq!((here.code, &here.out, &here.err), (there.code, &there.out, &there.err), "{arguments:?}");
    here.out
}

#[test]
fn a_server_reports_and_stores_what_this_process_does() {
    let folder = birds();
    let (here, there) = (folder.path(), tempfile::tempdir().unwrap());
    let server = Server::start(&there.path().join("stemma-data"));
    fs::write(here.join("garden.ndjson"), GARDEN).unwrap();
    fs::write(here.join("note.txt"), "seen twice").unwrap();
    let filed = r#"{"type":"version","as":"n","item":"birds/SOURCE/note","file":"note.txt","mediaType":"text/plain"}
{"type":"training_set","item":"birds/TRAINING_SET/select","select":{"kinds":["LABEL"],"attribute":{"path":"class","equals":null}}}
{"type":"tag","name":"seen","version":"@n"}
{"type":"derivation","derived":"birds/LABEL/photo","source":"@n","role":"REVIEW","reason":"noted"}
"#;
    fs::write(here.join("files.ndjson"), filed).unwrap();
    for name in ["garden.ndjson", "files.ndjson"] {
        for more in [&["--dry-run"][..], &[], &[]] {
            both(here, &server, &[&[name, "--payloads", "."], more].concat());
        }
    }
    let coco = ["coco.json", "--payloads", "images", "--training-set", "garden"];
    assert!(both(here, &server, &coco).contains("payloads: 3 stored"));
    both(here, &server, &coco);
    // An image with more labels than one message has.
    let crowd: Vec<_> =
        (0..1_300).map(|n| json!({"id": n, "image_id": 1, "category_id": 1, "bbox": [n, 0, 5, 5]})).collect();
    let crowd = json!({"images": [{"id": 1, "file_name": "crowd.png"}], "annotations": crowd,
        "categories": [{"id": 1, "name": "wren"}]});
    fs::write(here.join("crowd.json"), crowd.to_string()).unwrap();
    assert!(both(here, &server, &["crowd.json", "--prefix", "crowd/"]).contains("LABEL 1,300"));
    let tasks = ["label-studio.json", "--prefix", "ls/", "--predictions"];
    both(here, &server, &tasks);
    // An image has another name, a label is redrawn, one is gone, and a class is renamed.
    fs::rename(here.join("images/pond.png"), here.join("images/lake.png")).unwrap();
    edit(&here.join("coco.json"), |document| {
        for image in document["images"].as_array_mut().unwrap() {
            if image["file_name"] == "pond.png" {
                image["file_name"] = "lake.png".into();
            }
        }
        let annotations = document["annotations"].as_array_mut().unwrap();
        annotations.remove(0);
        annotations[0]["bbox"][0] = json!(3);
        document["categories"][0]["name"] = "jenny wren".into();
    });
    let review = ["--corrections", "review", "--retract-missing", "deleted"];
    let refused = stemma(here, &[&["import"], &coco[..], &review].concat());
    assert!(refused.err.contains("a class seems to be renamed"), "{}", refused.err);
    both(here, &server, &[&coco[..], &review].concat());
    let named = ["--renamed", "wren=jenny wren", "--dry-run"];
    let dry = both(here, &server, &[&coco[..], &review, &named].concat());
    let done = both(here, &server, &[&coco[..], &review, &named[..2]].concat());
    assert!(!dry.is_empty() && done.contains("retracted"), "{dry}{done}");
    both(here, &server, &["images", "--labels-from-folders", "--prefix", "folders/"]);
    // An input that cannot be read, and one that is refused.
    fs::write(here.join("bad.ndjson"), format!("{GARDEN}{{\"type\":\"tag\"}}\n")).unwrap();
    let bad = stemma(here, &["import", "bad.ndjson", "--server", &server.url]);
    assert!(bad.err.starts_with("error: bad.ndjson, line 8"), "{}", bad.err);
    both(here, &server, &["coco.json", "--match", "ids", "--prefix", "other/"]);
    drop(server);
    assert_eq!(rows(here), rows(there.path()));
}

/// Returns all rows of the log, without the times of commits and what depends on them.
pub(super) fn rows(folder: &Path) -> Vec<Value> {
    let exported = stemma(folder, &["export", "ndjson", "--out", "-"]);
    assert_eq!(exported.code, Some(0), "{}", exported.err);
    let mut rows: Vec<Value> = exported.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for row in &mut rows {
        let row = row.as_object_mut().unwrap();
        if row["table"] == "commits" {
            row.remove("digest");
        }
        row.retain(|name, _| !name.ends_with("_at"));
    }
    rows
}

/// Writes a COCO file of boxes that are numbered from 1.
pub(super) fn coco(folder: &Path, name: &str, images: usize) {
    let stem = name.trim_end_matches(".json");
    let all: Vec<_> = (0..images).map(|n| json!({"id": n, "file_name": format!("{stem}-{n}.png")})).collect();
    let annotations: Vec<_> = (0..2 * images)
        .map(|n| json!({"id": n + 1, "image_id": n / 2, "category_id": 1, "bbox": [n, 0, 5, 5]}))
        .collect();
    let classes = json!([{"id": 1, "name": "wren"}]);
    let document = json!({"images": all, "categories": classes, "annotations": annotations});
    fs::write(folder.join(name), document.to_string()).unwrap();
}

fn seq_of(server: &Server) -> u64 {
    let answer = server.graphql("{ view { seq } }", json!({})).unwrap();
    answer["data"]["view"]["seq"].as_str().unwrap().parse().unwrap()
}

pub(super) fn begun(folder: &Path, arguments: &[&str]) -> Child {
    command(folder, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[track_caller]
pub(super) fn ended(import: Child) -> Called {
    let done = called(import.wait_with_output().unwrap());
    assert_eq!(done.code, Some(0), "{}", done.err);
    done
}

#[test]
fn an_import_continues_when_the_server_is_started_again() {
    let (folder, alone) = (folder(), tempfile::tempdir().unwrap());
    let data = folder.path().join("stemma-data");
    for folder in [folder.path(), alone.path()] {
        coco(folder, "many.json", 1_500);
    }
    let mut server = Server::start(&data);
    let address = server.url.trim_start_matches("http://").to_owned();
    let set = ["import", "many.json", "--server", &server.url, "--training-set", "all", "--batch", "50"];
    let import = begun(folder.path(), &set);
    for seq in [5, 30] {
        let deadline = Instant::now() + Duration::from_secs(60);
        while seq_of(&server) < seq {
            assert!(Instant::now() < deadline, "the import does not advance");
            thread::sleep(Duration::from_millis(20));
        }
        server.kill();
        server = Server::start_at(&data, &address);
    }
    let done = ended(import);
    let notes: Vec<&str> = done.err.lines().collect();
    let note = "the server was started again, or has ended the import: the import continues where it stopped; its report counts what is stored as already there";
    assert!(!notes.is_empty() && notes.iter().all(|line| *line == note), "{}", done.err);
    assert!(done.out.starts_with("many.json: 4,502 records: "), "{}", done.out);
    drop(server);
    let set = ["import", "many.json", "--training-set", "all", "--batch", "50"];
    assert_eq!(stemma(alone.path(), &set).code, Some(0));
    assert_eq!(rows(folder.path()), rows(alone.path()));
}

#[test]
fn messages_that_do_not_fit_are_refused() {
    let folder = folder();
    let server = Server::start(&folder.path().join("stemma-data"));
    let send = |method: &str, path: &str, body: &str| {
        let (status, text) = server.send(method, path, "application/json", body);
        (status, serde_json::from_str::<Value>(&text).unwrap_or_default())
    };
    let settings = json!({
        "batch": 10, "dryRun": false, "corrections": null, "namespace": "birds", "prefix": "",
        "trainingSet": null, "split": null, "splitReplaces": false, "matching": "auto", "renamed": [], "notRenamed": false,
        "retractMissing": null, "whole": false, "predictions": false, "labelsFromFolders": false, "keysByImage": false,
    });
    let begin = |protocol: u32, settings: &Value| {
        send("POST", "/imports", &json!({"protocol": protocol, "settings": settings}).to_string())
    };
    let message = |said: &Value| said["errors"][0]["message"].as_str().unwrap_or_default().to_owned();

    let (status, said) = begin(7, &settings);
    assert_eq!((status, message(&said).contains("found 7")), (400, true), "{said}");
    let mut wrong = settings.clone();
    wrong["namespace"] = "a b".into();
    assert_eq!(begin(3, &wrong).0, 400);
    let unknown = format!("/imports/{}", "0".repeat(32));
    for method in ["GET", "DELETE"] {
        assert_eq!(send(method, &unknown, "").0, 404);
    }
    let (status, begun) = begin(3, &settings);
    assert_eq!(status, 201, "{begun}");
    let path = format!("/imports/{}", begun["id"].as_str().unwrap());
    assert_eq!(send("POST", &format!("{path}?first=3"), "{\"end\":{\"skipped\":[]}}").0, 409);
    assert_eq!(send("POST", &format!("{path}?first=0"), "{\"sample\":1}").0, 400);
    assert_eq!(send("POST", &path, "").0, 400);
    assert_eq!(send("PUT", &path, "").0, 405);
    let many: Vec<String> = (0..1_001).map(|_| "b3:".to_owned() + &"0".repeat(64)).collect();
    assert_eq!(send("POST", &format!("{path}/images"), &json!({"digests": many}).to_string()).0, 413);

    // The same batch twice is one batch.
    let item = json!({"record": {"place": {"line": 1}, "bytes": 9, "digest": "0".repeat(64),
        "record": {"type": "item", "item": "birds/SOURCE/a"}}});
    let batch = format!("{}\n{item}\n", json!({"records": {"name": "a.ndjson"}}));
    for _ in 0..2 {
        let (status, state) = send("POST", &format!("{path}?first=0"), &batch);
        assert_eq!((status, &state["next"]), (200, &json!(2)), "{state}");
    }
    // Messages of another input within this one.
    let head = json!({"head": {"classes": {"classes": []}, "about": {}}}).to_string();
    assert_eq!(send("POST", &format!("{path}?first=2"), &head).0, 200);
    let deadline = Instant::now() + Duration::from_secs(30);
    let failure = loop {
        let (_, state) = send("GET", &format!("{path}?after=3"), "");
        if state["ended"] == json!(true) {
            break state["failure"]["message"].as_str().unwrap().to_owned();
        }
        assert!(Instant::now() < deadline, "{state}");
    };
    assert!(failure.contains("expected the message record or end, found head"), "{failure}");
    assert_eq!(send("DELETE", &path, "").0, 204);
    assert_eq!(send("GET", &path, "").0, 404);
    assert_eq!(seq_of(&server), 0, "nothing is stored of a batch that breaks off");
}

#[test]
fn a_server_that_needs_a_token_gets_it() {
    let folder = folder();
    fs::write(folder.path().join("garden.ndjson"), GARDEN).unwrap();
    let token = "0123456789abcdef";
    let server = Server::launch(&folder.path().join("stemma-data"), |command| {
        command.env("STEMMA_TOKEN", token);
    });
    let import = ["import", "garden.ndjson", "--server", &server.url];
    refused(&stemma(folder.path(), &import), 1, "requires a token");
    let done = called(command(folder.path(), &import).env("STEMMA_TOKEN", token).output().unwrap());
    assert!(done.out.starts_with("garden.ndjson: 7 records: 7 created"), "{}{}", done.out, done.err);
    let authored = [&import[..], &["--author", "me"]].concat();
    let wrong = stemma(folder.path(), &authored);
    assert_eq!(wrong.code, Some(2), "{}", wrong.err);
    assert!(wrong.err.contains("--author"), "{}", wrong.err);
}
