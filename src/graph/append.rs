//! Appends entries in one transaction, determines its outcome without guessing, and writes the
//! checkpoint.
//!
//! During an append the graph is in the failed state, and only a known outcome ends that: whatever
//! interrupts it, even a panic, leaves a graph that accepts no more appends.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use surrealdb::IndexedResults;
use surrealdb::types::{Array, Error, QueryError, Value};

use super::queries::Insert;
use super::runtime::Connection;
use super::{AppendError, Graph, Inner, Standing, queries, read, rows, trial};
use crate::domain::invalid::MAX_COMMIT_BYTES;
use crate::domain::log::entry::{Entry, Head};

/// The index of the first statement inside the transaction: `OPTION` and `BEGIN` come before it.
const OPENING: usize = 1;

/// The number of bytes that must be free besides those of an append, for the engine's tables.
const ROOM: u64 = 16 << 20;

/// The pauses between attempts to write the checkpoint: ten seconds in total.
const CHECKPOINT_PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(if cfg!(test) { 1 } else { 10 }))
    .with_factor(if cfg!(test) { 1.0 } else { 2.6 })
    .with_max_delay(Duration::from_secs(5))
    .with_max_times(8);

/// The outcome of a transaction, as far as its answer shows it.
#[derive(Debug)]
pub(super) enum Answer {
    /// Durable.
    Applied,
    /// Certainly not applied.
    Refused(String),
    /// The engine could not confirm durability; the write may be visible, now or after a restart.
    NotDurable(String),
    /// There was no usable answer. A failed wait for durability would have been answered.
    Lost(String),
}

impl Graph {
    /// Returns true if the disk has too little space for any append. Then none should be planned.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.inner.free().is_some_and(|free| free < ROOM)
    }

    /// Writes all entries in one transaction, which is durable when this returns, and then the
    /// checkpoint. Rejects an entry whose seq or `previous` does not follow the head, or whose ids
    /// exist.
    ///
    /// # Errors
    /// Returns [`AppendError::Rejected`] if it was certainly not applied, and
    /// [`AppendError::Failed`] if the outcome is unknown; this graph then accepts no appends until
    /// it is opened again.
    pub async fn append(&self, entries: Vec<Entry>) -> Result<(), AppendError> {
        let turn = Arc::clone(&self.inner.turn).lock_owned().await;
        let inner = Arc::clone(&self.inner);
        let appended = self
            .inner
            .database
            .run(move |connection| async move {
                let _turn = turn;
                inner.append(&connection, &entries).await
            })
            .await;
        match appended {
            Ok(outcome) => outcome,
            // The task did not begin or it panicked; the state shows which.
            Err(error) => {
                self.inner.sound_head()?;
                Err(AppendError::rejected(error.to_string()))
            }
        }
    }
}

impl Inner {
    async fn append(&self, connection: &Connection, entries: &[Entry]) -> Result<(), AppendError> {
        let head = self.sound_head()?;
        let Some(last) = follow(head, entries)? else { return Ok(()) };
        let bytes: usize = entries.iter().map(Entry::weight).sum();
        if bytes > MAX_COMMIT_BYTES {
            let why = format!("it weighs {bytes} bytes, one transaction takes {MAX_COMMIT_BYTES}; split it");
            return Err(AppendError::Rejected { why });
        }
        self.has_room(bytes)?;
        let tables = tables(entries);
        self.stand(Standing::Failed { head, why: "an append did not come to its end".to_owned() });
        match self.settle(connection, tables, last).await {
            Ok(()) => {
                self.stand(Standing::Sound(last));
                Ok(())
            }
            Err(AppendError::Rejected { why }) => {
                self.stand(Standing::Sound(head));
                Err(AppendError::Rejected { why })
            }
            Err(AppendError::Failed { why }) => {
                tracing::error!(seq = %last.seq, why, "the outcome of an append is unknown; nothing more is written");
                self.stand(Standing::Failed { head, why: why.clone() });
                Err(AppendError::Failed { why })
            }
        }
    }

