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

use super::append::{Answer, tables};
use super::runtime::Connection;
use super::{AppendError, Graph, GraphError, Inner, Standing, queries, read, rows};
use crate::domain::id::Seq;
use crate::domain::invalid::MAX_COMMIT_BYTES;
use crate::domain::log::entry::{CommitRecord, Entry, Head};

/// The maximum time that the outcome of an append may be unknown before the caller gets an error.
const PATIENCE: Duration = if cfg!(test) { Duration::from_secs(1) } else { Duration::from_secs(50) };
/// The maximum pause before an entry is sent again.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// These pauses. [`PATIENCE`] ends them.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(5))
    .with_max_delay(LONGEST_PAUSE)
    .without_max_times();
/// The number of refusals of a transaction whose seq is not taken.
const REFUSALS: u32 = 8;

/// The outcome of an append to a shared store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It is in the store, durable.
    Written,
    /// Another process has taken the seq, and nothing was written.
    Lost,
}

/// The writes of other processes.
#[derive(Debug)]
pub struct News {
    /// Commits after the head.
    pub commits: Vec<CommitRecord>,
    /// The process that requests write priority.
    pub way: Option<Way>,
}

/// A process that requests write priority. The others may ignore it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
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
    /// written since. The head does not move; the caller applies them and calls [`Graph::took`].
    /// The caller checks the chain of their digests.
    ///
    /// # Errors
    /// Returns [`GraphError::Corrupt`] or [`GraphError::Unavailable`].
    pub async fn news(&self, limit: usize) -> Result<News, GraphError> {
        let head = self.head().seq;
        let news = self.inner.database.listen(move |connection| async move {
            let asking = connection
                .query(queries::RANGE)
                .query(queries::WHOSE_WAY)
                .bind(("ids", read::range(head, Bound::Unbounded)))
                .bind(("limit", rows::int(limit as u64)));
            let mut results = asking.await.map_err(|error| GraphError::unavailable(&error))?;
            let way = read::list(&mut results, 1)?.pop().and_then(asked);
            Ok(News { commits: read::in_order(read::list(&mut results, 0)?, head)?, way })
        });
        news.await?
    }

    /// Requests write priority from the other processes.
    ///
    /// # Errors
    /// Returns [`GraphError::Unavailable`].
    pub async fn ask_way(&self, way: &Way) -> Result<(), GraphError> {
        self.write_way(&way.by, way.at).await
    }

    /// Releases write priority.
    ///
    /// # Errors
    /// Returns [`GraphError::Unavailable`].
    pub async fn leave_way(&self) -> Result<(), GraphError> {
        self.write_way("", Seq::ZERO).await
    }

    async fn write_way(&self, by: &str, at: Seq) -> Result<(), GraphError> {
        let mut row = Object::new();
        row.insert("by", Value::String(by.to_owned()));
        row.insert("at", rows::int(at.0));
        let written = self.inner.database.ask(move |connection| async move {
            let written = connection.query(queries::WAY).bind(("row", Value::Object(row))).await;
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
    pub fn took(&self, head: Head) {
        self.inner.stand(Standing::Sound(head));
    }

    /// Writes one entry if no other process has taken its seq. Durable when this returns
    /// [`Turn::Written`].
    ///
    /// # Errors
    /// Returns [`AppendError::Rejected`] if it was certainly not applied, and
    /// [`AppendError::Failed`] if that is unknown. Reading the next commits shows it; appends may
    /// continue, because there can be only one commit with this seq.
    pub async fn append_in_turn(&self, entry: Arc<Entry>) -> Result<Turn, AppendError> {
        let turn = Arc::clone(&self.inner.turn).lock_owned().await;
        let inner = Arc::clone(&self.inner);
        let appended = self.inner.database.run(move |connection| async move {
            let _turn = turn;
            inner.append_in_turn(&connection, &entry).await
        });
        // A task that panicked may have written.
        appended.await.unwrap_or_else(|error| Err(AppendError::Failed { why: error.to_string() }))
    }

    /// Returns the value of a name that all processes share, and sets it to `value` if there is
    /// none.
    ///
    /// # Errors
    /// Returns [`GraphError::Corrupt`] or [`GraphError::Unavailable`].
    pub async fn agreed(&self, name: &'static str, value: [u8; 32]) -> Result<[u8; 32], GraphError> {
        let agreed = self.inner.database.ask(move |connection| async move {
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
        agreed.await?
    }
}

impl Inner {
    async fn append_in_turn(&self, connection: &Connection, entry: &Entry) -> Result<Turn, AppendError> {
        let head = self.standing_head();
        if entry.commit.seq != head.seq.next() || entry.commit.previous != head.digest {
            let why = format!("commit {} does not follow commit {}", entry.commit.seq, head.seq);
            return Err(AppendError::Rejected { why });
        }
        if entry.weight() > MAX_COMMIT_BYTES {
            let why = format!(
                "it weighs {} bytes, one transaction takes {MAX_COMMIT_BYTES}; split it",
                entry.weight()
            );
            return Err(AppendError::Rejected { why });
        }
        let last = Head { seq: entry.commit.seq, digest: entry.commit.digest() };
        let settled = tokio::time::timeout(PATIENCE, self.settle_in_turn(connection, entry, last)).await;
        let unknown = "the database has not answered in time".to_owned();
        let turn = settled.unwrap_or(Err(AppendError::Failed { why: unknown }))?;
        if turn == Turn::Written {
            self.stand(Standing::Sound(last));
            // The server stores the commit; this checkpoint only detects that the server has lost
            // it.
            if let Err(why) = self.write_checkpoint(last).await {
                tracing::error!(seq = %last.seq, why, "the checkpoint of this process was not moved");
            }
        }
        Ok(turn)
    }

    /// Sends the entry until its seq is taken, and returns by which process.
    async fn settle_in_turn(
        &self,
        connection: &Connection,
        entry: &Entry,
        last: Head,
    ) -> Result<Turn, AppendError> {
        let (mut refusals, mut pauses) = (0, PAUSES.build());
        // `unanswered`: an entry that was sent may be in the store without an answer. `doubt`: why
        // it may not be durable then.
        let (mut unanswered, mut doubt) = (false, None);
        loop {
            let answer = self.transact(connection, tables(std::slice::from_ref(entry))).await;
            let why = match answer {
                Answer::Applied => return Ok(Turn::Written),
                Answer::Refused(why) => {
                    refusals += 1;
                    why
                }
                Answer::Lost(why) => {
                    unanswered = true;
                    why
                }
                Answer::NotDurable(why) => {
                    doubt = Some(why.clone());
                    why
                }
            };
            match (self.taken(connection, last).await, &doubt) {
                (Ok(Some(true)), None) if unanswered => {
                    tracing::warn!(seq = %last.seq, why, "an append's answer was lost; its commit is there");
                    return Ok(Turn::Written);
                }
                (Ok(Some(true)), Some(why)) => return Err(AppendError::Failed { why: why.clone() }),
                // If every request was answered, an identical commit is of another process, which
                // made the same request at the same time.
                (Ok(Some(_)), _) => {
                    tracing::debug!(seq = %last.seq, why, "another process was first");
                    return Ok(Turn::Lost);
                }
                (Ok(None), _) if refusals >= REFUSALS => return Err(AppendError::Rejected { why }),
                (Ok(None), _) => {}
                (Err(error), _) => {
                    tracing::warn!(seq = %last.seq, why, %error, "the outcome of an append is not known yet");
                }
            }
            tokio::time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
        }
    }

    /// Returns `Some` if the seq is taken, and true if it is by this very commit.
    async fn taken(&self, connection: &Connection, last: Head) -> Result<Option<bool>, GraphError> {
        #[cfg(test)]
        self.lever.read_back()?;
        let commit = read::commit(connection, last.seq).await?;
        Ok(commit.map(|commit| commit.digest() == last.digest))
    }

    /// Returns the newest commit that was read from the store or written to it.
    fn standing_head(&self) -> Head {
        match &*self.standing() {
            Standing::Sound(head) | Standing::Failed { head, .. } => *head,
        }
    }
}

/// Returns the process in the row; `None` if it is empty or malformed, and is then ignored.
fn asked(row: Value) -> Option<Way> {
    let Value::Object(mut row) = row else { return None };
    match (row.remove("by"), row.remove("at")) {
        (Some(Value::String(by)), Some(Value::Number(Number::Int(at)))) if !by.is_empty() => {
            Some(Way { by, at: Seq(at.cast_unsigned()) })
        }
        _ => None,
    }
}
