//! The errors of the ledger. Messages are for callers: they contain no query language and no
//! backtraces.

use super::store::place::OtherStore;
use crate::blob::BlobError;
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::graph::{AppendError, GraphError};
use crate::log::LogError;

/// An error of the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The request breaks a rule; nothing was written.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A version names bytes that are not stored; nothing was written.
    #[error("the payload {digest} is not stored; PUT its bytes to /blobs/{digest} first")]
    BlobMissing {
        /// The missing digest.
        digest: Digest,
    },
    /// The requested moment cannot be read.
    #[error("{0}")]
    AsOfUnavailable(String),
    /// A stored position is from another log.
    #[error(
        "the position is from another log: commit {seq} differs or is missing here, as in an older copy of the store \
         or in another store; begin again without the position, or ask the store that issued it"
    )]
    OtherHistory {
        /// The commit that the position names.
        seq: Seq,
    },
    /// The graph or the ledger is not available now.
    #[error("{what}")]
    Unavailable {
        /// The message for the caller.
        what: String,
        /// The cause, for the server's log only.
        why: String,
    },
    /// The store contains something other than what was written.
    #[error("{0}")]
    Corrupt(String),
    /// The caller's meter refused more memory.
    #[error("{0}")]
    Memory(Box<dyn std::error::Error + Send + Sync>),
    /// The store could not be opened.
    #[error(transparent)]
    Open(GraphError),
    /// The log could not be opened or read.
    #[error(transparent)]
    Log(LogError),
    /// The directory has a store that is not opened.
    #[error(transparent)]
    OtherStore(OtherStore),
    /// The blob store failed.
    #[error(transparent)]
    Blob(BlobError),
}

impl LedgerError {
    /// Returns the versions whose records the rules need before they can decide.
    pub(super) fn unread(&self) -> Option<&[VersionId]> {
        match self {
            Self::Invalid(invalid) => invalid.unread(),
            _ => None,
        }
    }

    /// Returns a remedy if the message does not name one.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unavailable { .. } => {
                Some("see the server's log for the cause; `--log stemma=debug` adds details")
            }
            Self::Corrupt(_) => Some("keep the directory as it is and restore a copy of it from a backup"),
            _ => None,
        }
    }

    /// Returns true if the store contains something other than what was written.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        if let Self::OtherStore(other) = self {
            return other.is_damage();
        }
        matches!(
            self,
            Self::Corrupt(_)
                | Self::Log(
                    LogError::Damaged { .. }
                        | LogError::Gap { .. }
                        | LogError::Behind { .. }
                        | LogError::DamagedHead
                        | LogError::OtherHistory { .. }
                )
                | Self::Open(
                    GraphError::Behind { .. } | GraphError::Damaged { .. } | GraphError::Corrupt { .. }
                )
        )
    }

    /// Creates an `Unavailable` error without a cause for the log.
    pub(crate) fn unavailable(what: &str) -> Self {
        Self::Unavailable { what: what.to_owned(), why: String::new() }
    }
}

impl From<GraphError> for LedgerError {
    fn from(error: GraphError) -> Self {
        match error {
            GraphError::Corrupt { .. } => Self::Corrupt(error.to_string()),
            GraphError::Unavailable(why) => {
                Self::Unavailable { what: "the graph does not answer; try again in a moment".to_owned(), why }
            }
            other => Self::Open(other),
        }
    }
}

impl From<LogError> for LedgerError {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}

impl From<AppendError> for LedgerError {
    fn from(error: AppendError) -> Self {
        let what = match &error {
            AppendError::Rejected { .. } => "the store refused the write and nothing was written; try again",
            AppendError::Failed { .. } => {
                "it is unknown whether this was written, and the server accepts no writes until it is restarted; then \
                 send the request again with the same idempotency key"
            }
        };
        Self::Unavailable { what: what.to_owned(), why: error.to_string() }
    }
}

impl From<BlobError> for LedgerError {
    fn from(error: BlobError) -> Self {
        Self::Blob(error)
    }
}