    /// Runs the transaction and determines its outcome; moves the checkpoint if it is in the store.
    async fn settle(&self, connection: &Connection, tables: Tables, last: Head) -> Result<(), AppendError> {
        match self.transact(connection, tables).await {
            Answer::Applied => {}
            Answer::Refused(why) => return Err(AppendError::Rejected { why }),
            Answer::NotDurable(why) => return Err(AppendError::Failed { why }),
            Answer::Lost(why) => match self.read_back(connection, last).await {
                Ok(true) => {
                    tracing::warn!(seq = %last.seq, why, "an append's answer was lost; its commit is there");
                }
                Ok(false) => return Err(AppendError::Rejected { why }),
                Err(error) => {
                    return Err(AppendError::Failed { why: format!("{why}; reading it back: {error}") });
                }
            },
        }
        // The commit is durable, but without its checkpoint its loss by the engine could not be
        // detected.
        let written = self.write_checkpoint(last).await;
        written.map_err(|why| AppendError::Failed { why: format!("the checkpoint: {why}") })
    }

    /// Moves the checkpoint, durably. A failure may be temporary and the commit is durable, so it
    /// is retried for a while.
    pub(super) async fn write_checkpoint(&self, last: Head) -> Result<(), String> {
        let attempts = (|| self.advance_checkpoint(last)).retry(CHECKPOINT_PAUSES).notify(|why, _| {
            tracing::warn!(seq = %last.seq, why, "the checkpoint could not be written; it is tried again");
        });
        attempts.await
    }

    async fn advance_checkpoint(&self, last: Head) -> Result<(), String> {
        #[cfg(test)]
        self.lever.checkpoint()?;
        let Some(file) = self.head_file.clone() else { return Ok(()) };
        let write = move || file.lock().unwrap_or_else(PoisonError::into_inner).advance(last);
        let written = tokio::task::spawn_blocking(write).await;
        written.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }

    /// Refuses an append that may not fit on the disk: an engine that runs out of space during an
    /// append leaves its outcome unknown.
    fn has_room(&self, bytes: usize) -> Result<(), AppendError> {
        let needed = ROOM + 2 * bytes as u64;
        match self.free() {
            Some(free) if free < needed => Err(AppendError::Rejected {
                why: format!("the disk is almost full: {free} bytes are free, and {needed} are needed"),
            }),
            _ => Ok(()),
        }
    }

    /// Returns the number of free bytes where the store is; `None` if a server has it or the number
    /// is unknown.
    fn free(&self) -> Option<u64> {
        if self.shared { None } else { trial::free(&self.dir).ok() }
    }

    pub(super) async fn transact(&self, connection: &Connection, tables: Tables) -> Answer {
        #[cfg(test)]
        if let Some(fault) = self.lever.pull() {
            return fault.happen(async || send(connection, tables).await).await;
        }
        send(connection, tables).await
    }

    /// Returns true if the last commit of an append is in the store. Another commit with its seq
    /// cannot be: it would have been refused.
    async fn read_back(&self, connection: &Connection, last: Head) -> Result<bool, super::GraphError> {
        #[cfg(test)]
        self.lever.read_back()?;
        let commit = read::commit(connection, last.seq).await?;
        Ok(commit.is_some_and(|commit| commit.digest() == last.digest))
    }

    pub(super) fn stand(&self, standing: Standing) {
        *self.standing() = standing;
    }

    fn sound_head(&self) -> Result<Head, AppendError> {
        match &*self.standing() {
            Standing::Sound(head) => Ok(*head),
            Standing::Failed { why, .. } => Err(AppendError::Failed { why: why.clone() }),
        }
    }
}

