//! `/api/v1/lineage`: OpenLineage events, where its clients send them. POST takes one event as JSON, gzipped or not.

use std::io::Read;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use flate2::read::GzDecoder;
use serde_json::json;
use tracing::error;

use super::body;
use super::errors::Refusal;
use super::shared::Shared;
use crate::api::code::{Code, Reason};
use crate::api::failure::Failure;
use crate::domain::principal::Principal;
use crate::domain::rules::Invalid;
use crate::ledger::LedgerError;
use crate::openlineage::IntakeError;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/api/v1/lineage")
            .wrap(actix_web::middleware::from_fn(super::auth::require))
            .route(web::post().to(post))
            .default_service(web::to(|| async { Err::<HttpResponse, _>(Refusal::method("POST")) })),
    );
}

async fn post(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<Shared>,
) -> Result<HttpResponse, Refusal> {
    let missing =
        || Failure::new(Code::BadUserInput, "this server takes no events").because(Reason::NotFound);
    let intake = shared.intake.clone().ok_or_else(missing)?;
    if !body::is_json(&request) {
        return Err(Failure::bad_request("send the event as application/json").into());
    }
    let encoding = encoding(&request);
    if encoding.is_some_and(|encoding| {
        !encoding.eq_ignore_ascii_case(b"gzip") && !encoding.eq_ignore_ascii_case(b"identity")
    }) {
        let advice = "send the event with Content-Encoding: gzip, or without one";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Failure::bad_request(advice)));
    }
    let author = request.extensions().get::<Principal>().cloned().unwrap_or_else(Principal::local);
    let limit = shared.limits.body;
    let event = if encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case(b"gzip")) {
        let packed = body::read_as_it_is(&request, payload, limit, shared.limits.body_time).await?;
        inflated(&packed, limit)?
    } else {
        body::read(&request, payload, limit, shared.limits.body_time).await?
    };
    let work = async move { intake.take(author.name(), Bytes::from(event)).await };
    match shared.runtime.spawn(work).await {
        Ok(Ok(taken)) => {
            let said = json!({ "seq": taken.committed.answered_at.to_string(), "created": taken.committed.created, "drawn": taken.drawn });
            Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(said))
        }
        Ok(Err(error)) => Err(refused(error)),
        Err(failed) => {
            error!(error = %failed, "an event was not taken to its end");
            Err(Failure::new(Code::InternalServerError, "the server failed while it took the event").into())
        }
    }
}

fn encoding(request: &HttpRequest) -> Option<&[u8]> {
    request.headers().get(header::CONTENT_ENCODING).map(header::HeaderValue::as_bytes)
}

/// The event in a gzipped body. Whatever it would unfold to, no more than the limit is unfolded.
fn inflated(packed: &[u8], limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut event = Vec::new();
    let read = GzDecoder::new(packed).take(limit as u64 + 1).read_to_end(&mut event);
    match read {
        Ok(read) if read > limit => Err(Refusal::too_large("the event", limit as u64)),
        Ok(_) => Ok(event),
        Err(_) => Err(Failure::bad_request("the body is not gzip, as its Content-Encoding says").into()),
    }
}

fn refused(error: IntakeError) -> Refusal {
    match error {
        IntakeError::Bad(bad) => Failure::new(Code::BadUserInput, IntakeError::Bad(bad).to_string()).into(),
        IntakeError::Ledger(LedgerError::Blob(error)) => error.into(),
        IntakeError::Ledger(LedgerError::Invalid(invalid)) => {
            let failure = Failure::new(Code::BadUserInput, invalid.to_string());
            match invalid {
                Invalid::Limit { .. } => failure.because(Reason::LimitExceeded).into(),
                _ => failure.into(),
            }
        }
        IntakeError::Ledger(error) => {
            error!(error = &error as &dyn std::error::Error, "an event was not taken");
            Failure::new(Code::InternalServerError, error.to_string()).because(Reason::Unavailable).into()
        }
    }
}
