//! Classifies failed requests by the possible reaction.
//!
//! The errors of the AWS crates end here: the modules above use [`S3Fault`], and callers of the store
//! get [`BlobError`].

use std::error::Error;
use std::fmt;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::blob::BlobError;

/// Error codes below 500 after which the same request may succeed: the body was damaged or
/// truncated in transit, or arrived too slowly.
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

/// The kind of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// 404: there is no such object, upload or bucket.
    Absent,
    /// 412: a condition of the request does not hold.
    Condition,
    /// 416: the range is outside of the object.
    Range,
    /// 401 and 403.
    Denied,
    /// The server is busy or failed, or the answer was lost. The request may have taken effect.
    Passing,
    /// There was no answer in time. The request may have taken effect.
    Slow,
    /// The server does not support the request, or the request could not be sent.
    Refused,
}

/// A failed request.
#[derive(Debug)]
pub(super) struct S3Fault {
    pub(super) kind: FaultKind,
    /// The server's error code, such as `NoSuchBucket`; empty if there is none.
    pub(super) code: String,
    /// The message, for people.
    pub(super) said: String,
}

impl S3Fault {
    /// Creates a fault without an answer.
    pub(super) fn new(kind: FaultKind, said: impl Into<String>) -> Self {
        Self { kind, code: String::new(), said: said.into() }
    }

    /// Classifies an error of the client.
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
            SdkError::TimeoutError(_) => Self::new(FaultKind::Slow, chain(&error)),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => {
                Self::new(FaultKind::Slow, chain(&error))
            }
            SdkError::DispatchFailure(failure) if failure.is_user() => {
                Self::new(FaultKind::Refused, chain(&error))
            }
            // A lost connection, or an answer that is truncated or malformed.
            SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
                Self::new(FaultKind::Passing, chain(&error))
            }
            _ => Self::new(FaultKind::Refused, chain(&error)),
        }
    }

    /// Classifies an answer.
    fn answered(status: u16, code: &str, message: &str) -> Self {
        let kind = match status {
            _ if PASSING.contains(&code) => FaultKind::Passing,
            404 => FaultKind::Absent,
            412 => FaultKind::Condition,
            416 => FaultKind::Range,
            401 | 403 => FaultKind::Denied,
            408 => FaultKind::Slow,
            // 409: another request for this object is in progress. 200: a completion that failed
            // after its status was sent.
            200 | 409 | 429 | 500 | 502..=504 => FaultKind::Passing,
            _ => FaultKind::Refused,
        };
        let words = [code, message].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>();
        let said = match words.join(": ") {
            words if words.is_empty() => format!("status {status}"),
            words => format!("status {status}, {words}"),
        };
        Self { kind, code: code.to_owned(), said }
    }

    /// Returns true if the same request may succeed when it is sent again.
    pub(super) fn is_temporary(&self) -> bool {
        matches!(self.kind, FaultKind::Passing | FaultKind::Slow)
    }

    /// Returns the error for callers of the store.
    pub(super) fn into_error(self, doing: &'static str) -> BlobError {
        match self.kind {
            FaultKind::Denied => BlobError::Denied { doing, source: self.into() },
            FaultKind::Slow => BlobError::Timeout { doing, source: self.into() },
            _ => BlobError::Unavailable { doing, source: self.into() },
        }
    }
}

impl fmt::Display for S3Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl Error for S3Fault {}

/// Converts a fault to an error. For `map_err`.
pub(super) fn while_doing(doing: &'static str) -> impl FnOnce(S3Fault) -> BlobError {
    move |fault| fault.into_error(doing)
}

/// Returns an error and its causes, without repetitions.
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
