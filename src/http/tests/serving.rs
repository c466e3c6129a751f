//! Start and stop of a server, and authentication.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::wire::{Response, connect, receive};
use super::{Setup, TestServer};
use crate::http::HttpLimits;
use crate::ledger::tests::label;
use crate::ledger::{Ledger, MemStore, Settings, SystemClock};

const TOKEN: &str = "correct horse battery staple";

impl TestServer {
    pub(super) fn send_raw(&self, request: &str) -> Response {
        let mut stream = connect(self.address);
        stream.write_all(request.as_bytes()).unwrap();
        receive(stream)
    }
}

#[test]
fn health_is_reported() {
    let server = TestServer::start();
    assert_eq!((server.get("/healthz").status, server.get("/readyz").status), (200, 200));
    assert_eq!(server.get("/readyz").json(), json!({"status": "ready"}));
    server.ready.store(false, Ordering::Relaxed);
    assert_eq!((server.get("/healthz").status, server.get("/readyz").status), (200, 503));
    assert_eq!(server.send("POST /healthz", &[], b"").status, 405);
    assert_eq!(server.send("HEAD /readyz", &[], b"").status, 503);
    assert_eq!(server.get("/nowhere").status, 404);
}

#[test]
fn an_index_that_cannot_be_read_is_not_ready() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ledger = runtime.block_on(opened(dir.path()));
    let limits = HttpLimits { ready_time: Duration::from_millis(300), ..Setup::default().limits };
    let server = TestServer::with(Setup { limits, ledger: Some(ledger.clone()), ..Setup::default() });
    assert_eq!(server.get("/readyz").status, 200);
    ledger.while_locked(|| {
        let start = Instant::now();
        assert_eq!((server.get("/readyz").status, server.get("/healthz").status), (503, 200));
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    });
    assert_eq!(server.get("/readyz").status, 200);
    // A writer that finishes in time is waited for.
    let asked = ledger.while_locked(|| {
        let asked = thread::scope(|scope| {
            let asked = scope.spawn(|| connect_and_ask(&server));
            thread::sleep(Duration::from_millis(50));
            asked.join().unwrap()
        });
        thread::sleep(Duration::from_millis(50));
        asked
    });
    assert_eq!(receive(asked).status, 200);
    drop(server);
    runtime.block_on(ledger.close()).unwrap();
}

