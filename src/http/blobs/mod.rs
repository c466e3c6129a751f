//! `/blobs/b3:<hex>`: payload bytes by digest. PUT streams in and verifies; GET and HEAD read a
//! complete blob, one range or a thumbnail. POST to `/blobs` takes bytes whose digest the client does not know.
//!
//! The bytes are untrusted: they leave as a download that no browser opens, runs or guesses a type
//! for. They never change, but may be purged, so caches revalidate each time and receive 304.

mod archive;
pub(super) mod batch;
mod range;
mod thumbnail;

use std::io;
use std::sync::Arc;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tracing::error;

use super::errors::Refusal;
use super::identity::callers::HttpCaller;
use super::identity::origin::Signed;
use super::state::HttpState;
use super::stream::{body, bridge};
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::domain::id::{Digest, hex};
use crate::ledger::{BlobError, BlobMeta, BlobStore, Chunks, Stored};
use range::{WantedBytes, wanted};

const METHODS: &str = "GET, HEAD, PUT";

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/blobs")
            .wrap(actix_web::middleware::from_fn(super::identity::auth::require))
            .route(web::post().to(post))
            .default_service(web::to(|| async { Err::<HttpResponse, _>(Refusal::method("POST")) })),
    );
    config.service(
        web::resource("/blobs/{digest}")
            .wrap(actix_web::middleware::from_fn(super::identity::auth::require))
            .route(web::get().to(get))
            .route(web::head().to(head))
            .route(web::put().to(put))
            .default_service(web::to(|| async { Err::<HttpResponse, _>(Refusal::method(METHODS)) })),
    );
}

async fn put(
    request: HttpRequest,
    name: web::Path<String>,
    payload: web::Payload,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let digest = parse(&name)?;
    let put = async move |blobs: Arc<dyn BlobStore>, chunks, limit| blobs.put(digest, chunks, limit).await;
    receive(&request, payload, &shared, put).await
}

async fn post(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    if has_type(&request, "multipart/") {
        let advice = "expected the bytes alone, found a form: send them as `curl --data-binary @FILE` does";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Failure::bad_request(advice)));
    }
    let take = async |blobs: Arc<dyn BlobStore>, chunks, limit| blobs.take_in(chunks, limit).await;
    receive(&request, payload, &shared, take).await
}

/// Streams a body into the store, and returns the description of the stored blob.
async fn receive<S, F>(
    request: &HttpRequest,
    payload: web::Payload,
    shared: &HttpState,
    store: S,
) -> Result<HttpResponse, Refusal>
where
    S: FnOnce(Arc<dyn BlobStore>, Chunks, u64) -> F,
    F: Future<Output = Result<Stored, BlobError>> + Send + 'static,
{
    let limit = admitted(request, shared)?;
    let memory = HttpCaller::of(request).charge();
    memory.grow(bridge::MEMORY)?;
    let (inlet, chunks) = bridge::inward();
    let storing = shared.runtime.spawn(store(Arc::clone(&shared.blobs), chunks, limit));
    inlet.feed(payload, shared.limits.body_time).await?;
    let stored = finished(storing.await)?;
    let digest = stored.meta.digest;
    let mut response = if stored.created { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response
        .insert_header((header::ETAG, etag(digest)))
        .insert_header((header::LOCATION, format!("/blobs/{digest}")))
        .json(described(&stored)))
}

/// Returns the maximum size of a body. Refuses a body that announces more, or that is compressed.
pub(super) fn admitted(request: &HttpRequest, shared: &HttpState) -> Result<u64, Refusal> {
    body::plain(request)?;
    let limit = shared.limits.blob;
    match body::announced(request) {
        Some(announced) if announced > limit => Err(BlobError::TooLarge { limit }.into()),
        _ => Ok(limit),
    }
}

/// Describes a stored blob as JSON.
pub(super) fn described(stored: &Stored) -> Value {
    json!({
        "digest": stored.meta.digest.to_string(),
        "sha256": hex(&stored.meta.sha256),
        // A string, as in GraphQL: not every JSON reader has 64-bit integers.
        "size": stored.meta.size.to_string(),
        "created": stored.created,
    })
}

/// Returns true if the declared type of the body begins with `start`.
fn has_type(request: &HttpRequest, start: &str) -> bool {
    let given = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |given| given.as_bytes());
    given.get(..start.len()).is_some_and(|given| given.eq_ignore_ascii_case(start.as_bytes()))
}

async fn head(
    request: HttpRequest,
    name: web::Path<String>,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let digest = parse(&name)?;
    if let Some(size) = thumbnail::asked(&request)? {
        return thumbnail::answer(&request, (digest, size), &shared, false).await;
    }
    let meta = stat(digest, &shared).await?;
    if is_known(&request, &etag(digest)) {
        return Ok(describe(&request, StatusCode::NOT_MODIFIED, meta).finish());
    }
    // The length is announced, but nothing is sent.
    Ok(describe(&request, StatusCode::OK, meta)
        .body(SizedStream::new(meta.size, stream::empty::<io::Result<Bytes>>())))
}

