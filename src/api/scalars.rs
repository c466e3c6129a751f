//! Scalars: what GraphQL's own cannot carry.

mod after;

use async_graphql::{InputType, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, SecondsFormat, Utc};

use crate::domain::id;
use crate::domain::version::Timestamp;
pub use after::After;

/// A count as an Int; the largest one where it is more than that.
pub fn int(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

fn text<T: ScalarType + InputType>(value: &Value, expected: &str) -> Result<String, InputValueError<T>> {
    match value {
        Value::String(text) => Ok(text.clone()),
        _ => Err(InputValueError::custom(format!("expected {expected}, as a string"))),
    }
}

/// The number of a commit: a whole number from 0, carried as a string because it may exceed what JavaScript can hold.
/// 0 is the empty store before the first commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seq(pub id::Seq);

/// The number of a commit: a whole number from 0, carried as a string because it may exceed what JavaScript can hold.
/// 0 is the empty store before the first commit. As `after` also with the mark of its commit, as cursors of the change feed
/// have it: `"12-1a2b3c4d5e6f7081"`.
#[Scalar(name = "Seq")]
impl ScalarType for Seq {
    fn parse(value: Value) -> InputValueResult<Self> {
        // A small number may be written as one; what JSON cannot carry exactly must be a string.
        if let Value::Number(number) = &value
            && let Some(number) = number.as_u64().filter(|number| *number < (1 << 53))
        {
            return Ok(Self(id::Seq(number)));
        }
        let text = text(&value, "a seq, such as \"12\"")?;
        text.parse().map(Self).map_err(|error: id::Malformed| InputValueError::custom(error))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A number of bytes: a whole number from 0, carried as a string because it may exceed what JavaScript can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteSize(pub u64);

/// A number of bytes: a whole number from 0, carried as a string because it may exceed what JavaScript can hold.
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

/// BLAKE3 of a payload's bytes: `b3:` and 64 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub id::Digest);

/// BLAKE3 of a payload's bytes: `b3:` and 64 lower-case hex digits.
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

/// A moment in RFC 3339, answered in UTC with microseconds: `2026-03-01T12:00:00.000000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub Timestamp);

/// A moment in RFC 3339, answered in UTC with microseconds: `2026-03-01T12:00:00.000000Z`.
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

/// A timestamp in RFC 3339, UTC, with microseconds.
#[must_use]
pub fn rfc3339(time: Timestamp) -> String {
    // Out of range only for years beyond 262,000.
    DateTime::<Utc>::from_timestamp_micros(time)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Any JSON value. Numbers beyond ±(2^53 - 1) are refused, because they do not survive JSON exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(pub serde_json::Value);

/// Any JSON value. Numbers beyond ±(2^53 - 1) are refused, because they do not survive JSON exactly.
#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        value.into_json().map(Self).map_err(|error| InputValueError::custom(format!("not JSON: {error}")))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}
