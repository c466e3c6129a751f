//! The access log, one line per request: method, path, status, milliseconds. Never the query part
//! of a URL, a header or a body, because they contain tokens and data.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use tracing::{debug, info, warn};

pub(super) async fn access<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let start = Instant::now();
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let result = next.call(request).await;
    let status = match &result {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    let (status, ms) = (status.as_u16(), start.elapsed().as_secs_f64() * 1_000.0);
    let ms = (ms * 10.0).round() / 10.0;
    // Monitoring sends these constantly.
    if matches!(path.as_str(), "/healthz" | "/readyz") {
        debug!(%method, path, status, ms, "request");
    } else if status >= 500 {
        warn!(%method, path, status, ms, "request");
    } else {
        info!(%method, path, status, ms, "request");
    }
    result
}
