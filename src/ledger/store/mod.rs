//! The durable log and its records: segments of files in the data directory, or rows on a server
//! that several processes share.

mod entries;
#[cfg(test)]
pub(crate) mod faults;
mod head_notes;
pub(super) mod place;
pub(super) mod records;
mod restoring;
mod segments;
#[cfg(test)]
mod tests;
mod writer;

use tokio::runtime::Handle;

pub use head_notes::CheckpointMode;
pub(super) use records::broken;
pub(super) use restoring::{is_marked, marked};
pub(crate) use segments::SegmentStore;

use super::LedgerError;
use crate::domain::id::Seq;
use crate::domain::log::entry::{AssertedRecord, CommitRecord, Entry, Head};
use crate::domain::log::position::LogMark;
use crate::domain::statement::{StatementId, StatementRecord};
use crate::graph::{AppendError, CommitNote, Graph, GraphError};
use crate::log;

/// The durable log of a ledger; clones share it.
#[derive(Clone)]
pub(crate) enum Store {
    /// Segments in the data directory. This process alone writes.
    Segments(SegmentStore),
    /// Rows in SurrealDB, keyed by their seq, on a server to which other processes may write as well.
    Rows(Graph),
}

impl Store {
    /// Returns the newest durable commit.
    pub(crate) fn head(&self) -> Head {
        match self {
            Self::Segments(segments) => segments.reader().head(),
            Self::Rows(graph) => graph.head(),
        }
    }

    /// Returns true if other processes may write to this store.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared().is_some()
    }

    /// Returns the rows that several processes share; `None` if this process alone writes.
    pub(crate) fn shared(&self) -> Option<&Graph> {
        match self {
            Self::Rows(graph) if graph.is_shared() => Some(graph),
            Self::Rows(_) | Self::Segments(_) => None,
        }
    }

    /// Returns true if the store was opened read-only.
    pub(crate) fn is_read_only(&self) -> bool {
        match self {
            Self::Segments(segments) => segments.is_read_only(),
            Self::Rows(_) => false,
        }
    }

    /// Returns true if the disk has too little space for any append. Then none should be planned.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Self::Segments(segments) => segments.is_full(),
            Self::Rows(_) => false,
        }
    }

    /// Returns the threads of the store, for tasks with many reads.
    pub(crate) fn runtime(&self) -> Result<Handle, LedgerError> {
        match self {
            Self::Segments(segments) => segments.runtime(),
            Self::Rows(graph) => Ok(graph.runtime()?),
        }
    }

    /// Appends a group of commits, which is durable when this returns.
    pub(crate) async fn append(&self, entries: Vec<Entry>) -> Result<(), AppendError> {
        match self {
            Self::Segments(segments) => segments.append(entries).await,
            Self::Rows(graph) => graph.append(entries).await,
        }
    }

    /// Returns at most `limit` commits after `after`, ascending and without gaps.
    pub(crate) async fn commits(&self, after: Seq, limit: usize) -> Result<Vec<CommitRecord>, LedgerError> {
        match self {
            Self::Segments(segments) => segments.commits(after, limit),
            Self::Rows(graph) => Ok(graph.commits(after, limit).await?),
        }
    }

    /// Returns authors and times of commits, in the order of the seqs.
    pub(crate) async fn commit_notes(&self, seqs: &[Seq]) -> Result<Vec<Option<CommitNote>>, LedgerError> {
        match self {
            Self::Segments(segments) => segments.commit_notes(seqs),
            Self::Rows(graph) => Ok(graph.commit_notes(seqs).await?),
        }
    }

    /// Returns statements, in the order of the ids.
    pub(crate) async fn statements(
        &self,
        ids: &[StatementId],
    ) -> Result<Vec<Option<StatementRecord>>, LedgerError> {
        match self {
            Self::Segments(segments) => segments.statements(ids),
            Self::Rows(graph) => Ok(graph.statements(ids).await?),
        }
    }

    /// Returns asserted derivations by commit and index in the commit.
    pub(crate) async fn asserted(
        &self,
        ids: &[(Seq, u32)],
    ) -> Result<Vec<Option<AssertedRecord>>, LedgerError> {
        match self {
            Self::Segments(segments) => segments.asserted(ids),
            Self::Rows(graph) => Ok(graph.asserted(ids).await?),
        }
    }

    /// Writes the marks that the commits had before they were converted. A store on a server keeps
    /// none.
    pub(crate) fn write_former_marks(&self, marks: &[LogMark]) -> Result<(), LedgerError> {
        match self {
            Self::Segments(segments) => log::write_former_marks(segments.dir(), marks).map_err(|error| {
                GraphError::not_opened(segments.dir(), format!("its file former.marks: {error}")).into()
            }),
            Self::Rows(_) => Ok(()),
        }
    }

    /// Returns the marks that the commits had before they were converted; none if they were not.
    pub(crate) fn former_marks(&self) -> Vec<LogMark> {
        match self {
            Self::Segments(segments) => log::former_marks(segments.dir()),
            Self::Rows(_) => Vec::new(),
        }
    }

    /// Finishes appends, closes the store and releases the directory.
    pub(crate) async fn close(self) -> Result<(), LedgerError> {
        match self {
            Self::Segments(segments) => segments.close().await,
            Self::Rows(graph) => Ok(graph.close().await?),
        }
    }
}
