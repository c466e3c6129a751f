//! Many connections of one address, and clients at others.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::wire::{Response, connect, receive};
use super::{Setup, TestServer};
use crate::http::HttpLimits;

/// Connections of all workers, and those that are free for any address.
const ALL: usize = 32;
const FREE: usize = 28;

fn small(per_address: Option<usize>) -> TestServer {
    let limits = HttpLimits {
        connections: ALL / 2,
        workers: 2,
        per_address,
        stall_time: Duration::from_millis(500),
        ..Setup::default().limits
    };
    TestServer::with(Setup { limits, ..Setup::default() })
}

/// Connects from this address of the machine.
fn connect_from(from: &str, to: SocketAddr) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
        socket.connect(to).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn ask(mut stream: TcpStream, path: &str) -> Response {
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    receive(stream)
}

/// Sends a request from another address. The answer must arrive in less than a second.
fn is_answered(server: &TestServer, from: &str) {
    let start = Instant::now();
    let answer = ask(connect_from(from, server.address), "/healthz");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

/// Returns true if the server has closed the connection.
fn is_closed(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let read = (&*stream).read(&mut [0; 1_024]);
    !read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

#[test]
fn silent_connections_of_one_address_block_no_others() {
    let server = small(None);
    let silent: Vec<_> = (0..400).map(|_| connect(server.address)).collect();
    for last in 2..12 {
        is_answered(&server, &format!("127.0.0.{last}"));
    }
    // Nor other clients at the same address, once the silent ones have been idle for a moment.
    thread::sleep(Duration::from_millis(300));
    is_answered(&server, "127.0.0.1");
    let closed = silent.iter().filter(|silent| is_closed(silent)).count();
    assert!(closed >= 400 - ALL, "{closed}");
}

#[test]
fn unfinished_requests_block_no_others() {
    let server = small(None);
    let half = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{";
    let halves: Vec<_> = (0..FREE)
        .map(|_| {
            let mut stream = connect(server.address);
            stream.write_all(half.as_bytes()).unwrap();
            stream
        })
        .collect();
    thread::sleep(Duration::from_millis(700));
    let kept: Vec<_> = (0..ALL).map(|_| connect_from("127.0.0.2", server.address)).collect();
    is_answered(&server, "127.0.0.3");
    assert!(halves.iter().filter(|half| is_closed(half)).count() > FREE / 2);
    drop(kept);
}

#[test]
fn a_client_alone_keeps_its_connections() {
    let server = small(None);
    let mut held: Vec<_> = (0..FREE).map(|_| connect(server.address)).collect();
    for _ in 0..2 {
        for stream in &mut held {
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
            let mut answer = vec![0; 1_024];
            let mut length = 0;
            while !answer[..length].ends_with(b"{\"status\":\"alive\"}") {
                let read = stream.read(&mut answer[length..]).unwrap();
                assert!(read > 0, "the connection is closed");
                length += read;
            }
        }
        thread::sleep(Duration::from_millis(300));
    }
    // One more connection closes the longest idle one, and is answered.
    is_answered(&server, "127.0.0.1");
}

#[test]
fn an_address_that_is_busy_with_all_it_may_have_is_refused() {
    for (per_address, most) in [(None, FREE), (Some(3), 3)] {
        let server = small(per_address);
        let query = "GET /graphql?query=%7Bpause(ms:3000)%7D HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let busy: Vec<_> = (0..most)
            .map(|_| {
                let mut stream = connect(server.address);
                stream.write_all(query.as_bytes()).unwrap();
                stream
            })
            .collect();
        thread::sleep(Duration::from_millis(300));
        let refused = receive(connect(server.address));
        assert_eq!((refused.status, refused.header("connection")), (429, Some("close")), "{refused:?}");
        assert_eq!(
            (refused.error()["reason"].as_str(), refused.header("retry-after")),
            (Some("TOO_MANY_REQUESTS"), Some("1"))
        );
        is_answered(&server, "127.0.0.2");
        for stream in busy {
            assert_eq!(receive(stream).status, 200);
        }
        is_answered(&server, "127.0.0.1");
    }
}
