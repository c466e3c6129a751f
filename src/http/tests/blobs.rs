use std::io::Write;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::wire::{Response, connect, receive};
use super::{HttpLimits, Setup, TestServer};
use crate::domain::id::Digest;
use crate::ledger::BlobStore;

impl TestServer {
    fn put(&self, digest: Digest, body: &[u8]) -> Response {
        let length = body.len().to_string();
        let headers: &[_] = if body.is_empty() { &[("Content-Length", length.as_str())] } else { &[] };
        self.send(&format!("PUT /blobs/{digest}"), headers, body)
    }

    fn read(&self, digest: Digest, headers: &[(&str, &str)]) -> Response {
        self.send(&format!("GET /blobs/{digest}"), headers, b"")
    }

    fn holds(&self, digest: Digest) -> bool {
        self.blobs.stat(digest).now_or_never().unwrap().unwrap().is_some()
    }
}

fn bytes(size: usize) -> (Vec<u8>, Digest) {
    let bytes: Vec<u8> = (0..size).map(|i| u8::try_from(i * 31 % 251).unwrap()).collect();
    let digest = Digest::of(&bytes);
    (bytes, digest)
}

#[test]
fn a_put_blob_is_returned_by_get() {
    let server = TestServer::start();
    for size in [0, 1, 1_000, 3_000_000] {
        let (content, digest) = bytes(size);
        let sha256 = Sha256::digest(&content);
        let response = server.put(digest, &content);
        assert_eq!(response.status, 201, "{response:?}");
        let expected = json!({
            "digest": digest.to_string(),
            "sha256": sha256.iter().map(|b| format!("{b:02x}")).collect::<String>(),
            "size": size.to_string(),
            "created": true,
        });
        assert_eq!(response.json(), expected);
        assert_eq!(response.header("location"), Some(format!("/blobs/{digest}").as_str()));
        let again = server.put(digest, &content);
        assert_eq!((again.status, again.json()["created"].as_bool()), (200, Some(false)));

        let response = server.read(digest, &[]);
        assert_eq!(response.status, 200);
        assert!(response.body == content);
        for (name, value) in [
            ("content-length", size.to_string()),
            ("content-type", "application/octet-stream".into()),
            ("content-disposition", "attachment".into()),
            ("content-security-policy", "sandbox".into()),
            ("cross-origin-resource-policy", "same-origin".into()),
            ("x-content-type-options", "nosniff".into()),
            ("accept-ranges", "bytes".into()),
            ("etag", format!("\"{digest}\"")),
            ("repr-digest", format!("sha-256=:{}:", STANDARD.encode(sha256))),
        ] {
            assert_eq!(response.header(name), Some(value.as_str()), "{name}");
        }
        let head = server.send(&format!("HEAD /blobs/{digest}"), &[], b"");
        assert_eq!((head.status, head.header("content-length")), (200, Some(size.to_string().as_str())));
        assert!(head.body.is_empty());
        assert_eq!(head.header("repr-digest"), response.header("repr-digest"));
    }
}

#[test]
fn a_posted_blob_is_named_by_its_digest() {
    let limits = HttpLimits { blob: 20_000_000, ..HttpLimits::default() };
    let server = TestServer::with(Setup { limits, ..Setup::default() });
    // The last file does not remain in memory until its name is known.
    for size in [1, 1_000, 9_000_000] {
        let (content, digest) = bytes(size);
        let response = server.send("POST /blobs", &[], &content);
        assert_eq!(response.status, 201, "{response:?}");
        assert_eq!(response.header("location"), Some(format!("/blobs/{digest}").as_str()));
        assert_eq!(response.json()["digest"], json!(digest.to_string()));
        assert_eq!(response.json()["size"], json!(size.to_string()));
        assert!(server.read(digest, &[]).body == content);
        let again = server.send("POST /blobs", &[], &content);
        assert_eq!(
            (again.status, again.json()),
            (
                200,
                json!({
                    "digest": digest.to_string(),
                    "sha256": response.json()["sha256"],
                    "size": size.to_string(),
                    "created": false,
                })
            )
        );
    }
    let empty = server.send("POST /blobs", &[("Content-Length", "0")], b"");
    assert_eq!((empty.status, empty.json()["digest"].clone()), (201, json!(Digest::of(b"").to_string())));

    let (content, _) = bytes(20_000_001);
    let response = server.send("POST /blobs", &[], &content);
    assert_eq!((response.status, response.error()["reason"].as_str()), (413, Some("LIMIT_EXCEEDED")));
    let response = server.send("POST /blobs", &[("Content-Encoding", "gzip")], b"x");
    assert_eq!(response.status, 415);
    let response =
        server.send("POST /blobs", &[("Content-Type", "Multipart/form-data; boundary=x")], b"--x--");
    assert_eq!((response.status, response.error()["code"].as_str()), (415, Some("BAD_REQUEST")));
    let response = server.send("GET /blobs", &[], b"");
    assert_eq!((response.status, response.header("allow")), (405, Some("POST")));
}

