//! Answers are compressed by `Accept-Encoding`, if that is worthwhile.

use std::io::Read;

use serde_json::{Value, json};

use super::TestServer;
use super::wire::Response;

const JSON: (&str, &str) = ("Content-Type", "application/json");

impl TestServer {
    fn text(&self, length: usize, more: &[(&str, &str)]) -> Response {
        let body = json!({"query": "query($n: Int!) { text(length: $n) }", "variables": {"n": length}});
        let headers: Vec<_> = [JSON].iter().chain(more).copied().collect();
        self.send("POST /graphql", &headers, body.to_string().as_bytes())
    }
}

/// Returns the body without the chunk sizes.
pub(super) fn whole(response: &Response) -> Vec<u8> {
    let (mut rest, mut body) = (response.body.as_slice(), Vec::new());
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 4 + length..];
    }
    body
}

fn length(body: &[u8]) -> usize {
    let answer: Value = serde_json::from_slice(body).unwrap();
    answer["data"]["text"].as_str().unwrap().len()
}

#[test]
fn a_long_answer_is_compressed_if_the_client_takes_it() {
    let server = TestServer::start();
    let gzip = server.text(100_000, &[("Accept-Encoding", "br;q=0.5, gzip")]);
    assert_eq!((gzip.status, gzip.header("content-encoding")), (200, Some("gzip")));
    let packed = whole(&gzip);
    assert!(packed.len() < 5_000, "{}", packed.len());
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut body).unwrap();
    assert_eq!(length(&body), 100_000);
    for refused in [&[][..], &[("Accept-Encoding", "identity")], &[("Accept-Encoding", "gzip;q=0")]] {
        let plain = server.text(100_000, refused);
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{refused:?}");
        assert_eq!(length(&plain.body), 100_000);
    }
}

#[test]
fn a_short_answer_and_events_are_not_compressed() {
    let server = TestServer::start();
    let short = server.text(2_000, &[("Accept-Encoding", "gzip")]);
    assert_eq!((short.status, short.header("content-encoding")), (200, None));
    assert_eq!(length(&short.body), 2_000);
    let headers = [JSON, ("Accept", "text/event-stream"), ("Accept-Encoding", "gzip")];
    let body = json!({"query": "{ text(length: 100000) }"}).to_string();
    let events = server.send("POST /graphql", &headers, body.as_bytes());
    assert_eq!(events.header("content-encoding"), None);
    assert!(String::from_utf8(whole(&events)).unwrap().contains("event: next"));
}
