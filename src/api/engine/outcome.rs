//! The outcome of a request: the bytes of the response, and the class that a transport maps to its
//! status codes.

use super::code::{Code, Reason};
use super::failure::Failure;
use crate::domain::log::position::Position;

/// An answer that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Success or the kind of failure.
    pub class: Class,
    /// The response as JSON text.
    pub body: Vec<u8>,
    /// The commit at which a query read; for a mutation, a commit at or after what it wrote. `None`
    /// if nothing was read.
    pub position: Option<Position>,
}

/// The kind of outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The operation ran. The response has `data`, and possibly errors.
    Executed,
    /// The operation did not run or did not finish. The response has errors and no `data`.
    Failed {
        /// The code of the first error.
        code: Code,
        /// The reason of the first error.
        reason: Option<Reason>,
    },
    /// A mutation was refused because the HTTP method is read-only.
    NotOverThisMethod,
}

impl Outcome {
    /// Returns the outcome of a request that did not run.
    #[must_use]
    pub fn failed(failure: &Failure) -> Self {
        let class = Class::Failed { code: failure.code, reason: failure.reason };
        Self { class, body: failure.to_body(), position: None }
    }

    /// Returns the outcome of an invalid document or invalid variables, with the first 50 errors.
    /// `failures` has at least one entry.
    #[must_use]
    pub fn invalid(failures: &[Failure]) -> Self {
        let Some(first) = failures.first() else { return Self::panicked() };
        let (code, reason) = (first.code, first.reason);
        let class = Class::Failed { code, reason };
        Self { class, body: Failure::all_to_body(failures), position: None }
    }

    /// Returns the outcome of a resolver that panicked. The caller logs the panic.
    #[must_use]
    pub fn panicked() -> Self {
        Self::failed(&Failure::new(
            Code::InternalServerError,
            "the server failed while it worked on this request; it is a bug, please report it with the query",
        ))
    }

    /// Returns the outcome of a request that exceeded its time. The work may still finish.
    #[must_use]
    pub fn timed_out() -> Self {
        Self::failed(
            &Failure::new(
                Code::InternalServerError,
                "the request exceeded its time limit: ask for less; after a mutation, send it again with the same \
                 idempotencyKey to learn if it was written",
            )
            .because(Reason::Timeout),
        )
    }

    /// Returns the outcome of a request that was refused for lack of capacity.
    #[must_use]
    pub fn busy() -> Self {
        Self::failed(
            &Failure::new(
                Code::InternalServerError,
                "the server is busy or stopping; nothing was done, try again later",
            )
            .because(Reason::Unavailable),
        )
    }
}
