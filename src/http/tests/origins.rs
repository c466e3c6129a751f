//! Pages of other sites, as browsers send their requests.

use std::time::Duration;

use super::{Origins, Setup, TestServer, url_signer};
use crate::domain::id::Digest;

const PAGE: &str = "https://labels.example";
const TOKEN: &str = "0123456789abcdef";
const BEARER: (&str, &str) = ("Authorization", "Bearer 0123456789abcdef");
const QUERY: &str = "GET /graphql?query=%7Bone%7D";
const CROSS: (&str, &str) = ("Sec-Fetch-Site", "cross-site");

fn server(token: Option<&'static str>) -> TestServer {
    let origins = Origins { allowed: vec![PAGE.to_owned()], public_url: None };
    TestServer::with(Setup { token, origins, ..Setup::default() })
}

#[test]
fn an_allowed_page_sends_a_preflight_and_then_reads() {
    let server = server(Some(TOKEN));
    for path in ["/graphql", "/blobs", "/blobs/b3:0", "/blobs/batch", "/export/changes", "/nowhere"] {
        let asks = [
            ("Origin", PAGE),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization,content-type"),
            ("Access-Control-Request-Private-Network", "true"),
        ];
        let answer = server.send(&format!("OPTIONS {path}"), &asks, b"");
        assert_eq!(answer.status, 204, "{path}: no token can be sent with this");
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
        assert_eq!(answer.header("access-control-allow-headers"), Some("authorization,content-type"));
        assert!(answer.header("access-control-allow-methods").unwrap().contains("PUT"));
        assert_eq!(answer.header("access-control-allow-private-network"), Some("true"));
    }
    let answer = server.send(QUERY, &[("Origin", PAGE), BEARER], b"");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(PAGE)));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("Stemma-Seq"));
    // A refusal can also be read.
    let answer = server.send(QUERY, &[("Origin", PAGE)], b"");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (401, Some(PAGE)));
}

#[test]
fn other_pages_read_nothing() {
    let server = server(Some(TOKEN));
    for origin in ["https://evil.example", "http://labels.example", "null"] {
        let answer = server.send(QUERY, &[("Origin", origin), BEARER], b"");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, None), "{origin}");
        let asks = [("Origin", origin), ("Access-Control-Request-Method", "POST")];
        let answer = server.send("OPTIONS /graphql", &asks, b"");
        assert!(answer.status >= 400 && answer.header("access-control-allow-origin").is_none(), "{origin}");
    }
    let answer = server.send(QUERY, &[BEARER], b"");
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[test]
fn without_a_token_only_allowed_pages_are_answered() {
    let server = server(None);
    let status = |line: &str, headers: &[(&str, &str)]| server.send(line, headers, b"").status;
    assert_eq!(status(QUERY, &[("Origin", PAGE), CROSS]), 200);
    assert_eq!(status(QUERY, &[("Origin", "https://evil.example"), CROSS]), 403);
    assert_eq!(status(QUERY, &[CROSS]), 403);
    assert_eq!(status("GET /healthz", &[CROSS]), 403);
    assert_eq!(status(QUERY, &[("Sec-Fetch-Site", "none")]), 200);
    let opened = [CROSS, ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
    assert_ne!(status("GET /", &opened), 403);
    assert_eq!(status(QUERY, &opened), 403);
    assert_eq!(
        status("OPTIONS /graphql", &[("Origin", PAGE), ("Access-Control-Request-Method", "POST")]),
        204
    );
}

#[test]
fn allowed_pages_open_a_websocket() {
    let server = server(None);
    let upgrade = [
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Protocol", "graphql-transport-ws"),
        CROSS,
    ];
    for (origin, status) in [(PAGE, 101), ("https://evil.example", 403)] {
        let request = format!("GET /graphql HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\n", server.address);
        let headers: String = upgrade.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let mut stream = super::wire::connect(server.address);
        std::io::Write::write_all(
            &mut stream,
            format!("{request}{headers}Origin: {origin}\r\n\r\n").as_bytes(),
        )
        .unwrap();
        let mut line = [0; 12];
        std::io::Read::read_exact(&mut stream, &mut line).unwrap();
        assert_eq!(line[9..], *status.to_string().as_bytes(), "{origin}");
    }
}

#[test]
fn every_page_can_show_a_signed_url() {
    for token in [None, Some(TOKEN)] {
        let server = server(token);
        let sent = server.send("POST /blobs", &[BEARER], b"content");
        assert_eq!(sent.status, 201);
        let digest = Digest::of(b"content");
        let signed = format!("GET {}", url_signer().address(digest, Duration::from_secs(60)));
        for headers in [&[CROSS][..], &[CROSS, ("Origin", "https://evil.example")], &[]] {
            let answer = server.send(&signed, headers, b"");
            assert_eq!(answer.status, 200, "{headers:?}");
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("cross-origin"));
        }
        let plain = server.send(&format!("GET /blobs/{digest}"), &[BEARER], b"");
        assert_eq!(plain.header("cross-origin-resource-policy"), Some("same-origin"));
        let forged = server.send(&format!("{signed}0"), &[CROSS], b"");
        assert_eq!(forged.status, if token.is_some() { 401 } else { 403 });
        let stale = format!("GET {}", url_signer().address(digest, Duration::ZERO));
        assert_ne!(server.send(&stale, &[CROSS], b"").status, 200);
    }
}
