//! The choice of answers that are worth compressing. [`Compress`](actix_web::middleware::Compress)
//! compresses them by `Accept-Encoding`; it runs between [`judge`] and [`conclude`].
//!
//! Small answers arrive in one round trip in any case, events are small and must not be delayed
//! (upstream: #3410; `docs/upstream.md`), and Parquet is already compressed. Compression can reveal
//! a secret that is sent together with text of an attacker's choice (BREACH). That requires
//! requests in a victim's name from another site, and no request here is authenticated by something
//! that a browser adds automatically (`docs/operations.md`).

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;

/// The minimum size of a compressed answer in bytes.
const WORTH: u64 = 4 * 1024;

/// Marks an answer that is not worth compressing as already encoded.
pub(in crate::http) async fn judge(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut response = next.call(request).await?.map_into_boxed_body();
    let is_small = match response.response().body().size() {
        BodySize::None => true,
        BodySize::Sized(bytes) => bytes < WORTH,
        BodySize::Stream => false,
    };
    let media = response.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
    let is_packed = media.is_none_or(|media| {
        media.starts_with("text/event-stream") || media.starts_with("application/vnd.apache.parquet")
    });
    if is_small || is_packed {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
    Ok(response)
}

/// Removes the mark. Answers vary with the request header, compressed or not.
pub(in crate::http) async fn conclude(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut response = next.call(request).await?.map_into_boxed_body();
    let headers = response.headers_mut();
    if headers.get(header::CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity") {
        headers.remove(header::CONTENT_ENCODING);
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    Ok(response)
}
