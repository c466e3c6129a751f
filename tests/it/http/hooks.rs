//! Webhooks of the binary: all events arrive signed and in the order of the log, also after
//! failures of the receiver and the server.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};

use super::server::{Client, Server};

const KEY: &[u8] = b"thirty-two bytes that are secret";

/// A message that a receiver got.
struct Received {
    id: String,
    body: Value,
}

/// A receiver that answers with the given statuses, then with 204.
struct Receiving {
    url: String,
    received: Receiver<Received>,
}

fn receive(answers: Vec<String>) -> Receiving {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let answers = Arc::new(Mutex::new(answers));
    let (say, received) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (say, answers) = (say.clone(), Arc::clone(&answers));
            std::thread::spawn(move || while serve(&stream, &say, &answers).is_some() {});
        }
    });
    Receiving { url, received }
}

/// Answers one request. Returns `None` at the end of the connection.
fn serve(
    stream: &TcpStream,
    say: &std::sync::mpsc::Sender<Received>,
    answers: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut headers = std::collections::BTreeMap::new();
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    assert!(first.starts_with("POST /hook HTTP/1.1"), "{first}");
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers["content-length"].parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    let id = headers["webhook-id"].clone();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(KEY).expect("a key");
    mac.update(format!("{id}.{}.", headers["webhook-timestamp"]).as_bytes());
    mac.update(&body);
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(headers["webhook-signature"], expected);
    assert_eq!(headers["content-type"], "application/json");
    say.send(Received { id, body: serde_json::from_slice(&body).expect("JSON") }).ok()?;
    let mut answers = answers.lock().expect("the answers");
    let answer = if answers.is_empty() { "204 No Content".to_owned() } else { answers.remove(0) };
    drop(answers);
    write!(&*stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").ok()
}

impl Receiving {
    fn next(&self) -> Received {
        self.received.recv_timeout(Duration::from_secs(30)).expect("a message arrives")
    }

    /// Returns the commits of the next messages.
    fn seqs(&self, count: usize) -> Vec<String> {
        let seq = |received: &Received| received.body["data"]["seq"].as_str().unwrap_or_default().to_owned();
        (0..count).map(|_| seq(&self.next())).collect()
    }
}

/// Writes a settings file with these webhooks.
fn settings(dir: &Path, tables: &str) -> PathBuf {
    std::fs::write(dir.join("secret"), format!("whsec_{}\n", STANDARD.encode(KEY)))
        .expect("the secret is written");
    let path = dir.join("stemma.toml");
    let secret = dir.join("secret");
    std::fs::write(&path, tables.replace("SECRET", &format!("secret-file = '{}'", secret.display())))
        .expect("the settings");
    path
}

fn launch(dir: &Path, settings: &Path) -> Server {
    Server::launch(&dir.join("store"), |command| {
        command.arg("--config").arg(settings);
    })
}

fn put(client: &Client, key: &str) {
    let query = "mutation($key: String!) { putVersion(input: {item: {kind: LABEL, key: $key}, attributes: {class: 1}}) { created } }";
    let answer = client.graphql(query, json!({ "key": key })).expect("an answer");
    assert_eq!(answer["data"]["putVersion"]["created"], true, "{answer}");
}

fn webhook_status(server: &Server) -> Value {
    let text =
        ureq::get(format!("{}/hooks", server.url)).call().expect("an answer").body_mut().read_to_string();
    serde_json::from_str(&text.expect("a body")).expect("JSON")
}

#[test]
fn all_events_arrive_in_order_and_are_retried_until_accepted() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let elsewhere = receive(Vec::new());
    let receiver = receive(vec![
        "500 Oh".to_owned(),
        format!("302 Found\r\nLocation: {}", elsewhere.url),
        "503 Later\r\nRetry-After: 1".to_owned(),
    ]);
    let table = format!(
        "[[webhooks]]\nname = 'all'\nurl = '{}'\nevent = 'changes'\nSECRET\nallow-private = true\n\
         [[webhooks]]\nname = 'closed'\nurl = 'https://127.0.0.1:9/'\nevent = 'changes'\nSECRET\n",
        receiver.url
    );
    let settings = settings(dir.path(), &table);
    let server = launch(dir.path(), &settings);
    for key in ["a", "b", "c"] {
        put(&server.client(), key);
    }
    let tries: Vec<Received> = (0..4).map(|_| receiver.next()).collect();
    assert!(
        tries.iter().all(|received| received.id == tries[0].id && received.body == tries[0].body),
        "the same is tried again"
    );
    let first = &tries[0].body;
    assert_eq!((&first["type"], &first["timestamp"]), (&json!("commit.made"), &first["data"]["time"]));
    assert_eq!(
        first["data"]["versions"]["nodes"][0]["item"],
        json!({"namespace": "default", "kind": "LABEL", "key": "a"})
    );
    assert_eq!(
        (first["data"]["seq"].as_str(), receiver.seqs(2)),
        (Some("1"), vec!["2".to_owned(), "3".to_owned()])
    );
    assert!(elsewhere.received.try_recv().is_err(), "no redirect is followed");
    // The other hook is refused and does not delay this one.
    let told = webhook_status(&server);
    assert_eq!(told["closed"]["delivered"], "0", "{told}");
    assert!(told["closed"]["lastFailure"].as_str().expect("a failure").contains("allow-private"), "{told}");

    // After a kill it continues from its position: at most the last message is repeated.
    server.kill();
    let server = launch(dir.path(), &settings);
    put(&server.client(), "d");
    let mut seqs = receiver.seqs(1);
    if seqs[0] == "3" {
        seqs = receiver.seqs(1);
    }
    assert_eq!(seqs, ["4"]);

    // The position identifies the log. With another log the hook is halted and says what to do.
    let place = dir.path().join("store/hooks/all");
    let kept = (0..100).find_map(|_| {
        std::thread::sleep(Duration::from_millis(50));
        std::fs::read_to_string(&place).ok().filter(|kept| kept.starts_with("4-"))
    });
    let kept = kept.expect("it is kept once the message was taken");
    server.kill();
    let (seq, mark) = kept.trim().split_once('-').expect("a position");
    assert_eq!((seq, mark.len()), ("4", 16));
    std::fs::write(&place, "4-00000000000000ff\n").expect("another log's place");
    let server = launch(dir.path(), &settings);
    let halted = (0..100).find_map(|_| {
        std::thread::sleep(Duration::from_millis(100));
        Some(webhook_status(&server)["all"].clone()).filter(|all| all["halted"] == true)
    });
    let halted = halted.expect("the hook is halted");
    let why = halted["lastFailure"].as_str().expect("a failure");
    assert!(why.contains("older copy") && why.contains("Remove the file"), "{why}");
    server.kill();
    // A plain seq, as earlier releases stored it, is accepted.
    std::fs::write(&place, "4\n").expect("a plain place");
    let server = launch(dir.path(), &settings);
    put(&server.client(), "e");
    assert_eq!(receiver.seqs(1), ["5"]);
}

