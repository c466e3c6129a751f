//! A store that other processes write to as well.
//!
//! The id of a commit's row is its seq, and inserting an existing id fails. So of two processes
//! that append the same seq one succeeds, and the other has written nothing: the log itself is the
//! compare-and-swap on the head. There are no other locks, and clocks do not matter.
//!
//! A lost answer is resolved by a retry: the same entry is sent until its seq is taken, and the
//! digest then shows by which process. The first transaction may still be in progress, which is
//! harmless, because it is the same commit.

use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use surrealdb::IndexedResults;
use surrealdb::types::{Bytes, Number, Object, RecordId, Value};

use super::append::{AppendOutcome, tables};
use super::runtime::DbConnection;
use super::{AppendError, AppendState, Graph, GraphError, GraphInner, queries, read, rows};
use crate::domain::id::Seq;
use crate::domain::invalid::MAX_COMMIT_BYTES;
use crate::domain::log::entry::{CommitRecord, Entry, Head};

/// The maximum time that the outcome of an append may be unknown before the caller gets an error.
const OUTCOME_LIMIT: Duration = if cfg!(test) { Duration::from_secs(1) } else { Duration::from_secs(50) };
/// The maximum pause before an entry is sent again.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// These pauses. [`OUTCOME_LIMIT`] ends them.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(5))
    .with_max_delay(LONGEST_PAUSE)
    .without_max_times();
/// The number of refusals of a transaction whose seq is not taken.
const MAX_REFUSALS: u32 = 8;

/// The outcome of an append to a shared store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RaceOutcome {
    /// It is in the store, durable.
    Written,
    /// Another process has taken the seq, and nothing was written.
    Lost,
}

/// The writes of other processes.
#[derive(Debug)]
pub struct RemoteCommits {
    /// Commits after the head.
    pub commits: Vec<CommitRecord>,
    /// The process that requests write priority.
    pub priority: Option<WritePriority>,
}

/// A process that requests write priority. The others may ignore it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WritePriority {
    /// Its name.
    pub by: String,
    /// The newest commit that it had read.
    pub at: Seq,
}