#[test]
fn half_a_posted_body_is_never_a_blob() {
    let server = TestServer::start();
    let (content, _) = bytes(1_000);
    let stream = connect(server.address);
    let head = format!("POST /blobs HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000\r\n\r\n", server.address);
    (&stream).write_all(head.as_bytes()).unwrap();
    (&stream).write_all(&content[..500]).unwrap();
    drop(stream);
    std::thread::sleep(Duration::from_millis(300));
    assert!(!server.holds(Digest::of(&content[..500])));
}

#[test]
fn names_are_read_with_and_without_escapes() {
    let server = TestServer::start();
    let (content, digest) = bytes(10);
    server.put(digest, &content);
    let escaped = format!("/blobs/b3%3A{}", digest.hex());
    assert!(server.get(&escaped).body == content);
    for name in
        ["b3:00", "b3:", digest.hex().as_str(), &format!("B3:{}", digest.hex()), "..%2f..%2fetc%2fpasswd"]
    {
        let response = server.get(&format!("/blobs/{name}"));
        assert_eq!(
            (response.status, response.error()["code"].as_str()),
            (400, Some("BAD_USER_INPUT")),
            "{name}"
        );
    }
    let response = server.read(Digest::of(b"nowhere"), &[]);
    assert_eq!((response.status, response.error()["reason"].as_str()), (404, Some("NOT_FOUND")));
    let response = server.send("DELETE /blobs/b3:00", &[], b"");
    assert_eq!((response.status, response.header("allow")), (405, Some("GET, HEAD, PUT")));
}

#[test]
fn other_bytes_are_refused() {
    let server = TestServer::start();
    let (content, _) = bytes(100);
    let digest = Digest::of(b"something else");
    let response = server.put(digest, &content);
    assert_eq!((response.status, response.error()["reason"].as_str()), (422, Some("BLOB_MISMATCH")));
    assert!(!server.holds(digest));
}

#[test]
fn blobs_have_a_limit_announced_or_not() {
    let limits = HttpLimits { blob: 1_000, ..HttpLimits::default() };
    let server = TestServer::with(Setup { limits, ..Setup::default() });
    let (content, digest) = bytes(1_000);
    assert_eq!(server.put(digest, &content).status, 201);
    let (content, digest) = bytes(5_000_000);
    let response = server.put(digest, &content);
    assert_eq!((response.status, response.error()["reason"].as_str()), (413, Some("LIMIT_EXCEEDED")));
    let mut request = format!(
        "PUT /blobs/{digest} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n4c4b40\r\n",
        server.address
    )
    .into_bytes();
    request.extend_from_slice(&content);
    request.extend_from_slice(b"\r\n0\r\n\r\n");
    let stream = connect(server.address);
    let _ = (&stream).write_all(&request);
    assert_eq!(receive(stream).status, 413);
    assert!(!server.holds(digest));
}

#[test]
fn half_a_body_is_never_a_blob() {
    let server = TestServer::start();
    let (content, _) = bytes(1_000);
    // Even if the half that arrived matches the announcement.
    let digest = Digest::of(&content[..500]);
    let stream = connect(server.address);
    (&stream)
        .write_all(
            format!(
                "PUT /blobs/{digest} HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000\r\n\r\n",
                server.address
            )
            .as_bytes(),
        )
        .unwrap();
    (&stream).write_all(&content[..500]).unwrap();
    drop(stream);
    std::thread::sleep(Duration::from_millis(300));
    assert!(!server.holds(digest));
}

