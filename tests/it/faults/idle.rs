//! Connections that send nothing, far more than the server may have files open: they need no token,
//! and stop no write.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::server::Server;

/// The number of files that the server may have open.
const FILES: u32 = 256;
/// The number of connections that are tried. Those beyond the queue of the system are not made.
const CONNECTIONS: usize = 3_000;
/// The number of writes that are made meanwhile.
const WRITES: usize = 60;

#[test]
fn idle_connections_stop_no_write() {
    // This process has the other ends.
    stemma::http::raise_open_files();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let server = Server::with_open_files(&data, FILES);
    write(&server, 0);

    let address: SocketAddr = server.url.trim_start_matches("http://").parse().expect("an address");
    let mut idle = Vec::new();
    for place in 1..=WRITES {
        let mut missed = 0;
        for _ in 0..CONNECTIONS / WRITES {
            match TcpStream::connect_timeout(&address, Duration::from_millis(50)) {
                Ok(stream) => idle.push(stream),
                Err(_) => missed += 1,
            }
            if missed > 1 {
                break;
            }
        }
        write(&server, place);
    }
    assert!(idle.len() > 2 * FILES as usize, "only {} connections were made", idle.len());
    assert!(server.open_files() < FILES as usize, "{} files are open", server.open_files());
    drop(idle);

    write(&server, WRITES + 1);
    assert_eq!(server.send("GET", "/readyz", "text/plain", "").0, 200);
    server.kill();
    let server = Server::start(&data);
    let answer = server.graphql("{ view { seq } }", json!({})).expect("an answer");
    assert_eq!(answer["data"]["view"]["seq"], (WRITES + 2).to_string(), "{answer}");
}

/// Writes a version of a new item. It must be acknowledged.
fn write(server: &Server, place: usize) {
    let query = "mutation($key: String!) { putVersion(input: {item: {kind: LABEL, key: $key}}) { created } }";
    let answer: Value = server.graphql(query, json!({"key": format!("label-{place}")})).expect("an answer");
    assert_eq!(answer["data"]["putVersion"]["created"], true, "{answer}");
}
