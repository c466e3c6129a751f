//! The reasons why an import stops.

use crate::blob::BlobError;
use crate::ledger::LedgerError;

/// A result whose error is an [`ImportError`].
pub(crate) type Result<T, E = ImportError> = std::result::Result<T, E>;

/// The reason why an import stops.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    /// The input is refused: the message names the input and the place in it.
    #[error("{message}")]
    Refused {
        /// One line.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// Another client has changed what the import reads. Begun again, it sees the change.
    #[error("{message}")]
    Conflict {
        /// One line.
        message: String,
        /// True if the records must be made again; else it is enough to compare them again.
        is_read: bool,
    },
    /// The ledger does not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The store of payloads does not take it.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

impl ImportError {
    /// Refuses the input.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), hint: None }
    }

    /// Refuses the input, with a hint.
    pub(crate) fn hinted(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), hint: Some(hint.into()) }
    }
}
