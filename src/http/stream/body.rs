//! Reads the body of a request into memory, up to a size limit and a time limit. Its memory is
//! charged while it grows.

use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::api::engine::failure::Failure;
use crate::budget::Charge;
use crate::http::errors::Refusal;
use crate::http::identity::callers::HttpCaller;

/// Reads the complete body.
pub(in crate::http) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
    time: Duration,
    memory: &Charge,
) -> Result<Vec<u8>, Refusal> {
    plain(request)?;
    read_as_it_is(request, payload, limit, time, memory).await
}

/// Reads a small JSON body; `shape` describes it in the error message.
pub(in crate::http) async fn json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: web::Payload,
    (shape, limit): (&str, usize),
    time: Duration,
) -> Result<T, Refusal> {
    if !is_json(request) {
        return Err(Failure::bad_request("send the request as application/json").into());
    }
    let memory = HttpCaller::of(request).charge();
    let body = read(request, payload, limit, time, &memory).await?;
    serde_json::from_slice(&body)
        .map_err(|error| Failure::bad_request(format!("expected {shape}: {error}")).into())
}

/// Reads the complete body, compressed or not. The limit applies to the bytes that are sent.
pub(in crate::http) async fn read_as_it_is(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
    time: Duration,
    memory: &Charge,
) -> Result<Vec<u8>, Refusal> {
    let too_large = || Refusal::too_large("the body", limit as u64);
    let announced = announced(request).unwrap_or(0);
    if announced > limit as u64 {
        return Err(too_large());
    }
    let collect = async {
        let mut payload = payload;
        // The announcement is not trusted: only a little memory is reserved at once.
        let room = usize::try_from(announced).unwrap_or(0).min(64 * 1024);
        memory.grow(room as u64)?;
        let mut body = Vec::with_capacity(room);
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Refusal::broken())?;
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            let (length, room) = (body.len() + chunk.len(), body.capacity());
            if length > room {
                let wanted = length.max(room * 2);
                memory.grow((wanted - room) as u64)?;
                body.reserve_exact(wanted - body.len());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    timeout(time, collect).await.map_err(|_| Refusal::too_slow())?
}

/// Returns the announced length of the body in bytes.
pub(in crate::http) fn announced(request: &HttpRequest) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Refuses a compressed body: a small one could expand to any size.
pub(in crate::http) fn plain(request: &HttpRequest) -> Result<(), Refusal> {
    match request.headers().get(header::CONTENT_ENCODING) {
        None => Ok(()),
        Some(encoding) if encoding.as_bytes().eq_ignore_ascii_case(b"identity") => Ok(()),
        Some(_) => Err(Refusal::encoded()),
    }
}

/// Returns true for `application/json`, in UTF-8 if a charset is named. There must be exactly one
/// such header.
pub(in crate::http) fn is_json(request: &HttpRequest) -> bool {
    let mut headers = request.headers().get_all(header::CONTENT_TYPE);
    let (Some(value), None) = (headers.next(), headers.next()) else { return false };
    let mut parts = value.to_str().unwrap_or_default().split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let foreign_encoding = parts.filter_map(|part| part.split_once('=')).any(|(name, value)| {
        name.trim().eq_ignore_ascii_case("charset")
            && !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    essence.eq_ignore_ascii_case("application/json") && !foreign_encoding
}
