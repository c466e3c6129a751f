//! Memory held by requests, and clients that send or accept too little.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use serde_json::json;

use super::wire::connect;
use super::{HttpLimits, Setup, TestServer};
use crate::domain::id::Digest;
use crate::ledger::{BlobStore, once};

const MIB: u64 = 1 << 20;

fn server(memory: u64, body_time: Duration) -> TestServer {
    let limits = HttpLimits { memory, body_time, shutdown: Duration::from_secs(5), ..HttpLimits::default() };
    TestServer::with(Setup { limits, ..Setup::default() })
}

fn patient(memory: u64) -> TestServer {
    server(memory, Duration::from_secs(30))
}

impl TestServer {
    fn post_json(&self, body: &serde_json::Value) -> super::wire::Response {
        self.send("POST /graphql", &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    /// Sends a request, and leaves the answer unread.
    fn leave(&self, line: &str, more: &str) -> TcpStream {
        let mut stream = connect(self.address);
        write!(stream, "{line} HTTP/1.1\r\nHost: {}\r\n{more}\r\n", self.address).unwrap();
        stream
    }

    /// Sends a request, and leaves the rest of the answer unread once it has begun.
    fn begin(&self, line: &str, more: &str) -> TcpStream {
        let mut stream = self.leave(line, more);
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        assert_eq!(&status[9..], b"200", "{line}");
        stream
    }

    fn keep(&self, bytes: Vec<u8>) -> Digest {
        let digest = Digest::of(&bytes);
        let limit = bytes.len() as u64;
        self.blobs.put(digest, once(bytes.into()), limit).now_or_never().unwrap().unwrap();
        digest
    }
}

/// Returns the URL of a text of this length.
fn text(length: u64) -> String {
    format!("GET /graphql?query=%7Btext(length:{length})%7D")
}

/// Reads until the connection ends or breaks, after a pause.
fn taken(stream: &mut TcpStream) -> u64 {
    let (mut buffer, mut read) = (vec![0; 1 << 16], 0);
    while let Ok(some @ 1..) = stream.read(&mut buffer) {
        read += some as u64;
    }
    read
}

#[test]
fn small_objects_of_a_small_body_are_refused_before_they_fill_the_memory() {
    let server = patient(64 * MIB);
    let many: Vec<_> = (0..200_000).map(|_| json!({"b": 1})).collect();
    let response = server.post_json(&json!({"query": "{ one }", "variables": {"a": many}}));
    let error = response.json()["errors"][0].clone();
    assert_eq!((response.status, error["extensions"]["reason"].as_str()), (413, Some("LIMIT_EXCEEDED")));
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("50331648 bytes") && message.contains("--request-memory"), "{message}");
    // None of it is still held.
    let fits = json!({"query": "{ one }", "variables": {"a": many[..10_000]}});
    assert_eq!(server.post_json(&fits).json(), json!({"data": {"one": 1}}));
    // Also in a URL.
    let variables = format!("%7B%22a%22:[{}]%7D", vec!["%7B%22b%22:1%7D"; 3_500].join(","));
    let narrow = patient(4 * MIB);
    let response = narrow.get(&format!("/graphql?query=%7Bone%7D&variables={variables}"));
    assert_eq!((response.status, &response.error()["reason"]), (413, &json!("LIMIT_EXCEEDED")));
}

#[test]
fn an_answer_is_refused_before_it_fills_the_memory() {
    let server = patient(16 * MIB);
    assert_eq!(server.get(&text(2 * MIB)[4..]).status, 200);
    for query in [text(30 * MIB), text(40 * MIB)] {
        let response = server.get(&query[4..]);
        assert_eq!((response.status, &response.error()["reason"]), (413, &json!("LIMIT_EXCEEDED")));
    }
    let wide = patient(1 << 30);
    let response = wide.get(&text(70 * MIB)[4..]);
    let message = response.json()["errors"][0]["message"].clone();
    assert!(message.as_str().unwrap().starts_with("the answer has more than 67108864 bytes"), "{message}");
}

#[test]
fn one_caller_that_holds_its_share_is_refused_and_small_requests_are_not() {
    let server = patient(64 * MIB);
    // The buffers of the connection hold some megabytes of each.
    let mut held: Vec<TcpStream> =
        (0..3).map(|_| server.begin(&text(14 * MIB), "Connection: close\r\n")).collect();
    let refused = server.get(&text(14 * MIB)[4..]);
    assert_eq!((refused.status, &refused.error()["reason"]), (429, &json!("TOO_MANY_REQUESTS")));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(server.get("/graphql?query=%7Bone%7D").status, 200);
    for stream in &mut held {
        let read = taken(stream);
        assert!(read > 14 * MIB, "an answer that is taken in time is whole: {read}");
    }
    drop(held);
    assert_eq!(server.get(&text(14 * MIB)[4..]).status, 200, "what was held is free again");
}

#[test]
fn a_client_that_does_not_read_is_cut_off_and_its_memory_is_free() {
    let server = server(48 * MIB, Duration::from_millis(600));
    let digest = server.keep(vec![7; 40 << 20]);
    for (line, length) in [(text(15 * MIB), 15 * MIB), (format!("GET /blobs/{digest}"), 40 * MIB)] {
        for more in ["", "Connection: close\r\n"] {
            let mut held: Vec<TcpStream> = (0..2).map(|_| server.begin(&line, more)).collect();
            std::thread::sleep(Duration::from_secs(2));
            for stream in &mut held {
                let read = taken(stream);
                assert!(read < length, "{line}: {read} bytes came after all");
            }
            assert_eq!(server.get(&text(15 * MIB)[4..]).status, 200, "{line}: the memory is free");
        }
    }
}

#[test]
fn a_slow_reader_that_reads_is_served() {
    let server = server(64 * MIB, Duration::from_millis(600));
    let mut stream = server.leave(&text(12 * MIB), "Connection: close\r\n");
    let begun = Instant::now();
    let (mut buffer, mut read) = (vec![0; 512 << 10], 0);
    loop {
        std::thread::sleep(Duration::from_millis(40));
        match stream.read(&mut buffer).unwrap() {
            0 => break,
            some => read += some as u64,
        }
    }
    assert!(read > 12 * MIB && begun.elapsed() > Duration::from_millis(900), "{read} {:?}", begun.elapsed());
}

#[test]
fn a_body_that_trickles_is_given_up() {
    let server = server(64 * MIB, Duration::from_millis(500));
    let mut stream = server.leave("POST /blobs", "Connection: close\r\nContent-Length: 100000\r\n");
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(5) && stream.write_all(b"x").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(begun.elapsed() < Duration::from_secs(4), "a byte now and then keeps no connection");
}
