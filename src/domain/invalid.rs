//! The reasons why a proposal is refused, and the limits of one commit.
//!
//! The rules themselves are applied in [`plan`](super::write::plan).

use super::id::VersionId;

/// The most changes in one commit.
pub const MAX_CHANGES: usize = 10_000;
/// The most bytes that the rows of one commit, or of a group of commits, may take in the store, by
/// estimate. The storage engine of the graph must hold a transaction in its memtable, which is 128
/// MiB. It would write a transaction that does not fit to its log and then fail on it.
pub const MAX_COMMIT_BYTES: usize = 96 * 1024 * 1024;
/// The most sources of one version.
pub const MAX_SOURCES: usize = 100_000;
/// The most members of one training set version, and of all training set versions of one commit
/// together.
pub const MAX_MEMBERS: usize = 10_000_000;
/// The most label tags given with one version.
pub const MAX_TAGS: usize = 64;
/// The most classes that one version of a class list changes.
pub const MAX_CLASS_CHANGES: usize = 10_000;

/// The reason why nothing was written. Every message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The request is not valid in itself.
    #[error("{0}")]
    Refused(String),
    /// It names something that does not exist, or does not exist yet at the moment asked about.
    #[error("there is no {what} {id}")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// Its name as given.
        id: String,
    },
    /// It names a moment after the newest one, or after the moment asked about.
    #[error("{0}")]
    AsOfUnavailable(String),
    /// It expected another state of the store.
    #[error("{0}")]
    Conflict(String),
    /// It is too large.
    #[error("{what}: {given} is over the limit of {limit}; make it smaller or split it")]
    Limit {
        /// The unit that was counted.
        what: &'static str,
        /// The number found.
        given: usize,
        /// The largest number allowed.
        limit: usize,
    },
    /// Its idempotency key was used for another request.
    #[error("the idempotency key was used for another request; use a new key for new content")]
    KeyReused,
    /// The rules need records of versions that were not loaded. The versions exist, so the caller
    /// loads them and applies the rules again.
    #[error("the records of {} versions were not looked up", .0.len())]
    Unread(Vec<VersionId>),
    /// One change of several is at fault.
    #[error("change {index}: {cause}")]
    InChange {
        /// The position of the change, from 0.
        index: usize,
        /// The reason.
        cause: Box<Self>,
    },
}

impl Invalid {
    /// Returns a refusal with this message.
    #[must_use]
    pub fn refused(message: impl Into<String>) -> Self {
        Self::Refused(message.into())
    }

    /// Returns the error for something that does not exist.
    #[must_use]
    pub fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }

    /// Returns the error for a reference to a moment after `newest`, the last that can be read.
    #[must_use]
    pub fn not_yet(reference: &str, newest: super::id::Seq) -> Self {
        let shown: String = reference.chars().take(80).collect();
        Self::AsOfUnavailable(format!(
            "{shown:?} names a moment after seq {newest}, the newest that can be read here; give that or an earlier one"
        ))
    }

    /// Checks that `given` is at most `limit`.
    ///
    /// # Errors
    /// [`Invalid::Limit`] if it is more.
    pub fn limit(what: &'static str, given: usize, limit: usize) -> Result<(), Self> {
        if given <= limit { Ok(()) } else { Err(Self::Limit { what, given, limit }) }
    }

    /// Returns the versions whose records the rules need first; `None` for any other error.
    #[must_use]
    pub fn unread(&self) -> Option<&[VersionId]> {
        match self.cause() {
            Self::Unread(ids) => Some(ids),
            _ => None,
        }
    }

    /// Returns the error without the position in its commit.
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
