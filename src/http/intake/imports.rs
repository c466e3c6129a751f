//! `/imports`: imports whose input another process reads, for `stemma import --server`. POST begins
//! one; POST, GET and DELETE `/imports/{id}` send messages, return the state and end it. POST
//! `/imports/{id}/images` finds the names of images by their bytes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tracing::error;

use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::domain::id::Digest;
use crate::http::errors::Refusal;
use crate::http::identity::auth::require;
use crate::http::identity::callers::{HttpCaller, author};
use crate::http::limits::COPIES;
use crate::http::state::HttpState;
use crate::http::stream::body;
use crate::import::error::ImportError;
use crate::import::session::message::Message;
use crate::import::session::state::SessionState;
use crate::import::session::{ImportSessions, PROTOCOL, SessionError};
use crate::import::settings::ImportSettings;

/// The maximum size of a batch of messages, in bytes. One record may have 16 MiB.
const LARGEST_BATCH: usize = 32 * 1024 * 1024;
/// The maximum size of other bodies, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// The maximum number of digests in one request.
const MOST_DIGESTS: usize = 1_000;
/// The time that a request waits for a change of the state.
const WAIT: Duration = Duration::from_secs(5);

/// A request to begin an import.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Beginning {
    protocol: u32,
    settings: ImportSettings,
}

/// The number of the first message of a batch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    first: u64,
}

/// The revision of the state that the client knows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    #[serde(default)]
    after: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Digests {
    digests: Vec<String>,
}

pub(in crate::http) fn configure(config: &mut web::ServiceConfig) {
    let other = |methods| web::to(move || async move { Err::<HttpResponse, _>(Refusal::method(methods)) });
    let guard = || actix_web::middleware::from_fn(require);
    config
        .service(
            web::resource("/imports")
                .wrap(guard())
                .route(web::post().to(begin))
                .default_service(other("POST")),
        )
        .service(
            web::resource("/imports/{id}")
                .wrap(guard())
                .route(web::post().to(take))
                .route(web::get().to(state))
                .route(web::delete().to(end))
                .default_service(other("DELETE, GET, POST")),
        )
        .service(
            web::resource("/imports/{id}/images")
                .wrap(guard())
                .route(web::post().to(images))
                .default_service(other("POST")),
        );
}

async fn begin(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let sessions = sessions(&shared)?;
    let shape = ("{\"protocol\", \"settings\"}", LARGEST_BODY);
    let Beginning { protocol, settings } =
        body::json(&request, payload, shape, shared.limits.body_time).await?;
    if protocol != PROTOCOL {
        return Err(Failure::bad_request(format!(
            "expected version {PROTOCOL} of the messages, found {protocol}: use the stemma version of the server"
        ))
        .into());
    }
    let (id, checks_renames) = sessions.begin(settings, author(&request).name())?;
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::LOCATION, format!("/imports/{id}")))
        .json(json!({ "id": id, "checksRenames": checks_renames })))
}

async fn take(
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let sessions = sessions(&shared)?;
    let First { first } = parameters(&request, "the number of the first message, such as ?first=0")?;
    let (author, id) = (author(&request), id.into_inner());
    let memory = HttpCaller::of(&request).charge();
    let body = body::read(&request, payload, LARGEST_BATCH, shared.limits.body_time, &memory).await?;
    memory.grow(COPIES * body.len() as u64)?;
    let work = async move {
        let messages = messages(&body)?;
        drop(body);
        let state = sessions.take((&id, author.name()), first, messages, Box::new(memory)).await?;
        Ok::<_, Refusal>(state)
    };
    answer(shared.runtime.spawn(work).await)
}

async fn state(
    request: HttpRequest,
    id: web::Path<String>,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let sessions = sessions(&shared)?;
    let After { after } = parameters(&request, "the revision of a state, such as ?after=0")?;
    let (author, id) = (author(&request), id.into_inner());
    let work = async move { Ok(sessions.state((&id, author.name()), after, WAIT).await?) };
    answer(shared.runtime.spawn(work).await)
}

async fn end(
    request: HttpRequest,
    id: web::Path<String>,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    sessions(&shared)?.end(&id, author(&request).name())?;
    Ok(HttpResponse::NoContent().finish())
}

