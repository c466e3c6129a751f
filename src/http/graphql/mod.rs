//! `/graphql`: GraphQL over HTTP by the specification draft.
//!
//! GET runs queries; POST accepts only JSON, so that forms of other sites cannot use it. Operations
//! run as separate tasks: a panic becomes an answer, and a client that disconnects interrupts
//! nothing. Queries that are known to be quick start on the connection's own thread and usually
//! finish there, because a switch to another thread and back takes longer than the answer.

pub(super) mod params;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use tokio::time::{Instant, timeout_at};
use tracing::error;

use super::errors::media::ResponseMedia;
use super::errors::{Refusal, graphql_status};
use super::feed::events;
use super::identity::callers::HttpCaller;
use super::limits::COPIES;
use super::stream::body;

use super::state::HttpState;
use crate::api::engine::failure::Failure;
use crate::api::engine::outcome::Outcome;
use crate::api::engine::request::{Allow, Ask, Asked, Caller};
use crate::api::schema::at_least::EXTENSION;
use crate::budget::{Charge, Charging};
use crate::domain::canonical::json;
use crate::domain::log::position::Position;
use crate::domain::principal::Principal;

const METHODS: &str = "GET, POST";

/// The header for the minimum seq of the server before it answers. `atLeastSeq` in the request's
/// extensions has the same meaning and takes precedence.
const AT_LEAST: &str = "stemma-at-least-seq";
/// The header with the position of an answer.
pub(super) const SEQ: header::HeaderName = header::HeaderName::from_static("stemma-seq");

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/graphql")
            .wrap(actix_web::middleware::from_fn(super::identity::auth::require))
            .wrap(actix_web::middleware::from_fn(super::stream::compress::judge))
            .wrap(actix_web::middleware::Compress::default())
            .wrap(actix_web::middleware::from_fn(super::stream::compress::conclude))
            .route(web::get().to(get))
            .route(web::post().to(post))
            .default_service(web::to(|| async { Err::<HttpResponse, _>(Refusal::method(METHODS)) })),
    );
}

async fn get(
    request: HttpRequest,
    principal: web::ReqData<Principal>,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let holder = HttpCaller::of(&request);
    let memory = holder.charge();
    let caller = Caller { principal: principal.into_inner(), allow: Allow::Queries, memory: memory.clone() };
    if events::alone(&request) {
        let mut ask = params::read(request.query_string(), &memory)?;
        at_least(&request, &mut ask);
        return events::answer(&request, shared, ask, caller);
    }
    let media = media(&request)?;
    let mut ask = params::read(request.query_string(), &memory)
        .map_err(|failure| Refusal::from(failure).in_media(media))?;
    at_least(&request, &mut ask);
    if events::wanted(&request, &ask) {
        return events::answer(&request, shared, ask, caller);
    }
    Ok(one(shared.run(ask, caller, &holder, shared.deadline()).await, media, memory))
}

async fn post(
    request: HttpRequest,
    payload: web::Payload,
    principal: web::ReqData<Principal>,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let media = if events::alone(&request) { ResponseMedia::Json } else { media(&request)? };
    let holder = HttpCaller::of(&request);
    let memory = holder.charge();
    let asked = read(&request, payload, &shared, &memory).await.map_err(|refusal| refusal.in_media(media))?;
    let caller =
        Caller { principal: principal.into_inner(), allow: Allow::Mutations, memory: memory.clone() };
    Ok(match asked {
        Asked::One(mut ask) => {
            at_least(&request, &mut ask);
            if events::wanted(&request, &ask) {
                return events::answer(&request, shared, ask, caller);
            }
            one(shared.run(ask, caller, &holder, shared.deadline()).await, media, memory)
        }
        Asked::Batch(_) if events::alone(&request) => {
            return Err(Failure::bad_request(
                "expected one request for an answer with events, found a batch",
            )
            .into());
        }
        Asked::Batch(mut asks) => {
            asks.iter_mut().for_each(|ask| at_least(&request, ask));
            batch(&shared.run_all(asks, &caller, &holder).await, media, memory)?
        }
    })
}

/// Applies the header, unless the request itself sets the extension.
fn at_least(request: &HttpRequest, ask: &mut Ask) {
    if let Some(value) = request.headers().get(AT_LEAST) {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        ask.extensions.entry(EXTENSION).or_insert(text.into());
    }
}

fn media(request: &HttpRequest) -> Result<ResponseMedia, Refusal> {
    ResponseMedia::of(request).ok_or_else(|| {
        let failure =
            Failure::bad_request("`Accept` must allow application/graphql-response+json or application/json");
        Refusal::new(StatusCode::NOT_ACCEPTABLE, failure)
    })
}

async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    shared: &HttpState,
    memory: &Charge,
) -> Result<Asked, Refusal> {
    if !body::is_json(request) {
        let failure = Failure::bad_request("send the request as `Content-Type: application/json` in UTF-8");
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, failure));
    }
    let limits = &shared.limits;
    let body = body::read(request, payload, limits.body, limits.body_time, memory).await?;
    if body.is_empty() {
        return Err(Failure::bad_request("the body is empty; send a JSON object with `query`").into());
    }
    let mut meter = Charging::new(memory, COPIES);
    let value = json::parse_within(&body, &mut meter).map_err(|error| match meter.met {
        Some(exhausted) => exhausted.into(),
        None => Refusal::from(Failure::bad_request(format!("the body cannot be read: {error}"))),
    })?;
    memory.shrink(body.capacity() as u64);
    Ok(Asked::read(value, limits.batch)?)
}

