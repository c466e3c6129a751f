//! Several processes on one SurrealDB server: they race, replicate each other's commits, are
//! killed, and lose the server.
//!
//! Runs if `STEMMA_TEST_SURREAL` names a server, and `STEMMA_GRAPH_USER` and
//! `STEMMA_GRAPH_PASSWORD` give access; every test creates a separate database there. Tests without
//! a server are in `src/ledger/sequencer/multi_writer/tests.rs`.
//!
//! `STEMMA_TEST_SURREAL=ws://127.0.0.1:8000 STEMMA_GRAPH_USER=root STEMMA_GRAPH_PASSWORD=… cargo test --test it processes::`

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

mod proxy;

use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::faults::kill::{Acknowledged, check, write};
use crate::http::server::Server;
use proxy::Proxy;

/// A database of one test, and the directories of its processes.
struct Cluster {
    url: String,
    folder: TempDir,
}

impl Cluster {
    /// Returns `None` if no server is named.
    fn new() -> Option<Self> {
        let Some(url) = option_env!("STEMMA_TEST_SURREAL") else {
            eprintln!("skipped: STEMMA_TEST_SURREAL names no SurrealDB server");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("stemma").tempdir().expect("a temporary folder");
        Some(Self { url: url.to_owned(), folder })
    }

    fn directory(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a process with a data directory of this name.
    fn process(&self, name: &str) -> Server {
        self.reaching(&self.url, name)
    }

    /// Starts a process that reaches the server under another address.
    fn reaching(&self, url: &str, name: &str) -> Server {
        let database = self.folder.path().file_name().expect("a name").to_string_lossy().into_owned();
        let blobs = self.directory("payloads");
        Server::launch(&self.directory(name), |command| {
            command.args(["--graph", url, "--graph-database", &database, "--blobs"]).arg(blobs);
        })
    }
}

/// Returns the answer, and the seq at which it was read.
fn ask(server: &Server, query: &str, at_least: Option<u64>) -> (Value, Option<u64>) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.post(format!("{}/graphql", server.url)).header("Accept", "application/json");
    if let Some(seq) = at_least {
        request = request.header("Stemma-At-Least-Seq", seq.to_string());
    }
    let mut answer = request.send_json(json!({"query": query})).expect("a running server answers");
    // The seq, and the mark of its commit.
    let position = answer.headers().get("stemma-seq").and_then(|position| position.to_str().ok());
    let seq = position.and_then(|position| position.split_once('-')?.0.parse().ok());
    (answer.body_mut().read_json().expect("an answer is JSON"), seq)
}

/// If several processes share a store, answers name the seq at which they were read, and a request
/// for a seq that cannot be reached does not wait.
#[test]
fn every_answer_says_its_seq() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(&folder.path().join("data"));
    assert_eq!(ask(&server, "{ view { seq } }", Some(0)).1, Some(0));
    for seq in 1..4 {
        assert_eq!(ask(&server, &put(&format!("l{seq}")), None).1, Some(seq));
        assert_eq!(ask(&server, "{ view { seq } }", Some(seq)).1, Some(seq));
    }
    assert_eq!(ask(&server, "{ nonsense }", None).1, None, "what did not run was read at no seq");

    let began = Instant::now();
    let reason = |answer: &Value| answer["errors"][0]["extensions"]["reason"].clone();
    let (answer, seq) = ask(&server, "{ view { seq } }", Some(4));
    assert_eq!((reason(&answer), seq), (json!("AS_OF_UNAVAILABLE"), None), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(4), "no other process writes here");

    // The seq in the request has priority; each request of a batch has its own.
    let request = |seq: &str| json!({"query": "{ view { seq } }", "extensions": {"atLeastSeq": seq}});
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let send = |body: &Value| {
        let post = agent.post(format!("{}/graphql", server.url)).header("Stemma-At-Least-Seq", "99");
        let mut answer = post.send_json(body).expect("a running server answers");
        let seq = answer.headers().get("stemma-seq").map(|seq| seq.to_str().expect("text").to_owned());
        (answer.body_mut().read_json::<Value>().expect("an answer is JSON"), seq)
    };
    let (answer, seq) = send(&request("3"));
    let third = seq.expect("a position");
    assert_eq!((answer, &third[..2]), (json!({"data": {"view": {"seq": "3"}}}), "3-"));
    let (answers, seq) = send(&json!([request("2"), request("4")]));
    assert_eq!((&answers[0]["data"]["view"]["seq"], seq.as_ref()), (&json!("3"), Some(&third)));
    let (answer, seq) = send(&request(&third));
    assert_eq!(
        (&answer["data"]["view"]["seq"], seq.as_ref()),
        (&json!("3"), Some(&third)),
        "it takes what it says"
    );
    let (answer, _) = send(&request("3-0000000000000000"));
    assert_eq!(reason(&answer), json!("OTHER_HISTORY"), "{answer}");
    assert_eq!(reason(&answers[1]), json!("AS_OF_UNAVAILABLE"), "{answers}");
    let (answer, _) = send(&request("many"));
    assert_eq!(answer["errors"][0]["extensions"]["code"], json!("BAD_USER_INPUT"), "{answer}");
}

fn put(key: &str) -> String {
    format!(
        r#"mutation {{ putVersion(input: {{item: {{kind: LABEL, key: "{key}"}}, attributes: {{class: 1}}}}) {{ created }} }}"#
    )
}