async fn images(
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let sessions = sessions(&shared)?;
    let shape = ("{\"digests\": [\"b3:…\"]}", LARGEST_BODY);
    let Digests { digests } = body::json(&request, payload, shape, shared.limits.body_time).await?;
    if digests.len() > MOST_DIGESTS {
        let found = digests.len();
        let message =
            format!("expected at most {MOST_DIGESTS} digests, found {found}; send several requests");
        return Err(Failure::new(Code::BadUserInput, message).because(Reason::LimitExceeded).into());
    }
    let digests: Result<Vec<Digest>, _> = digests.iter().map(|text| text.parse()).collect();
    let digests = digests.map_err(|error| Failure::new(Code::BadUserInput, format!("{error}")))?;
    let (author, id) = (author(&request), id.into_inner());
    let work = async move { sessions.image_names((&id, author.name()), digests).await };
    let found = match shared.runtime.spawn(work).await {
        Ok(found) => found?,
        Err(failed) => return Err(failed_inside(&failed)),
    };
    let found: BTreeMap<String, Vec<String>> =
        found.into_iter().map(|(digest, names)| (digest.to_string(), names)).collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "images": found })))
}

fn sessions(shared: &HttpState) -> Result<Arc<ImportSessions>, Refusal> {
    let missing =
        || Failure::new(Code::BadUserInput, "this server takes no imports").because(Reason::NotFound);
    shared.imports.clone().ok_or_else(|| missing().into())
}

fn parameters<T: DeserializeOwned>(request: &HttpRequest, expected: &str) -> Result<T, Refusal> {
    let parsed = web::Query::<T>::from_query(request.query_string());
    let refused = |error| Failure::bad_request(format!("expected {expected}: {error}")).into();
    parsed.map(web::Query::into_inner).map_err(refused)
}

/// Parses a batch: one message on each line.
fn messages(body: &[u8]) -> Result<Vec<Message>, Refusal> {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate();
    let message = |(number, line): (usize, &[u8])| {
        serde_json::from_slice(line).map_err(|error| {
            Failure::bad_request(format!(
                "expected one message on each line, message {}: {error}",
                number + 1
            ))
            .into()
        })
    };
    lines.map(message).collect()
}

fn answer(
    done: Result<Result<SessionState, Refusal>, tokio::task::JoinError>,
) -> Result<HttpResponse, Refusal> {
    match done {
        Ok(state) => Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(state?)),
        Err(failed) => Err(failed_inside(&failed)),
    }
}

fn failed_inside(failed: &tokio::task::JoinError) -> Refusal {
    error!(error = %failed, "messages of an import were not taken");
    Failure::new(Code::InternalServerError, "the server failed while it took the import").into()
}

impl From<SessionError> for Refusal {
    fn from(error: SessionError) -> Self {
        let message = error.to_string();
        match error {
            SessionError::Unknown(_) => Failure::new(Code::BadUserInput, message).because(Reason::NotFound),
            SessionError::TooMany => {
                Failure::new(Code::BadUserInput, message).because(Reason::TooManyRequests)
            }
            SessionError::Gap { .. } => Failure::new(Code::BadUserInput, message).because(Reason::Conflict),
            SessionError::Behind => {
                Failure::new(Code::InternalServerError, message).because(Reason::Unavailable)
            }
            SessionError::Import(ImportError::Refused { .. } | ImportError::Conflict { .. }) => {
                Failure::new(Code::BadUserInput, message)
            }
            SessionError::Import(ImportError::Ledger(_) | ImportError::Blob(_)) => {
                error!(error = message, "an import did not begin");
                Failure::new(Code::InternalServerError, message).because(Reason::Unavailable)
            }
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_one_message_on_each_line() {
        let batch = b"{\"ids\":[[\"a.jpg\",\"1\"]]}\n\n{\"end\":{\"skipped\":[]}}\n";
        let ids = Message::Ids(vec![("a.jpg".to_owned(), "1".to_owned())]);
        assert_eq!(messages(batch).unwrap(), [ids, Message::End { skipped: Vec::new() }]);
        let wrong = messages(b"{\"ids\":[]}\n{\"idz\":[]}").unwrap_err();
        assert!(wrong.to_string().contains("message 2"), "{wrong}");
    }
}
