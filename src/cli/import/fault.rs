//! What is wrong with a record, and where.

use std::fmt;

/// Why a record is refused, and in which of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reason {
    /// Such as `sources[0].role`; empty where it is the record as a whole.
    field: String,
    why: String,
}

impl Reason {
    /// A refusal of one field.
    pub(super) fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self { field: field.into(), why: why.into() }
    }

    /// A refusal of the whole record.
    pub(super) fn whole(why: impl Into<String>) -> Self {
        Self::new("", why)
    }

    /// The refusal with its line.
    pub(super) const fn at(self, line: u64) -> Fault {
        Fault { line, reason: self }
    }
}

/// A refused record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// From 1.
    pub line: u64,
    reason: Reason,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, reason: Reason { field, why } } = self;
        match field.as_str() {
            "" => write!(f, "line {line}: {why}"),
            field => write!(f, "line {line}, field {field}: {why}"),
        }
    }
}
