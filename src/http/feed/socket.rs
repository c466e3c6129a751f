//! Subscriptions over a WebSocket: the loop of one connection, in the protocol
//! graphql-transport-ws.
//!
//! Only one message is in transit to a client at a time; the next is computed when there is room.
//! Queries and mutations also run here, as the protocol requires.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, guard, rt, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, ProtocolError, Session};
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::{Map, Value};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};

use super::protocol::{self, ClientMessage, Close};
use super::{FeedCursor, FeedStep, errors};
use crate::api::engine::code::Reason;
use crate::api::engine::execute::{NextEvent, Subscribed};
use crate::api::engine::failure::Failure;
use crate::api::engine::outcome::{Class, Outcome};
use crate::api::engine::request::{Allow, Ask, Caller};
use crate::budget::Charge;
use crate::domain::id::Seq;
use crate::domain::principal::Principal;
use crate::http::connections::connection::Cutter;
use crate::http::errors::Refusal;
use crate::http::identity::callers::{CallerSlot, HttpCaller};
use crate::http::state::HttpState;
use crate::http::stream::meter::{Gone, Metered, SendFlow};

/// The time for the last message to be sent.
const LINGER: Duration = Duration::from_secs(2);

/// Adds the route. It is registered before that of plain requests, and requires no token: a script
/// cannot send one with the handshake, but sends it in its first message.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    let upgrades = guard::fn_guard(|context| {
        let upgrade = context.head().headers().get(header::UPGRADE);
        upgrade.is_some_and(|name| name.as_bytes().eq_ignore_ascii_case(b"websocket"))
    });
    config.service(web::resource("/graphql").guard(guard::Get()).guard(upgrades).route(web::get().to(open)));
}

async fn open(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let authorization = request.headers().get(header::AUTHORIZATION);
    let principal = match (shared.authentication.access.admit(authorization), authorization) {
        (Ok(principal), _) => Some(principal),
        (Err(_), None) => None,
        (Err(why), Some(_)) => return Err(Refusal::unauthenticated(why)),
    };
    let address = request.peer_addr();
    let known = principal.clone().or_else(|| Principal::named("unknown").ok());
    let holder = shared.authentication.callers.find(&known.unwrap_or_else(Principal::local), address);
    // A client without credentials so far takes no slot from authenticated clients.
    let slot = principal.as_ref().map(|_| shared.waiting.take(&holder)).transpose()?;
    let (response, session, incoming) = actix_ws::handle_with_protocols(&request, payload, &[protocol::NAME])
        .map_err(|error| {
            Refusal::new(
                StatusCode::BAD_REQUEST,
                Failure::bad_request(format!("expected the handshake of a WebSocket: {error}")),
            )
        })?;
    let speaks = response.headers().contains_key(header::SEC_WEBSOCKET_PROTOCOL);
    let flow = Rc::new(SendFlow::default());
    let (limit, cutter) = (shared.limits.feed.message, Cutter::of(&request));
    let incoming = incoming.max_frame_size(limit).aggregate_continuations().max_continuation_size(limit);
    let running = (FuturesUnordered::new(), HashMap::new());
    let connection = SocketConnection {
        shared,
        session,
        flow: Rc::clone(&flow),
        principal,
        address,
        holder,
        slot,
        begun: false,
        last_activity: Instant::now(),
        replies: running.0,
        running: running.1,
    };
    rt::spawn(connection.run(incoming, speaks, cutter));
    let metered = response.map_body(|_, body| Metered::new(body, flow));
    Ok(metered.map_into_boxed_body())
}

/// The result of an operation.
enum Reply {
    /// A subscription began, or was refused.
    Begun(Subscribed, Charge),
    /// An event of a subscription.
    Step(Box<FeedCursor>, FeedStep),
    /// The answer to a query or a mutation.
    Answered(Outcome, Charge),
}

/// A running operation; yields `None` if the client ended it.
type RunningOperation = Pin<Box<dyn Future<Output = Option<(String, Reply)>>>>;

struct SocketConnection {
    shared: web::Data<HttpState>,
    session: Session,
    flow: Rc<SendFlow>,
    /// The authenticated principal, once it is known.
    principal: Option<Principal>,
    address: Option<SocketAddr>,
    /// The caller that is charged for the memory of messages.
    holder: Arc<HttpCaller>,
    /// The slot of the connection, held once the principal is known.
    slot: Option<CallerSlot>,
    /// The time at which the client last sent or accepted something.
    last_activity: Instant,
    /// True once the client may send operations.
    begun: bool,
    replies: FuturesUnordered<RunningOperation>,
    running: HashMap<String, AbortHandle>,
}

