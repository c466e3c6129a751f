//! `/api/v1/lineage`: OpenLineage events at the usual path of their clients. POST takes one event
//! as JSON, optionally gzipped.

use std::io::Read;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use flate2::read::GzDecoder;
use serde_json::json;
use tracing::error;

use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::budget::Charge;
use crate::domain::invalid::Invalid;
use crate::http::errors::Refusal;
use crate::http::identity::callers::{self, HttpCaller};
use crate::http::state::HttpState;
use crate::http::stream::body;
use crate::ledger::LedgerError;
use crate::openlineage::{IntakeError, LARGEST_EVENT};

pub(in crate::http) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/api/v1/lineage")
            .wrap(actix_web::middleware::from_fn(crate::http::identity::auth::require))
            .route(web::post().to(post))
            .default_service(web::to(|| async { Err::<HttpResponse, _>(Refusal::method("POST")) })),
    );
}

async fn post(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<HttpState>,
) -> Result<HttpResponse, Refusal> {
    let missing =
        || Failure::new(Code::BadUserInput, "this server accepts no events").because(Reason::NotFound);
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
    let author = callers::author(&request);
    let (limit, time) = (shared.limits.body.min(LARGEST_EVENT), shared.limits.body_time);
    let memory = HttpCaller::of(&request).charge();
    let event = if encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case(b"gzip")) {
        let packed = body::read_as_it_is(&request, payload, limit, time, &memory).await?;
        let event = inflated(&packed, limit, &memory)?;
        memory.shrink(packed.capacity() as u64);
        event
    } else {
        body::read(&request, payload, limit, time, &memory).await?
    };
    let work = async move { intake.take(author.name(), Bytes::from(event), &memory).await };
    match shared.runtime.spawn(work).await {
        Ok(Ok(taken)) => {
            let said = json!({
                "seq": taken.committed.answered_at.to_string(),
                "created": taken.committed.created,
                "drawn": taken.drawn,
                "leftOut": taken.notes.left_out,
                "notes": taken.notes.messages(),
            });
            Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(said))
        }
        Ok(Err(error)) => Err(refused(error)),
        Err(failed) => {
            error!(error = %failed, "an event was not taken to its end");
            Err(Failure::new(Code::InternalServerError, "the server failed while it took the event").into())
        }
    }
}

/// The initial size of the unpacked event in bytes.
const UNPACKED: usize = 64 * 1024;

fn encoding(request: &HttpRequest) -> Option<&[u8]> {
    request.headers().get(header::CONTENT_ENCODING).map(header::HeaderValue::as_bytes)
}

/// Unpacks a gzipped event, at most to the limit and as far as memory can be charged.
fn inflated(packed: &[u8], limit: usize, memory: &Charge) -> Result<Vec<u8>, Refusal> {
    let mut unpacked = GzDecoder::new(packed).take(limit as u64 + 1);
    let mut event = Vec::new();
    loop {
        // Doubling matches the growth of the charged memory.
        let step = event.len().max(UNPACKED);
        memory.grow(step as u64)?;
        event.reserve_exact(step);
        let read = unpacked.by_ref().take(step as u64).read_to_end(&mut event);
        match read {
            _ if event.len() > limit => return Err(Refusal::too_large("the event", limit as u64)),
            Ok(read) if read < step => return Ok(event),
            Ok(_) => {}
            Err(_) => {
                let failure = Failure::bad_request("expected a gzip body, as its Content-Encoding says");
                return Err(failure.into());
            }
        }
    }
}

fn refused(error: IntakeError) -> Refusal {
    match error {
        IntakeError::Exhausted(exhausted) => exhausted.into(),
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::budget::Budget;

    fn packed(length: usize) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&vec![b' '; length]).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn a_body_is_unpacked_within_the_memory_budget() {
        let budget = Budget::new(8 << 20);
        let inflate = |packed: &[u8], limit: usize| {
            let memory = budget.account().charge();
            inflated(packed, limit, &memory).map(|event| (event.len(), memory.bytes()))
        };
        for length in [0, 1, UNPACKED - 1, UNPACKED, UNPACKED + 1, 1_000_000] {
            let (read, charged) = inflate(&packed(length), 1_000_000).unwrap();
            assert!(read == length && charged >= length as u64, "{length}: {read} {charged}");
        }
        let too_long = inflate(&packed(1_000_001), 1_000_000).unwrap_err();
        assert!(too_long.to_string().contains("larger than 1000000 bytes"), "{too_long}");
        let too_much = inflate(&packed(20 << 20), 32 << 20).unwrap_err();
        assert!(too_much.to_string().contains("--request-memory"), "{too_much}");
        assert!(inflate(b"no gzip", 100).unwrap_err().to_string().contains("expected a gzip body"));
        assert_eq!(budget.held(), 0);
    }
}
