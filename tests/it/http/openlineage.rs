//! OpenLineage events over HTTP: from the Python client, gzipped, too large, and invalid.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::server::Server;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn event(run: &str, kind: &str) -> Value {
    json!({
        "eventType": kind,
        "eventTime": "2026-01-01T00:00:00Z",
        "run": {"runId": run},
        "job": {"namespace": "night", "name": "copy"},
        "inputs": [{"namespace": "file", "name": "/raw"}],
        "outputs": [{"namespace": "file", "name": "/clean"}],
        "producer": "https://example.org",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
    })
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

/// Posts a body. Returns the status and the response.
fn post(server: &Server, headers: &[(&str, &str)], body: &[u8]) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.post(format!("{}/api/v1/lineage", server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = request.send(body).expect("an answer");
    (answer.status().as_u16(), answer.body_mut().read_json().expect("an answer is JSON"))
}

#[test]
fn events_are_accepted_gzipped_or_plain_and_nothing_else_is() {
    const JSON: (&str, &str) = ("content-type", "application/json");
    const GZIP: (&str, &str) = ("content-encoding", "gzip");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(&folder.path().join("store"));
    let whole = event("r1", "COMPLETE").to_string();
    let (status, said) = post(&server, &[JSON], whole.as_bytes());
    assert_eq!((status, &said["created"], &said["drawn"]), (201, &json!(true), &json!(true)), "{said}");
    let (status, said) = post(&server, &[JSON, GZIP], &gzipped(whole.as_bytes()));
    assert_eq!((status, &said["created"]), (201, &json!(false)), "{said}");
    assert_eq!((&said["leftOut"], &said["notes"]), (&json!(0), &json!([])), "{said}");
    let mut irregular = event("r2", "FAIL");
    irregular["eventTime"] = json!("2024-07-02T12:23:22.829392");
    irregular["inputs"] = json!([{"namespace": "file", "name": "/raw"}, {"namespace": "", "name": "orders"}]);
    let (status, said) = post(&server, &[JSON], irregular.to_string().as_bytes());
    assert_eq!((status, &said["drawn"], &said["leftOut"]), (201, &json!(true), &json!(1)), "{said}");
    let notes = said["notes"].to_string();
    assert!(notes.contains("inputs[1] is empty") && notes.contains("read as UTC"), "{notes}");
    for (headers, body, status, why) in [
        (&[JSON][..], b"{}".to_vec(), 400, "this is not an OpenLineage event"),
        (&[JSON], b"{".to_vec(), 400, "this is not an OpenLineage event"),
        (&[("content-type", "text/plain")], whole.clone().into_bytes(), 400, "application/json"),
        (&[JSON, GZIP], whole.clone().into_bytes(), 400, "expected a gzip body"),
        (&[JSON, ("content-encoding", "br")], whole.clone().into_bytes(), 415, "gzip"),
        // A few kilobytes that would decompress to a hundred megabytes.
        (&[JSON, GZIP], gzipped(&vec![b' '; 100 << 20]), 413, "16777216 bytes"),
    ] {
        let (found, said) = post(&server, headers, &body);
        let message = said["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(found == status && message.contains(why), "{found}: {said}");
    }
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let got = agent.get(format!("{}/api/v1/lineage", server.url)).call().expect("an answer");
    assert_eq!(got.status().as_u16(), 405);
    let asked = server.graphql(
        r#"{ version(id: "openlineage/DERIVED/file//clean") { activity { name } sources { edges { node { role source { item { key } } } } } } }"#,
        Value::Null,
    );
    let asked = asked.expect("an answer");
    assert_eq!(asked["data"]["version"]["activity"]["name"], "copy", "{asked}");
    assert_eq!(
        asked.pointer("/data/version/sources/edges/0/node/source/item/key"),
        Some(&json!("run/r1")),
        "{asked}"
    );
}

/// Installs the standard client from the Python registry into the user's cache directory; `None` if
/// it cannot be installed.
fn python() -> Option<std::path::PathBuf> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openlineage/python");
    let said = Command::new(script).output().expect("the script starts");
    if said.status.success() {
        return Some(String::from_utf8_lossy(&said.stdout).trim().into());
    }
    let insists = option_env!("STEMMA_TEST_PYTHON") == Some("require");
    let why = String::from_utf8_lossy(&said.stderr);
    assert!(!insists, "STEMMA_TEST_PYTHON=require, and the client cannot be installed: {why}");
    eprintln!("skipped: openlineage-python cannot be installed; see tests/openlineage/python");
    None
}

#[test]
fn the_standard_client_is_understood() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let token = folder.path().join("token");
    std::fs::write(&token, TOKEN).expect("a file");
    let server = Server::launch(&folder.path().join("store"), |command| {
        command.arg("--token-file").arg(&token);
    });
    let emit = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openlineage/emit.py");
    let emitted = Command::new(&python).arg(emit).args([&server.url, TOKEN]).output().expect("Python starts");
    assert!(emitted.status.success(), "{}", String::from_utf8_lossy(&emitted.stderr));
    let refused = Command::new(&python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openlineage/emit.py"))
        .args([server.url.as_str(), "another-token-that-is-wrong"])
        .output()
        .expect("Python starts");
    assert!(!refused.status.success(), "a wrong token was taken");

    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    // The report, its run, the input of the run, the run that wrote it, and the input of that one.
    let one = "sources(first: 5) { edges { node { role source { item { key }";
    let (four, ends) = ([one; 4].join(" "), "} } } }".repeat(4));
    let query = format!(
        r#"{{ version(id: "openlineage/DERIVED/s3://bucket/report") {{ activity {{ name codeReference startedAt }} {four} {ends} }} }}"#
    );
    let said: Value = agent
        .post(format!("{}/graphql", server.url))
        .header("authorization", format!("Bearer {TOKEN}"))
        .send_json(json!({"query": query}))
        .expect("an answer")
        .body_mut()
        .read_json()
        .expect("an answer is JSON");
    let mut version = &said["data"]["version"];
    assert_eq!(version["activity"]["name"], "make_report", "{said}");
    assert_eq!(version["activity"]["codeReference"], "https://example.org/jobs.git");
    for (role, key) in
        [("OUTPUT", "run/"), ("INPUT", "s3://bucket/clean"), ("OUTPUT", "run/"), ("INPUT", "s3://bucket/raw")]
    {
        let sources = version["sources"]["edges"].as_array().unwrap_or_else(|| panic!("{said}"));
        assert_eq!(sources.len(), 1, "{said}");
        let node = &sources[0]["node"];
        assert_eq!(node["role"], role, "{said}");
        version = &node["source"];
        assert!(version["item"]["key"].as_str().is_some_and(|found| found.starts_with(key)), "{said}");
    }
}
