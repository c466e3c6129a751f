//! A client that sends exactly the given bytes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::TestServer;

/// A response, read to the end of its connection.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    head: String,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// Returns the value of a header that occurs exactly once.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.head.lines().filter_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        values.next().filter(|_| values.next().is_none())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns `extensions` of the first error.
    pub(super) fn error(&self) -> Value {
        self.json()["errors"][0]["extensions"].clone()
    }
}

pub(super) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Reads one response from a connection that ends with it.
pub(super) fn receive(mut stream: TcpStream) -> Response {
    let mut bytes = Vec::new();
    if let Err(error) = stream.read_to_end(&mut bytes) {
        assert!(!bytes.is_empty(), "no response: {error}");
    }
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Response {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or_else(|| {
        panic!("no response: {:?}", String::from_utf8_lossy(bytes));
    });
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    if status == 100 {
        return parse(&bytes[end + 4..]);
    }
    Response { status, head, body: bytes[end + 4..].to_vec() }
}

impl TestServer {
    /// Sends a request with a body and the given headers; `Host` is the server's own unless one is
    /// given.
    pub(super) fn send(&self, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
        let host = self.address.to_string();
        let host = ("Host", host.as_str());
        let given = |name: &str| headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        let length = body.len().to_string();
        let extra = [
            Some(host).filter(|_| !given("host")),
            Some(("Content-Length", length.as_str())).filter(|_| !body.is_empty()),
        ];
        for (name, value) in extra.iter().flatten().chain(headers) {
            request += &format!("{name}: {value}\r\n");
        }
        request += "\r\n";
        let mut stream = connect(self.address);
        stream.write_all(request.as_bytes()).unwrap();
        // A server that has already answered may have closed its side.
        let _ = stream.write_all(body);
        receive(stream)
    }

    pub(super) fn get(&self, path: &str) -> Response {
        self.send(&format!("GET {path}"), &[], b"")
    }
}
