//! `GET /blobs/b3:<hex>?thumbnail=256`: a reduced copy of a payload that is an image.
//!
//! A thumbnail never changes, so browsers keep it; this server sends none of a payload that has been
//! removed.

use std::io;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;

use super::{entity_tag, is_known, resource_policy, stat};
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::domain::id::Digest;
use crate::http::errors::Refusal;
use crate::http::identity::callers::HttpCaller;
use crate::http::state::HttpState;
use crate::thumbnails::{ThumbnailKey, ThumbnailSize};

const FOR_GOOD: &str = "private, max-age=31536000, immutable";

#[derive(Deserialize)]
struct ThumbnailQuery {
    thumbnail: Option<String>,
}

/// Returns the size of the requested thumbnail; `None` if the request is for the payload.
pub(super) fn asked(request: &HttpRequest) -> Result<Option<ThumbnailSize>, Refusal> {
    if !request.query_string().contains("thumbnail") {
        return Ok(None);
    }
    let query = web::Query::<ThumbnailQuery>::from_query(request.query_string())
        .map_err(|error| Failure::bad_request(format!("the URL's parameters cannot be read: {error}")))?;
    let size = query.thumbnail.as_ref().map(|size| size.parse());
    size.transpose().map_err(|error| Failure::new(Code::BadUserInput, format!("{error}")).into())
}

/// Answers with a thumbnail, or with its headers if `sends_body` is false.
pub(super) async fn answer(
    request: &HttpRequest,
    (digest, size): (Digest, ThumbnailSize),
    shared: &HttpState,
    sends_body: bool,
) -> Result<HttpResponse, Refusal> {
    let off = || {
        let advice =
            "this server makes no thumbnails (--thumbnails off): request the payload without `thumbnail`";
        Failure::new(Code::BadUserInput, advice).because(Reason::NotFound)
    };
    let thumbnails = shared.thumbnails.as_ref().ok_or_else(off)?;
    let meta = stat(digest, shared).await?;
    let key = ThumbnailKey { digest, size };
    let etag = entity_tag(&key.tag());
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::ETAG, etag.clone()))
        .insert_header((header::CACHE_CONTROL, FOR_GOOD))
        .insert_header((header::CONTENT_DISPOSITION, "inline"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("Cross-Origin-Resource-Policy", resource_policy(request)));
    if is_known(request, &etag) {
        return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    let caller = HttpCaller::of(request);
    let thumbnail = thumbnails.make(&caller, meta, key).await?;
    response.insert_header((header::CONTENT_TYPE, thumbnail.format.media_type()));
    if !sends_body {
        let length = thumbnail.bytes.len() as u64;
        return Ok(response.body(SizedStream::new(length, stream::empty::<io::Result<Bytes>>())));
    }
    let memory = caller.charge();
    memory.grow(thumbnail.bytes.len() as u64)?;
    let mut response = response.body(thumbnail.bytes);
    response.extensions_mut().insert(memory);
    Ok(response)
}
