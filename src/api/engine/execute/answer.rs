//! Classifies a response: if it ran, and which code each error has.
//!
//! Resolvers set the code of their errors. An error without a code comes from async-graphql: from
//! its validation, from its reading of arguments, or from a bug, whose message goes to the log
//! only.

use std::collections::BTreeMap;

use async_graphql::{Response, ServerError, Value};
use serde::Serialize;
use tracing::error;

use super::super::budget::RequestBudget;
use super::super::code::{Code, Reason};
use super::super::failure::Failure;
use super::super::outcome::{Class, Outcome};
use super::measure::{self, AnswerText};
use super::order::FieldOrder;
use super::shape::ShapePlan;

/// The maximum number of errors reported for one validation.
const MOST_ERRORS: usize = 50;

/// Prefixes of async-graphql's messages for values that do not fit the type of their argument: its
/// errors have no code (upstream: #1174; `docs/upstream.md`).
const INPUT_ERRORS: [&str; 3] =
    ["Failed to parse \"", "Expected input type \"", "Invalid value for argument "];

/// Builds the outcome of a response and charges its text.
pub(super) fn outcome(
    mut response: Response,
    plan: &ShapePlan,
    order: Option<&FieldOrder<'_>>,
    budget: &RequestBudget,
) -> Outcome {
    if never_ran(&response) {
        return failed(response.errors);
    }
    let failed = response.errors.iter().map(|error| error.path.as_slice()).filter(|path| !path.is_empty());
    plan.apply(&mut response.data, failed, order);
    for error in &mut response.errors {
        complete(error, Code::InternalServerError);
    }
    let body =
        ResponseBody { errors: &response.errors, data: &response.data, extensions: &response.extensions };
    let mut text = AnswerText::new(budget);
    match serde_json::to_writer(&mut text, &body) {
        Ok(()) => Outcome { class: Class::Executed, body: text.bytes, position: None },
        Err(reason) => measure::refusal(budget).unwrap_or_else(|| {
            error!(%reason, "a response could not be written as JSON");
            Outcome::panicked()
        }),
    }
}

/// Builds the outcome of an event. It has one field, so if that field failed, the event failed.
pub(super) fn event_outcome(mut response: Response, plan: &ShapePlan, budget: &RequestBudget) -> Outcome {
    let is_null = |data: &Value| match data {
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        data => *data == Value::Null,
    };
    if !never_ran(&response) && !response.errors.is_empty() && is_null(&response.data) {
        response.data = Value::Null;
        for error in &mut response.errors {
            complete(error, Code::InternalServerError);
            error.path.clear();
        }
    }
    outcome(response, plan, None, budget)
}

/// Returns true if no operation ran: one that ran has data, or an error with a path.
pub(super) fn never_ran(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

fn failed(all: Vec<ServerError>) -> Outcome {
    // Validation visits a document twice and may report the same error twice.
    let mut errors: Vec<ServerError> = Vec::new();
    let mut hidden = 0_usize;
    for error in all {
        match errors.len() {
            MOST_ERRORS => hidden += 1,
            _ if errors.contains(&error) => {}
            _ => errors.push(error),
        }
    }
    if hidden > 0 {
        errors.push(ServerError::new(format!("{hidden} more errors are not shown"), None));
    }
    for error in &mut errors {
        complete(error, Code::GraphqlValidationFailed);
    }
    let first = errors.first();
    let code = first.and_then(|error| word(error, "code")).and_then(|word| Code::parse(&word));
    let reason = first.and_then(|error| word(error, "reason")).and_then(|word| Reason::parse(&word));
    let class = Class::Failed { code: code.unwrap_or(Code::InternalServerError), reason };
    match serde_json::to_vec(&Errors { errors: &errors }) {
        Ok(body) => Outcome { class, body, position: None },
        Err(_) => {
            Outcome::failed(&Failure::new(Code::GraphqlValidationFailed, "the query does not fit the schema"))
        }
    }
}

/// Gives a code to an error without one: `BAD_USER_INPUT` if its message shows it, else
/// `otherwise`.
fn complete(error: &mut ServerError, otherwise: Code) {
    if word(error, "code").is_some() {
        return;
    }
    let of_input = INPUT_ERRORS.iter().any(|start| error.message.starts_with(start));
    let code = if of_input { Code::BadUserInput } else { otherwise };
    if code == Code::InternalServerError {
        error!(message = %error.message, path = ?error.path, "a resolver failed without saying why");
        error.message = "the server failed here; it is a bug, please report it with the query".to_owned();
    }
    error.extensions.get_or_insert_default().set("code", code.as_str());
}

fn word(error: &ServerError, name: &str) -> Option<String> {
    match error.extensions.as_ref()?.get(name)? {
        Value::String(word) => Some(word.clone()),
        _ => None,
    }
}

/// A response body. Errors come first, so that readers of a long answer see them.
#[derive(Serialize)]
struct ResponseBody<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    data: &'a Value,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct Errors<'a> {
    errors: &'a [ServerError],
}
