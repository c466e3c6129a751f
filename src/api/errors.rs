//! Maps errors of the layers below to codes and reasons. The only place where they are sanitised
//! and logged.

use async_graphql::Error;

use super::engine::code::{Code, Reason};
use super::engine::failure::Failure;
pub use super::engine::failure::error;
use crate::budget::Exhausted;
use crate::domain::id::Malformed;
use crate::domain::invalid::Invalid;
use crate::ledger::{BlobError, LedgerError};

/// Returns the error of an invalid value.
#[must_use]
pub fn bad_input(message: impl Into<String>) -> Error {
    error(Code::BadUserInput, None, message)
}

/// Returns the error of an object that does not exist.
#[must_use]
pub fn not_found(what: &'static str, id: impl ToString) -> Error {
    invalid(&Invalid::not_found(what, id))
}

/// Returns the error of a malformed id, reference or name.
#[must_use]
pub fn malformed(error: &Malformed) -> Error {
    bad_input(error.to_string())
}

/// Returns the error of a violated rule.
#[must_use]
pub fn invalid(invalid: &Invalid) -> Error {
    let reason = match invalid.cause() {
        Invalid::Refused(_) | Invalid::Unread(_) | Invalid::InChange { .. } => None,
        Invalid::NotFound { .. } => Some(Reason::NotFound),
        Invalid::AsOfUnavailable(_) => Some(Reason::AsOfUnavailable),
        Invalid::Conflict(_) => Some(Reason::Conflict),
        Invalid::Limit { .. } => Some(Reason::LimitExceeded),
        Invalid::KeyReused => Some(Reason::IdempotencyKeyReused),
    };
    error(Code::BadUserInput, reason, invalid.to_string())
}

/// Maps an error of the ledger. Faults of the server are logged here, and only here.
#[must_use]
pub fn ledger(failure: LedgerError) -> Error {
    match failure {
        LedgerError::Invalid(broken) => invalid(&broken),
        LedgerError::BlobMissing { .. } => {
            error(Code::BadUserInput, Some(Reason::BlobMissing), failure.to_string())
        }
        LedgerError::AsOfUnavailable(message) => {
            error(Code::BadUserInput, Some(Reason::AsOfUnavailable), message)
        }
        LedgerError::OtherHistory { .. } => {
            error(Code::BadUserInput, Some(Reason::OtherHistory), failure.to_string())
        }
        LedgerError::Unavailable { what, why } => {
            tracing::error!(why, what, "a request could not be answered");
            error(Code::InternalServerError, Some(Reason::Unavailable), what)
        }
        LedgerError::Corrupt(message) => {
            tracing::error!(message, "a store is damaged");
            error(
                Code::InternalServerError,
                Some(Reason::Corrupt),
                "a stored record is damaged; see the server's log",
            )
        }
        LedgerError::Memory(limit) => match limit.downcast_ref::<Exhausted>() {
            Some(exhausted) => Failure::from(exhausted).into(),
            None => error(Code::InternalServerError, Some(Reason::Unavailable), limit.to_string()),
        },
        LedgerError::Open(_) | LedgerError::OtherStore(_) => {
            tracing::error!(error = %failure, "the store is not open");
            error(
                Code::InternalServerError,
                Some(Reason::Unavailable),
                "the store is not open; see the server's log",
            )
        }
        LedgerError::Log(broken) => {
            tracing::error!(error = %broken, "the log is damaged or cannot be read");
            error(
                Code::InternalServerError,
                Some(Reason::Corrupt),
                "a stored record is damaged; see the server's log",
            )
        }
        LedgerError::Blob(broken) => blob(&broken),
    }
}

/// Maps an error of the ledger for transports other than GraphQL.
#[must_use]
pub fn failure(failure: LedgerError) -> Failure {
    let error = ledger(failure);
    let word = |name: &str| match error.extensions.as_ref()?.get(name)? {
        async_graphql::Value::String(word) => Some(word.clone()),
        _ => None,
    };
    let code = word("code").and_then(|word| Code::parse(&word)).unwrap_or(Code::InternalServerError);
    let reason = word("reason").and_then(|word| Reason::parse(&word));
    Failure { reason, ..Failure::new(code, error.message) }
}

fn blob(broken: &BlobError) -> Error {
    let asked = |reason, advice: &str| {
        let message = format!("{broken}{advice}");
        error(Code::BadUserInput, Some(reason), message)
    };
    match broken {
        BlobError::Unsent { .. } => return asked(Reason::BlobMissing, ""),
        BlobError::OtherFacts { .. } => {
            return asked(Reason::BlobMismatch, "; check the file, and begin again");
        }
        BlobError::Mismatch { .. } => {
            return asked(
                Reason::BlobMismatch,
                "; nothing was stored: check the file and its digest, and begin again",
            );
        }
        BlobError::TooLarge { .. } => return asked(Reason::LimitExceeded, ""),
        _ => {}
    }
    let reason = match broken {
        BlobError::NotFound { .. } => Reason::BlobMissing,
        BlobError::Corrupt { .. } => Reason::Corrupt,
        BlobError::Timeout { .. } => Reason::Timeout,
        _ => Reason::Unavailable,
    };
    tracing::error!(error = %broken, "the blob store failed");
    error(Code::InternalServerError, Some(reason), "the blob store failed; see the server's log")
}
