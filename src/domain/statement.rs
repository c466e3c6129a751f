//! Statements: facts recorded later about versions that exist.

use std::fmt;
use std::str::FromStr;

use super::id::{Malformed, Seq, VersionId};
use super::version::Activity;

/// The meaning of a statement about its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatementKind {
    /// The version was wrong, and another version is right.
    Corrects,
    /// The version was wrong, and nothing replaces it.
    Retracts,
    /// The version was not wrong after all.
    Reinstates,
    /// The content of the version was removed permanently.
    Purges,
}

impl StatementKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Corrects, Self::Retracts, Self::Reinstates, Self::Purges];

    /// Returns the name used in GraphQL and in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Corrects => "CORRECTS",
            Self::Retracts => "RETRACTS",
            Self::Reinstates => "REINSTATES",
            Self::Purges => "PURGES",
        }
    }

    /// Returns the byte used in packed facts.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns the kind with this code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// Returns true if the statement makes its version wrong.
    #[must_use]
    pub const fn makes_wrong(self) -> bool {
        matches!(self, Self::Corrects | Self::Retracts)
    }
}

impl FromStr for StatementKind {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| Malformed::new(text, "a statement kind: CORRECTS, RETRACTS, REINSTATES or PURGES"))
    }
}

/// The id of a statement: its commit and its position among that commit's statements. In text
/// `statement:12.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementId {
    /// The commit.
    pub seq: Seq,
    /// The position in the commit, from 0.
    pub place: u32,
}

impl fmt::Display for StatementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "statement:{}.{}", self.seq, self.place)
    }
}

impl FromStr for StatementId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let parsed = text.strip_prefix("statement:").and_then(|rest| {
            let (seq, place) = rest.split_once('.')?;
            Some(Self { seq: seq.parse().ok()?, place: place.parse().ok()? })
        });
        parsed
            .filter(|id| id.to_string() == text)
            .ok_or_else(|| Malformed::new(text, "a statement id: `statement:`, a seq, `.` and a number"))
    }
}

/// A statement as it is stored and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRecord {
    /// The id.
    pub id: StatementId,
    /// The kind of the statement.
    pub kind: StatementKind,
    /// The version that it is about.
    pub version: VersionId,
    /// The version that is right (CORRECTS only).
    pub by: Option<VersionId>,
    /// The reason.
    pub reason: String,
    /// The activity that found it out.
    pub activity: Option<Activity>,
    /// A note.
    pub message: Option<String>,
}