impl SocketConnection {
    async fn run(mut self, mut incoming: AggregatedMessageStream, speaks: bool, cutter: Cutter) {
        let close = if speaks { self.serve(&mut incoming).await } else { Close::not_spoken() };
        let Self { session, flow, slot: _slot, .. } = self;
        let Close { code, why } = close;
        if code >= 4000 {
            tracing::debug!(code, why, "a WebSocket is closed");
        }
        let reason =
            CloseReason { code: CloseCode::from(code), description: Some(why).filter(|why| !why.is_empty()) };
        let closed = timeout(LINGER, async {
            let _ = session.close(Some(reason)).await;
            flow.ended().await;
        });
        if closed.await.is_err() {
            cutter.cut();
        }
    }

    async fn serve(&mut self, incoming: &mut AggregatedMessageStream) -> Close {
        let limits = self.shared.limits.feed.clone();
        let mut stop = self.shared.stop.subscribe();
        let mut init = pin!(sleep(limits.init_time));
        let mut ping = interval_at(Instant::now() + limits.ping, limits.ping);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                message = incoming.recv() => {
                    self.last_activity = Instant::now();
                    match message {
                        Some(Ok(message)) => self.receive(message).await,
                        Some(Err(error)) => Err(broken(&error, limits.message)),
                        None => Err(Close::gone()),
                    }
                }
                Some(reply) = self.replies.next() => match reply {
                    Some((id, reply)) => self.deliver(id, reply).await,
                    None => Ok(()),
                },
                () = &mut init, if !self.begun => Err(Close::no_init()),
                _ = ping.tick() => {
                    if self.last_activity.elapsed() > limits.ping * 2 {
                        Err(Close::silent())
                    } else {
                        self.session.ping(b"").await.map_err(|_| Close::gone())
                    }
                }
                _ = stop.wait_for(|stop| *stop) => Err(Close::stopping()),
            };
            if let Err(close) = done {
                return close;
            }
        }
    }

    async fn receive(&mut self, message: AggregatedMessage) -> Result<(), Close> {
        let text = match message {
            AggregatedMessage::Text(text) => text,
            AggregatedMessage::Binary(_) => return Err(Close::bad("expected text, found binary data")),
            AggregatedMessage::Ping(bytes) => {
                return self.session.pong(&bytes).await.map_err(|_| Close::gone());
            }
            AggregatedMessage::Pong(_) => return Ok(()),
            AggregatedMessage::Close(_) => return Err(Close::gone()),
        };
        let memory = self.holder.charge();
        match ClientMessage::read(&text, &memory)? {
            ClientMessage::Init(_) if self.begun => Err(Close::init_again()),
            ClientMessage::Init(payload) => {
                if self.principal.is_none() {
                    let principal = self.shared.authentication.access.admit(bearer(&payload).as_ref());
                    let principal = principal.map_err(Close::forbidden)?;
                    self.holder = self.shared.authentication.callers.find(&principal, self.address);
                    self.principal = Some(principal);
                    self.slot = Some(self.shared.waiting.take(&self.holder).map_err(|_| Close::full())?);
                }
                self.begun = true;
                self.send(protocol::ack(), None).await
            }
            ClientMessage::Ping(payload) => self.send(protocol::pong(payload), None).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe(id, ask) => self.begin(id, ask, memory).await,
            ClientMessage::Complete(id) => {
                if let Some(handle) = self.running.remove(&id) {
                    handle.abort();
                }
                Ok(())
            }
        }
    }

    async fn begin(&mut self, id: String, ask: Ask, memory: Charge) -> Result<(), Close> {
        let principal = match &self.principal {
            Some(principal) if self.begun => principal.clone(),
            _ => return Err(Close::unauthorized()),
        };
        if self.running.contains_key(&id) {
            return Err(Close::duplicate(&id));
        }
        let most = self.shared.limits.feed.subscriptions;
        if self.running.len() >= most {
            let failure = Failure::bad_request(format!(
                "this connection runs {most} operations already, which is the limit; end one, or open another connection"
            ));
            let outcome = Outcome::failed(&failure.because(Reason::LimitExceeded));
            return self.send(protocol::error(&id, &errors(&outcome.body)), None).await;
        }
        let (shared, holder) = (self.shared.clone(), Arc::clone(&self.holder));
        self.run_reply(
            id,
            async move { Reply::Begun(shared.subscribe(ask, principal, &holder).await, memory) },
        );
        Ok(())
    }

    /// Runs the next step of an operation.
    fn run_reply(&mut self, id: String, reply: impl Future<Output = Reply> + 'static) {
        let (handle, registration) = AbortHandle::new_pair();
        self.running.insert(id.clone(), handle);
        let reply = Abortable::new(reply, registration);
        self.replies.push(Box::pin(async move { reply.await.ok().map(|reply| (id, reply)) }));
    }

    fn next_step(&mut self, id: String, cursor: FeedCursor) {
        self.run_reply(id, async move {
            let (cursor, step) = cursor.next().await;
            Reply::Step(Box::new(cursor), step)
        });
    }

    async fn deliver(&mut self, id: String, reply: Reply) -> Result<(), Close> {
        match reply {
            Reply::Begun(Subscribed::Events(events), memory) => {
                self.next_step(id, FeedCursor::new(self.shared.clone(), events, memory));
                Ok(())
            }
            Reply::Begun(Subscribed::NotASubscription(ask), memory) => {
                let (shared, principal) = (self.shared.clone(), self.principal.clone());
                let holder = Arc::clone(&self.holder);
                self.run_reply(id, async move {
                    let Some(principal) = principal else { return Reply::Answered(Outcome::busy(), memory) };
                    let caller = Caller { principal, allow: Allow::Mutations, memory: memory.clone() };
                    Reply::Answered(shared.run(ask, caller, &holder, shared.deadline()).await, memory)
                });
                Ok(())
            }
            Reply::Step(cursor, FeedStep::Event(seq, looked)) => {
                if let NextEvent::Event(_, body) = &*looked {
                    self.send(protocol::next(&id, body), Some(seq)).await?;
                }
                self.next_step(id, *cursor);
                Ok(())
            }
            Reply::Step(_, FeedStep::Over(errors)) => self.fail(&id, &errors).await,
            Reply::Answered(Outcome { class: Class::Executed, body, .. }, memory) => {
                memory.keep(body.len() as u64);
                self.send(protocol::next(&id, &body), None).await?;
                self.running.remove(&id);
                self.send(protocol::complete(&id), None).await
            }
            Reply::Begun(Subscribed::Refused(outcome), _) | Reply::Answered(outcome, _) => {
                self.fail(&id, &errors(&outcome.body)).await
            }
        }
    }

    async fn fail(&mut self, id: &str, errors: &Value) -> Result<(), Close> {
        self.running.remove(id);
        self.send(protocol::error(id, errors), None).await
    }

    /// Sends a message and waits until it is accepted. `seq` is the commit of the event: if the
    /// event is not accepted, the client resumes after the previous commit.
    async fn send(&mut self, text: String, seq: Option<Seq>) -> Result<(), Close> {
        let before = self.flow.idle();
        let after = seq.map(|seq| self.shared.position(Seq(seq.0.saturating_sub(1))));
        let memory = self.holder.charge();
        // Once as a message and once as a frame.
        memory.grow(2 * text.len() as u64).map_err(|_| Close::no_memory(after))?;
        let sent = timeout(self.shared.limits.feed.send_time, async {
            self.session.text(text).await.map_err(|_| Gone)?;
            self.flow.taken(before).await
        });
        match sent.await {
            Ok(Ok(())) => {
                self.last_activity = Instant::now();
                Ok(())
            }
            Ok(Err(Gone)) => Err(Close::gone()),
            Err(_) => Err(Close::too_slow(after)),
        }
    }
}

/// Returns the credentials of a first message: an `Authorization` field as in the header, or a
/// `token`.
fn bearer(payload: &Map<String, Value>) -> Option<HeaderValue> {
    let text = |name: &str| payload.get(name).and_then(Value::as_str);
    let header = text("Authorization").or_else(|| text("authorization")).map(str::to_owned);
    let header = header.or_else(|| text("token").map(|token| format!("Bearer {token}")))?;
    HeaderValue::from_str(&header).ok()
}

fn broken(error: &ProtocolError, limit: usize) -> Close {
    match error {
        ProtocolError::Overflow => Close::too_large(limit),
        ProtocolError::Io(_) => {
            let said = error.to_string();
            if said.contains("continuation size") {
                Close::too_large(limit)
            } else {
                Close::new(1007, "not UTF-8, or cut short")
            }
        }
        other => Close::new(1002, other.to_string()),
    }
}
