//! Deserialization and defaults of the fields of records.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;

pub(super) fn attributes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Attributes, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Attributes::new(&value).map_err(D::Error::custom)
}

pub(super) fn some_attributes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Attributes>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value => Attributes::new(&value).map(Some).map_err(D::Error::custom),
    }
}

pub(super) fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

pub(super) fn digest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Digest>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse()).transpose().map_err(D::Error::custom)
}

pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let parsed = |text: String| match chrono::DateTime::parse_from_rfc3339(&text) {
        Ok(time) => Ok(time.timestamp_micros()),
        Err(_) => Err(D::Error::custom(format!(
            "expected a time with its zone, such as 2026-03-01T12:00:00Z, found {text:?}"
        ))),
    };
    text.map(parsed).transpose()
}

pub(super) fn no_attributes() -> Attributes {
    Attributes::empty()
}

pub(super) fn input() -> String {
    "INPUT".to_owned()
}

pub(super) fn train() -> String {
    "TRAIN".to_owned()
}

pub(super) const fn yes() -> bool {
    true
}
