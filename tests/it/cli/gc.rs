//! `stemma gc`: listing, deleting, and explaining why a payload is kept.

use std::path::Path;

use serde_json::json;
use stemma::domain::id::Digest;

use super::{Called, folder, refused, stemma};
use crate::http::server::Server;
use crate::support::{World, block_on};

const COMMIT: &str = "mutation ($input: CommitInput!) { commit(input: $input) { commit { seq } } }";

/// Creates a store in `folder/store` with a payload that a version names, and two unreferenced
/// ones.
fn store(folder: &Path) -> [String; 3] {
    block_on(async {
        let world = World::open(&folder.join("store")).await;
        let named = world.put_blob(b"named").await;
        let one = world.put_blob(b"one").await;
        let two = world.put_blob(b"twotwo").await;
        let item = json!({"namespace": "birds", "kind": "SOURCE", "key": "photo"});
        let changes = json!([{"putVersion": {"item": item, "payload": named}}]);
        let made = world.execute(COMMIT, json!({"input": {"changes": changes}})).await;
        assert!(made["errors"].is_null(), "{made}");
        world.close().await;
        [named, one, two]
    })
}

fn gc(folder: &Path, more: &[&str]) -> Called {
    stemma(folder, &[&["gc", "--data", "store"], more].concat())
}

#[track_caller]
fn says(called: &Called, parts: &[&str]) {
    assert_eq!(called.code, Some(0), "{}", called.err);
    for part in parts {
        assert!(called.out.contains(part), "{part:?} is not in {}", called.out);
    }
}

#[test]
fn a_dry_run_changes_nothing_and_only_old_unreferenced_payloads_are_deleted() {
    let folder = folder();
    let [named, one, two] = store(folder.path());
    says(&gc(folder.path(), &[]), &["No unreferenced payload is older than 24 hours."]);
    says(&gc(folder.path(), &["--delete"]), &["No unreferenced payload is older than 24 hours."]);
    let found = gc(folder.path(), &["--grace", "0s"]);
    says(&found, &[&one, &two, "No version names: 2 payloads (9 bytes). Nothing was deleted"]);
    assert!(!found.out.contains(&named), "{}", found.out);
    says(&gc(folder.path(), &["--grace", "0s", "--delete"]), &[&one, &two, "Deleted: 2 payloads (9 bytes)"]);
    says(
        &gc(folder.path(), &["--grace", "0s", "--delete"]),
        &["No unreferenced payload is older than 0 seconds."],
    );
    says(&gc(folder.path(), &["--explain", &one]), &["is not stored"]);
    says(
        &gc(folder.path(), &["--explain", &named]),
        &["is stored: 5 bytes", "birds/SOURCE/photo#1", "It is never deleted."],
    );
}

#[test]
fn it_explains_why_a_payload_is_kept() {
    let folder = folder();
    let [named, one, _] = store(folder.path());
    says(&gc(folder.path(), &["--explain", &one]), &["No version names it. It is younger than 24 hours"]);
    says(&gc(folder.path(), &["--explain", &one, "--grace", "0s"]), &["`stemma gc --delete` deletes it"]);
    let hex = named.strip_prefix("b3:").unwrap();
    std::fs::remove_file(folder.path().join("store/blobs/b3").join(&hex[..2]).join(hex)).unwrap();
    let lost = gc(folder.path(), &["--explain", &named]);
    assert_eq!(lost.code, Some(1));
    assert!(
        lost.out.contains("birds/SOURCE/photo#1") && lost.err.contains("is named and not stored"),
        "{}",
        lost.err
    );
    for wrong in [&["--grace", "tomorrow"][..], &["--explain", "b3:12"], &["--explain", &one, "--delete"]] {
        let called = gc(folder.path(), wrong);
        assert_eq!((called.code, called.out.as_str()), (Some(2), ""), "{}", called.err);
    }
}

