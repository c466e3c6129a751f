//! A proxy between the store and its server that makes one request fail.
//!
//! HTTP/1.1, one request per connection, everything in memory.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The fault of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestFault {
    /// The server acts, and its answer comes after the client's time limit.
    Slow,
    /// The server does not act and answers 500.
    Fails,
    /// It answers 503 SlowDown.
    Busy,
    /// It answers 409: another request for the object is in progress.
    Conflict,
    /// The connection is lost before the server acts.
    LostRequest,
    /// The connection is lost after the server has acted.
    LostAnswer,
    /// The server acts twice; its second answer is returned.
    Twice,
    /// The connection is lost within the answer's body.
    CutAnswer,
    /// One byte of the body changes on its way to the server.
    SpoiltRequest,
    /// One byte of the body changes on its way back.
    SpoiltAnswer,
    /// A read is answered with another object.
    OtherObject,
}

pub(super) const ALL: [RequestFault; 11] = [
    RequestFault::Slow,
    RequestFault::Fails,
    RequestFault::Busy,
    RequestFault::Conflict,
    RequestFault::LostRequest,
    RequestFault::LostAnswer,
    RequestFault::Twice,
    RequestFault::CutAnswer,
    RequestFault::SpoiltRequest,
    RequestFault::SpoiltAnswer,
    RequestFault::OtherObject,
];

/// The delay of a slow answer: longer than the client of these tests waits.
pub(super) const LATE: Duration = Duration::from_millis(1_500);

