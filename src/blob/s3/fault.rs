//! What a request to the server came to when it was no success, sorted by what can be done about it.
//!
//! Here the errors of the AWS crates end: above this file there are [`Fault`]s, and [`BlobError`]s for those who use the store.

use std::error::Error;
use std::fmt;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::blob::BlobError;

/// Codes of answers below 500 after which the same request may well succeed: the body, which was right when it left, was
/// spoilt or cut on its way, or came too slowly.
const PASSING: &[&str] = &[
    "BadDigest",
    "IncompleteBody",
    "InvalidDigest",
    "InvalidPart",
    "MalformedXML",
    "RequestTimeout",
    "SlowDown",
    "XAmzContentChecksumMismatch",
    "XAmzContentSHA256Mismatch",
];

/// Which kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 404: there is no such object, upload or bucket.
    Absent,
    /// 412: a condition of ours does not hold.
    Condition,
    /// 416: the range lies outside of the object.
    Range,
    /// 401 and 403.
    Denied,
    /// The server is busy or failed, or the answer was lost. The request may have been carried out.
    Passing,
    /// No answer in time. The request may have been carried out.
    Slow,
    /// The server does not do such a thing, or the request could not even be made.
    Refused,
}

/// A request that was no success.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    /// The server's word for it, such as `NoSuchBucket`; empty where it gave none.
    pub(super) code: String,
    /// What came back, for people.
    pub(super) said: String,
}

impl Fault {
    /// A failure without an answer.
    pub(super) fn new(kind: Kind, said: impl Into<String>) -> Self {
        Self { kind, code: String::new(), said: said.into() }
    }

    /// Sorts an error of the client.
    pub(super) fn of<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match &error {
            SdkError::ServiceError(answer) => {
                let status = answer.raw().status().as_u16();
                let code = answer.err().code().unwrap_or_default();
                Self::answered(status, code, answer.err().message().unwrap_or_default())
            }
            SdkError::TimeoutError(_) => Self::new(Kind::Slow, chain(&error)),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => {
                Self::new(Kind::Slow, chain(&error))
            }
            SdkError::DispatchFailure(failure) if failure.is_user() => {
                Self::new(Kind::Refused, chain(&error))
            }
            // A lost connection, an answer that was cut or cannot be read.
            SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
                Self::new(Kind::Passing, chain(&error))
            }
            _ => Self::new(Kind::Refused, chain(&error)),
        }
    }

    /// Sorts what a server answered.
    fn answered(status: u16, code: &str, message: &str) -> Self {
        let kind = match status {
            _ if PASSING.contains(&code) => Kind::Passing,
            404 => Kind::Absent,
            412 => Kind::Condition,
            416 => Kind::Range,
            401 | 403 => Kind::Denied,
            408 => Kind::Slow,
            // 409: another request about this object is under way. 200 is a completion that failed after its status was sent.
            200 | 409 | 429 | 500 | 502..=504 => Kind::Passing,
            _ => Kind::Refused,
        };
        let words = [code, message].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>();
        let said = match words.join(": ") {
            words if words.is_empty() => format!("status {status}"),
            words => format!("status {status}, {words}"),
        };
        Self { kind, code: code.to_owned(), said }
    }

    /// Whether the same request may succeed when it is sent again.
    pub(super) fn passes(&self) -> bool {
        matches!(self.kind, Kind::Passing | Kind::Slow)
    }

    /// What those who use the store are told.
    pub(super) fn into_error(self, doing: &'static str) -> BlobError {
        match self.kind {
            Kind::Denied => BlobError::Denied { doing, source: self.into() },
            Kind::Slow => BlobError::Timeout { doing, source: self.into() },
            _ => BlobError::Unavailable { doing, source: self.into() },
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl Error for Fault {}

/// For `map_err`.
pub(super) fn while_doing(doing: &'static str) -> impl FnOnce(Fault) -> BlobError {
    move |fault| fault.into_error(doing)
}

/// An error and those behind it, each said once.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