async fn get(
    request: HttpRequest,
    name: web::Path<String>,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let digest = parse(&name)?;
    if let Some(size) = thumbnail::asked(&request)? {
        return thumbnail::answer(&request, (digest, size), &shared, true).await;
    }
    let meta = stat(digest, &shared).await?;
    if is_known(&request, &etag(digest)) {
        return Ok(describe(&request, StatusCode::NOT_MODIFIED, meta).finish());
    }
    let wanted = match asked_range(&request, meta.digest) {
        Some(range) => wanted(range, meta.size),
        None => WantedBytes::Whole,
    };
    let (mut response, range, length) = match wanted {
        WantedBytes::Whole => (describe(&request, StatusCode::OK, meta), None, meta.size),
        WantedBytes::Part(range) => {
            let mut response = describe(&request, StatusCode::PARTIAL_CONTENT, meta);
            let last = range.end - 1;
            response.insert_header((
                header::CONTENT_RANGE,
                format!("bytes {}-{last}/{}", range.start, meta.size),
            ));
            (response, Some(range), range.end - range.start)
        }
        WantedBytes::Nothing => return Err(BlobError::BadRange { size: meta.size }.into()),
    };
    let memory = HttpCaller::of(&request).charge();
    memory.grow(bridge::MEMORY)?;
    let blobs = shared.blobs.clone();
    let opened = finished(shared.runtime.spawn(async move { blobs.open(digest, range).await }).await)?;
    // The status is already sent. An error therefore closes the connection, so that the client
    // cannot take a part for the complete blob.
    let chunks = bridge::outward(&shared.runtime, opened.chunks, shared.limits.body_time).map(move |chunk| {
        chunk.map_err(|error| {
            error!(%digest, error = &error as &dyn std::error::Error, "a blob could not be read to its end");
            io::Error::other("the blob could not be read to its end")
        })
    });
    let mut response = response.body(SizedStream::new(length, chunks));
    response.extensions_mut().insert(memory);
    Ok(response)
}

async fn stat(digest: Digest, shared: &HttpState) -> Result<BlobMeta, Refusal> {
    let blobs = shared.blobs.clone();
    let found = finished(shared.runtime.spawn(async move { blobs.stat(digest).await }).await)?;
    found.ok_or_else(|| BlobError::NotFound { digest }.into())
}

fn parse(name: &str) -> Result<Digest, Refusal> {
    name.parse().map_err(|error| Failure::new(Code::BadUserInput, format!("{error}")).into())
}

/// Returns the result of a task of the blob store.
pub(super) fn finished<T>(task: Result<Result<T, BlobError>, tokio::task::JoinError>) -> Result<T, Refusal> {
    match task {
        Ok(result) => result.map_err(Refusal::from),
        Err(failed) => {
            error!(error = %failed, "a blob store's task did not end");
            Err(Failure::new(Code::InternalServerError, "the server failed while it worked on this blob")
                .into())
        }
    }
}

/// Starts an answer about a blob with its headers.
fn describe(request: &HttpRequest, status: StatusCode, meta: BlobMeta) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::ETAG, etag(meta.digest)))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header(("Repr-Digest", format!("sha-256=:{}:", STANDARD.encode(meta.sha256))))
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox"))
        .insert_header(("Cross-Origin-Resource-Policy", resource_policy(request)));
    response
}

/// Returns the sites whose pages may show the answer: all, if they have a pre-signed URL for it.
fn resource_policy(request: &HttpRequest) -> &'static str {
    if request.extensions().contains::<Signed>() { "cross-origin" } else { "same-origin" }
}

fn etag(digest: Digest) -> String {
    entity_tag(&digest.to_string())
}

fn entity_tag(text: &str) -> String {
    format!("\"{text}\"")
}

/// Returns true if the client already has what this entity tag names.
fn is_known(request: &HttpRequest, etag: &str) -> bool {
    request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    })
}

/// Returns the requested range; `None` if its `If-Range` condition does not hold.
fn asked_range(request: &HttpRequest, digest: Digest) -> Option<&str> {
    let holds =
        request.headers().get(header::IF_RANGE).is_none_or(|tag| tag.as_bytes() == etag(digest).as_bytes());
    request.headers().get(header::RANGE).filter(|_| holds)?.to_str().ok()
}

impl From<BlobError> for Refusal {
    fn from(error: BlobError) -> Self {
        let failure = |code, reason, message: &str| Failure::new(code, message).because(reason);
        let message = error.to_string();
        match error {
            BlobError::NotFound { .. } => failure(Code::BadUserInput, Reason::NotFound, &message).into(),
            BlobError::Mismatch { .. } => {
                let advice = format!("{message}; nothing was stored: check the file and its digest");
                failure(Code::BadUserInput, Reason::BlobMismatch, &advice).into()
            }
            BlobError::Unsent { .. } => failure(Code::BadUserInput, Reason::BlobMissing, &message).into(),
            BlobError::OtherFacts { .. } => {
                failure(Code::BadUserInput, Reason::BlobMismatch, &message).into()
            }
            BlobError::TooLarge { .. } => failure(Code::BadUserInput, Reason::LimitExceeded, &message).into(),
            BlobError::BadRange { size } => {
                let refusal = Self::new(
                    StatusCode::RANGE_NOT_SATISFIABLE,
                    Failure::new(
                        Code::BadUserInput,
                        format!("expected a range inside the {size} bytes of the blob"),
                    ),
                );
                match HeaderValue::from_str(&format!("bytes */{size}")) {
                    Ok(value) => refusal.with(header::CONTENT_RANGE, value),
                    Err(_) => refusal,
                }
            }
            BlobError::Source { .. } => Self::broken(),
            BlobError::Denied { .. } | BlobError::Unavailable { .. } => {
                logged(&error);
                let message = format!("{message}; try again later");
                failure(Code::InternalServerError, Reason::Unavailable, &message).into()
            }
            BlobError::Timeout { .. } => {
                logged(&error);
                failure(Code::InternalServerError, Reason::Timeout, &message).into()
            }
            BlobError::Corrupt { .. } => {
                logged(&error);
                failure(Code::InternalServerError, Reason::Corrupt, &message).into()
            }
        }
    }
}

/// Logs an error that is not the client's fault, once, with its causes.
fn logged(error: &BlobError) {
    error!(error = error as &dyn std::error::Error, "a blob store failed");
}
