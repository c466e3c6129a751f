//! Appends entries in one transaction, determines its outcome without guessing, and writes the
//! checkpoint of a process whose store is on a server. The projection uses the same insertions.
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
use super::runtime::DbConnection;
use super::{AppendError, AppendState, Graph, GraphInner, queries, read, rows};
use crate::domain::invalid::MAX_COMMIT_BYTES;
use crate::domain::log::entry::{Entry, Head};

/// The index of the first result inside the transaction. The result before it is that of `OPTION` or
/// `BEGIN`.
const FIRST_RESULT: usize = 1;

/// The pauses between attempts to write the checkpoint: ten seconds in total.
const CHECKPOINT_PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(if cfg!(test) { 1 } else { 10 }))
    .with_factor(if cfg!(test) { 1.0 } else { 2.6 })
    .with_max_delay(Duration::from_secs(5))
    .with_max_times(8);

/// The outcome of a transaction, as far as its answer shows it.
#[derive(Debug)]
pub(super) enum AppendOutcome {
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
    /// Writes all entries in one transaction, which is durable when this returns, and then the
    /// checkpoint. Rejects an entry whose seq or `previous` does not follow the head, or whose ids
    /// exist.
    ///
    /// # Errors
    /// Returns [`AppendError::Rejected`] if it was certainly not applied, and
    /// [`AppendError::Failed`] if the outcome is unknown; this graph then accepts no appends until
    /// it is opened again.
    pub async fn append(&self, entries: Vec<Entry>) -> Result<(), AppendError> {
        let guard = Arc::clone(&self.inner.append_lock).lock_owned().await;
        let inner = Arc::clone(&self.inner);
        let appended = self
            .inner
            .database
            .run(move |connection| async move {
                let _guard = guard;
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

impl GraphInner {
    async fn append(&self, connection: &DbConnection, entries: &[Entry]) -> Result<(), AppendError> {
        let head = self.sound_head()?;
        let Some(last) = follow(head, entries)? else { return Ok(()) };
        let bytes: usize = entries.iter().map(Entry::weight).sum();
        if bytes > MAX_COMMIT_BYTES {
            let why = format!(
                "expected at most {MAX_COMMIT_BYTES} bytes in one transaction, found {bytes}; split the write"
            );
            return Err(AppendError::Rejected { why });
        }
        let tables = tables(entries);
        self.set_state(AppendState::Failed { head, why: "an append was interrupted".to_owned() });
        match self.transact_and_checkpoint(connection, tables, last).await {
            Ok(()) => {
                self.set_state(AppendState::Sound(last));
                Ok(())
            }
            Err(AppendError::Rejected { why }) => {
                self.set_state(AppendState::Sound(head));
                Err(AppendError::Rejected { why })
            }
            Err(AppendError::Failed { why }) => {
                tracing::error!(seq = %last.seq, why, "the outcome of an append is unknown; nothing more is written");
                self.set_state(AppendState::Failed { head, why: why.clone() });
                Err(AppendError::Failed { why })
            }
        }
    }

    /// Runs the transaction and determines its outcome; moves the checkpoint if it is in the store.
    async fn transact_and_checkpoint(
        &self,
        connection: &DbConnection,
        tables: InsertRows,
        last: Head,
    ) -> Result<(), AppendError> {
        match self.transact(connection, tables).await {
            AppendOutcome::Applied => {}
            AppendOutcome::Refused(why) => return Err(AppendError::Rejected { why }),
            AppendOutcome::NotDurable(why) => return Err(AppendError::Failed { why }),
            AppendOutcome::Lost(why) => match self.read_back(connection, last).await {
                Ok(true) => {
                    tracing::warn!(seq = %last.seq, why, "the answer to an append was lost; its commit is in the store");
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
        self.faults.checkpoint()?;
        let Some(file) = self.head_file.clone() else { return Ok(()) };
        let write = move || file.lock().unwrap_or_else(PoisonError::into_inner).advance(last);
        let written = tokio::task::spawn_blocking(write).await;
        written.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }

    pub(super) async fn transact(&self, connection: &DbConnection, tables: InsertRows) -> AppendOutcome {
        #[cfg(test)]
        if let Some(fault) = self.faults.pull() {
            return fault.happen(async || send(connection, tables).await).await;
        }
        send(connection, tables).await
    }

    /// Returns true if the last commit of an append is in the store. Another commit with its seq
    /// cannot be: it would have been refused.
    async fn read_back(&self, connection: &DbConnection, last: Head) -> Result<bool, super::GraphError> {
        #[cfg(test)]
        self.faults.read_back()?;
        let commit = read::commit(connection, last.seq).await?;
        Ok(commit.is_some_and(|commit| commit.digest() == last.digest))
    }

    pub(super) fn set_state(&self, state: AppendState) {
        *self.append_state() = state;
    }

    fn sound_head(&self) -> Result<Head, AppendError> {
        match &*self.append_state() {
            AppendState::Sound(head) => Ok(*head),
            AppendState::Failed { why, .. } => Err(AppendError::Failed { why: why.clone() }),
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
pub(super) type InsertRows = Vec<(Insert, Vec<Value>)>;

pub(super) fn tables(entries: &[Entry]) -> InsertRows {
    let commits = entries.iter().map(|entry| rows::commit::row(&entry.commit)).collect();
    tables_with(entries, commits)
}

/// Returns the rows of a projection: those of an append, without what only the log needs.
pub(super) fn projected_tables(entries: &[Entry]) -> InsertRows {
    let commits = entries.iter().map(|entry| rows::commit::projected_row(&entry.commit)).collect();
    tables_with(entries, commits)
}

fn tables_with(entries: &[Entry], commits: Vec<Value>) -> InsertRows {
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

pub(super) async fn send(connection: &DbConnection, tables: InsertRows) -> AppendOutcome {
    send_with(connection, tables, None).await
}

/// A statement with one bound value, which is the last of a transaction.
pub(super) type LastStatement = (&'static str, (&'static str, Value));

/// Runs a transaction of insertions and, at its end, another statement with a bound value.
pub(super) async fn send_with(
    connection: &DbConnection,
    tables: InsertRows,
    last: Option<LastStatement>,
) -> AppendOutcome {
    let mut query = connection.query(queries::BEGIN);
    for (insert, rows) in tables {
        query = query.query(insert.text).bind((insert.rows, Value::Array(Array::from(rows))));
    }
    if let Some((statement, value)) = last {
        query = query.query(statement).bind(value);
    }
    match query.query(queries::COMMIT).await {
        Ok(results) => judge(results),
        Err(error) => AppendOutcome::Lost(error.to_string()),
    }
}

/// Reads the results of the statements.
///
/// A statement that fails ends the transaction before its COMMIT; it then has a specific error, and
/// the others are reported as not executed. But "not executed" is not always true: if COMMIT itself
/// fails, even in its wait for durability, all statements are reported so. In that case only a
/// conflict is certain (upstream: surrealdb #7428).
fn judge(mut results: IndexedResults) -> AppendOutcome {
    let commit = results.num_statements().saturating_sub(1);
    let errors = results.take_errors();
    if errors.is_empty() {
        return AppendOutcome::Applied;
    }
    let of_itself =
        |(slot, error): &(&usize, &Error)| (FIRST_RESULT..commit).contains(*slot) && !error.is_query();
    let conflict = |(_, error): &(&usize, &Error)| {
        matches!(error.query_details(), Some(QueryError::TransactionConflict))
    };
    if let Some((_, error)) = errors.iter().find(of_itself).or_else(|| errors.iter().find(conflict)) {
        return AppendOutcome::Refused(error.to_string());
    }
    match errors.get(&commit) {
        Some(error) => AppendOutcome::NotDurable(error.to_string()),
        None => AppendOutcome::Lost(errors.values().map(ToString::to_string).next().unwrap_or_default()),
    }
}
