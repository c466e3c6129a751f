//! Sorts a response: did it run at all, and does every error say whose it is.
//!
//! Resolvers give their errors a code where they make them. What comes without one comes from async-graphql: its
//! validation, its reading of arguments, or a mistake of ours, whose message stays in the log.

use std::collections::BTreeMap;

use async_graphql::{Response, ServerError, Value};
use serde::Serialize;
use tracing::error;

use super::super::budget::Spending;
use super::super::code::{Code, Reason};
use super::super::failure::Failure;
use super::super::outcome::{Class, Outcome};
use super::measure::{self, Text};
use super::order::Order;
use super::shape::Plan;

/// How many errors of one validation are told.
const MOST_ERRORS: usize = 50;

/// What async-graphql says of values that do not fit the type of their argument.
const INPUT_ERRORS: [&str; 3] =
    ["Failed to parse \"", "Expected input type \"", "Invalid value for argument "];

/// The outcome of a response. Its text is charged.
pub(super) fn sort(
    mut response: Response,
    plan: &Plan,
    order: Option<&Order<'_>>,
    spending: &Spending,
) -> Outcome {
    if never_ran(&response) {
        return failed(response.errors);
    }
    let failed = response.errors.iter().map(|error| error.path.as_slice()).filter(|path| !path.is_empty());
    plan.apply(&mut response.data, failed, order);
    for error in &mut response.errors {
        complete(error, Code::InternalServerError);
    }
    let body = Body { errors: &response.errors, data: &response.data, extensions: &response.extensions };
    let mut text = Text::new(spending);
    match serde_json::to_writer(&mut text, &body) {
        Ok(()) => Outcome { class: Class::Executed, body: text.bytes, position: None },
        Err(reason) => measure::refusal(spending).unwrap_or_else(|| {
            error!(%reason, "a response could not be written as JSON");
            Outcome::panicked()
        }),
    }
}

/// The outcome of an event, which has one field: where that failed, the event did.
pub(super) fn whole(mut response: Response, plan: &Plan, spending: &Spending) -> Outcome {
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
    sort(response, plan, None, spending)
}

/// An operation that ran has data, or an error that came up in one of its fields.
pub(super) fn never_ran(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

fn failed(all: Vec<ServerError>) -> Outcome {
    // Validation visits a document twice and may say the same thing twice.
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

/// Gives an error without a code the one it deserves; `otherwise` where its message says nothing.
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

/// Errors first, so that whoever reads a long answer sees them.
#[derive(Serialize)]
struct Body<'a> {
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
