//! `/backup`: the log with all rows, for `stemma backup`. GET returns the number and digest of a
//! commit. POST returns the commits after one, as many as fit in a page, each prefixed by its
//! length. For operators, not part of the API.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;
use tracing::error;

use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::domain::id::{Seq, hex};
use crate::domain::write::log_entry::LogEntry;
use crate::http::errors::Refusal;
use crate::http::identity::callers::HttpCaller;
use crate::http::state::HttpState;
use crate::http::stream::body;
use crate::ledger::{Ledger, LedgerError};

/// The maximum size of a request body in bytes, more than a valid request needs.
const LARGEST_BODY: usize = 4_096;

/// The approximate size of a page in bytes; a single commit may be larger.
const PAGE: usize = 4 * 1024 * 1024;

/// The memory of a page while it is made: rows, commits and their bytes.
const MEMORY: u64 = 4 * PAGE as u64;

/// The requested commit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BackupHead {
    /// Its seq; the newest if absent.
    at: Option<String>,
}

/// The requested range of commits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BackupRange {
    /// The commit before the first one.
    after: String,
    /// The last commit.
    until: String,
}

pub(in crate::http) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/backup")
            .wrap(actix_web::middleware::from_fn(crate::http::identity::auth::require))
            .route(web::get().to(head))
            .route(web::post().to(page))
            .default_service(web::to(|| async { Err::<HttpResponse, _>(Refusal::method("GET, POST")) })),
    );
}

async fn head(which: web::Query<BackupHead>, shared: web::Data<HttpState>) -> Result<HttpResponse, Refusal> {
    let ledger = ledger(&shared)?;
    let at = which.into_inner().at.map(|at| seq(&at)).transpose()?;
    let head = finished(shared.runtime.spawn(async move { ledger.head_at(at).await }).await)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({ "seq": head.seq.to_string(), "digest": hex(&head.digest) })))
}

async fn page(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let ledger = ledger(&shared)?;
    let shape = ("{\"after\", \"until\"}", LARGEST_BODY);
    let asked: BackupRange = body::json(&request, payload, shape, shared.limits.body_time).await?;
    let (after, until) = (seq(&asked.after)?, seq(&asked.until)?);
    let turn = timeout(shared.limits.request_time, Arc::clone(&shared.backing_up).acquire_owned()).await;
    let Ok(Ok(turn)) = turn else { return Err(busy().into()) };
    let memory = HttpCaller::of(&request).charge();
    memory.grow(MEMORY)?;
    let work = async move {
        let _turn = turn;
        let read = ledger.log_entries(after, until, PAGE).await?;
        Ok(LogEntry::pack_all(&read))
    };
    let packed = finished(shared.runtime.spawn(work).await)?;
    // A single commit may be larger than a page.
    memory.grow((packed.len() as u64).saturating_sub(MEMORY))?;
    memory.keep(packed.len() as u64);
    let mut response = HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/octet-stream")
        .body(packed);
    response.extensions_mut().insert(memory);
    Ok(response)
}

fn busy() -> Failure {
    let message = "other pages of backups are being made, one after the other; try again later";
    Failure::new(Code::InternalServerError, message).because(Reason::Unavailable)
}

fn seq(text: &str) -> Result<Seq, Refusal> {
    text.parse().map_err(|error| Failure::new(Code::BadUserInput, format!("{error}")).into())
}

fn ledger(shared: &HttpState) -> Result<Ledger, Refusal> {
    let missing =
        || Failure::new(Code::BadUserInput, "this server offers no backups").because(Reason::NotFound);
    shared.ledger.clone().ok_or_else(|| missing().into())
}

/// Returns the result of a task of the ledger.
fn finished<T>(task: Result<Result<T, LedgerError>, tokio::task::JoinError>) -> Result<T, Refusal> {
    match task {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error @ LedgerError::AsOfUnavailable(_))) => {
            Err(Failure::new(Code::BadUserInput, error.to_string()).because(Reason::AsOfUnavailable).into())
        }
        Ok(Err(error)) => {
            error!(error = &error as &dyn std::error::Error, "the log was not given to a backup");
            let reason = match error {
                LedgerError::Corrupt(_) => Reason::Corrupt,
                _ => Reason::Unavailable,
            };
            Err(Failure::new(Code::InternalServerError, error.to_string()).because(reason).into())
        }
        Err(failed) => {
            error!(error = %failed, "the reading of the log did not end");
            Err(Failure::new(Code::InternalServerError, "the server failed while it read its log").into())
        }
    }
}