impl Graph {
    /// Returns true if other processes may write to this store.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.inner.shared
    }

    /// Returns at most `limit` commits after the head, ascending: those that other processes have
    /// written since. The head does not move; the caller applies them and calls [`Graph::advance_head`].
    /// The caller checks the chain of their digests.
    ///
    /// # Errors
    /// Returns [`GraphError::Corrupt`] or [`GraphError::Unavailable`].
    pub async fn remote_commits(&self, limit: usize) -> Result<RemoteCommits, GraphError> {
        let head = self.head().seq;
        let remote = self.inner.database.listen(move |connection| async move {
            let asking = connection
                .query(queries::RANGE)
                .query(queries::READ_PRIORITY)
                .bind(("ids", read::range(head, Bound::Unbounded)))
                .bind(("limit", rows::int(limit as u64)));
            let mut results = asking.await.map_err(|error| GraphError::unavailable(&error))?;
            let priority = read::list(&mut results, 1)?.pop().and_then(asked);
            Ok(RemoteCommits { commits: read::in_order(read::list(&mut results, 0)?, head)?, priority })
        });
        remote.await?
    }

    /// Requests write priority from the other processes.
    ///
    /// # Errors
    /// Returns [`GraphError::Unavailable`].
    pub async fn request_priority(&self, priority: &WritePriority) -> Result<(), GraphError> {
        self.write_priority(&priority.by, priority.at).await
    }

    /// Releases write priority.
    ///
    /// # Errors
    /// Returns [`GraphError::Unavailable`].
    pub async fn release_priority(&self) -> Result<(), GraphError> {
        self.write_priority("", Seq::ZERO).await
    }

    async fn write_priority(&self, by: &str, at: Seq) -> Result<(), GraphError> {
        let mut row = Object::new();
        row.insert("by", Value::String(by.to_owned()));
        row.insert("at", rows::int(at.0));
        let written = self.inner.database.ask(move |connection| async move {
            let written = connection.query(queries::WRITE_PRIORITY).bind(("row", Value::Object(row))).await;
            written.and_then(IndexedResults::check).map(drop).map_err(|error| GraphError::unavailable(&error))
        });
        written.await?
    }

    /// Connects to the server and signs in again. The SDK restores a lost connection, but not if
    /// the server refused the login at that time.
    ///
    /// # Errors
    /// Returns [`GraphError::Server`] or [`GraphError::Unavailable`].
    pub async fn reconnect(&self) -> Result<(), GraphError> {
        let Some(server) = self.inner.server.clone() else { return Ok(()) };
        let connecting = self.inner.database.run(|_| async move { server.connect().await });
        self.inner.database.replace(connecting.await??);
        Ok(())
    }

    /// Moves the head to a commit that another process has written.
    pub fn advance_head(&self, head: Head) {
        self.inner.set_state(AppendState::Sound(head));
    }

    /// Writes one entry if no other process has taken its seq. Durable when this returns
    /// [`RaceOutcome::Written`].
    ///
    /// # Errors
    /// Returns [`AppendError::Rejected`] if it was certainly not applied, and
    /// [`AppendError::Failed`] if that is unknown. Reading the next commits shows it; appends may
    /// continue, because there can be only one commit with this seq.
    pub async fn append_shared(&self, entry: Arc<Entry>) -> Result<RaceOutcome, AppendError> {
        let guard = Arc::clone(&self.inner.append_lock).lock_owned().await;
        let inner = Arc::clone(&self.inner);
        let appended = self.inner.database.run(move |connection| async move {
            let _guard = guard;
            inner.append_shared(&connection, &entry).await
        });
        // A task that panicked may have written.
        appended.await.unwrap_or_else(|error| Err(AppendError::Failed { why: error.to_string() }))
    }

    /// Returns the value of a name that all processes share, and sets it to `value` if there is
    /// none.
    ///
    /// # Errors
    /// Returns [`GraphError::Corrupt`] or [`GraphError::Unavailable`].
    pub async fn shared_value(&self, name: &'static str, value: [u8; 32]) -> Result<[u8; 32], GraphError> {
        let shared_value = self.inner.database.ask(move |connection| async move {
            let mut row = Object::new();
            row.insert("id", Value::RecordId(RecordId::new("meta", name)));
            row.insert("value", Value::Bytes(Bytes::from(value.to_vec())));
            // The second process finds what the first has written; a conflict is with the first.
            let written = connection.query(queries::AGREE).bind(("row", Value::Object(row))).await;
            let written = written.and_then(IndexedResults::check).map(drop);
            let id = Value::RecordId(RecordId::new("meta", name));
            let found = read::select(&connection, queries::ROWS, id).await?.pop();
            let bytes = match found {
                Some(Value::Object(mut row)) => row.remove("value"),
                Some(_) => None,
                None => {
                    written.map_err(|error| GraphError::unavailable(&error))?;
                    None
                }
            };
            let value = match bytes {
                Some(Value::Bytes(bytes)) => <[u8; 32]>::try_from(&bytes.into_inner()[..]).ok(),
                _ => None,
            };
            value.ok_or_else(|| GraphError::Corrupt {
                table: "meta",
                id: name.to_owned(),
                why: "it is not 32 bytes".to_owned(),
            })
        });
        shared_value.await?
    }
}

