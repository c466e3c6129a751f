//! The table from error codes to HTTP statuses, and the refusal of a request.

pub(super) mod media;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};

use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::api::engine::outcome::Class;
use crate::budget::Exhausted;

use media::ResponseMedia;

/// Returns the HTTP status of a code and a reason.
pub(super) fn status(code: Code, reason: Option<Reason>) -> StatusCode {
    match (code, reason) {
        // A query beyond a cost limit is a bad request; a body or blob beyond its limit is too
        // large.
        (Code::GraphqlValidationFailed, _) => StatusCode::BAD_REQUEST,
        (_, Some(Reason::LimitExceeded)) => StatusCode::PAYLOAD_TOO_LARGE,
        (_, Some(Reason::NotFound | Reason::BlobMissing | Reason::AsOfUnavailable)) => StatusCode::NOT_FOUND,
        (_, Some(Reason::Conflict | Reason::IdempotencyKeyReused | Reason::OtherHistory)) => {
            StatusCode::CONFLICT
        }
        (_, Some(Reason::BlobMismatch)) => StatusCode::UNPROCESSABLE_ENTITY,
        (_, Some(Reason::TooManyRequests)) => StatusCode::TOO_MANY_REQUESTS,
        (_, Some(Reason::Unavailable)) => StatusCode::SERVICE_UNAVAILABLE,
        (_, Some(Reason::Timeout)) => StatusCode::GATEWAY_TIMEOUT,
        (_, Some(Reason::Corrupt)) => StatusCode::INTERNAL_SERVER_ERROR,
        (
            Code::GraphqlParseFailed
            | Code::BadRequest
            | Code::BadUserInput
            | Code::PersistedQueryNotSupported
            | Code::OperationResolutionFailure,
            None,
        ) => StatusCode::BAD_REQUEST,
        (Code::Unauthenticated, None) => StatusCode::UNAUTHORIZED,
        (Code::Forbidden, None) => StatusCode::FORBIDDEN,
        (Code::InternalServerError, None) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Returns the status of a GraphQL response. A client that accepts only plain `application/json`
/// gets 200 for every well-formed request, as clients older than the specification expect.
pub(super) fn graphql_status(class: Class, media: ResponseMedia) -> StatusCode {
    match class {
        Class::Executed => StatusCode::OK,
        Class::NotOverThisMethod => StatusCode::METHOD_NOT_ALLOWED,
        Class::Failed { code, reason } => match (media, code) {
            (
                ResponseMedia::Json,
                Code::GraphqlParseFailed
                | Code::GraphqlValidationFailed
                | Code::BadUserInput
                | Code::OperationResolutionFailure,
            ) => StatusCode::OK,
            _ => status(code, reason),
        },
    }
}

/// A refused request: a status and one error in the format of GraphQL, also for routes other than
/// `/graphql`.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    failure: Box<Failure>,
    media: ResponseMedia,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// Creates a refusal with an HTTP status that the code does not determine.
    pub(super) fn new(status: StatusCode, failure: Failure) -> Self {
        Self { status, failure: Box::new(failure), media: ResponseMedia::Json, header: None }
    }

    /// Creates the refusal of a method; `allowed` lists the methods of the resource.
    pub(super) fn method(allowed: &'static str) -> Self {
        let failure = Failure::bad_request(format!("expected the method {allowed} here, found another"));
        Self::new(StatusCode::METHOD_NOT_ALLOWED, failure)
            .with(header::ALLOW, HeaderValue::from_static(allowed))
    }

    /// Creates the refusal of a request without valid credentials.
    pub(super) fn unauthenticated(why: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, Failure::new(Code::Unauthenticated, why))
            .with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"stemma\""))
    }

    /// Creates the refusal of a body beyond its limit.
    pub(super) fn too_large(what: &str, limit: u64) -> Self {
        Failure::bad_request(format!(
            "{what} is larger than {limit} bytes, which is the limit; send less at a time"
        ))
        .because(Reason::LimitExceeded)
        .into()
    }

    /// Creates the refusal of a client that did not send in time.
    pub(super) fn too_slow() -> Self {
        let failure = Failure::bad_request("the request did not arrive in time; send it again");
        Self::new(StatusCode::REQUEST_TIMEOUT, failure.because(Reason::Timeout))
    }

    /// Creates the refusal of a body that broke off or differs from its announcement.
    pub(super) fn broken() -> Self {
        Failure::bad_request("the request's body did not arrive completely; send it again").into()
    }

    /// Creates the refusal of a compressed body.
    pub(super) fn encoded() -> Self {
        let failure = Failure::bad_request("expected an uncompressed body: send it without Content-Encoding");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, failure)
    }

    /// Returns the refusal for one element of a batch, with the state of the others.
    pub(super) fn about(mut self, what: &str, others: &str) -> Self {
        self.failure.message = format!("{what}: {}; {others}", self.failure.message);
        self
    }

    /// Returns the same refusal in another media type.
    pub(super) fn in_media(self, media: ResponseMedia) -> Self {
        Self { media, ..self }
    }

    /// Returns the same refusal with a header.
    pub(super) fn with(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { header: Some((name, value)), ..self }
    }
}

impl From<Exhausted> for Refusal {
    fn from(exhausted: Exhausted) -> Self {
        Failure::from(&exhausted).into()
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let refusal = Self::new(status(failure.code, failure.reason), failure);
        match refusal.status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                refusal.with(header::RETRY_AFTER, HeaderValue::from_static("1"))
            }
            _ => refusal,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.failure.message)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CONTENT_TYPE, self.media.content_type()));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        response.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
        if let Some(header) = &self.header {
            response.insert_header(header.clone());
        }
        response.body(self.failure.to_body())
    }
}
