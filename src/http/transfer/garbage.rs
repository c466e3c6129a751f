//! `/garbage`: unreferenced payloads, for `stemma gc`. POST lists one page of them, and deletes it
//! if requested; prefixes without such payloads are passed over. GET `/garbage/b3:<hex>` reports the
//! state of one payload. For operators, not part of the API.

use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use tracing::{error, info};

use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::domain::id::Digest;
use crate::http::errors::Refusal;
use crate::http::state::HttpState;
use crate::http::stream::body;
use crate::ledger::{Ledger, LedgerError, PayloadState, UnreferencedPayload};

/// The maximum size of a request body in bytes, more than a valid request needs.
const LARGEST_BODY: usize = 4_096;

/// The time after which a page ends with the prefix that was listed, so that the client can report
/// its progress.
const PAGE_TIME: Duration = Duration::from_secs(2);

/// A request for a page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GarbageRequest {
    /// The smallest first byte of the digests: 0 to 255.
    first: u8,
    /// The largest first byte of the digests; that of `first` if absent. The page may end before.
    last: Option<u8>,
    /// The minimum age of a payload, in seconds since it was last put.
    grace_seconds: u64,
    /// True to delete the payloads of the page.
    delete: bool,
}

pub(in crate::http) fn configure(config: &mut web::ServiceConfig) {
    let other = |methods| web::to(move || async move { Err::<HttpResponse, _>(Refusal::method(methods)) });
    config
        .service(
            web::resource("/garbage")
                .wrap(actix_web::middleware::from_fn(crate::http::identity::auth::require))
                .route(web::post().to(page))
                .default_service(other("POST")),
        )
        .service(
            web::resource("/garbage/{digest}")
                .wrap(actix_web::middleware::from_fn(crate::http::identity::auth::require))
                .route(web::get().to(one))
                .default_service(other("GET")),
        );
}

async fn page(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let ledger = ledger(&shared)?;
    let shape = ("{\"first\", \"last\", \"graceSeconds\", \"delete\"}", LARGEST_BODY);
    let asked: GarbageRequest = body::json(&request, payload, shape, shared.limits.body_time).await?;
    let work = async move {
        let grace = Duration::from_secs(asked.grace_seconds);
        let begun = Instant::now();
        let (mut last, end) = (asked.first, asked.last.unwrap_or(asked.first));
        let mut found = ledger.unreferenced_payloads(last, grace).await?;
        while found.is_empty() && last < end && begun.elapsed() < PAGE_TIME {
            last += 1;
            found = ledger.unreferenced_payloads(last, grace).await?;
        }
        if !asked.delete {
            return Ok((found, last));
        }
        let digests: Vec<Digest> = found.iter().map(|blob| blob.digest).collect();
        let deleted = ledger.sweep(&digests, grace).await?;
        if !deleted.is_empty() {
            info!(payloads = deleted.len(), "payloads that no version names were deleted");
        }
        Ok((found.into_iter().filter(|blob| deleted.contains(&blob.digest)).collect(), last))
    };
    let (blobs, last): (Vec<UnreferencedPayload>, u8) = finished(shared.runtime.spawn(work).await)?;
    let blobs: Vec<_> = blobs
        .iter()
        .map(|blob| {
            json!({
                "digest": blob.digest.to_string(),
                "size": blob.size.to_string(),
                "ageSeconds": blob.age.as_secs(),
            })
        })
        .collect();
    Ok(answer(&json!({ "blobs": blobs, "last": last })))
}

async fn one(name: web::Path<String>, shared: web::Data<HttpState>) -> Result<HttpResponse, Refusal> {
    let ledger = ledger(&shared)?;
    let digest: Digest =
        name.parse().map_err(|error| Failure::new(Code::BadUserInput, format!("{error}")))?;
    let PayloadState { stored, versions } =
        finished(shared.runtime.spawn(async move { ledger.payload_state(digest).await }).await)?;
    Ok(answer(&json!({
        "size": stored.map(|(size, _)| size.to_string()),
        "ageSeconds": stored.map(|(_, age)| age.as_secs()),
        "versions": versions,
    })))
}

fn ledger(shared: &HttpState) -> Result<Ledger, Refusal> {
    let missing =
        || Failure::new(Code::BadUserInput, "this server collects no garbage").because(Reason::NotFound);
    shared.ledger.clone().ok_or_else(|| missing().into())
}

fn answer(said: &serde_json::Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(said)
}

/// Returns the result of a task of the ledger.
fn finished<T>(task: Result<Result<T, LedgerError>, tokio::task::JoinError>) -> Result<T, Refusal> {
    match task {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(LedgerError::Blob(error))) => Err(error.into()),
        Ok(Err(error)) => {
            error!(error = &error as &dyn std::error::Error, "garbage was not collected");
            Err(Failure::new(Code::InternalServerError, error.to_string())
                .because(Reason::Unavailable)
                .into())
        }
        Err(failed) => {
            error!(error = %failed, "the collection of garbage did not end");
            Err(Failure::new(Code::InternalServerError, "the server failed while it looked for garbage")
                .into())
        }
    }
}
