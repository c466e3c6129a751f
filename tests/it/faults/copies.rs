//! An older copy of a data directory, started and written to: it assigns the same seqs to other
//! commits, and refuses positions, cursors and ids of the log from which it diverged.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::http::server::Server;

fn put(server: &Server, key: &str) {
    let query = "mutation($key: String!) { putVersion(input: {item: {kind: LABEL, key: $key}, attributes: {class: 1}}) { created } }";
    let answer = server.graphql(query, json!({ "key": key })).expect("a running server answers");
    assert_eq!(answer["data"]["putVersion"]["created"], true, "{answer}");
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file is copied");
        }
    }
}

/// The positions that a client stores of a log.
struct StoredPositions {
    cursor: String,
    feed: String,
    header: String,
    event: String,
}

/// Sends a GraphQL request with a header; returns the answer, and the position in its header.
fn send(server: &Server, body: &Value, header: (&str, &str)) -> (Value, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let post = agent.post(format!("{}/graphql", server.url)).header(header.0, header.1);
    let mut answer = post.send_json(body).expect("a running server answers");
    let position =
        answer.headers().get("stemma-seq").map(|position| position.to_str().expect("text").to_owned());
    (answer.body_mut().read_json().expect("an answer is JSON"), position.unwrap_or_default())
}

/// Returns the first event after a position that is not a comment, as text.
fn first_event(server: &Server, header: (&str, &str), after: &str) -> String {
    use std::io::{BufRead, BufReader};
    let query = format!("subscription {{ changes(after: \"{after}\") {{ seq }} }}");
    let mut answer = ureq::post(format!("{}/graphql", server.url))
        .header("Accept", "text/event-stream")
        .header(header.0, header.1)
        .send_json(json!({ "query": query }))
        .expect("a running server answers");
    let lines = BufReader::new(answer.body_mut().as_reader()).lines().map_while(Result::ok);
    let event =
        lines.skip_while(|line| line.is_empty() || line.starts_with(':')).take_while(|line| !line.is_empty());
    event.collect::<Vec<_>>().join("\n")
}

const PLAIN: (&str, &str) = ("Accept-Language", "en");

fn positions(server: &Server) -> StoredPositions {
    let query = json!({"query": "{ items(first: 1) { pageInfo { endCursor } } commits(after: \"3\") { pageInfo { endCursor } } }"});
    let (answer, header) = send(server, &query, PLAIN);
    let cursor =
        |field: &str| answer["data"][field]["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
    let event = first_event(server, PLAIN, "3");
    let id = event.lines().find_map(|line| line.strip_prefix("id: ")).expect("an event has an id");
    StoredPositions { cursor: cursor("items"), feed: cursor("commits"), header, event: id.to_owned() }
}

/// Sends everything that was stored; returns the reason of each refusal, or an empty text if it is
/// accepted.
fn taken(server: &Server, positions: &StoredPositions) -> Vec<String> {
    let StoredPositions { cursor, feed, header, event } = positions;
    let ask = |query: String, header: (&str, &str)| {
        let (answer, _) = send(server, &json!({ "query": query }), header);
        answer["errors"][0]["extensions"]["reason"].as_str().unwrap_or_default().to_owned()
    };
    let stream = |header: (&str, &str), after: &str| {
        let event = first_event(server, header, after);
        if event.contains("OTHER_HISTORY") { "OTHER_HISTORY".to_owned() } else { String::new() }
    };
    let (status, body) = server.send("GET", &format!("/export/changes?after={feed}"), "text/plain", "");
    let export = if status == 200 { "" } else { &body };
    assert!(export.is_empty() || (status == 409 && export.contains("older copy")), "{status}: {export}");
    vec![
        ask(format!("{{ items(first: 1, after: \"{cursor}\") {{ totalCount }} }}"), PLAIN),
        ask(format!("{{ commits(first: 1, after: \"{feed}\") {{ totalCount }} }}"), PLAIN),
        ask("{ view { seq } }".to_owned(), ("Stemma-At-Least-Seq", header)),
        stream(("Last-Event-ID", event), "0"),
        stream(PLAIN, event),
        if export.is_empty() { String::new() } else { "OTHER_HISTORY".to_owned() },
    ]
}

#[test]
fn an_older_copy_refuses_positions_of_the_log_that_it_left() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (store, older) = (dir.path().join("store"), dir.path().join("older"));
    let server = Server::start(&store);
    ["a", "b", "c"].iter().for_each(|key| put(&server, key));
    server.kill();
    copy(&store, &older);
    let server = Server::start(&store);
    ["d", "e"].iter().for_each(|key| put(&server, key));
    let positions = positions(&server);
    put(&server, "f");
    assert_eq!(taken(&server, &positions), [""; 6], "its own log takes it");
    server.kill();
    let server = Server::start(&older);
    // Before it has as many commits, and afterwards.
    put(&server, "x");
    assert_eq!(taken(&server, &positions), ["OTHER_HISTORY"; 6]);
    ["y", "z"].iter().for_each(|key| put(&server, key));
    assert_eq!(taken(&server, &positions), ["OTHER_HISTORY"; 6]);
    server.kill();
    // The command, on the directory.
    let export = |since: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_stemma"))
            .args(["export", "ndjson", "--out", "-", "--since", since, "--data"])
            .arg(&older)
            .output()
            .expect("the binary starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = export(&positions.feed);
    assert!(code != Some(0) && said.contains("older copy"), "{said}");
    let (code, said) = export("3");
    let next = said.lines().find_map(|line| line.strip_prefix("the next changes: --since "));
    assert_eq!((code, export(next.expect("a position")).0), (Some(0), Some(0)), "{said}");
}
