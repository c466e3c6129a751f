//! Health checks without authentication. `/healthz`: the process answers. `/readyz`: new requests
//! should be sent here, because writes are accepted and the index can be read. It also reports a
//! clock that is behind, and the lag of the graph.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use crate::api::scalars::rfc3339;
use crate::http::errors::Refusal;
use crate::http::state::HttpState;
use crate::ledger::{Ledger, Projected};

pub(in crate::http) fn configure(config: &mut web::ServiceConfig) {
    for (path, route) in [("/healthz", web::get().to(alive)), ("/readyz", web::get().to(ready))] {
        let head = if path == "/healthz" { web::head().to(alive) } else { web::head().to(ready) };
        config.service(
            web::resource(path)
                .route(route)
                .route(head)
                .default_service(web::to(|| async { Err::<HttpResponse, _>(Refusal::method("GET, HEAD")) })),
        );
    }
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "status": "alive" }))
}

async fn ready(request: HttpRequest, shared: web::Data<HttpState>) -> HttpResponse {
    let (mut response, status) = if shared.is_ready() && shared.answers().await {
        (HttpResponse::Ok(), "ready")
    } else {
        (HttpResponse::ServiceUnavailable(), "not ready")
    };
    let mut said = json!({ "status": status });
    if let Some(behind) = shared.ledger.as_ref().and_then(Ledger::behind_its_commits) {
        said["clock"] = json!(format!("{} seconds behind the newest commit", behind.as_secs()));
    }
    // Reading the lag must not wait for an index that cannot be read.
    if shared.is_readable()
        && let Some(projected) = shared.ledger.as_ref().and_then(Ledger::projection)
    {
        let authorization = request.headers().get(header::AUTHORIZATION);
        said["graph"] = graph(projected, shared.authentication.access.admit(authorization).is_ok());
    }
    response.insert_header((header::CACHE_CONTROL, "no-store")).json(said)
}

/// Returns the state of the projection. The error may name paths of the machine, so only
/// authenticated callers get it.
fn graph(projected: Projected, is_authenticated: bool) -> Value {
    let Projected { at, newest, behind, failure } = projected;
    let mut said = json!({
        "seq": at.map(|seq| seq.0),
        "newest": newest.0,
        "behind": { "commits": behind.commits, "versions": behind.versions, "bytes": behind.bytes },
    });
    if let Some(failure) = failure {
        said["failing"] = json!({ "since": rfc3339(failure.since) });
        if is_authenticated {
            said["failing"]["error"] = json!(failure.error);
        }
    }
    said
}
