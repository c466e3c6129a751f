//! The reasons that an operation does not run, and their outcomes.

use crate::api::engine::code::{Code, Reason};
use crate::api::engine::cost::CostRefusal;
use crate::api::engine::failure::Failure;
use crate::api::engine::outcome::{Class, Outcome};

/// The reason that an operation does not run.
pub(super) enum NotRun {
    Failed(Failure),
    /// The document or its variables are invalid, with all errors found.
    Invalid(Vec<Failure>),
    NotOverThisMethod,
    NotASubscription,
}

impl NotRun {
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Failed(failure) => Outcome::failed(failure),
            Self::Invalid(failures) => Outcome::invalid(failures),
            Self::NotOverThisMethod => {
                let failure = Failure::bad_request(
                    "expected a query with this HTTP method, found a mutation: send it as POST with a JSON body",
                );
                Outcome { class: Class::NotOverThisMethod, ..Outcome::failed(&failure) }
            }
            Self::NotASubscription => {
                Outcome::failed(&Failure::bad_request("expected a subscription, found a query or a mutation"))
            }
        }
    }
}

impl From<Failure> for NotRun {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Vec<Failure>> for NotRun {
    fn from(failures: Vec<Failure>) -> Self {
        Self::Invalid(failures)
    }
}

impl From<CostRefusal> for NotRun {
    fn from(refused: CostRefusal) -> Self {
        let failure = Failure::new(Code::GraphqlValidationFailed, refused.to_string());
        Self::Failed(if refused.is_limit() { failure.because(Reason::LimitExceeded) } else { failure })
    }
}