#[test]
fn writes_of_one_process_are_read_at_another() {
    let Some(cluster) = Cluster::new() else { return };
    let servers = [cluster.process("one"), cluster.process("other")];
    for turn in 0..30 {
        let (writer, reader) = (&servers[turn % 2], &servers[(turn + 1) % 2]);
        let (answer, seq) = ask(writer, &put(&format!("l{turn}")), None);
        assert_eq!(answer["data"]["putVersion"]["created"], json!(true), "{answer}");
        let query = format!(r#"{{ view {{ seq }} version(id: "default/LABEL/l{turn}#1") {{ number }} }}"#);
        let (answer, read_at) = ask(reader, &query, seq);
        assert_eq!(answer["data"]["version"]["number"], json!(1), "{answer}");
        assert!(read_at >= seq, "{read_at:?} {seq:?}");
        assert_eq!(answer["data"]["view"]["seq"], json!(read_at.expect("a seq").to_string()));
    }
    // Also without a required seq.
    let began = Instant::now();
    while ask(&servers[0], "{ view { seq } }", None).1 != Some(30) {
        assert!(began.elapsed() < Duration::from_secs(5), "no replication");
    }
    let (answer, seq) = ask(&servers[0], "{ view { seq } }", Some(31));
    assert_eq!(
        (answer["errors"][0]["extensions"]["reason"].as_str(), seq),
        (Some("AS_OF_UNAVAILABLE"), None)
    );
}

/// Also commits of more rows than one query of the server returns.
#[test]
fn a_backup_moves_from_a_directory_to_a_server_and_back() {
    let Some(cluster) = Cluster::new() else { return };
    let path = |name: &str| cluster.directory(name).to_string_lossy().into_owned();
    let records: String = (0..2_500)
        .map(|n| {
            format!(
                "{{\"type\":\"version\",\"item\":\"birds/LABEL/{n}\",\"attributes\":{{\"class\":{n}}}}}\n"
            )
        })
        .collect();
    std::fs::write(path("labels.ndjson"), records).expect("the file is written");
    let database = cluster.folder.path().file_name().expect("a name").to_string_lossy().into_owned();
    let there = ["--graph", &cluster.url, "--graph-database", &database];
    let run = |arguments: &[&str]| {
        let called =
            Command::new(env!("CARGO_BIN_EXE_stemma")).args(arguments).output().expect("the command starts");
        let (out, err) = (String::from_utf8_lossy(&called.stdout), String::from_utf8_lossy(&called.stderr));
        assert!(called.status.success(), "{arguments:?}: {out}{err}");
        out.lines().find(|line| line.starts_with("Digest of commit")).map(str::to_owned)
    };
    run(&["import", &path("labels.ndjson"), "--batch", "2500", "--data", &path("first")]);
    let head = run(&["backup", &path("from-first"), "--data", &path("first")]);
    assert!(head.is_some());
    let moved = run(&[&["restore", &path("from-first"), "--data", &path("second")], &there[..]].concat());
    let again = run(&[&["backup", &path("from-second"), "--data", &path("second")], &there[..]].concat());
    let back = run(&["restore", &path("from-second"), "--data", &path("third")]);
    assert_eq!([moved, again, back], [head.clone(), head.clone(), head]);
}

#[test]
fn processes_that_race_are_killed_and_lose_nothing() {
    const WRITERS: usize = 2;
    let Some(cluster) = Cluster::new() else { return };
    let acknowledged = Mutex::new(Acknowledged::default());
    for round in 0..3 {
        let (one, other) = (cluster.process("one"), cluster.process("other"));
        check(&one, &acknowledged);
        std::thread::scope(|threads| {
            for writer in 0..WRITERS {
                for (name, server) in [("one", &one), ("other", &other)] {
                    let (client, acknowledged) = (server.client(), &acknowledged);
                    threads.spawn(move || write(&client, &format!("{round}-{name}-{writer}"), acknowledged));
                }
            }
            std::thread::sleep(Duration::from_millis(900 + 130 * round));
            one.kill();
            let written = || acknowledged.lock().expect("no writer has panicked").versions.len();
            let (before, killed) = (written(), Instant::now());
            // If the killed process had requested write priority, the other one waits two seconds
            // for it.
            while written() < before + 20 {
                assert!(killed.elapsed() < Duration::from_secs(20), "the other process does not continue");
                std::thread::sleep(Duration::from_millis(50));
            }
            other.kill();
        });
    }
    check(&cluster.process("late"), &acknowledged);
}

#[test]
fn the_server_goes_away_and_comes_back() {
    let Some(cluster) = Cluster::new() else { return };
    let proxy = Proxy::start(cluster.url.trim_start_matches("ws://"));
    let server = cluster.reaching(&format!("ws://{}", proxy.address()), "one");
    assert_eq!(ask(&server, &put("before"), None).0["data"]["putVersion"]["created"], json!(true));

    proxy.cut();
    let (answer, seq) = ask(&server, r#"{ version(id: "default/LABEL/before#1") { number } }"#, None);
    assert_eq!((answer["data"]["version"]["number"].clone(), seq), (json!(1), Some(1)), "reads continue");
    let (answer, _) = ask(&server, &put("meanwhile"), None);
    assert_eq!(answer["errors"][0]["extensions"]["reason"], json!("UNAVAILABLE"), "{answer}");

    // Another process is not affected and continues.
    let other = cluster.process("other");
    assert_eq!(ask(&other, &put("other"), None).0["data"]["putVersion"]["created"], json!(true));

    proxy.mend();
    let began = Instant::now();
    loop {
        let (answer, _) = ask(&server, &put("after"), None);
        if answer["data"]["putVersion"]["created"] == json!(true) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "it does not come back: {answer}");
    }
    let (answer, _) = ask(&server, r#"{ version(id: "default/LABEL/other#1") { number } }"#, None);
    assert_eq!(answer["data"]["version"]["number"], json!(1), "{answer}");
}
