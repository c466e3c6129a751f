//! URLs and uploads from GraphQL to HTTP, on a directory and on a bucket: one flow for a client.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::time::Duration;

use serde_json::{Value, json};
use stemma::domain::id::Digest;

use super::server::Server;
use crate::s3::Bucket;

const BEGIN: &str = "mutation ($input: BeginUploadInput!) {
  beginUpload(input: $input) { id requests { method url headers { name value } start size } }
}";
const COMPLETE: &str = "mutation ($input: CompleteUploadInput!) {
  completeUpload(input: $input) { blob { digest sha256 size created } }
}";
const PUT: &str = r#"mutation ($payload: Digest!) {
  commit(input: {changes: [{putVersion: {item: {kind: SOURCE, key: "a"}, payload: $payload}}]}) { created }
}"#;
const URL: &str =
    r#"query ($seconds: Int!) { version(id: "default/SOURCE/a") { payload { url(expiresIn: $seconds) } } }"#;

#[test]
fn on_a_directory() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(&data.path().join("store"));
    one_flow(&server, "/blobs/b3:");
    // Without a digest, the answer to the POST contains it.
    let bytes = b"unknown".to_vec();
    let begun = asked(&server, BEGIN, json!({"input": {"size": "7"}}))["beginUpload"].take();
    assert_eq!(begun["requests"][0]["url"], json!("/blobs"));
    let digest = Digest::of(&bytes).to_string();
    assert_eq!(send(&server, &begun["requests"][0], &bytes), 201);
    let input = json!({"input": {"id": begun["id"], "digest": digest}});
    assert_eq!(asked(&server, COMPLETE, input)["completeUpload"]["blob"]["digest"], json!(digest));
    let (reason, said) = refused(&server, COMPLETE, json!({"input": {"id": begun["id"]}}));
    assert!(reason == "BLOB_MISSING" && said.contains("pass as `digest`"), "{said}");
}

#[test]
fn on_a_bucket() {
    let Some(bucket) = Bucket::start() else { return };
    let data = tempfile::tempdir().expect("a temporary folder");
    let server = Server::launch(&data.path().join("store"), |command| bucket.told(command));
    one_flow(&server, "http://");
    // An upload that is not completed in time is removed by a start.
    let begun = asked(&server, BEGIN, json!({"input": {"size": "4"}}))["beginUpload"].take();
    assert_eq!(send(&server, &begun["requests"][0], b"left"), 200);
    server.kill();
    std::thread::sleep(Duration::from_secs(3));
    let server = Server::launch(&data.path().join("store"), |command| {
        bucket.told(command);
        command.args(["--upload-grace", "1s"]);
    });
    std::thread::sleep(Duration::from_secs(2));
    let (reason, _) = refused(&server, COMPLETE, json!({"input": {"id": begun["id"]}}));
    assert_eq!(reason, "BLOB_MISSING");
    server.kill();
    bucket.stop();
}

fn one_flow(server: &Server, urls_begin: &str) {
    let bytes: Vec<u8> = (0..100_000_u32).map(|i| (i % 253) as u8).collect();
    let digest = Digest::of(&bytes).to_string();
    let announced = json!({"input": {"size": bytes.len().to_string(), "digest": digest}});
    let begun = asked(server, BEGIN, announced.clone())["beginUpload"].take();
    let requests = begun["requests"].as_array().expect("requests");
    assert_eq!(requests.len(), 1);
    assert!(requests[0]["url"].as_str().expect("a URL").starts_with(urls_begin), "{requests:?}");
    assert_eq!((&requests[0]["method"], &requests[0]["size"]), (&json!("PUT"), &json!("100000")));
    let (reason, _) = refused(server, COMPLETE, json!({"input": {"id": begun["id"]}}));
    assert_eq!(reason, "BLOB_MISSING");
    assert!([200, 201].contains(&send(server, &requests[0], &bytes)));
    for _ in 0..2 {
        let completed = asked(server, COMPLETE, json!({"input": {"id": begun["id"]}}));
        let blob = &completed["completeUpload"]["blob"];
        assert_eq!((&blob["digest"], &blob["size"]), (&json!(digest), &json!("100000")), "{completed}");
    }
    assert_eq!(asked(server, PUT, json!({"payload": digest}))["commit"]["created"], json!(true));
    // A payload that is stored already need not be sent.
    let again = asked(server, BEGIN, announced)["beginUpload"].take();
    assert_eq!(again["requests"], json!([]));
    let completed = asked(server, COMPLETE, json!({"input": {"id": again["id"]}}));
    assert_eq!(completed["completeUpload"]["blob"]["created"], json!(false));

    let url = asked(server, URL, json!({"seconds": 60}))["version"]["payload"]["url"].take();
    let url = url.as_str().expect("an address");
    assert!(url.starts_with(urls_begin), "{url}");
    let url = if url.starts_with('/') { format!("{}{url}", server.url) } else { url.to_owned() };
    let mut answer = ureq::get(&url).call().expect("the bytes");
    assert!(answer.body_mut().read_to_vec().expect("all bytes") == bytes);

    for (query, variables, reason) in [
        (URL, json!({"seconds": 604_801}), "LIMIT_EXCEEDED"),
        (URL, json!({"seconds": 0}), ""),
        (BEGIN, json!({"input": {"size": "1", "expiresIn": 604_801}}), "LIMIT_EXCEEDED"),
        (BEGIN, json!({"input": {"size": "1", "sha256": "00"}}), ""),
        (BEGIN, json!({"input": {"size": (17_u64 << 30).to_string()}}), "LIMIT_EXCEEDED"),
        (COMPLETE, json!({"input": {"id": "upload:1"}}), ""),
    ] {
        assert_eq!(refused(server, query, variables.clone()).0, reason, "{variables}");
    }
}

/// Returns the data of an answer without errors.
fn asked(server: &Server, query: &str, variables: Value) -> Value {
    let mut answer = server.graphql(query, variables).expect("an answer");
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"].take()
}

/// Returns the reason and the message of a refused request.
fn refused(server: &Server, query: &str, variables: Value) -> (String, String) {
    let answer = server.graphql(query, variables).expect("an answer");
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], json!("BAD_USER_INPUT"), "{answer}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&error["extensions"]["reason"]), text(&error["message"]))
}

/// Sends one of the requests that the server returned.
fn send(server: &Server, request: &Value, bytes: &[u8]) -> u16 {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let url = text(&request["url"]);
    let url = if url.starts_with('/') { format!("{}{url}", server.url) } else { url };
    let sending = if request["method"] == "PUT" { ureq::put(&url) } else { ureq::post(&url) };
    let headers = request["headers"].as_array().expect("headers");
    let sending = headers
        .iter()
        .fold(sending, |sending, header| sending.header(text(&header["name"]), text(&header["value"])));
    sending.send(bytes).expect("it is taken").status().as_u16()
}