#[test]
fn a_client_that_stalls_is_given_up() {
    let limits = HttpLimits { body_time: Duration::from_millis(200), ..HttpLimits::default() };
    let server = TestServer::with(Setup { limits, ..Setup::default() });
    let digest = Digest::of(b"x");
    let stream = connect(server.address);
    (&stream)
        .write_all(format!("PUT /blobs/{digest} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: 10\r\n\r\nx", server.address).as_bytes())
        .unwrap();
    assert_eq!(receive(stream).status, 408);
    assert!(!server.holds(digest));
}

#[test]
fn clients_with_expect_receive_continue() {
    let server = TestServer::start();
    let (content, digest) = bytes(10);
    let response = server.send(&format!("PUT /blobs/{digest}"), &[("Expect", "100-continue")], &content);
    assert_eq!(response.status, 201);
}

#[test]
fn ranges_are_served() {
    let server = TestServer::start();
    let (content, digest) = bytes(600_000);
    server.put(digest, &content);
    for (range, part, shown) in [
        ("bytes=0-0", 0..1, "bytes 0-0/600000"),
        ("bytes=100-299999", 100..300_000, "bytes 100-299999/600000"),
        ("bytes=599999-", 599_999..600_000, "bytes 599999-599999/600000"),
        ("bytes=-5", 599_995..600_000, "bytes 599995-599999/600000"),
    ] {
        let response = server.read(digest, &[("Range", range)]);
        assert_eq!((response.status, response.header("content-range")), (206, Some(shown)));
        assert_eq!(response.header("content-length"), Some(part.len().to_string().as_str()));
        assert!(response.body == content[part]);
    }
    for range in ["bytes=600000-", "bytes=-0"] {
        let response = server.read(digest, &[("Range", range)]);
        assert_eq!((response.status, response.header("content-range")), (416, Some("bytes */600000")));
    }
    for range in ["bytes=0-1,5-6", "lines=1-2", "bytes=5-1"] {
        let response = server.read(digest, &[("Range", range)]);
        assert_eq!((response.status, response.body.len()), (200, 600_000));
    }
    // With a condition.
    let etag = format!("\"{digest}\"");
    assert_eq!(server.read(digest, &[("Range", "bytes=0-0"), ("If-Range", &etag)]).status, 206);
    // A weak tag and a date prove nothing about bytes.
    for other in ["\"other\"", &format!("W/{etag}"), "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let response = server.read(digest, &[("Range", "bytes=0-0"), ("If-Range", other)]);
        assert_eq!((response.status, response.body.len()), (200, 600_000), "{other}");
    }
    // Ranges also have the headers against opening in a browser.
    let part = server.read(digest, &[("Range", "bytes=0-9")]);
    for (name, value) in [
        ("content-disposition", "attachment"),
        ("content-security-policy", "sandbox"),
        ("x-content-type-options", "nosniff"),
        ("content-type", "application/octet-stream"),
    ] {
        assert_eq!(part.header(name), Some(value), "{name}");
    }
}

#[test]
fn a_known_blob_is_not_sent_again() {
    let server = TestServer::start();
    let (content, digest) = bytes(10);
    server.put(digest, &content);
    let etag = format!("\"{digest}\"");
    for known in [etag.as_str(), "*", &format!("\"a\", W/{etag}")] {
        let response = server.read(digest, &[("If-None-Match", known)]);
        assert_eq!(
            (response.status, response.header("etag"), response.body.len()),
            (304, Some(etag.as_str()), 0)
        );
    }
    assert_eq!(server.read(digest, &[("If-None-Match", "\"other\"")]).status, 200);
    // If the client has the blob, neither a part nor all its headers are sent.
    let response = server.read(digest, &[("If-None-Match", &etag), ("Range", "bytes=0-1")]);
    assert_eq!(response.status, 304);
    let head = server.send(&format!("HEAD /blobs/{digest}"), &[("If-None-Match", &etag)], b"");
    assert_eq!(head.status, 304);
    assert_eq!(head.header("x-content-type-options"), Some("nosniff"));
    // A blob that does not exist does not match either.
    assert_eq!(server.read(Digest::of(b"nowhere"), &[("If-None-Match", "*")]).status, 404);
}