#[test]
fn a_running_server_collects_its_own_garbage() {
    let folder = folder();
    let [named, one, two] = store(folder.path());
    let data = folder.path().join("store");
    let server = Server::start(&data);
    refused(&gc(folder.path(), &[]), 1, "is in use by another process");
    let ask = |more: &[&str]| stemma(folder.path(), &[&["gc", "--server", &server.url], more].concat());
    says(&ask(&[]), &["No unreferenced payload"]);
    says(&ask(&["--grace", "0s"]), &[&one, &two, "2 payloads (9 bytes)"]);
    says(&ask(&["--explain", &named]), &["birds/SOURCE/photo#1", "It is never deleted."]);
    says(&ask(&["--explain", &one]), &["It is younger than 24 hours"]);

    // Uploaded again and committed: it is never deleted from now on.
    let digest = Digest::of(b"one");
    assert_eq!(server.put_blob(digest, b"one"), (200, false));
    let changes = json!([{"putVersion": {"item": {"kind": "SOURCE", "key": "one"}, "payload": one}}]);
    let made = server.graphql(COMMIT, json!({"input": {"changes": changes}})).unwrap();
    assert!(made["errors"].is_null(), "{made}");
    says(&ask(&["--grace", "0s", "--delete"]), &[&two, "Deleted: 1 payload (6 bytes)"]);
    assert_eq!(server.get_blob(digest, None), (200, b"one".to_vec()));
    assert_eq!(server.get_blob(Digest::of(b"twotwo"), None).0, 404);

    // A commit cannot name a deleted payload until it is uploaded again.
    let changes = json!([{"putVersion": {"item": {"kind": "SOURCE", "key": "two"}, "payload": two}}]);
    let refused = server.graphql(COMMIT, json!({"input": {"changes": changes}})).unwrap();
    assert_eq!(refused["errors"][0]["extensions"]["reason"], json!("BLOB_MISSING"), "{refused}");
    assert_eq!(server.put_blob(Digest::of(b"twotwo"), b"twotwo"), (201, true));
    let made = server.graphql(COMMIT, json!({"input": {"changes": changes}})).unwrap();
    assert!(made["errors"].is_null(), "{made}");
}

/// Prefixes without garbage need no request of their own.
#[test]
fn a_store_without_garbage_is_one_page() {
    let folder = folder();
    let [_, one, two] = store(folder.path());
    let server = Server::start(&folder.path().join("store"));
    let page = |first: u8, grace: u64| {
        let body = json!({"first": first, "last": 255, "graceSeconds": grace, "delete": false});
        let (status, text) = server.send("POST", "/garbage", "application/json", &body.to_string());
        assert_eq!(status, 200, "{text}");
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    assert_eq!(page(0, 86_400), json!({"blobs": [], "last": 255}));
    // Each page ends with the first prefix that has some.
    let mut bytes = [&one, &two].map(|digest| u8::from_str_radix(&digest[3..5], 16).unwrap());
    bytes.sort_unstable();
    let first = page(0, 0);
    assert_eq!(
        (first["last"].as_u64(), first["blobs"].as_array().unwrap().len()),
        (Some(bytes[0].into()), 1)
    );
    let second = page(bytes[0] + 1, 0);
    assert_eq!(
        (second["last"].as_u64(), second["blobs"].as_array().unwrap().len()),
        (Some(bytes[1].into()), 1)
    );
    assert_eq!(page(bytes[1] + 1, 0), json!({"blobs": [], "last": 255}));
    // A request without `last` is about one prefix.
    let body = r#"{"first": 3, "graceSeconds": 86400, "delete": false}"#;
    let one = server.send("POST", "/garbage", "application/json", body);
    assert_eq!(one, (200, r#"{"blobs":[],"last":3}"#.to_owned()));
}

#[test]
fn invalid_requests_for_garbage_are_refused() {
    let folder = folder();
    let server = Server::start(&folder.path().join("store"));
    let json = "application/json";
    for (method, path, media_type, body, status, says) in [
        ("POST", "/garbage", "text/plain", "{}", 400, "application/json"),
        ("POST", "/garbage", json, "{", 400, "EOF while parsing"),
        ("POST", "/garbage", json, r#"{"first": 0, "graceSeconds": 1}"#, 400, "missing field `delete`"),
        ("POST", "/garbage", json, r#"{"first": 256, "graceSeconds": 1, "delete": true}"#, 400, "256"),
        ("POST", "/garbage", json, r#"{"first": 0, "graceSeconds": -1, "delete": true}"#, 400, "-1"),
        (
            "POST",
            "/garbage",
            json,
            r#"{"first": 0, "last": -1, "graceSeconds": 1, "delete": true}"#,
            400,
            "-1",
        ),
        ("PUT", "/garbage", json, "{}", 405, "POST"),
        ("GET", "/garbage/b3:12", json, "", 400, "b3:12"),
        ("POST", "/garbage/b3:12", json, "{}", 405, "GET"),
    ] {
        let (answered, text) = server.send(method, path, media_type, body);
        assert!(answered == status && text.contains(says), "{method} {path} {body}: {answered} {text}");
    }
    let nothing = server.send("POST", "/garbage", json, r#"{"first": 0, "graceSeconds": 0, "delete": true}"#);
    assert_eq!(nothing, (200, r#"{"blobs":[],"last":0}"#.to_owned()));
    let absent = server.send("GET", &format!("/garbage/{}", Digest::of(b"absent")), json, "");
    assert_eq!(absent, (200, r#"{"ageSeconds":null,"size":null,"versions":0}"#.to_owned()));
}
