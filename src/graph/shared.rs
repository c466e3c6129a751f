//! A store that other processes write to as well.
//!
//! The row of a commit has its seq for an id, and inserting an id that exists fails. So of two processes that append the same
//! seq one succeeds, and the other has written nothing: the compare-and-swap on the head is the log itself. Nothing else keeps
//! processes apart, neither locks nor clocks.
//!
//! An answer that is lost settles itself: the same entry is sent again until its seq is taken, and then whoever took it is
//! known by the digest. That the first transaction may still be under way does no harm, for it is the same commit.

use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use surrealdb::IndexedResults;
use surrealdb::types::{Bytes, Number, Object, RecordId, Value};

use super::append::{Answer, tables};
use super::runtime::Connection;
use super::{AppendError, Graph, GraphError, Inner, Standing, queries, read, rows};
use crate::domain::id::Seq;
use crate::domain::invalid::MAX_COMMIT_BYTES;
use crate::domain::log::entry::{CommitRecord, Entry, Head};

/// How long the outcome of an append may stay unknown before its caller is told so.
const PATIENCE: Duration = if cfg!(test) { Duration::from_secs(1) } else { Duration::from_secs(50) };
/// How long is waited before an entry is sent again: at first, and at most.
const PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// How often a transaction may be refused while nobody has taken its seq.
const REFUSALS: u32 = 8;

/// What came of an append where others append too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It is in the store, durable.
    Written,
    /// Another process has taken the seq, and nothing was written.
    Lost,
}

/// What other processes have done.
#[derive(Debug)]
pub struct News {
    /// Commits after the head.
    pub commits: Vec<CommitRecord>,
    /// Who has asked to write first.
    pub way: Option<Way>,
}

/// A process that asks the others to let it write first. They need not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What it calls itself.
    pub by: String,
    /// The newest commit that it knew of.
    pub at: Seq,
}

impl Graph {
    /// Whether other processes may write to this store.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.inner.shared
    }

    /// At most `limit` commits after the head, ascending: what others have written since. The head stays; whoever has taken
    /// them says so with [`Graph::took`]. The chain of their digests is for the caller to check.
    ///
    /// # Errors
    /// [`GraphError::Corrupt`], [`GraphError::Unavailable`].
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

    /// Asks the other processes to let this one write first.
    ///
    /// # Errors
    /// [`GraphError::Unavailable`].
    pub async fn ask_way(&self, way: &Way) -> Result<(), GraphError> {
        self.write_way(&way.by, way.at).await
    }

    /// Lets the others write again.
    ///
    /// # Errors
    /// [`GraphError::Unavailable`].
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

    /// Connects to the server anew, and signs in anew. A lost connection comes back by itself, but not where the server refused
    /// to let us in when it did.
    ///
    /// # Errors
    /// [`GraphError::Server`], [`GraphError::Unavailable`].
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

    /// Writes one entry if no other process has taken its seq. Durable when this returns [`Turn::Written`].
    ///
    /// # Errors
    /// [`AppendError::Rejected`]: certainly not applied. [`AppendError::Failed`]: unknown. Reading what follows tells; more
    /// may be appended all the same, for of this seq there can be only one.
    pub async fn append_in_turn(&self, entry: Arc<Entry>) -> Result<Turn, AppendError> {
        let turn = Arc::clone(&self.inner.turn).lock_owned().await;
        let inner = Arc::clone(&self.inner);
        let appended = self.inner.database.run(move |connection| async move {
            let _turn = turn;
            inner.append_in_turn(&connection, &entry).await
        });
        // What panicked may have written.
        appended.await.unwrap_or_else(|error| Err(AppendError::Failed { why: error.to_string() }))
    }

    /// What is kept in the store for all processes under a name, and is `value` where there is nothing yet.
    ///
    /// # Errors
    /// [`GraphError::Corrupt`], [`GraphError::Unavailable`].
    pub async fn agreed(&self, name: &'static str, value: [u8; 32]) -> Result<[u8; 32], GraphError> {
        let agreed = self.inner.database.ask(move |connection| async move {
            let mut row = Object::new();
            row.insert("id", Value::RecordId(RecordId::new("meta", name)));
            row.insert("value", Value::Bytes(Bytes::from(value.to_vec())));
            // Who comes second finds what the first has written; a conflict is with the first.
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
            // The commit is the server's to keep; what this guards is that the server is noticed to have lost it.
            if let Err(why) = self.write_checkpoint(last).await {
                tracing::error!(seq = %last.seq, why, "the checkpoint of this process was not moved");
            }
        }
        Ok(turn)
    }

    /// Sends the entry until its seq is taken, and says by whom.
    async fn settle_in_turn(
        &self,
        connection: &Connection,
        entry: &Entry,
        last: Head,
    ) -> Result<Turn, AppendError> {
        let (mut refusals, mut pause) = (0, PAUSE);
        // Whether an entry that was sent may be in the store without our being told, and whether it is durable then.
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
                // Where every answer came, the same commit is another's: the same request was made there in the same moment.
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
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    /// Whether the seq is taken, and by this very commit.
    async fn taken(&self, connection: &Connection, last: Head) -> Result<Option<bool>, GraphError> {
        #[cfg(test)]
        self.lever.read_back()?;
        let commit = read::commit(connection, last.seq).await?;
        Ok(commit.map(|commit| commit.digest() == last.digest))
    }

    /// The newest commit that was taken from the store or written to it.
    fn standing_head(&self) -> Head {
        match &*self.standing() {
            Standing::Sound(head) | Standing::Failed { head, .. } => *head,
        }
    }
}

/// Who stands in the row; nobody where it is empty, or not to be understood: it binds nobody.
fn asked(row: Value) -> Option<Way> {
    let Value::Object(mut row) = row else { return None };
    match (row.remove("by"), row.remove("at")) {
        (Some(Value::String(by)), Some(Value::Number(Number::Int(at)))) if !by.is_empty() => {
            Some(Way { by, at: Seq(at.cast_unsigned()) })
        }
        _ => None,
    }
}
