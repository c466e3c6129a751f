//! Restores the commits of a backup into an empty store, with the usual append in large groups.
//!
//! The store is marked before its first commit is written, and remains marked until all commits are
//! written and verified. [`Ledger::open`](super::Ledger::open) refuses a marked store. An
//! interrupted restore continues where the store ends.

mod migration;
#[cfg(test)]
mod tests;

use tokio::task::JoinHandle;

pub use migration::{Migrated, MigrationStage, migrate};

use super::index::replay::replay;
use super::log_entries::{is_first, read};
use super::open;
use super::store::Store;
use super::{LedgerError, Settings};
use crate::domain::id::{Digest, Seq};
use crate::domain::log::entry::{Entry, Head};
use crate::domain::log::facts::Stamp;
use crate::domain::log::position::LogMark;
use crate::domain::write::log_entry::{InconsistentLogEntry, LogEntry};
use crate::graph::AppendError;
use crate::lineage::Index;

/// The approximate size of a group of commits in bytes.
const TRANSACTION: usize = 8 * 1024 * 1024;
/// The approximate size of the pages that are read back for verification, in bytes.
const CHECKED: usize = 8 * 1024 * 1024;

/// A reason why a store cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The store contains commits that did not come from a restore.
    #[error(
        "expected an empty store or an interrupted restore, found commits up to {at}; restore into an empty store"
    )]
    NotEmpty {
        /// The newest commit.
        at: Seq,
    },
    /// The commits of an interrupted restore are not the beginning of this backup.
    #[error(
        "expected an interrupted restore of this backup, found commit {at} of another one; restore into an empty store"
    )]
    OtherBackup {
        /// The newest commit in the store.
        at: Seq,
    },
    /// A commit of the backup is damaged.
    #[error("the backup is damaged: {0}")]
    Inconsistent(#[from] InconsistentLogEntry),
    /// The commits end before, or at another digest than, the one announced.
    #[error("the backup is damaged: expected commits up to {until} and its digest, found commits up to {at}")]
    Short {
        /// The last commit that was given.
        at: Seq,
        /// The last commit that was announced.
        until: Seq,
    },
    /// The store failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// A store that is being restored.
pub struct Restore {
    store: Store,
    index: Index,
    until: Head,
    /// The newest commit that was given, in the log that it is from.
    given: Head,
    /// The same commit in this log, written or waiting. Its digest differs if the entries are of
    /// format 1.
    head: Head,
    /// The marks that converted commits had before.
    former: Vec<LogMark>,
    /// The newest commit of an earlier restore.
    had: Head,
    waiting: Vec<Entry>,
    weight: usize,
    /// A group that is being appended while the next one is prepared.
    writing: Option<JoinHandle<Result<(), AppendError>>>,
}

impl Restore {
    /// Opens an empty store, or one from an interrupted restore, to be filled up to `until`.
    ///
    /// # Errors
    /// Returns [`RestoreError::NotEmpty`], and [`RestoreError::OtherBackup`] if the store contains
    /// more than `until`.
    pub async fn begin(
        settings: &Settings,
        until: Head,
        progress: impl Fn(u64, u64),
    ) -> Result<Self, RestoreError> {
        Self::begun(open::store(settings).await?, until, progress).await
    }

    /// Begins on an open store. It is closed if that is refused.
    async fn begun(store: Store, until: Head, progress: impl Fn(u64, u64)) -> Result<Self, RestoreError> {
        match Self::over(&store, until, progress).await {
            Ok(restore) => Ok(restore),
            Err(error) => {
                // The first error is returned.
                let _ = store.close().await;
                Err(error)
            }
        }
    }

    async fn over(store: &Store, until: Head, progress: impl Fn(u64, u64)) -> Result<Self, RestoreError> {
        let had = store.head();
        let marked = store.restoring().await?;
        if marked.is_none() && had.seq > Seq::ZERO {
            return Err(RestoreError::NotEmpty { at: had.seq });
        }
        if had.seq > until.seq {
            return Err(RestoreError::OtherBackup { at: had.seq });
        }
        store.mark_restoring(Some(until)).await?;
        let index = replay(store, progress).await?.index;
        Ok(Self {
            store: store.clone(),
            index,
            until,
            given: Head::default(),
            head: Head::default(),
            former: Vec::new(),
            had,
            waiting: Vec::new(),
            weight: 0,
            writing: None,
        })
    }

    /// Returns the newest commit that an earlier restore has written.
    #[must_use]
    pub fn had(&self) -> Seq {
        self.had.seq
    }

    /// Adds the next commit. All commits must be added, from the first one on; those that the store
    /// contains are compared and not written.
    ///
    /// # Errors
    /// Returns [`RestoreError`]; another attempt can continue.
    pub async fn add(&mut self, log_entry: LogEntry) -> Result<(), RestoreError> {
        let former = log_entry.is_former().then(|| log_entry.check(self.given)).transpose()?;
        let log_entry = log_entry.converted(self.head.digest)?;
        let (facts, head) = log_entry.check(self.head)?;
        self.head = head;
        self.given = match former {
            None => head,
            Some((_, given)) => {
                self.former.push(LogMark::of(&given.digest));
                given
            }
        };
        if head.seq <= self.had.seq {
            let same = head.seq < self.had.seq || head.digest == self.had.digest;
            return if same { Ok(()) } else { Err(RestoreError::OtherBackup { at: self.had.seq }) };
        }
        let inconsistent = |error: crate::lineage::InconsistentFacts| LedgerError::Corrupt(error.to_string());
        let commit = &log_entry.commit;
        let stamp = Stamp { seq: commit.seq, time: commit.time, author: &commit.author };
        self.index.apply(stamp, &facts).map_err(inconsistent)?;
        let entry = log_entry.entry(facts, &self.index)?;
        let weight = entry.weight();
        if self.weight > 0 && self.weight + weight > TRANSACTION {
            self.write().await?;
        }
        self.weight += weight;
        self.waiting.push(entry);
        Ok(())
    }

    /// Begins to write the waiting commits, once the previous group is durable.
    async fn write(&mut self) -> Result<(), RestoreError> {
        self.finish_write().await?;
        self.weight = 0;
        let entries = std::mem::take(&mut self.waiting);
        if !entries.is_empty() {
            let store = self.store.clone();
            self.writing = Some(tokio::spawn(async move { store.append(entries).await }));
        }
        Ok(())
    }

    async fn finish_write(&mut self) -> Result<(), RestoreError> {
        let Some(writing) = self.writing.take() else { return Ok(()) };
        let ended = writing.await.map_err(|error| LedgerError::unavailable(&error.to_string()))?;
        Ok(ended.map_err(LedgerError::from)?)
    }

    /// Writes the waiting commits, reads everything back, compares every hash, and removes the
    /// mark.
    ///
    /// # Errors
    /// Returns [`RestoreError::Short`] if not all commits were given, and [`LedgerError::Corrupt`]
    /// if the store does not contain what was written. The store then remains marked.
    pub async fn finish(mut self, progress: impl Fn(u64, u64)) -> Result<Head, RestoreError> {
        let finished = self.complete(progress).await;
        let closed = self.store.clone().close().await;
        let head = finished?;
        closed?;
        Ok(head)
    }

    async fn complete(&mut self, progress: impl Fn(u64, u64)) -> Result<Head, RestoreError> {
        if self.given != self.until {
            return Err(RestoreError::Short { at: self.given.seq, until: self.until.seq });
        }
        self.write().await?;
        self.finish_write().await?;
        self.read_back(progress).await?;
        if !self.former.is_empty() {
            self.store.write_former_marks(&self.former)?;
        }
        self.store.mark_restoring(None).await?;
        Ok(self.head)
    }

    /// Stops early: writes the waiting commits, so that the next attempt has less to do, and closes
    /// the store.
    ///
    /// # Errors
    /// Returns an error if the store cannot be written or closed cleanly.
    pub async fn leave(mut self) -> Result<(), RestoreError> {
        let written = match self.write().await {
            Ok(()) => self.finish_write().await,
            failed => failed,
        };
        self.store.clone().close().await?;
        written
    }

    async fn read_back(&self, progress: impl Fn(u64, u64)) -> Result<(), RestoreError> {
        let first = |payload: &Digest, seq: Seq| is_first(&self.index, payload, seq);
        let mut head = Head::default();
        while head.seq < self.head.seq {
            for log_entry in read(&self.store, first, (head.seq, self.head.seq), CHECKED).await? {
                let (_, next) = log_entry.check(head)?;
                head = next;
            }
            progress(head.seq.0, self.head.seq.0);
        }
        if head == self.head {
            return Ok(());
        }
        let why = "the store does not contain what was written: the digest of its newest commit differs";
        Err(LedgerError::Corrupt(why.to_owned()).into())
    }
}
