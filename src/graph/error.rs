//! The errors of the graph. No message contains SurrealQL; a path only if the operator who
//! starts the server must know it.

use std::path::{Path, PathBuf};

use super::checkpoint::CheckpointFinding;
use crate::domain::id::Seq;

/// An error of opening or reading the graph.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// Another process is using the directory.
    #[error("{} is in use by another process; stop that one first, or give this one another directory", .dir.display())]
    Locked {
        /// The data directory.
        dir: PathBuf,
    },
    /// The store was written by a release with another format.
    #[error(
        "expected store format {known}, found {found}; back it up with the release that wrote it, and restore the backup into an empty store"
    )]
    Format {
        /// The format of the store.
        found: String,
        /// The format of this release.
        known: i64,
    },
    /// The store has lost acknowledged commits.
    #[error("the store in {} is behind its checkpoint: {found} at seq {checkpoint}. Nothing in it was changed; restore the directory from a backup, or move it away to begin an empty store", .dir.display())]
    Behind {
        /// The data directory.
        dir: PathBuf,
        /// The last acknowledged commit.
        checkpoint: Seq,
        /// The finding in its place.
        found: CheckpointFinding,
    },
    /// The engine cannot open the store.
    #[error("the store in {} is damaged or cannot be read: {why}", .dir.display())]
    Damaged {
        /// The data directory.
        dir: PathBuf,
        /// The message of the engine.
        why: String,
    },
    /// The restore of the store is incomplete.
    #[error(
        "the restore of the store is incomplete: it has commits up to {at} of {until}; run `stemma restore` again to finish it"
    )]
    Restoring {
        /// The last commit that is stored.
        at: Seq,
        /// The last commit of the backup.
        until: Seq,
    },
    /// A row is not what was written.
    #[error("the store is damaged: {table} {id}: {why}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row's key.
        id: String,
        /// The fault of the row.
        why: String,
    },
    /// The database did not answer. The reason is for the log.
    #[error("the graph is not available: {0}")]
    Unavailable(String),
    /// The server that has the store cannot be used.
    #[error("the graph on {url} could not be opened: {why}")]
    Server {
        /// Its address.
        url: String,
        /// The cause.
        why: String,
    },
    /// The store could not be opened.
    #[error("the store in {} could not be opened: {why}", .dir.display())]
    Open {
        /// The data directory.
        dir: PathBuf,
        /// The cause and a remedy.
        why: String,
    },
}

/// A reason why entries were not appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Certainly not applied; the graph is unchanged, and more may be appended.
    #[error("the append was rejected: {why}")]
    Rejected {
        /// The cause.
        why: String,
    },
    /// It is unknown if it was applied until the store is opened again. Nothing more is appended
    /// until then.
    #[error(
        "the outcome of an append is unknown, so nothing more is written until the store is opened again: {why}"
    )]
    Failed {
        /// The cause.
        why: String,
    },
}

impl AppendError {
    pub(super) fn rejected(why: impl Into<String>) -> Self {
        Self::Rejected { why: why.into() }
    }
}

impl GraphError {
    /// Creates the error of a store that could not be opened.
    pub fn not_opened(dir: &Path, why: impl std::fmt::Display) -> Self {
        Self::Open { dir: dir.to_owned(), why: why.to_string() }
    }

    pub(super) fn unavailable(error: &impl std::fmt::Display) -> Self {
        Self::Unavailable(error.to_string())
    }
}
