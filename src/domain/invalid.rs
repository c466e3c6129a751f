//! Why a proposal is refused, and the limits of one commit.
//!
//! The rules themselves are applied in one place, [`plan`](super::write::plan).

use super::id::VersionId;

/// The most changes in one commit.
pub const MAX_CHANGES: usize = 10_000;
/// The most bytes that the rows of one commit, or of a group of commits, may take in the store, by estimate. The
/// engine must have room for a whole transaction in its memtable, which is 128 MiB on a machine with 1 GiB of memory,
/// and more on larger ones; it would write one that does not fit into its log and then stumble over it.
pub const MAX_COMMIT_BYTES: usize = 96 * 1024 * 1024;
/// The most sources of one version.
pub const MAX_SOURCES: usize = 100_000;
/// The most members of one training set version, and of all training set versions of one commit together.
pub const MAX_MEMBERS: usize = 10_000_000;
/// The most label tags given with one version.
pub const MAX_TAGS: usize = 64;
/// The most classes that one version of a class list changes.
pub const MAX_CLASS_CHANGES: usize = 10_000;

/// Why nothing was written. Every message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The request makes no sense as it is.
    #[error("{0}")]
    Refused(String),
    /// It names something that does not exist (or not yet, at the moment asked about).
    #[error("there is no {what} {id}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Its name as given.
        id: String,
    },
    /// It names something at a moment that has not come yet, or that is after the moment asked about.
    #[error("{0}")]
    AsOfUnavailable(String),
    /// It expected another state of the world.
    #[error("{0}")]
    Conflict(String),
    /// It is too large.
    #[error("{what}: {given} is over the limit of {limit}; make it smaller or split it")]
    Limit {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        given: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Its idempotency key was used for another request.
    #[error("the idempotency key was used for another request; use a new key for new content")]
    KeyReused,
    /// The rules need records of versions that were not looked up; they exist, so the rules can be asked again with them.
    #[error("the records of {} versions were not looked up", .0.len())]
    Unread(Vec<VersionId>),
    /// One change of several is at fault.
    #[error("change {index}: {cause}")]
    InChange {
        /// Its place, from 0.
        index: usize,
        /// What is wrong with it.
        cause: Box<Self>,
    },
}

impl Invalid {
    /// A refusal with this message.
    #[must_use]
    pub fn refused(message: impl Into<String>) -> Self {
        Self::Refused(message.into())
    }

    /// That something does not exist.
    #[must_use]
    pub fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }

    /// That the moment in a reference is after `newest`, the last that can be read.
    #[must_use]
    pub fn not_yet(reference: &str, newest: super::id::Seq) -> Self {
        let shown: String = reference.chars().take(80).collect();
        Self::AsOfUnavailable(format!(
            "{shown:?} names a moment after seq {newest}, the newest that can be read here; give that or an earlier one"
        ))
    }

    /// Passes where `given` is at most `limit`.
    ///
    /// # Errors
    /// [`Invalid::Limit`].
    pub fn limit(what: &'static str, given: usize, limit: usize) -> Result<(), Self> {
        if given <= limit { Ok(()) } else { Err(Self::Limit { what, given, limit }) }
    }

    /// The versions whose records the rules need before they can judge.
    #[must_use]
    pub fn unread(&self) -> Option<&[VersionId]> {
        match self.cause() {
            Self::Unread(ids) => Some(ids),
            _ => None,
        }
    }

    /// The refusal without its place in a commit.
    #[must_use]
    pub fn cause(&self) -> &Self {
        match self {
            Self::InChange { cause, .. } => cause.cause(),
            other => other,
        }
    }
}

impl From<super::id::Malformed> for Invalid {
    fn from(error: super::id::Malformed) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<super::canonical::attributes::AttributesError> for Invalid {
    fn from(error: super::canonical::attributes::AttributesError) -> Self {
        use super::canonical::attributes::AttributesError;
        match error {
            AttributesError::Limit { what, given, limit } => Self::Limit { what, given, limit },
            other => Self::Refused(other.to_string()),
        }
    }
}