/// A running proxy. Ends on drop.
pub(super) struct Proxy {
    pub(super) endpoint: String,
    state: Arc<Mutex<ProxyState>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct ProxyState {
    /// The number of requests since the proxy was armed.
    seen: usize,
    plan: Option<(usize, RequestFault)>,
    fired: bool,
    /// The answers about the other object, by method and presence of a range.
    recorded: HashMap<(String, bool), Vec<u8>>,
    /// Part of the path of the other object.
    other: String,
}

impl Proxy {
    /// Starts a proxy to a server. `other` is part of the path of the other object.
    pub(super) async fn start(server: &str, other: String) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(Mutex::new(ProxyState { other, ..ProxyState::default() }));
        let (server, shared) = (server.trim_start_matches("http://").to_owned(), Arc::clone(&state));
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // The client sees the outcome of a connection.
                let (server, shared) = (server.clone(), Arc::clone(&shared));
                tokio::spawn(async move { carry(client, &server, &shared).await });
            }
        });
        Ok(Self { endpoint, state, task })
    }

    fn state(&self) -> MutexGuard<'_, ProxyState> {
        self.state.lock().unwrap()
    }

    /// Makes the request with this number, counted from now, fail.
    pub(super) fn arm(&self, number: usize, wrong: RequestFault) {
        let mut state = self.state();
        (state.seen, state.plan, state.fired) = (0, Some((number, wrong)), false);
    }

    /// Ends the fault. Returns true if there was a request with that number.
    pub(super) fn disarm(&self) -> bool {
        let mut state = self.state();
        state.plan = None;
        state.fired
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One message from the connection, and the offset of its body.
pub(super) struct HttpMessage {
    bytes: Vec<u8>,
    body: usize,
}

impl HttpMessage {
    pub(super) fn head(&self) -> String {
        String::from_utf8_lossy(&self.bytes[..self.body]).into_owned()
    }

    /// Returns the value of a header.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let head = self.head();
        head.lines().find_map(|line| {
            let (header, value) = line.split_once(':')?;
            header.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    pub(super) fn content(&self) -> &[u8] {
        &self.bytes[self.body..]
    }

    fn spoil(&mut self) {
        let length = self.bytes.len() - self.body;
        if length > 0 {
            self.bytes[self.body + length / 2] ^= 1;
        }
    }
}

async fn carry(mut client: TcpStream, server: &str, state: &Mutex<ProxyState>) -> io::Result<()> {
    let Some(mut request) = receive(&mut client, true, true).await? else { return Ok(()) };
    let (method, path) = {
        let head = request.head();
        let mut words = head.split(' ');
        (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned())
    };
    let kind = (method.clone(), request.header("range").is_some());
    let (wrong, is_other) = {
        let mut state = state.lock().unwrap();
        let number = state.seen;
        state.seen += 1;
        let wrong = state.plan.filter(|(at, _)| *at == number).map(|(_, wrong)| wrong);
        state.fired |= wrong.is_some();
        (wrong, path.contains(&state.other))
    };
    let status = match wrong {
        Some(RequestFault::LostRequest) => return Ok(()),
        Some(RequestFault::Fails) => Some(("500 Internal Server Error", "InternalError")),
        Some(RequestFault::Busy) => Some(("503 Service Unavailable", "SlowDown")),
        Some(RequestFault::Conflict) => Some(("409 Conflict", "ConditionalRequestConflict")),
        _ => None,
    };
    if let Some((status, code)) = status {
        let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>");
        return respond(&mut client, status, &[], body.as_bytes(), method == "HEAD").await;
    }
    if wrong == Some(RequestFault::SpoiltRequest) {
        request.spoil();
    }
    if wrong == Some(RequestFault::Twice) {
        ask(server, &request, &method).await?;
    }
    let mut answer = ask(server, &request, &method).await?;
    if is_other && wrong.is_none() {
        state.lock().unwrap().recorded.insert(kind.clone(), answer.bytes.clone());
    }
    match wrong {
        Some(RequestFault::Slow) => tokio::time::sleep(LATE).await,
        Some(RequestFault::LostAnswer) => return Ok(()),
        Some(RequestFault::CutAnswer) => {
            let end = answer.body + (answer.bytes.len() - answer.body) / 2;
            answer.bytes.truncate(end);
        }
        Some(RequestFault::SpoiltAnswer) => answer.spoil(),
        Some(RequestFault::OtherObject) if !is_other => {
            if let Some(other) = state.lock().unwrap().recorded.get(&kind) {
                answer.bytes.clone_from(other);
            }
        }
        _ => {}
    }
    client.write_all(&answer.bytes).await?;
    client.shutdown().await
}

/// Sends a request to the server on a separate connection, and returns the complete answer.
async fn ask(server: &str, request: &HttpMessage, method: &str) -> io::Result<HttpMessage> {
    let mut stream = TcpStream::connect(server).await?;
    let line = request.bytes.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    stream.write_all(&request.bytes[..line]).await?;
    stream.write_all(b"Connection: close\r\n").await?;
    stream.write_all(&request.bytes[line..]).await?;
    loop {
        let answer = receive(&mut stream, false, method != "HEAD").await?;
        let answer = answer.ok_or(io::ErrorKind::UnexpectedEof)?;
        if !answer.bytes.starts_with(b"HTTP/1.1 1") {
            return Ok(answer);
        }
    }
}

/// Writes an answer; to a HEAD without its body.
pub(super) async fn respond(
    client: &mut TcpStream,
    status: &str,
    headers: &[(String, String)],
    body: &[u8],
    is_head: bool,
) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    client.write_all(head.as_bytes()).await?;
    if !is_head {
        client.write_all(body).await?;
    }
    client.shutdown().await
}

/// Reads one message; `None` if the connection ends before it.
pub(super) async fn receive(
    stream: &mut TcpStream,
    request: bool,
    has_body: bool,
) -> io::Result<Option<HttpMessage>> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        // Heads are short, and what follows must remain in the stream.
        match stream.read_u8().await {
            Ok(byte) => bytes.push(byte),
            Err(_) if bytes.is_empty() => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let body = bytes.len();
    let mut message = HttpMessage { bytes, body };
    if request && message.header("expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let interim = message.bytes.starts_with(b"HTTP/1.1 1") || message.bytes.starts_with(b"HTTP/1.1 204");
    if !has_body || interim {
        return Ok(Some(message));
    }
    match message.header("content-length").and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => {
            message.bytes.resize(body + length, 0);
            stream.read_exact(&mut message.bytes[body..]).await?;
        }
        // Chunks are read up to the last one, which is empty.
        None if message.header("transfer-encoding").is_some() => {
            while !message.bytes[body..].ends_with(b"0\r\n\r\n") {
                message.bytes.push(stream.read_u8().await?);
            }
        }
        None if request => {}
        None => {
            stream.read_to_end(&mut message.bytes).await?;
        }
    }
    Ok(Some(message))
}