/// Waits until `/readyz` reports a state of the graph.
fn graph_until(server: &TestServer, is_so: impl Fn(&Value) -> bool) -> Value {
    let start = Instant::now();
    loop {
        let response = server.get("/readyz");
        assert_eq!(response.status, 200, "a graph that is behind does not make the server unready");
        let graph = response.json()["graph"].take();
        if is_so(&graph) {
            return graph;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{graph}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Fails if the lag or the failure is missing, or if an error is shown without a token.
#[test]
fn the_lag_of_the_graph_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ledger = runtime.block_on(opened(dir.path()));
    let local = TestServer::with(Setup { ledger: Some(ledger.clone()), ..Setup::default() });
    let token = "correct-horse-battery-staple";
    let protected =
        TestServer::with(Setup { ledger: Some(ledger.clone()), token: Some(token), ..Setup::default() });
    runtime.block_on(ledger.commit(label("one"))).unwrap();
    let none = json!({"commits": 0, "versions": 0, "bytes": 0});
    let graph = graph_until(&local, |graph| graph["seq"] == 1);
    assert_eq!(graph, json!({"seq": 1, "newest": 1, "behind": none}));

    ledger.fail_projection(Some("a fault"));
    runtime.block_on(ledger.commit(label("two"))).unwrap();
    let graph = graph_until(&local, |graph| graph["failing"]["error"] == "a fault");
    assert_eq!((&graph["seq"], &graph["newest"]), (&json!(1), &json!(2)));
    assert_eq!((&graph["behind"]["commits"], &graph["behind"]["versions"]), (&json!(1), &json!(1)));
    assert!(graph["behind"]["bytes"].as_u64().unwrap() > 72, "{graph}");
    let failing = protected.get("/readyz").json()["graph"]["failing"].take();
    assert!(failing["since"] == graph["failing"]["since"] && failing["error"].is_null(), "{failing}");
    let authorization = format!("Bearer {token}");
    let shown = protected.send("GET /readyz", &[("Authorization", &authorization)], b"").json();
    assert_eq!(shown["graph"]["failing"]["error"], "a fault");

    ledger.fail_projection(None);
    let graph = graph_until(&local, |graph| graph["failing"].is_null() && graph["seq"] == 2);
    assert_eq!(graph["behind"], none);
    drop((local, protected));
    runtime.block_on(ledger.close()).unwrap();
}

fn connect_and_ask(server: &TestServer) -> std::net::TcpStream {
    let stream = connect(server.address);
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    (&stream).write_all(request.as_bytes()).unwrap();
    stream
}

pub(super) async fn opened(dir: &std::path::Path) -> Ledger {
    let settings = Settings {
        record_cache: 1 << 20,
        ..Settings::new(dir, Arc::new(MemStore::new()), Arc::new(SystemClock))
    };
    Ledger::open(settings, |_, _| ()).await.unwrap()
}

#[test]
fn without_a_token_other_hosts_and_origins_are_refused() {
    let server = TestServer::start();
    let own = format!("http://{}", server.address);
    let query = "GET /graphql?query=%7Bone%7D";
    for (host, origin, expected) in [
        (None, None, 200),
        (Some("localhost"), None, 200),
        (None, Some(own.as_str()), 200),
        (Some("evil.example"), None, 403),
        (Some("evil.example"), Some("http://evil.example"), 403),
        (None, Some("http://evil.example"), 403),
        (None, Some("null"), 403),
    ] {
        let headers: Vec<_> =
            host.map(|host| ("Host", host)).into_iter().chain(origin.map(|o| ("Origin", o))).collect();
        let response = server.send(query, &headers, b"");
        assert_eq!(response.status, expected, "{headers:?}");
        if expected == 403 {
            assert_eq!(response.error()["code"], "FORBIDDEN");
        }
    }
    assert_eq!(server.send("GET /blobs/x", &[("Host", "evil.example")], b"").status, 403);
    assert_eq!(server.send("GET /healthz", &[("Host", "evil.example")], b"").status, 403);
}

#[test]
fn a_server_with_a_token_refuses_requests_without_it() {
    let token = TOKEN.replace(' ', "-");
    let server = TestServer::with(Setup {
        token: Some(Box::leak(token.clone().into_boxed_str())),
        ..Setup::default()
    });
    for path in ["/graphql?query=%7Bone%7D", "/blobs/b3:00"] {
        let response = server.get(path);
        assert_eq!((response.status, response.error()["code"].as_str()), (401, Some("UNAUTHENTICATED")));
        assert!(response.header("www-authenticate").unwrap().starts_with("Bearer"));
        let wrong = format!("Bearer {token}x");
        assert_eq!(server.send(&format!("GET {path}"), &[("Authorization", &wrong)], b"").status, 401);
    }
    let bearer = format!("Bearer {token}");
    // A server with a token may have a name of its own.
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Host", "stemma.example"),
        ("Origin", "https://stemma.example"),
    ];
    let response = server.send("GET /graphql?query=%7Bme%7D", &headers, b"");
    assert_eq!((response.status, response.json()), (200, json!({"data": {"me": "token"}})));
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn stopping_lets_requests_end() {
    let mut server = TestServer::start();
    let slow = connect(server.address);
    let idle = connect(server.address);
    (&idle)
        .write_all(format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).as_bytes())
        .unwrap();
    let query = "query=%7Bpause(ms:800)%7D";
    (&slow)
        .write_all(format!("GET /graphql?{query} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).as_bytes())
        .unwrap();
    thread::sleep(Duration::from_millis(300));
    let start = Instant::now();
    server.stop();
    let response = receive(slow);
    assert!(response.status == 200 && response.body.ends_with(br#"{"data":{"pause":800}}"#), "{response:?}");
    server.ended().unwrap();
    // The server did not wait for the idle connection.
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    drop(idle);
}

#[test]
fn stopping_has_a_deadline_and_a_second_signal_ends_it() {
    let query = "query=%7Bpause(ms:30000)%7D";
    let hang = |server: &TestServer| {
        let stream = connect(server.address);
        (&stream)
            .write_all(
                format!("GET /graphql?{query} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).as_bytes(),
            )
            .unwrap();
        thread::sleep(Duration::from_millis(200));
        stream
    };
    let mut setup = Setup::default();
    setup.limits.shutdown = Duration::from_secs(1);
    let mut server = TestServer::with(setup);
    let _stream = hang(&server);
    let start = Instant::now();
    server.stop();
    server.ended().unwrap();
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());

    let mut setup = Setup::default();
    setup.limits.shutdown = Duration::from_secs(60);
    let mut server = TestServer::with(setup);
    let _stream = hang(&server);
    let start = Instant::now();
    server.stop();
    thread::sleep(Duration::from_millis(200));
    server.stop();
    server.ended().unwrap();
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
}

#[test]
fn an_unread_body_does_not_hold_the_connection() {
    let server = TestServer::start();
    let start = Instant::now();
    // Refused for its type; then the client stops in the middle of a chunk.
    let response = server.send_raw(&format!(
        "POST /graphql HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nhalf",
        server.address
    ));
    assert_eq!((response.status, response.header("connection")), (415, Some("close")));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
