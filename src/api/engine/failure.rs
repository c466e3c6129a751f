//! An error as clients receive it: a message that says what to do, a code, and optionally a reason
//! and a location in the query.

use async_graphql::{Error, ErrorExtensions};
use serde::{Serialize, Serializer};

use super::code::{Code, Reason};
use crate::budget::Exhausted;

/// The maximum number of errors reported for one request.
const MOST_ERRORS: usize = 50;

/// An error in the shape of the GraphQL specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The party at fault.
    pub code: Code,
    /// The exact cause, if there is more to say than the code.
    pub reason: Option<Reason>,
    /// The problem and the remedy: lower case, no full stop, no internals.
    pub message: String,
    /// Locations in the query.
    pub locations: Vec<Location>,
}

/// A location in the query text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Location {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
}

/// Returns an error of a resolver with its code and reason.
#[must_use]
pub fn error(code: Code, reason: Option<Reason>, message: impl Into<String>) -> Error {
    Failure { reason, ..Failure::new(code, message) }.into()
}

impl From<&Exhausted> for Failure {
    fn from(met: &Exhausted) -> Self {
        let (code, reason) = match met {
            Exhausted::Request(_) => (Code::BadRequest, Reason::LimitExceeded),
            Exhausted::Caller(_) => (Code::BadRequest, Reason::TooManyRequests),
            Exhausted::Server(_) => (Code::InternalServerError, Reason::Unavailable),
        };
        Self::new(code, met.to_string()).because(reason)
    }
}

impl Failure {
    /// Creates a failure without reason and locations.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, reason: None, message: message.into(), locations: Vec::new() }
    }

    /// Creates the failure of an invalid request.
    #[must_use]
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(Code::BadRequest, message)
    }

    /// Returns the same failure with a reason.
    #[must_use]
    pub fn because(self, reason: Reason) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// Returns the same failure with locations.
    #[must_use]
    pub fn at(self, locations: impl IntoIterator<Item = Location>) -> Self {
        Self { locations: locations.into_iter().collect(), ..self }
    }

    /// Returns a complete response body with this one error and no `data`.
    #[must_use]
    pub fn to_body(&self) -> Vec<u8> {
        // JSON of strings, numbers and lists of them cannot fail.
        serde_json::to_vec(&ErrorBody { errors: std::slice::from_ref(self) }).unwrap_or_default()
    }

    /// Returns a response body with the first 50 errors, without duplicates, and no `data`.
    #[must_use]
    pub(in crate::api) fn all_to_body(all: &[Self]) -> Vec<u8> {
        let mut errors: Vec<Self> = Vec::new();
        let mut hidden = 0_usize;
        for error in all {
            match errors.len() {
                MOST_ERRORS => hidden += 1,
                _ if errors.contains(error) => {}
                _ => errors.push(error.clone()),
            }
        }
        if hidden > 0 {
            errors.push(Self::new(errors[0].code, format!("{hidden} more errors are not shown")));
        }
        serde_json::to_vec(&ErrorBody { errors: &errors }).unwrap_or_default()
    }
}

/// The same error at a field, for resolvers. It keeps no locations, because the field has its own.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::new(failure.message).extend_with(|_, extensions| {
            extensions.set("code", failure.code.as_str());
            if let Some(reason) = failure.reason {
                extensions.set("reason", reason.as_str());
            }
        })
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    errors: &'a [Failure],
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shape<'a> {
            message: &'a str,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            locations: &'a [Location],
            extensions: Extensions,
        }
        #[derive(Serialize)]
        struct Extensions {
            code: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            reason: Option<&'static str>,
        }
        let extensions = Extensions { code: self.code.as_str(), reason: self.reason.map(Reason::as_str) };
        Shape { message: &self.message, locations: &self.locations, extensions }.serialize(serializer)
    }
}
