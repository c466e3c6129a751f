//! Server-sent events, byte for byte.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use serde_json::json;

use super::wire::{connect, receive};
use super::{Setup, TestServer};

const HEADERS: [(&str, &str); 2] = [("Accept", "text/event-stream"), ("Content-Type", "application/json")];

impl TestServer {
    /// Reads until this number of events has arrived; then the connection is dropped.
    fn events(&self, query: &str, more: &[(&str, &str)], count: usize) -> String {
        let body = json!({ "query": query }).to_string();
        let mut request = format!("POST /graphql HTTP/1.1\r\nHost: {}\r\n", self.address);
        for (name, value) in HEADERS.iter().chain(more) {
            request += &format!("{name}: {value}\r\n");
        }
        request += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let mut stream = connect(self.address);
        stream.write_all(request.as_bytes()).unwrap();
        let (mut text, mut part) = (String::new(), [0; 4_096]);
        while text.matches("event: next").count() < count {
            let read = stream.read(&mut part).unwrap();
            assert!(read > 0, "it ended early: {text}");
            text += &String::from_utf8_lossy(&part[..read]);
        }
        text
    }
}

#[test]
fn one_operation_is_answered_with_events() {
    let server = TestServer::start();
    let ask = |query: &str| {
        server.send("POST /graphql", &HEADERS, json!({ "query": query }).to_string().as_bytes())
    };
    let answer = ask("{ one }");
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("text/event-stream; charset=utf-8"))
    );
    let text = unchunked(&answer.body);
    assert_eq!(text, ":\n\nevent: next\ndata: {\"data\":{\"one\":1}}\n\nevent: complete\ndata: \n\n");
    // Errors of the operation also arrive as an event.
    let text = unchunked(&ask("subscription { nope }").body);
    assert!(
        text.contains("GRAPHQL_VALIDATION_FAILED") && text.ends_with("event: complete\ndata: \n\n"),
        "{text}"
    );
    // GET, which browsers use, never writes.
    let text = unchunked(&server.send("GET /graphql?query=mutation%7Bwrite%7D", &HEADERS[..1], b"").body);
    assert!(text.contains("BAD_REQUEST") && !text.contains("\"data\""), "{text}");
    // A malformed request gets an HTTP status.
    assert_eq!(server.send("POST /graphql", &HEADERS, b"{}").status, 400);
    assert_eq!(server.send("POST /graphql", &HEADERS, b"[{\"query\":\"{one}\"}]").status, 400);
    // A client that also accepts JSON gets it for queries.
    let both = [("Accept", "application/json, text/event-stream"), HEADERS[1]];
    assert_eq!(
        server.send("POST /graphql", &both, br#"{"query":"{one}"}"#).json(),
        json!({"data": {"one": 1}})
    );
}

#[test]
fn events_have_the_position_as_id_and_resume_after_it() {
    let server = TestServer::start();
    let query = "subscription { ticks(upto: 3) { seq } }";
    let text = server.events(query, &[], 3);
    let at =
        |seq: u64| format!("id: {seq}\nevent: next\ndata: {{\"data\":{{\"ticks\":{{\"seq\":{seq}}}}}}}\n\n");
    assert!((1..=3).all(|seq| text.contains(&at(seq))), "{text}");
    let text = server.events(query, &[("Last-Event-ID", "2")], 1);
    assert!(text.contains(&at(3)) && !text.contains(&at(2)), "{text}");
    let text = server.events(query, &[("Last-Event-ID", "4")], 1);
    assert!(text.contains("AS_OF_UNAVAILABLE"), "{text}");
    let wrong = [HEADERS[0], HEADERS[1], ("Last-Event-ID", "x")];
    assert_eq!(
        server.send("POST /graphql", &wrong, json!({ "query": query }).to_string().as_bytes()).status,
        400
    );
}

#[test]
fn a_client_that_reads_no_events_is_cut_off() {
    let mut setup = Setup::default();
    setup.limits.feed.send_time = Duration::from_millis(400);
    let server = TestServer::with(setup);
    let body =
        json!({"query": "subscription { ticks(upto: 1000000, size: 100000) { seq text } }"}).to_string();
    let mut stream = connect(server.address);
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let begun = Instant::now();
    let text = receive(stream).body;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let text = String::from_utf8_lossy(&text);
    let seqs: Vec<u64> =
        text.lines().filter_map(|line| line.strip_prefix("id: ")?.trim().parse().ok()).collect();
    assert!(!seqs.is_empty() && seqs.iter().copied().eq(1..=seqs.len() as u64), "nothing is left out");
}

#[test]
fn quiet_connections_are_kept_alive_and_end_with_the_server() {
    let mut setup = Setup::default();
    setup.limits.feed.ping = Duration::from_millis(100);
    let mut server = TestServer::with(setup);
    let address = server.address;
    let reader = std::thread::spawn(move || {
        let body = json!({"query": "subscription { ticks(upto: 0) { seq } }"}).to_string();
        let mut stream = connect(address);
        let request = format!(
            "POST /graphql HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\
             Content-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        unchunked(&receive(stream).body)
    });
    std::thread::sleep(Duration::from_millis(800));
    let begun = Instant::now();
    server.stop();
    server.ended().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    let text = reader.join().unwrap();
    assert!(text.matches(":\n\n").count() > 3, "{text}");
    assert!(text.contains("UNAVAILABLE") && text.ends_with("event: complete\ndata: \n\n"), "{text}");
}

/// Returns a body without the chunk sizes.
fn unchunked(body: &[u8]) -> String {
    let (mut rest, mut text) = (body, String::new());
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        text += std::str::from_utf8(&rest[end + 2..end + 2 + size]).unwrap();
        rest = &rest[end + 4 + size..];
    }
    text
}
