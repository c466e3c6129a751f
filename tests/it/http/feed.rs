//! Subscriptions of foreign clients: the npm packages `graphql-ws`, `graphql-sse` and
//! `@apollo/client`, and Python's `gql`, while commits are being written.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};

use super::server::{Client, Server};
use crate::clients::audits::installed;

/// The number of commits at the end.
const NEWEST: u64 = 60;
const SET: &str = "default/TRAINING_SET/s";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Starts a server to which commits are being written: a label, a set that pins it, its correction,
/// and unrelated ones.
fn written_to(data: &Path) -> (Server, std::thread::JoinHandle<()>) {
    let token = data.with_extension("token");
    std::fs::write(&token, TOKEN).expect("the token is written");
    let server = Server::launch(data, |command| {
        command.arg("--token-file").arg(&token);
    });
    let client = server.client().with_token(TOKEN);
    commit(
        &client,
        "a label",
        json!({"putVersion": {"as": "a", "item": {"kind": "LABEL", "key": "a"}, "attributes": {"class": "roof"}}}),
    );
    commit(
        &client,
        "a set",
        json!({"snapshotTrainingSet": {"item": {"kind": "TRAINING_SET", "key": "s"},
        "members": {"all": [{"version": "default/LABEL/a#1"}]}}}),
    );
    let writing = std::thread::spawn(move || {
        for n in 3..=NEWEST {
            std::thread::sleep(Duration::from_millis(50));
            let change = match n {
                20 => {
                    json!({"correct": {"version": "default/LABEL/a#1", "attributes": {"class": "barn"}, "reason": "a barn"}})
                }
                _ => {
                    json!({"putVersion": {"item": {"kind": "LABEL", "key": format!("n{n}")}, "attributes": {"class": "roof"}}})
                }
            };
            commit(&client, if n == 20 { "the review" } else { "more" }, change);
        }
    });
    (server, writing)
}

fn commit(client: &Client, message: &str, change: Value) {
    let query = "mutation($changes: [ChangeInput!]!, $message: String!) {
        commit(input: {changes: $changes, message: $message}) { created } }";
    let answer = client.graphql(query, json!({"changes": [change], "message": message})).expect("an answer");
    assert_eq!(answer["data"]["commit"]["created"], true, "{answer}");
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn javascript_clients_receive_every_event() {
    let Some(folder) = installed("http/feed", &["subscribe.mjs"], "graphql-ws") else { return };
    let data = tempfile::tempdir().expect("a temporary folder");
    let (server, writing) = written_to(&data.path().join("store"));
    let mut subscribing = Command::new("node");
    let url = format!("{}/graphql", server.url);
    subscribing.args(["subscribe.mjs", &url, &NEWEST.to_string(), SET, TOKEN]).current_dir(folder);
    let output = subscribing.output().expect("node starts");
    let text = said(&output);
    writing.join().expect("all is written");
    assert!(output.status.success() && text.matches(" ok\n").count() == 3, "{text}");
}

#[test]
fn a_python_client_receives_every_event() {
    if option_env!("STEMMA_TEST_PYTHON") != Some("require") {
        eprintln!("skipped: build with STEMMA_TEST_PYTHON=require to fetch gql");
        return;
    }
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let python = Command::new(clients.join("gql")).output().expect("bash starts");
    assert!(python.status.success(), "{}", said(&python));
    let python = String::from_utf8_lossy(&python.stdout).trim().to_owned();
    let data = tempfile::tempdir().expect("a temporary folder");
    let (server, writing) = written_to(&data.path().join("store"));
    let mut subscribing = Command::new(python);
    let url = format!("{}/graphql", server.url);
    subscribing.arg(clients.join("subscribe.py")).args([&url, &NEWEST.to_string(), SET, TOKEN]);
    let output = subscribing.output().expect("python starts");
    writing.join().expect("all is written");
    assert!(output.status.success() && said(&output).contains("gql ok"), "{}", said(&output));
}
