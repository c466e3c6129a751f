//! Subscriptions as server-sent events: one operation per connection, the "distinct connections
//! mode" of <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>.
//!
//! The id of each event is the position of its commit. A browser's `EventSource` sends the last id
//! when it reconnects (`Last-Event-ID`), and thereby resumes.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BodyStream, MessageBody};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, rt, web};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::{FeedCursor, FeedStep, errors};
use crate::api::engine::execute::{NextEvent, Subscribed};
use crate::api::engine::failure::Failure;
use crate::api::engine::outcome::Outcome;
use crate::api::engine::request::{Ask, Caller};
use crate::budget::Charge;
use crate::domain::log::position::Position;
use crate::http::connections::connection::Cutter;
use crate::http::errors::Refusal;
use crate::http::identity::callers::{CallerSlot, HttpCaller};
use crate::http::state::HttpState;
use crate::http::stream::meter::{self, Metered, SendFlow};

const MEDIA: &str = "text/event-stream";

/// Returns true if a request accepts events. A client that also accepts JSON gets events for
/// subscriptions only.
pub(crate) fn wanted(request: &HttpRequest, ask: &Ask) -> bool {
    let mut names = request
        .headers()
        .get_all(header::ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .collect::<Vec<_>>();
    let events = names.iter().any(|name| name == MEDIA);
    names.retain(|name| name.starts_with("application/"));
    events && (names.is_empty() || ask.query.contains("subscription"))
}

/// Returns true if a request accepts nothing but events.
pub(crate) fn alone(request: &HttpRequest) -> bool {
    wanted(request, &Ask::default())
}

/// Answers a request with events.
pub(crate) fn answer(
    request: &HttpRequest,
    shared: web::Data<HttpState>,
    ask: Ask,
    caller: Caller,
) -> Result<HttpResponse, Refusal> {
    let last =
        match request.headers().get("last-event-id") {
            None => None,
            Some(id) => {
                let position = id.to_str().ok().and_then(|id| id.trim().parse::<Position>().ok());
                Some(position.ok_or_else(|| {
                    Failure::bad_request("`Last-Event-ID` must be the id of an event or a seq")
                })?)
            }
        };
    let holder = HttpCaller::of(request);
    let slot = shared.waiting.take(&holder)?;
    let flow = Rc::new(SendFlow::default());
    rt::spawn(meter::watch(Rc::clone(&flow), Cutter::of(request), shared.limits.feed.send_time));
    let stop = shared.stop.subscribe();
    let begins = Box::pin(begin(shared.clone(), ask, caller, Arc::clone(&holder), last));
    let memory = holder.charge();
    let talk = EventStream { shared, stop, state: StreamState::Opens(begins), memory, _slot: slot };
    let chunks = stream::unfold(talk, EventStream::next);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Accept"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // Proxies would otherwise collect several events before they send.
        .insert_header(("x-accel-buffering", "no"))
        .body(Metered::new(BodyStream::new(chunks).boxed(), flow)))
}

/// A result that the stream waits for.
enum StreamInput {
    Cursor(Box<FeedCursor>),
    Event(Box<FeedCursor>, FeedStep),
    /// A complete answer with its memory, which ends the stream.
    Answer(Vec<u8>, Charge),
    /// Nothing happened for a while.
    Nothing,
    /// The server was asked to stop.
    Stop,
}

type PendingInput = Pin<Box<dyn Future<Output = StreamInput>>>;

enum StreamState {
    /// Nothing was sent yet.
    Opens(PendingInput),
    Waits(PendingInput),
    Ends,
}

struct EventStream {
    shared: web::Data<HttpState>,
    stop: watch::Receiver<bool>,
    state: StreamState,
    /// The memory of the event that is being sent.
    memory: Charge,
    _slot: CallerSlot,
}

