//! The errors of blob stores. Messages name the digest and never a path, a bucket or an account.

use std::io;

use crate::domain::id::Digest;

/// The cause of an error, for the log.
pub type ErrorSource = Box<dyn std::error::Error + Send + Sync>;

/// A reason why a blob was not stored or not read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The blob is not in this store.
    #[error("blob {digest} is not stored")]
    NotFound {
        /// The requested digest.
        digest: Digest,
    },
    /// The bytes are not the announced ones. Nothing was stored.
    #[error("expected bytes with the digest {expected}, found {actual}")]
    Mismatch {
        /// The announced digest.
        expected: Digest,
        /// The digest of the received bytes.
        actual: Digest,
    },
    /// There are more bytes than allowed. Nothing was stored.
    #[error("the payload is larger than {limit} bytes")]
    TooLarge {
        /// The maximum number of bytes.
        limit: u64,
    },
    /// The backend refuses access: file permissions, or credentials. A retry does not help.
    #[error("the blob store is not allowed to {doing}")]
    Denied {
        /// The failed action, as a verb: `read a blob`.
        doing: &'static str,
        /// The error of the backend.
        source: ErrorSource,
    },
    /// The backend cannot do it now.
    #[error("the blob store could not {doing}")]
    Unavailable {
        /// The failed action, as a verb: `read a blob`.
        doing: &'static str,
        /// The error of the backend.
        source: ErrorSource,
    },
    /// The backend took too long.
    #[error("the blob store took too long to {doing}")]
    Timeout {
        /// The failed action, as a verb: `read a blob`.
        doing: &'static str,
        /// The error of the backend.
        source: ErrorSource,
    },
    /// The range is empty, or not inside the blob.
    #[error("expected a non-empty range inside the blob's {size} bytes")]
    BadRange {
        /// The size of the blob.
        size: u64,
    },
    /// The incoming stream failed before its end. Nothing was stored.
    #[error("the incoming stream was interrupted")]
    Source {
        /// The error of the stream.
        source: ErrorSource,
    },
    /// The bytes of an upload have not arrived.
    #[error("the upload cannot be completed: {why}")]
    Unsent {
        /// The missing part.
        why: &'static str,
    },
    /// The uploaded bytes are not the announced ones. They were not published.
    #[error("the upload cannot be completed: {why}")]
    OtherFacts {
        /// The difference.
        why: &'static str,
    },
    /// The bytes stored under this digest are others. Putting the right bytes again repairs a
    /// directory; in a bucket, where nothing is overwritten, the object must be removed first.
    #[error("blob {digest} is damaged: {why}")]
    Corrupt {
        /// The digest of the blob.
        digest: Digest,
        /// The symptom of the damage.
        why: &'static str,
    },
}

impl BlobError {
    /// Classifies an error of the file system. For `map_err`.
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
