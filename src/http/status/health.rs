//! Health checks without authentication. `/healthz`: the process answers. `/readyz`: new requests
//! should be sent here, because writes are accepted and the index can be read. They report nothing
//! else.

use actix_web::{HttpResponse, http::header, web};
use serde_json::json;

use crate::http::errors::Refusal;
use crate::http::state::HttpState;
use crate::ledger::Ledger;

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

async fn ready(shared: web::Data<HttpState>) -> HttpResponse {
    let (mut response, status) = if shared.is_ready() && shared.answers().await {
        (HttpResponse::Ok(), "ready")
    } else {
        (HttpResponse::ServiceUnavailable(), "not ready")
    };
    let mut said = json!({ "status": status });
    if let Some(behind) = shared.ledger.as_ref().and_then(Ledger::behind_its_commits) {
        said["clock"] = json!(format!("{} seconds behind the newest commit", behind.as_secs()));
    }
    response.insert_header((header::CACHE_CONTROL, "no-store")).json(said)
}