fn one(outcome: Outcome, media: ResponseMedia, memory: Charge) -> HttpResponse {
    let status = graphql_status(outcome.class, media);
    let mut response = respond(status, media, outcome.body, outcome.position, memory);
    let headers = response.headers_mut();
    match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        _ => {}
    }
    response
}

/// Builds the answer to a batch. Its status is 200, because each response reports its own outcome.
fn batch(outcomes: &[Outcome], media: ResponseMedia, memory: Charge) -> Result<HttpResponse, Refusal> {
    let length = outcomes.iter().map(|outcome| outcome.body.len() + 1).sum::<usize>() + 1;
    memory.grow(length as u64).map_err(|exhausted| Refusal::from(exhausted).in_media(media))?;
    let mut body = Vec::with_capacity(length);
    body.push(b'[');
    for (i, outcome) in outcomes.iter().enumerate() {
        if i > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&outcome.body);
    }
    body.push(b']');
    // The latest position: each request reads no earlier than the one before it.
    let position = outcomes.iter().filter_map(|outcome| outcome.position).max_by_key(|position| position.seq);
    Ok(respond(StatusCode::OK, media, body, position, memory))
}

fn respond(
    status: StatusCode,
    media: ResponseMedia,
    body: Vec<u8>,
    position: Option<Position>,
    memory: Charge,
) -> HttpResponse {
    // The values are freed; the text is held until it is sent.
    memory.keep(body.len() as u64);
    let mut response = HttpResponse::build(status);
    if let Some(position) = position {
        response.insert_header((SEQ, position.to_string()));
    }
    response
        .insert_header((header::CONTENT_TYPE, media.content_type()))
        .insert_header((header::VARY, "Accept"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    let mut response = response.body(body);
    response.extensions_mut().insert(memory);
    response
}

impl HttpState {
    /// Returns the deadline of a request that arrives now.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.limits.request_time
    }

    /// Runs the requests of a batch one after another, because a later one may depend on the writes
    /// of an earlier one.
    async fn run_all(&self, asks: Vec<Ask>, caller: &Caller, holder: &HttpCaller) -> Vec<Outcome> {
        let deadline = self.deadline();
        let mut outcomes = Vec::with_capacity(asks.len());
        for ask in asks {
            outcomes.push(self.run(ask, caller.clone(), holder, deadline).await);
        }
        outcomes
    }

    /// Runs one request as a task. If the deadline passes or the client disconnects, the task
    /// continues until it ends: neither a write nor a read of the store may be interrupted. It
    /// keeps its slot until then, so abandoned work still counts.
    pub(super) async fn run(
        &self,
        ask: Ask,
        caller: Caller,
        holder: &HttpCaller,
        deadline: Instant,
    ) -> Outcome {
        let Ok(Some(slot)) = timeout_at(deadline, self.operating.wait(holder)).await else {
            return Outcome::busy();
        };
        let api = self.api.clone();
        let pace = api.pace(&ask);
        let begun = Instant::now();
        // Walks that a later request can continue leave half of the time for the rest of the
        // answer.
        let time_up = begun + deadline.saturating_duration_since(begun) / 2;
        let time_up = Arc::new(move || Instant::now() >= time_up);
        let mut work: Work = Box::pin(async move {
            let _slot = slot;
            api.execute_until(ask, caller, time_up).await
        });
        let at_once = match &pace {
            // A connection's thread never waits for the index, because it also serves other
            // requests such as `/readyz`.
            Some(pace) if pace.is_quick() && self.is_readable() => self.at_once(&mut work),
            _ => None,
        };
        let outcome = match at_once {
            Some(outcome) => outcome,
            None => self.elsewhere(work, deadline).await.unwrap_or_else(|outcome| outcome),
        };
        if let Some(pace) = pace {
            pace.ran(begun.elapsed());
        }
        outcome
    }

    /// Runs work as a task.
    ///
    /// # Errors
    /// The outcome for the client if the task failed or exceeded its deadline.
    pub(super) async fn elsewhere<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
        deadline: Instant,
    ) -> Result<T, Outcome> {
        match timeout_at(deadline, self.operations.spawn(work)).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(failed)) if failed.is_panic() => Err(panicked(&*failed.into_panic())),
            // The runtime is shutting down.
            Ok(Err(_)) => Err(Outcome::busy()),
            Err(_) => Err(Outcome::timed_out()),
        }
    }
}

/// A running operation.
type Work = Pin<Box<dyn Future<Output = Outcome> + Send>>;

impl HttpState {
    /// Runs work on this thread until it has to wait; `None` if it does. The next poll registers
    /// its own waker.
    fn at_once(&self, work: &mut Work) -> Option<Outcome> {
        // Tasks that it spawns run on the runtime of operations.
        let _inside = self.operations.enter();
        let mut nobody = Context::from_waker(Waker::noop());
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(&mut nobody))) {
            Ok(Poll::Ready(outcome)) => Some(outcome),
            Ok(Poll::Pending) => None,
            Err(panic) => Some(panicked(&*panic)),
        }
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Outcome {
    let said = panic.downcast_ref::<&str>().copied();
    let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    error!(panic = said.unwrap_or("?"), "a GraphQL operation panicked");
    Outcome::panicked()
}