async fn begin(
    shared: web::Data<HttpState>,
    ask: Ask,
    caller: Caller,
    holder: Arc<HttpCaller>,
    last: Option<Position>,
) -> StreamInput {
    match shared.subscribe(ask, caller.principal.clone(), &holder).await {
        Subscribed::Events(events) => {
            let mut cursor = FeedCursor::new(shared, events, caller.memory);
            match last.map_or(Ok(()), |last| cursor.resume(last)) {
                Ok(()) => StreamInput::Cursor(Box::new(cursor)),
                Err(failure) => StreamInput::Answer(failure.to_body(), holder.charge()),
            }
        }
        Subscribed::NotASubscription(ask) => {
            let memory = caller.memory.clone();
            StreamInput::Answer(shared.run(ask, caller, &holder, shared.deadline()).await.body, memory)
        }
        Subscribed::Refused(outcome) => StreamInput::Answer(outcome.body, holder.charge()),
    }
}

fn next_step(cursor: FeedCursor) -> PendingInput {
    Box::pin(async move {
        let (cursor, step) = cursor.next().await;
        StreamInput::Event(Box::new(cursor), step)
    })
}

impl EventStream {
    /// Returns the next bytes of the stream.
    async fn next(mut self) -> Option<(Result<Bytes, std::io::Error>, Self)> {
        // The client has accepted the previous bytes.
        self.memory.keep(0);
        let mut coming = match std::mem::replace(&mut self.state, StreamState::Ends) {
            StreamState::Opens(coming) => {
                // Confirms the connection to the client at once.
                self.state = StreamState::Waits(coming);
                return self.say(b":\n\n".to_vec());
            }
            StreamState::Waits(coming) => coming,
            StreamState::Ends => return None,
        };
        let quiet = Instant::now() + self.shared.limits.feed.ping;
        loop {
            let came = tokio::select! {
                came = &mut coming => came,
                () = sleep_until(quiet) => StreamInput::Nothing,
                _ = self.stop.wait_for(|stop| *stop) => StreamInput::Stop,
            };
            match came {
                StreamInput::Nothing => {
                    self.state = StreamState::Waits(coming);
                    return self.say(b":\n\n".to_vec());
                }
                StreamInput::Stop => return self.say(last(errors(&Outcome::busy().body))),
                StreamInput::Cursor(cursor) => coming = next_step(*cursor),
                StreamInput::Event(cursor, FeedStep::Event(seq, looked)) => {
                    if let NextEvent::Event(_, body) = &*looked {
                        if let Err(exhausted) = self.memory.grow(2 * body.len() as u64) {
                            // It is not sent, so the client resumes after the previous event.
                            let failed = Outcome::failed(&Failure::from(&exhausted));
                            return self.say(last(errors(&failed.body)));
                        }
                        self.state = StreamState::Waits(next_step(*cursor));
                        let position = self.shared.position(seq);
                        return self.say(event(Some(position), body));
                    }
                    coming = next_step(*cursor);
                }
                StreamInput::Event(_, FeedStep::Over(errors)) => return self.say(last(errors)),
                StreamInput::Answer(body, memory) => {
                    self.memory = memory;
                    return self.say([event(None, &body), END.to_vec()].concat());
                }
            }
        }
    }

    fn say(self, bytes: Vec<u8>) -> Option<(Result<Bytes, std::io::Error>, Self)> {
        Some((Ok(Bytes::from(bytes)), self))
    }
}

/// The data field is present but empty: without it a browser would not dispatch the event.
const END: &[u8] = b"event: complete\ndata: \n\n";

/// Formats an event. JSON contains no raw line breaks, so one data line is enough.
fn event(position: Option<Position>, body: &[u8]) -> Vec<u8> {
    let id = position.map(|position| format!("id: {position}\n")).unwrap_or_default();
    [id.as_bytes(), b"event: next\ndata: ", body, b"\n\n"].concat()
}

fn last(errors: Value) -> Vec<u8> {
    let body = json!({ "errors": errors }).to_string();
    [event(None, body.as_bytes()), END.to_vec()].concat()
}
