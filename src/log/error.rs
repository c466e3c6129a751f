//! The errors of the log. Operators read them at a start, so they name files.

use std::io;

use crate::domain::id::Seq;

/// An error of opening or reading the log. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A segment is not what was written.
    #[error(
        "the log is damaged: {file}, byte {offset}: {why}. Nothing was changed; copy this file back from a backup, or \
         restore the store"
    )]
    Damaged {
        /// The name of the file.
        file: String,
        /// The offset in the file, in bytes.
        offset: u64,
        /// The finding.
        why: String,
    },
    /// The files do not follow each other.
    #[error(
        "the log is incomplete: expected {expected}, found {found}. Nothing was changed; copy the missing file back \
         from a backup, or restore the store"
    )]
    Gap {
        /// The file or commit that was expected.
        expected: String,
        /// The file or commit in its place.
        found: String,
    },
    /// The log ends before a commit that was acknowledged.
    #[error(
        "the log ends at commit {newest}, but the file HEAD says that commit {acknowledged} was acknowledged. Nothing \
         was changed; restore the store from a backup, or move it away to begin an empty one"
    )]
    Behind {
        /// The newest commit in the log.
        newest: Seq,
        /// The commit in HEAD.
        acknowledged: Seq,
    },
    /// Neither line of HEAD can be read.
    #[error(
        "the file HEAD is damaged. The commits are in the log, but without the file, missing commits at its end cannot be \
         detected. Nothing was changed; `stemma verify` shows the newest commit: compare its digest with that of a backup, \
         then remove HEAD, and the next start creates a new one"
    )]
    DamagedHead,
    /// HEAD belongs to another log.
    #[error(
        "the file HEAD does not belong to this log: {why}. Nothing was changed; one of the two was copied from another \
         store, or from an earlier state of this one"
    )]
    OtherHistory {
        /// The finding.
        why: String,
    },
    /// A file has a format that this release does not know.
    #[error(
        "expected a log of format {expected} in {file}, found {found}; open it with the release that wrote it"
    )]
    Format {
        /// The expected format.
        expected: u8,
        /// The name of the file.
        file: String,
        /// The finding.
        found: String,
    },
    /// The file system refused a call.
    #[error("the log cannot be read: {file}: {error}")]
    Io {
        /// The name of the file.
        file: String,
        /// The error of the file system.
        error: io::Error,
    },
}

impl LogError {
    pub(super) fn io(file: &str) -> impl Fn(io::Error) -> Self + use<> {
        let file = file.to_owned();
        move |error| Self::Io { file: file.clone(), error }
    }

    pub(super) fn damaged(file: &str, offset: u64, why: impl Into<String>) -> Self {
        Self::Damaged { file: file.to_owned(), offset, why: why.into() }
    }
}

/// A reason why a group of commits was not appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogAppendError {
    /// Certainly not written; more may be appended.
    #[error("the append was rejected: {why}")]
    Rejected {
        /// The cause.
        why: String,
    },
    /// It is unknown if it was written. Nothing more is appended until the log is opened again.
    #[error("the outcome of an append is unknown: {why}")]
    Failed {
        /// The cause.
        why: String,
    },
}
