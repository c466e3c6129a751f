//! Custom scalars: values that the built-in scalars of GraphQL cannot represent.

mod after;

use async_graphql::{InputType, InputValueError, InputValueResult, Pos, Scalar, ScalarType, Value};
use chrono::{DateTime, SecondsFormat, Utc};

use super::engine::sdl::{CustomScalars, ScalarForm};
use crate::domain::id;
use crate::domain::log::position::Position;
use crate::domain::version::Timestamp;
pub use after::After;

/// The custom scalars as the engine checks them.
pub(super) const CUSTOM: CustomScalars = CustomScalars { check, form };

/// Returns the form of an argument, given its name and the name of its scalar. The resolvers
/// declare the same by the type [`After`].
fn form(argument: &str, scalar: &str) -> ScalarForm {
    match (argument, scalar) {
        ("after" | "before", "Seq") => ScalarForm::Position,
        _ => ScalarForm::Plain,
    }
}

/// Checks a value against a custom scalar in the expected form. An unknown scalar accepts every
/// value.
///
/// # Errors
/// The scalar's own message.
pub(super) fn check(name: &str, form: ScalarForm, value: &Value) -> Result<(), String> {
    fn parsed<T: InputType>(value: &Value) -> Result<(), String> {
        let message = |error: InputValueError<T>| error.into_server_error(Pos::default()).message;
        let Err(message) = T::parse(Some(value.clone())).map(drop).map_err(message) else {
            return Ok(());
        };
        let prefix = format!("Failed to parse \"{}\": ", T::type_name());
        Err(message.strip_prefix(&prefix).map_or_else(|| message.clone(), str::to_owned))
    }
    match name {
        "Seq" if form == ScalarForm::Position => parsed::<After>(value),
        "Seq" => parsed::<Seq>(value),
        "ByteSize" => parsed::<ByteSize>(value),
        "Digest" => parsed::<Digest>(value),
        "DateTime" => parsed::<Time>(value),
        "JSON" => parsed::<Json>(value),
        _ => Ok(()),
    }
}

/// The scalars that [`check`] knows.
#[cfg(test)]
pub(super) const CHECKED: [&str; 5] = ["Seq", "ByteSize", "Digest", "DateTime", "JSON"];

/// Refuses values that JSON cannot represent exactly: a number beyond ±(2^53 - 1), or a name
/// without quotes.
fn exact(value: &Value) -> Result<(), String> {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    match value {
        Value::Number(number) if number.as_f64().is_none_or(|number| number.abs() > LARGEST) => {
            Err(format!("the number {number} is beyond ±(2^53 - 1); write it as a string"))
        }
        Value::Enum(name) => Err(format!("expected JSON, found the name `{name}`; write strings in quotes")),
        Value::List(elements) => elements.iter().try_for_each(exact),
        Value::Object(fields) => fields.values().try_for_each(exact),
        _ => Ok(()),
    }
}

/// Converts a count to an Int, at most the largest one.
pub fn int(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

fn text<T: ScalarType + InputType>(value: &Value, expected: &str) -> Result<String, InputValueError<T>> {
    match value {
        Value::String(text) => Ok(text.clone()),
        _ => Err(InputValueError::custom(format!("expected {expected}, as a string"))),
    }
}

/// The number of a commit: an integer from 0, as a string because it may exceed the safe range of
/// JavaScript. 0 is the empty store before the first commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seq(pub id::Seq);

/// The number of a commit: an integer from 0, as a string because it may exceed the safe range of
/// JavaScript. 0 is the empty store before the first commit. `after` and `before` also accept a
/// position, as in cursors of the change feed: a seq with the mark of its commit, such as
/// `"12-1a2b3c4d5e6f7081"`.
#[Scalar(name = "Seq")]
impl ScalarType for Seq {
    fn parse(value: Value) -> InputValueResult<Self> {
        // A small number may be written as a number; one that JSON cannot carry exactly must be a
        // string.
        if let Value::Number(number) = &value
            && let Some(number) = number.as_u64().filter(|number| *number < (1 << 53))
        {
            return Ok(Self(id::Seq(number)));
        }
        let text = text(&value, "a seq, such as \"12\"")?;
        text.parse().map(Self).map_err(|error: id::Malformed| match text.parse() {
            Ok(Position { seq, mark: Some(_) }) => InputValueError::custom(format!(
                "expected a seq without a mark, such as \"{seq}\", found {text:?}; only `after` and `before` of the change feed take a mark"
            )),
            _ => InputValueError::custom(error),
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A number of bytes: an integer from 0, as a string because it may exceed the safe range of
/// JavaScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteSize(pub u64);

/// A number of bytes: an integer from 0, as a string because it may exceed the safe range of
/// JavaScript.
#[Scalar(name = "ByteSize")]
impl ScalarType for ByteSize {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = text(&value, "a number of bytes")?;
        text.parse()
            .map(Self)
            .map_err(|_| InputValueError::custom("expected a number of bytes, such as \"1024\""))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// The BLAKE3 digest of a payload: `b3:` and 64 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub id::Digest);

/// The BLAKE3 digest of a payload: `b3:` and 64 lower-case hex digits.
#[Scalar(name = "Digest")]
impl ScalarType for Digest {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = text(&value, "a digest")?;
        text.parse().map(Self).map_err(|error: id::Malformed| InputValueError::custom(error))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A moment in RFC 3339, returned in UTC with microseconds: `2026-03-01T12:00:00.000000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub Timestamp);

/// A moment in RFC 3339, returned in UTC with microseconds: `2026-03-01T12:00:00.000000Z`.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for Time {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = text(&value, "a moment in RFC 3339")?;
        DateTime::parse_from_rfc3339(&text).map(|time| Self(time.timestamp_micros())).map_err(|_| {
            InputValueError::custom("expected a moment in RFC 3339, such as \"2026-03-01T12:00:00Z\"")
        })
    }

    fn to_value(&self) -> Value {
        Value::String(rfc3339(self.0))
    }
}

/// Formats a timestamp in RFC 3339, UTC, with microseconds.
#[must_use]
pub fn rfc3339(time: Timestamp) -> String {
    // Out of range only for years beyond 262,000.
    DateTime::<Utc>::from_timestamp_micros(time)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Any JSON value. Numbers beyond ±(2^53 - 1) are rejected, because JSON clients do not keep them
/// exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(pub serde_json::Value);

/// Any JSON value. Numbers beyond ±(2^53 - 1) are rejected, because JSON clients do not keep them
/// exactly.
#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        exact(&value)?;
        value.into_json().map(Self).map_err(|error| InputValueError::custom(format!("not JSON: {error}")))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}
