//! An older copy of a data directory, started again and written to: it gives out the same seqs for other commits, and
//! refuses what was kept of the log that it left.

#![expect(clippy::expect_used, reason = "a test that cannot go on must stop")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::server::Server;

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

/// What a client keeps of a log.
struct Kept {
    cursor: String,
    feed: String,
    header: String,
    event: String,
}

/// Sends a request of GraphQL with a header; gives the answer, and what it says it was read at.
fn send(server: &Server, body: &Value, header: (&str, &str)) -> (Value, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let post = agent.post(format!("{}/graphql", server.url)).header(header.0, header.1);
    let mut answer = post.send_json(body).expect("a running server answers");
    let position =
        answer.headers().get("stemma-seq").map(|position| position.to_str().expect("text").to_owned());
    (answer.body_mut().read_json().expect("an answer is JSON"), position.unwrap_or_default())
}

/// The first event after a position that is not a comment, as text.
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

fn kept(server: &Server) -> Kept {
    let query = json!({"query": "{ items(first: 1) { pageInfo { endCursor } } commits(after: \"3\") { pageInfo { endCursor } } }"});
    let (answer, header) = send(server, &query, PLAIN);
    let cursor =
        |field: &str| answer["data"][field]["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
    let event = first_event(server, PLAIN, "3");
    let id = event.lines().find_map(|line| line.strip_prefix("id: ")).expect("an event has an id");
    Kept { cursor: cursor("items"), feed: cursor("commits"), header, event: id.to_owned() }
}

/// What is said of everything that was kept: the reason, or nothing where it is taken.
fn taken(server: &Server, kept: &Kept) -> Vec<String> {
    let Kept { cursor, feed, header, event } = kept;
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
fn an_older_copy_refuses_what_was_kept_of_the_log_that_it_left() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (store, older) = (dir.path().join("store"), dir.path().join("older"));
    let server = Server::start(&store);
    ["a", "b", "c"].iter().for_each(|key| put(&server, key));
    server.kill();
    copy(&store, &older);
    let server = Server::start(&store);
    ["d", "e"].iter().for_each(|key| put(&server, key));
    let kept = kept(&server);
    put(&server, "f");
    assert_eq!(taken(&server, &kept), [""; 6], "its own log takes it");
    server.kill();
    let server = Server::start(&older);
    // Before it has come so far, and when it has.
    put(&server, "x");
    assert_eq!(taken(&server, &kept), ["OTHER_HISTORY"; 6]);
    ["y", "z"].iter().for_each(|key| put(&server, key));
    assert_eq!(taken(&server, &kept), ["OTHER_HISTORY"; 6]);
    server.kill();
    // The command, over the directory.
    let export = |since: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_stemma"))
            .args(["export", "ndjson", "--out", "-", "--since", since, "--data"])
            .arg(&older)
            .output()
            .expect("the binary starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = export(&kept.feed);
    assert!(code != Some(0) && said.contains("older copy"), "{said}");
    let (code, said) = export("3");
    let next = said.lines().find_map(|line| line.strip_prefix("the next changes: --since "));
    assert_eq!((code, export(next.expect("a position")).0), (Some(0), Some(0)), "{said}");
}