impl GraphInner {
    async fn append_shared(
        &self,
        connection: &DbConnection,
        entry: &Entry,
    ) -> Result<RaceOutcome, AppendError> {
        let head = self.known_head();
        if entry.commit.seq != head.seq.next() || entry.commit.previous != head.digest {
            let why = format!("commit {} does not follow commit {}", entry.commit.seq, head.seq);
            return Err(AppendError::Rejected { why });
        }
        if entry.weight() > MAX_COMMIT_BYTES {
            let why = format!(
                "expected at most {MAX_COMMIT_BYTES} bytes in one transaction, found {}; split the write",
                entry.weight()
            );
            return Err(AppendError::Rejected { why });
        }
        let last = Head { seq: entry.commit.seq, digest: entry.commit.digest() };
        let transacted =
            tokio::time::timeout(OUTCOME_LIMIT, self.transact_shared(connection, entry, last)).await;
        let unknown = "the database has not answered in time".to_owned();
        let outcome = transacted.unwrap_or(Err(AppendError::Failed { why: unknown }))?;
        if outcome == RaceOutcome::Written {
            self.set_state(AppendState::Sound(last));
            // The server stores the commit; this checkpoint only detects that the server has lost
            // it.
            if let Err(why) = self.write_checkpoint(last).await {
                tracing::error!(seq = %last.seq, why, "the checkpoint of this process could not be moved");
            }
        }
        Ok(outcome)
    }

    /// Sends the entry until its seq is taken, and returns by which process.
    async fn transact_shared(
        &self,
        connection: &DbConnection,
        entry: &Entry,
        last: Head,
    ) -> Result<RaceOutcome, AppendError> {
        let (mut refusals, mut pauses) = (0, PAUSES.build());
        // `unanswered`: an entry that was sent may be in the store without an answer. `doubt`: why
        // it may not be durable then.
        let (mut unanswered, mut doubt) = (false, None);
        loop {
            let answer = self.transact(connection, tables(std::slice::from_ref(entry))).await;
            let why = match answer {
                AppendOutcome::Applied => return Ok(RaceOutcome::Written),
                AppendOutcome::Refused(why) => {
                    refusals += 1;
                    why
                }
                AppendOutcome::Lost(why) => {
                    unanswered = true;
                    why
                }
                AppendOutcome::NotDurable(why) => {
                    doubt = Some(why.clone());
                    why
                }
            };
            match (self.taken(connection, last).await, &doubt) {
                (Ok(Some(true)), None) if unanswered => {
                    tracing::warn!(seq = %last.seq, why, "the answer to an append was lost; its commit is in the store");
                    return Ok(RaceOutcome::Written);
                }
                (Ok(Some(true)), Some(why)) => return Err(AppendError::Failed { why: why.clone() }),
                // If every request was answered, an identical commit is of another process, which
                // made the same request at the same time.
                (Ok(Some(_)), _) => {
                    tracing::debug!(seq = %last.seq, why, "another process was first");
                    return Ok(RaceOutcome::Lost);
                }
                (Ok(None), _) if refusals >= MAX_REFUSALS => return Err(AppendError::Rejected { why }),
                (Ok(None), _) => {}
                (Err(error), _) => {
                    tracing::warn!(seq = %last.seq, why, %error, "the outcome of an append is not known yet");
                }
            }
            tokio::time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
        }
    }

    /// Returns `Some` if the seq is taken, and true if it is by this very commit.
    async fn taken(&self, connection: &DbConnection, last: Head) -> Result<Option<bool>, GraphError> {
        #[cfg(test)]
        self.faults.read_back()?;
        let commit = read::commit(connection, last.seq).await?;
        Ok(commit.map(|commit| commit.digest() == last.digest))
    }

    /// Returns the newest commit that was read from the store or written to it.
    fn known_head(&self) -> Head {
        match &*self.append_state() {
            AppendState::Sound(head) | AppendState::Failed { head, .. } => *head,
        }
    }
}

/// Returns the process in the row; `None` if it is empty or malformed, and is then ignored.
fn asked(row: Value) -> Option<WritePriority> {
    let Value::Object(mut row) = row else { return None };
    match (row.remove("by"), row.remove("at")) {
        (Some(Value::String(by)), Some(Value::Number(Number::Int(at)))) if !by.is_empty() => {
            Some(WritePriority { by, at: Seq(at.cast_unsigned()) })
        }
        _ => None,
    }
}
