//! What can go wrong with a blob. Messages name the digest and never a path, a bucket or an account.

use std::io;

use crate::domain::id::Digest;

/// The reason beneath an error, for the log.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a blob was not stored or not read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The blob is not in this store.
    #[error("blob {digest} is not here")]
    NotFound {
        /// What was asked for.
        digest: Digest,
    },
    /// The bytes given are not those that were announced. Nothing was stored.
    #[error("the bytes given are {actual}, not {expected}")]
    Mismatch {
        /// The digest announced.
        expected: Digest,
        /// The digest of the bytes that came.
        actual: Digest,
    },
    /// More bytes came than are allowed. Nothing was stored.
    #[error("the payload is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes allowed.
        limit: u64,
    },
    /// The place refuses us: file permissions, or credentials. Trying again does not help.
    #[error("the blob store is not allowed to {doing}")]
    Denied {
        /// What was being done, as a verb: `read a blob`.
        doing: &'static str,
        /// What the place said.
        source: Cause,
    },
    /// The place cannot do it now.
    #[error("the blob store could not {doing}")]
    Unavailable {
        /// What was being done, as a verb: `read a blob`.
        doing: &'static str,
        /// What the place said.
        source: Cause,
    },
    /// The place took too long.
    #[error("the blob store took too long to {doing}")]
    Timeout {
        /// What was being done, as a verb: `read a blob`.
        doing: &'static str,
        /// What the place said.
        source: Cause,
    },
    /// The range is empty, or not inside the blob.
    #[error("the range is empty or not inside the blob's {size} bytes")]
    BadRange {
        /// How large the blob is.
        size: u64,
    },
    /// The incoming stream broke before its end. Nothing was stored.
    #[error("the incoming bytes broke off")]
    Source {
        /// What the stream said.
        source: Cause,
    },
    /// An upload that is to be completed has not been sent.
    #[error("the upload cannot be completed: {why}")]
    Unsent {
        /// What is missing.
        why: &'static str,
    },
    /// What was sent is not what was announced. It was not published.
    #[error("the upload cannot be completed: {why}")]
    OtherFacts {
        /// What differs.
        why: &'static str,
    },
    /// What is stored under this digest is something else. Putting the right bytes again repairs it in a directory; in a
    /// bucket, where nothing is overwritten, the object must be removed first.
    #[error("blob {digest} is damaged: {why}")]
    Corrupt {
        /// The blob's name.
        digest: Digest,
        /// How the damage showed.
        why: &'static str,
    },
}

impl BlobError {
    /// Sorts an error of the file system into those a caller can tell apart. For `map_err`.
    pub(super) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Denied { doing, source: error.into() }
            }
            io::ErrorKind::TimedOut => Self::Timeout { doing, source: error.into() },
            _ => Self::Unavailable { doing, source: error.into() },
        }
    }
}
