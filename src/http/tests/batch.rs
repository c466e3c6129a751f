//! Archives of many payloads, as `tar` makes them, and malformed ones.

use std::io::Write;

use futures_util::FutureExt;
use serde_json::{Value, json};

use super::wire::{Response, connect, receive};
use super::{HttpLimits, Setup, TestServer};
use crate::blob::BlobMeta;
use crate::domain::id::{Digest, hex};
use crate::ledger::BlobStore;

/// An entry of an archive: its header and its bytes, padded to full blocks.
fn entry(name: &[u8], kind: u8, bytes: &[u8]) -> Vec<u8> {
    announcing(name, kind, bytes.len(), bytes)
}

/// The same entry with another size in its header.
fn announcing(name: &[u8], kind: u8, size: usize, bytes: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name);
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut entry = [&header[..], bytes].concat();
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

fn file(name: &str, bytes: &[u8]) -> Vec<u8> {
    entry(name.as_bytes(), b'0', bytes)
}

/// A line of a PAX header: its length, which includes itself, a name and a value.
fn pax(name: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {name}={value}\n");
    let mut length = rest.len();
    while length.to_string().len() + rest.len() != length {
        length = length.to_string().len() + rest.len();
    }
    entry(b"pax", b'x', format!("{length}{rest}").as_bytes())
}

const END: [u8; 1_024] = [0; 1_024];

impl TestServer {
    fn batch(&self, archive: &[u8]) -> Response {
        let empty: &[_] = if archive.is_empty() { &[("Content-Length", "0")] } else { &[] };
        self.send("POST /blobs/batch", empty, archive)
    }

    fn has(&self, bytes: &[u8]) -> bool {
        self.blobs.stat(Digest::of(bytes)).now_or_never().unwrap().unwrap().is_some()
    }
}

