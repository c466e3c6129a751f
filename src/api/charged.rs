//! Values of answers, whose memory is charged to the request before they are created.

use async_graphql::Error;

use super::engine::budget::{Purpose, RequestBudget};
use super::engine::code::{Code, Reason};
use super::errors;
use super::scalars::Json;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::canonical::json;
use crate::lineage::walk::closure::Stopped;

impl RequestBudget {
    /// Returns attributes for the answer; null if there is no memory for them.
    #[must_use]
    pub fn attributes(&self, attributes: &Attributes) -> Json {
        self.json(attributes.to_map().into())
    }

    /// Returns a JSON value for the answer; null if there is no memory for it.
    #[must_use]
    pub fn json(&self, value: serde_json::Value) -> Json {
        // Once as JSON, once as the values of the answer.
        Json(if self.admits(2 * json::memory_of(&value)) { value } else { serde_json::Value::Null })
    }

    /// Returns the refusal of a walk that had to stop before it found anything.
    #[must_use]
    pub fn stopped(&self, purpose: Purpose, reason: Stopped) -> Error {
        match reason {
            Stopped::Time => errors::error(
                Code::BadUserInput,
                Some(Reason::Timeout),
                "the time for one request ran out before anything was found: ask about fewer versions at a time",
            ),
            _ => self.too_far(purpose),
        }
    }
}