/// Checks that each entry follows the previous one, and returns the new head; `None` if there is no
/// entry.
fn follow(head: Head, entries: &[Entry]) -> Result<Option<Head>, AppendError> {
    let mut last = head;
    for Entry { commit, .. } in entries {
        if commit.seq != last.seq.next() || commit.previous != last.digest {
            let why = format!("commit {} does not follow commit {}", commit.seq, last.seq);
            return Err(AppendError::Rejected { why });
        }
        last = Head { seq: commit.seq, digest: commit.digest() };
    }
    Ok((!entries.is_empty()).then_some(last))
}

/// The rows of an append, by table, without empty tables.
pub(super) type Tables = Vec<(Insert, Vec<Value>)>;

pub(super) fn tables(entries: &[Entry]) -> Tables {
    let mut activities = BTreeMap::new();
    let mut versions = Vec::new();
    for version in entries.iter().flat_map(|entry| &entry.versions) {
        let activity = version.activity.as_ref().map(|activity| (activity.id(), activity));
        versions.push(rows::version::row(version, activity.as_ref().map(|(digest, _)| digest)));
        activities.extend(activity);
    }
    let mut statements = Vec::new();
    for statement in entries.iter().flat_map(|entry| &entry.statements) {
        let activity = statement.activity.as_ref().map(|activity| (activity.id(), activity));
        statements.push(rows::statement::row(statement, activity.as_ref().map(|(digest, _)| digest)));
        activities.extend(activity);
    }
    let activities =
        activities.iter().map(|(digest, activity)| rows::activity::row(digest, activity)).collect();
    let commits = entries.iter().map(|entry| rows::commit::row(&entry.commit)).collect();
    let mut tables = vec![
        (queries::BLOBS, gather(entries, |entry| &entry.blobs, rows::blob::row)),
        (queries::ACTIVITIES, activities),
        (queries::ITEMS, gather(entries, |entry| &entry.items, rows::item::row)),
        (queries::VERSIONS, versions),
        (queries::CHUNKS, gather(entries, |entry| &entry.chunks, rows::member::row)),
        (queries::ASSERTED, gather(entries, |entry| &entry.asserted, rows::asserted::row)),
        (queries::STATEMENTS, statements),
        (queries::TAGS, gather(entries, |entry| &entry.tags, rows::tag::row)),
        (queries::COMMITS, commits),
    ];
    tables.retain(|(_, rows)| !rows.is_empty());
    tables
}

fn gather<T>(entries: &[Entry], of: fn(&Entry) -> &Vec<T>, row: fn(&T) -> Value) -> Vec<Value> {
    entries.iter().flat_map(of).map(row).collect()
}

pub(super) async fn send(connection: &Connection, tables: Tables) -> Answer {
    let mut query = connection.query(queries::BEGIN);
    for (insert, rows) in tables {
        query = query.query(insert.text).bind((insert.rows, Value::Array(Array::from(rows))));
    }
    match query.query(queries::COMMIT).await {
        Ok(results) => judge(results),
        Err(error) => Answer::Lost(error.to_string()),
    }
}

/// Reads the results of the statements.
///
/// A statement that fails ends the transaction before its COMMIT; it then has a specific error, and
/// the others are reported as not executed. But "not executed" is not always true: if COMMIT itself
/// fails, even in its wait for durability, all statements are reported so. In that case only a
/// conflict is certain (upstream: surrealdb #7428).
fn judge(mut results: IndexedResults) -> Answer {
    let commit = results.num_statements().saturating_sub(1);
    let errors = results.take_errors();
    if errors.is_empty() {
        return Answer::Applied;
    }
    let of_itself = |(slot, error): &(&usize, &Error)| (OPENING..commit).contains(*slot) && !error.is_query();
    let conflict = |(_, error): &(&usize, &Error)| {
        matches!(error.query_details(), Some(QueryError::TransactionConflict))
    };
    if let Some((_, error)) = errors.iter().find(of_itself).or_else(|| errors.iter().find(conflict)) {
        return Answer::Refused(error.to_string());
    }
    match errors.get(&commit) {
        Some(error) => Answer::NotDurable(error.to_string()),
        None => Answer::Lost(errors.values().map(ToString::to_string).next().unwrap_or_default()),
    }
}
