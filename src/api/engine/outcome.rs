//! What became of a request: the class that a transport turns into its own signs of success and failure, and the bytes.

use super::code::{Code, Reason};
use super::failure::Failure;
use crate::domain::log::position::Position;

/// An answer, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it ran.
    pub class: Class,
    /// The response as JSON text.
    pub body: Vec<u8>,
    /// The commit that it was read at; of a mutation, one at or after what it wrote. None where nothing was read.
    pub position: Option<Position>,
}

/// Whether an operation ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It ran; the response has `data`, perhaps with errors beside it.
    Executed,
    /// It did not run, or did not end; the response has errors and no `data`.
    Failed {
        /// Of the first error.
        code: Code,
        /// Of the first error.
        reason: Option<Reason>,
    },
    /// It was not run because it would change something, over a method that may only read.
    NotOverThisMethod,
}

impl Outcome {
    /// Nothing ran.
    #[must_use]
    pub fn failed(failure: &Failure) -> Self {
        let class = Class::Failed { code: failure.code, reason: failure.reason };
        Self { class, body: failure.to_body(), position: None }
    }

    /// The document or its variables are wrong: nothing ran. The first 50 errors are shown; there is at least one.
    #[must_use]
    pub fn invalid(failures: &[Failure]) -> Self {
        let Some(first) = failures.first() else { return Self::panicked() };
        let (code, reason) = (first.code, first.reason);
        let class = Class::Failed { code, reason };
        Self { class, body: Failure::all_to_body(failures), position: None }
    }

    /// A resolver panicked. The panic is the caller's to log.
    #[must_use]
    pub fn panicked() -> Self {
        Self::failed(&Failure::new(
            Code::InternalServerError,
            "the server failed while it worked on this request; it is a bug, please report it with the query",
        ))
    }

    /// The time for one request was over. The work may still finish.
    #[must_use]
    pub fn timed_out() -> Self {
        Self::failed(
            &Failure::new(
                Code::InternalServerError,
                "this took longer than one request may take; ask for less, or where something was to be written, \
                 send it again with the same idempotencyKey to learn whether it was",
            )
            .because(Reason::Timeout),
        )
    }

    /// There was no room to begin.
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