#[test]
fn a_watched_set_is_reported() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let receiver = receive(Vec::new());
    let table = format!(
        "[[webhooks]]\nname = 'set'\nurl = '{}'\nevent = 'affected'\ntraining-set = 'default/TRAINING_SET/s'\nafter = 0\n\
         SECRET\nallow-private = true\n",
        receiver.url
    );
    // The set exists before the hook begins.
    let server = Server::start(&dir.path().join("store"));
    let client = server.client();
    put(&client, "a");
    let query = "mutation { snapshotTrainingSet(input: {item: {kind: TRAINING_SET, key: \"s\"},
        members: {all: [{version: \"default/LABEL/a#1\"}]}}) { created } }";
    assert_eq!(
        client.graphql(query, json!({})).expect("an answer")["data"]["snapshotTrainingSet"]["created"],
        true
    );
    server.kill();
    let server = launch(dir.path(), &settings(dir.path(), &table));
    let query = "mutation { correct(input: {version: \"default/LABEL/a#1\", attributes: {class: 2}, reason: \"two\"}) { created } }";
    assert_eq!(server.graphql(query, json!({})).expect("an answer")["data"]["correct"]["created"], true);
    let Received { body, .. } = receiver.next();
    assert_eq!((&body["type"], &body["data"]["seq"]), (&json!("training_set.affected"), &json!("3")));
    let row = &body["data"]["trainingSets"][0]["members"]["nodes"][0];
    assert_eq!((&row["wrong"]["item"]["key"], &row["statement"]["reason"]), (&json!("a"), &json!("two")));
}

#[test]
fn an_invalid_webhook_is_refused_before_the_store_is_opened() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (table, part) in [
        ("name = 'a'\nurl = 'http://ci.example/'\nevent = 'changes'\nSECRET", "https://"),
        (
            "name = 'a'\nurl = 'https://ci.example/'\nevent = 'changes'\nsecret-file = '/nowhere'",
            "cannot read /nowhere",
        ),
        (
            "name = 'a'\nurl = 'https://ci.example/'\nevent = 'changes'\nsecret-variable = 'PATH'",
            "the secret cannot be used",
        ),
    ] {
        let settings = settings(dir.path(), &format!("[[webhooks]]\n{table}\n"));
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_stemma"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(dir.path().join("store"))
            .arg("--config")
            .arg(settings)
            .output()
            .expect("the binary starts");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && text.contains(part), "{text}");
        assert!(!dir.path().join("store").exists());
    }
}
