//! What is wrong with a record, and where.

use std::fmt;

/// Why a record is refused, and in which of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli::import) struct Reason {
    /// Such as `sources[0].role`; empty where it is the record as a whole.
    field: String,
    why: String,
}

impl Reason {
    /// A refusal of one field.
    pub(in crate::cli::import) fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self { field: field.into(), why: why.into() }
    }

    /// A refusal of the whole record.
    pub(in crate::cli::import) fn whole(why: impl Into<String>) -> Self {
        Self::new("", why)
    }

    /// The same of what stands inside another field.
    pub(in crate::cli::import) fn within(mut self, outer: &str) -> Self {
        let dot = if self.field.is_empty() || self.field.starts_with('[') { "" } else { "." };
        self.field = format!("{outer}{dot}{}", self.field);
        self
    }

    /// The refusal with its place.
    pub(in crate::cli::import) fn at(self, place: impl Into<Place>) -> Fault {
        Fault { place: place.into(), reason: self }
    }
}

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli::import) enum Place {
    /// A line, from 1.
    Line(u64),
    /// A row of a table, from 1.
    Row(u64),
    /// An element of a list in a JSON document, such as `annotations[17]`.
    Element(String),
    /// A file, by its path below the folder that is imported.
    File(String),
}

impl From<u64> for Place {
    fn from(line: u64) -> Self {
        Self::Line(line)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Row(row) => write!(f, "row {row}"),
            Self::Element(path) | Self::File(path) => f.write_str(path),
        }
    }
}

/// A refused record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli::import) struct Fault {
    pub place: Place,
    reason: Reason,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, reason: Reason { field, why } } = self;
        match field.as_str() {
            "" => write!(f, "{place}: {why}"),
            field => write!(f, "{place}, field {field}: {why}"),
        }
    }
}
