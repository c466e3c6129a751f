//! What can go wrong with the durable graph. No message holds SurrealQL; a path only where the operator who
//! starts the server must know it.

use std::path::PathBuf;

use super::checkpoint::Found;
use crate::domain::id::Seq;

/// Why the graph could not be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// Another process has the directory.
    #[error("{} is in use by another process; stop that one first, or give this one another directory", .dir.display())]
    Locked {
        /// The data directory.
        dir: PathBuf,
    },
    /// The store was written by a release that this one does not understand.
    #[error(
        "the store has format {found}, this release reads format {known}; open it with the release that wrote it, export it there and import it here"
    )]
    Format {
        /// What the store says.
        found: String,
        /// What this release reads.
        known: i64,
    },
    /// The store has lost commits that were acknowledged.
    #[error("the store in {} is behind its checkpoint: {found} at seq {checkpoint}. Nothing in it was changed; restore the directory from a backup, or move it away to begin an empty store", .dir.display())]
    Behind {
        /// The data directory.
        dir: PathBuf,
        /// The last commit that was acknowledged.
        checkpoint: Seq,
        /// What stands in its place.
        found: Found,
    },
    /// The engine cannot open the store.
    #[error("the store in {} is damaged, or cannot be read: {why}", .dir.display())]
    Damaged {
        /// The data directory.
        dir: PathBuf,
        /// What the engine says.
        why: String,
    },
    /// The store is half restored.
    #[error(
        "the store is being restored from a backup and is not whole: it has commits up to {at} of {until}; run `stemma restore` again to finish it"
    )]
    Restoring {
        /// The last commit that is there.
        at: Seq,
        /// The last commit that is to come.
        until: Seq,
    },
    /// A row is not what was written.
    #[error("the store is damaged: {table} {id}: {why}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row's key.
        id: String,
        /// What is wrong with it.
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
        /// What happened.
        why: String,
    },
    /// The store could not be opened.
    #[error("the store in {} could not be opened: {why}", .dir.display())]
    Open {
        /// The data directory.
        dir: PathBuf,
        /// What happened, and what to do.
        why: String,
    },
}

/// Why entries were not appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Certainly not applied; the graph is as it was, and more may be appended.
    #[error("the append was rejected: {why}")]
    Rejected {
        /// Why.
        why: String,
    },
    /// Whether it was applied is unknown until the store is opened again. Until then nothing more is appended.
    #[error(
        "the outcome of an append is unknown, so nothing more is written until the store is opened again: {why}"
    )]
    Failed {
        /// What happened.
        why: String,
    },
}

impl AppendError {
    pub(super) fn rejected(why: impl Into<String>) -> Self {
        Self::Rejected { why: why.into() }
    }
}

impl GraphError {
    pub(super) fn unavailable(error: &impl std::fmt::Display) -> Self {
        Self::Unavailable(error.to_string())
    }
}
