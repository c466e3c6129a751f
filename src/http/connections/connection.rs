//! A connection: its state, and the ways to close it from outside of the thread that serves it.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use actix_web::HttpRequest;
use tokio::time::Instant;

use super::HeldConnection;
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;

/// An open connection and its phase.
pub(crate) struct ClientConnection {
    /// `None` if the process has no more file descriptors.
    stream: Option<TcpStream>,
    since: Instant,
    /// The phase in the lower bits; above them the milliseconds after `since` when it began.
    state: AtomicU64,
}

const PHASE_BITS: u32 = 3;
const PHASES: u64 = (1 << PHASE_BITS) - 1;
/// No request arrived yet.
const NEW: u64 = 0;
/// The server is working.
const WORKING: u64 = 1;
/// The last request was answered.
const BETWEEN: u64 = 2;
/// The server waits for the client to send the rest of its request, or to accept its answer.
const STALLED: u64 = 3;
/// It is closed.
const CLOSED: u64 = 4;

/// The reason that a connection waits for its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Idle {
    /// For its first request.
    New,
    /// For its next request.
    Between,
    /// For the rest of a request, or for room for an answer.
    Stalled,
}

/// A snapshot of a connection that waits for its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Waiting {
    began: Instant,
    pub(super) idle: Idle,
    state: u64,
}

impl Waiting {
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

impl ClientConnection {
    pub(super) fn new(stream: Option<TcpStream>) -> Self {
        Self { stream, since: Instant::now(), state: AtomicU64::new(NEW) }
    }

    /// Returns the connection of a request.
    pub(crate) fn of(request: &HttpRequest) -> Option<Arc<Self>> {
        request.conn_data::<HeldConnection>().map(|held| Arc::clone(held.connection()))
    }

    /// Begins a request; returns false if the connection is closed.
    pub(crate) fn begin(&self) -> bool {
        self.enter(WORKING)
    }

    /// Notes that the server is working.
    pub(crate) fn work(&self) {
        self.enter(WORKING);
    }

    /// Notes that the server waits for the client, unless that is already noted.
    pub(crate) fn stall(&self) {
        if self.state.load(Ordering::Acquire) & PHASES != STALLED {
            self.enter(STALLED);
        }
    }

    /// Notes that the answer was sent.
    pub(crate) fn end(&self) {
        self.enter(BETWEEN);
    }

    fn enter(&self, phase: u64) -> bool {
        let now = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX >> PHASE_BITS);
        let next = now << PHASE_BITS | phase;
        let entered = self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| {
            (state & PHASES != CLOSED).then_some(next)
        });
        entered.is_ok()
    }

    /// Returns the reason for waiting; `None` if the connection does not wait for its client.
    pub(super) fn waiting(&self) -> Option<Waiting> {
        let state = self.state.load(Ordering::Acquire);
        let idle = match state & PHASES {
            NEW => Idle::New,
            BETWEEN => Idle::Between,
            STALLED => Idle::Stalled,
            _ => return None,
        };
        let began = self.since + Duration::from_millis(state >> PHASE_BITS);
        Some(Waiting { began, idle, state })
    }

    /// Closes the connection if its state has not changed since the snapshot. A request that
    /// arrives later is not executed.
    pub(super) fn close_if(&self, waiting: Waiting) -> bool {
        let closed = self.state.compare_exchange(waiting.state, CLOSED, Ordering::AcqRel, Ordering::Acquire);
        if closed.is_ok() {
            self.cut();
        }
        closed.is_ok()
    }

    /// Closes the connection. A request that arrives later is not executed.
    pub(super) fn close(&self) {
        self.state.store(CLOSED, Ordering::Release);
        self.cut();
    }

    /// Sends the client a refusal because its address has too many connections, and closes this
    /// one.
    pub(super) fn refuse(&self) {
        if let Some(mut stream) = self.stream.as_ref() {
            let body = too_many().to_body();
            let head = format!(
                "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\ncache-control: no-store\r\n\
                 retry-after: 1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            // A new connection has room for it. A client that has disconnected does not need it.
            let _ = stream.write(&[head.as_bytes(), &body].concat());
        }
        self.close();
    }

    fn cut(&self) {
        if let Some(stream) = &self.stream {
            // It may already be closed.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Returns the refusal of a connection because its address has too many.
fn too_many() -> Failure {
    let message = "this address has too many connections open; close some, or try again in a second";
    Failure::new(Code::BadRequest, message).because(Reason::TooManyRequests)
}

/// Returns the answer to a request on a connection that was closed before it arrived.
pub(crate) fn closed() -> Failure {
    let message = "connections run short, and this one was closed before the request arrived; send it again";
    Failure::new(Code::InternalServerError, message).because(Reason::Unavailable)
}

/// A handle that closes a connection if it is still open.
pub(crate) struct Cutter(Weak<ClientConnection>);

impl Cutter {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self(
            request
                .conn_data::<HeldConnection>()
                .map(|held| Arc::downgrade(held.connection()))
                .unwrap_or_default(),
        )
    }

    pub(crate) fn cut(&self) {
        if let Some(connection) = self.0.upgrade() {
            connection.cut();
        }
    }
}