/// Returns the lines of an answer.
fn lines(response: &Response) -> Vec<Value> {
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
    assert_eq!(response.header("content-type"), Some("application/x-ndjson"));
    let text = std::str::from_utf8(&response.body).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn line(name: &str, bytes: &[u8], created: bool) -> Value {
    let meta = BlobMeta::of(bytes);
    json!({
        "name": name,
        "digest": meta.digest.to_string(),
        "sha256": hex(&meta.sha256),
        "size": meta.size.to_string(),
        "created": created,
    })
}

#[test]
fn every_file_is_a_blob_in_order() {
    let server = TestServer::start();
    let long = format!("a/{}/ü.png", "long/".repeat(60));
    let archive = [
        entry(b"a/", b'5', b""),
        file("a/1.png", b"one"),
        file("../empty", b""),
        pax("path", &long),
        file("cut", &[7; 70_000]),
        entry(b"././@LongLink", b'L', format!("{long}2\0").as_bytes()),
        file("cut", b"two"),
        file("a/1.png", b"one more"),
        END.to_vec(),
        // Padding of a tape block.
        vec![0; 7_168],
    ]
    .concat();
    let expected = |created| {
        [
            line("a/1.png", b"one", created),
            line("../empty", b"", created),
            line(&long, &[7; 70_000], created),
            line(&format!("{long}2"), b"two", created),
            line("a/1.png", b"one more", created),
        ]
    };
    assert_eq!(lines(&server.batch(&archive)), expected(true));
    assert_eq!(lines(&server.batch(&archive)), expected(false));
    assert!(server.has(b"one") && server.has(&[7; 70_000]));
    assert_eq!(lines(&server.batch(&END)), Vec::<Value>::new());
}

#[test]
fn more_files_than_are_stored_at_once() {
    let server = TestServer::start();
    let contents: Vec<String> = (0..300).map(|i| format!("content {}", i % 250)).collect();
    let files = contents.iter().enumerate().map(|(i, content)| file(&i.to_string(), content.as_bytes()));
    let archive = files.chain([END.to_vec()]).collect::<Vec<_>>().concat();
    let lines = lines(&server.batch(&archive));
    assert_eq!(lines.len(), 300);
    for (i, (line, content)) in lines.iter().zip(&contents).enumerate() {
        assert_eq!(line["name"], json!(i.to_string()));
        assert_eq!(line["digest"], json!(Digest::of(content.as_bytes()).to_string()));
    }
}

/// Returns the status, the reason or code, and the message.
fn refused(response: &Response) -> (u16, String, String) {
    let error = response.error();
    let word = error["reason"].as_str().or(error["code"].as_str()).unwrap().to_owned();
    (response.status, word, response.json()["errors"][0]["message"].as_str().unwrap().to_owned())
}

#[test]
fn a_refused_file_is_named_and_the_others_remain() {
    let server = TestServer::start();
    let first = file("first", b"first");
    let whole = [first.clone(), file("second", &[1; 600]), END.to_vec()].concat();
    let mut spoilt = whole.clone();
    spoilt[1_024 + 5] ^= 1;
    let links = [first.clone(), entry(b"a link", b'2', b""), END.to_vec()].concat();
    let sparse = [first.clone(), pax("GNU.sparse.size", "10"), file("holes", b"x"), END.to_vec()].concat();
    let unnamed = [first.clone(), entry(b"\xff", b'0', b"x"), END.to_vec()].concat();
    let follows = [whole.clone(), first.clone()].concat();
    let headers = [first.clone(), entry(b"pax", b'x', &[b'x'; 100_000]), END.to_vec()].concat();
    let long_name =
        [first.clone(), pax("path", &"n".repeat(5_000)), file("short", b"x"), END.to_vec()].concat();
    let huge = [first, announcing(b"huge", b'0', 1 << 32, b"x")].concat();
    for (archive, status, word, says) in [
        (&spoilt, 400, "BAD_USER_INPUT", "file 2: expected an uncompressed tar archive"),
        (&links, 400, "BAD_USER_INPUT", "file 2 (\"a link\"): expected a file or a directory"),
        (&sparse, 400, "BAD_USER_INPUT", "file 2"),
        (&unnamed, 400, "BAD_USER_INPUT", "the name must be UTF-8"),
        (&follows, 400, "BAD_USER_INPUT", "expected nothing after the end"),
        (&headers, 400, "BAD_USER_INPUT", "headers of one entry are too long"),
        (&long_name, 413, "LIMIT_EXCEEDED", "name is longer than 4096 bytes"),
        (&huge, 413, "LIMIT_EXCEEDED", "file 2 (\"huge\"): it is larger than 8388608 bytes"),
        (&whole[..1_024 + 300].to_vec(), 400, "BAD_USER_INPUT", "file 2"),
        (&whole[..1_024 + 512 + 300].to_vec(), 400, "BAD_USER_INPUT", "file 2 (\"second\")"),
        (&whole[..1_024 + 512 + 1_024].to_vec(), 400, "BAD_USER_INPUT", "expected the end of the archive"),
    ] {
        let said = refused(&server.batch(archive));
        assert_eq!((said.0, said.1.as_str()), (status, word), "{}", said.2);
        assert!(said.2.contains(says), "{says:?} is not in {:?}", said.2);
        assert!(said.2.contains("before it are stored"), "{}", said.2);
        assert!(server.has(b"first"), "{says}");
    }
    assert!(!server.has(b"x") && !server.has(&[1; 300]));
    for nothing in [&b""[..], b"\x1f\x8b\x08 compressed", &[b'x'; 600]] {
        assert_eq!(server.batch(nothing).status, 400);
    }
}

#[test]
fn archives_have_limits() {
    let limits = HttpLimits { blob: 10_000, entries: 3, entry: 1_000, ..HttpLimits::default() };
    let server = TestServer::with(Setup { limits, ..Setup::default() });
    let named =
        |count: usize| (0..count).map(|i| file(&i.to_string(), i.to_string().as_bytes())).collect::<Vec<_>>();
    let archive = |count| [named(count).concat(), END.to_vec()].concat();
    assert_eq!(lines(&server.batch(&archive(3))).len(), 3);
    let said = refused(&server.batch(&archive(4)));
    assert_eq!((said.0, said.1.as_str()), (413, "LIMIT_EXCEEDED"));
    assert!(said.2.contains("file 4 (\"3\")") && said.2.contains("more than 3 files"), "{}", said.2);

    assert_eq!(lines(&server.batch(&[file("a", &[1; 1_000]), END.to_vec()].concat())).len(), 1);
    let said = refused(&server.batch(&[file("a", &[1; 1_001]), END.to_vec()].concat()));
    assert_eq!((said.0, said.1.as_str()), (413, "LIMIT_EXCEEDED"));

    // Announced, and detected while reading.
    let large = [END.to_vec(), vec![0; 10_240]].concat();
    assert_eq!(server.batch(&large).status, 413);
    let stream = connect(server.address);
    let head = format!(
        "POST /blobs/batch HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n",
        server.address,
        large.len()
    );
    let chunked = [head.as_bytes(), &large, b"\r\n0\r\n\r\n"].concat();
    let _ = (&stream).write_all(&chunked);
    assert_eq!(receive(stream).status, 413);
    assert_eq!(server.send("POST /blobs/batch", &[("Content-Encoding", "gzip")], &END).status, 415);
    let response = server.send("GET /blobs/batch", &[], b"");
    assert_eq!((response.status, response.header("allow")), (405, Some("POST")));
}
