//! `/hooks`: the progress of webhooks, for authenticated callers.

use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::{HttpResponse, web};

use crate::http::errors::Refusal;
use crate::http::identity::auth;
use crate::http::state::HttpState;

pub(in crate::http) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/hooks")
            .wrap(from_fn(auth::require))
            .route(web::get().to(progress))
            .default_service(web::to(|| async { Err::<HttpResponse, _>(Refusal::method("GET")) })),
    );
}

async fn progress(shared: web::Data<HttpState>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body((shared.hooks)())
}
