//! A request of GraphQL over HTTP as it came: four parameters, checked for their types and for nothing else.

use serde_json::{Map, Value};

use super::code::{Code, Reason};
use super::failure::Failure;
use crate::budget::Charge;
use crate::domain::principal::Principal;

/// One request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ask {
    /// The document.
    pub query: String,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// Values of the operation's variables.
    pub variables: Map<String, Value>,
    /// Whatever else a client says; only `atLeastSeq` is read.
    pub extensions: Map<String, Value>,
}

/// What a body holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// One request, answered by one response.
    One(Ask),
    /// A list of requests, answered by a list of responses in the same order.
    Batch(Vec<Ask>),
}

/// On whose behalf a request runs, and how far it may go.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who asks.
    pub principal: Principal,
    /// What may run.
    pub allow: Allow,
    /// Holds the memory of the request and of its answer.
    pub memory: Charge,
}

impl Caller {
    /// A caller in this process, whose memory is not limited.
    #[must_use]
    pub fn here(principal: Principal, allow: Allow) -> Self {
        Self { principal, allow, memory: Charge::unlimited() }
    }
}

/// Which operations may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allow {
    /// Queries only: the request came by a method that promises to change nothing.
    Queries,
    /// Mutations as well.
    Mutations,
}

impl Asked {
    /// Reads a body; a list may hold up to `most` requests.
    ///
    /// # Errors
    /// `BAD_REQUEST` names the parameter that is missing or has the wrong type.
    pub fn read(body: Value, most: usize) -> Result<Self, Failure> {
        match body {
            Value::Array(list) if list.is_empty() => {
                Err(Failure::bad_request("the batch is empty; send at least one request"))
            }
            Value::Array(list) if list.len() > most => Err(Failure::bad_request(format!(
                "the batch has {} requests, and the limit is {most}; send several batches",
                list.len()
            ))
            .because(Reason::LimitExceeded)),
            Value::Array(list) => list.into_iter().map(Ask::read).collect::<Result<_, _>>().map(Self::Batch),
            one => Ask::read(one).map(Self::One),
        }
    }
}

impl Ask {
    /// Reads one request. Unknown parameters are ignored, as the specification asks.
    ///
    /// # Errors
    /// `BAD_REQUEST` names the parameter that is missing or has the wrong type.
    pub fn read(value: Value) -> Result<Self, Failure> {
        let Value::Object(mut parameters) = value else {
            return Err(Failure::bad_request(
                "a request is a JSON object with `query`, and optionally `variables`, `operationName` and `extensions`",
            ));
        };
        let mut take = |name: &str| parameters.remove(name).unwrap_or_default();
        let query = match take("query") {
            Value::String(query) => query,
            Value::Null
                if parameters.get("extensions").is_some_and(|all| all.get("persistedQuery").is_some()) =>
            {
                // Clients of automatic persisted queries look for this very message.
                return Err(Failure::new(Code::PersistedQueryNotSupported, "PersistedQueryNotSupported"));
            }
            Value::Null => {
                return Err(Failure::bad_request("`query` is missing; it holds the GraphQL document"));
            }
            _ => {
                return Err(Failure::bad_request("`query` must be a string that holds the GraphQL document"));
            }
        };
        let operation_name = match take("operationName") {
            Value::Null => None,
            // The specification: an empty name is no name.
            Value::String(name) => Some(name).filter(|name| !name.is_empty()),
            _ => return Err(Failure::bad_request("`operationName` must be a string or null")),
        };
        let variables = map("variables", take("variables"))?;
        let extensions = map("extensions", take("extensions"))?;
        Ok(Self { query, operation_name, variables, extensions })
    }
}

fn map(name: &str, value: Value) -> Result<Map<String, Value>, Failure> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(map) => Ok(map),
        _ => Err(Failure::new(Code::BadRequest, format!("`{name}` must be a JSON object or null"))),
    }
}

#[cfg(test)]
mod tests;
