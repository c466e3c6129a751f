//! A request of GraphQL over HTTP as received: four parameters, of which only the types are
//! checked.

use serde_json::{Map, Value};

use super::code::{Code, Reason};
use super::failure::Failure;
use crate::budget::Charge;
use crate::domain::principal::Principal;

/// One request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ask {
    /// The text of the document.
    pub query: String,
    /// The name of the operation to run.
    pub operation_name: Option<String>,
    /// The values of the operation's variables.
    pub variables: Map<String, Value>,
    /// Extensions of the client. Only `atLeastSeq` is read.
    pub extensions: Map<String, Value>,
}

/// The content of a request body.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// One request, answered by one response.
    One(Ask),
    /// A list of requests, answered by a list of responses in the same order.
    Batch(Vec<Ask>),
}

/// The principal of a request, with its permission and memory.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The authenticated principal.
    pub principal: Principal,
    /// The operations that may run.
    pub allow: Allow,
    /// The memory charged for the request and its answer.
    pub memory: Charge,
}

impl Caller {
    /// Creates a caller inside this process, whose memory is not limited.
    #[must_use]
    pub fn here(principal: Principal, allow: Allow) -> Self {
        Self { principal, allow, memory: Charge::unlimited() }
    }
}

/// The operations that a request may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allow {
    /// Queries only, because the HTTP method is read-only.
    Queries,
    /// Queries and mutations.
    Mutations,
}

impl Asked {
    /// Reads a body. A list may hold at most `most` requests.
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
    /// Reads one request. Unknown parameters are ignored, as the specification requires.
    ///
    /// # Errors
    /// `BAD_REQUEST` names the parameter that is missing or has the wrong type.
    pub fn read(value: Value) -> Result<Self, Failure> {
        let Value::Object(mut parameters) = value else {
            return Err(Failure::bad_request(
                "a request must be a JSON object with `query`, and optionally `variables`, `operationName` and `extensions`",
            ));
        };
        let mut take = |name: &str| parameters.remove(name).unwrap_or_default();
        let query = match take("query") {
            Value::String(query) => query,
            Value::Null
                if parameters.get("extensions").is_some_and(|all| all.get("persistedQuery").is_some()) =>
            {
                // Clients of automatic persisted queries compare with this exact message.
                return Err(Failure::new(Code::PersistedQueryNotSupported, "PersistedQueryNotSupported"));
            }
            Value::Null => {
                return Err(Failure::bad_request("`query` is missing: send the GraphQL document in it"));
            }
            _ => {
                return Err(Failure::bad_request("`query` must be a string that holds the GraphQL document"));
            }
        };
        let operation_name = match take("operationName") {
            Value::Null => None,
            // By the specification an empty name counts as no name.
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
