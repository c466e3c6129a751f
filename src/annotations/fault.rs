//! Faults of records, with their place.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::canonical::attributes::type_name;

/// The reason why a record is refused, and the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The path, such as `sources[0].role`; empty for the record itself.
    field: String,
    why: String,
}

impl Reason {
    /// A refusal of one field.
    pub fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self { field: field.into(), why: why.into() }
    }

    /// A refusal of a field that is missing or of another type than expected.
    pub fn expected(field: impl Into<String>, expected: &str, found: Option<&Value>) -> Self {
        let found = found.map_or("nothing", type_name);
        Self::new(field, format!("expected {expected}, found {found}"))
    }

    /// A refusal of the record and not of one of its fields.
    pub fn record(why: impl Into<String>) -> Self {
        Self::new("", why)
    }

    /// Prefixes the field with an outer field.
    pub fn within(mut self, outer: &str) -> Self {
        let dot = if self.field.is_empty() || self.field.starts_with('[') { "" } else { "." };
        self.field = format!("{outer}{dot}{}", self.field);
        self
    }

    /// Returns the text after the name of an input: `, field x: why` or `: why`.
    pub fn after_a_name(&self) -> String {
        match self.field.as_str() {
            "" => format!(": {}", self.why),
            field => format!(", {field}: {}", self.why),
        }
    }

    /// Adds the place of the record.
    pub fn at(self, place: impl Into<RecordPlace>) -> RecordFault {
        RecordFault { place: place.into(), reason: self }
    }
}

/// The place of a record in its input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RecordPlace {
    /// A line, from 1.
    Line(u64),
    /// A row of a table, from 1.
    Row(u64),
    /// An element of a list in a JSON document, such as `annotations[17]`.
    Element(String),
    /// A file, by its path below the folder that is imported.
    File(String),
    /// A line of such a file, from 1.
    FileLine(String, u64),
    /// An element of such a file, such as `shapes[3]` or `object 2`.
    FileElement(String, String),
}

impl From<u64> for RecordPlace {
    fn from(line: u64) -> Self {
        Self::Line(line)
    }
}

impl fmt::Display for RecordPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Row(row) => write!(f, "row {row}"),
            Self::Element(path) | Self::File(path) => f.write_str(path),
            Self::FileLine(path, line) => write!(f, "{path}, line {line}"),
            Self::FileElement(path, element) => write!(f, "{path}, {element}"),
        }
    }
}

/// A refused record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordFault {
    /// The place of the record.
    pub place: RecordPlace,
    reason: Reason,
}

impl fmt::Display for RecordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, reason: Reason { field, why } } = self;
        match field.as_str() {
            "" => write!(f, "{place}: {why}"),
            field => write!(f, "{place}, field {field}: {why}"),
        }
    }
}
