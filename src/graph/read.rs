//! Reads rows by their ids, and commits by a range of ids. Everything is hashed again.

use std::collections::HashMap;
use std::ops::Bound;

use surrealdb::IndexedResults;
use surrealdb::types::{Array, RecordId, RecordIdKey, RecordIdKeyRange, Value};

use super::connection::DbQuery;
use super::rows::{self, RowKey};
use super::runtime::DbConnection;
use super::{Graph, GraphError, queries};
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::log::entry::{AssertedRecord, BlobRecord, CommitRecord};
use crate::domain::statement::{StatementId, StatementRecord};
use crate::domain::version::{Activity, Timestamp, VersionRecord};

/// The maximum number of ids in one query.
const BATCH: usize = 1_000;

/// A commit without its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitNote {
    /// Its seq.
    pub seq: Seq,
    /// Its time.
    pub time: Timestamp,
    /// Its author.
    pub author: String,
    /// Its message.
    pub message: Option<String>,
}

type KeyedResult<T> = Result<(RowKey, T), GraphError>;

impl Graph {
    /// Returns at most `limit` commits after `after`, ascending and without gaps, and none beyond
    /// [`Graph::head`]. The caller checks the chain of their digests.
    ///
    /// # Errors
    /// Returns [`GraphError::Corrupt`] if one is missing or malformed; [`GraphError::Unavailable`].
    pub async fn commits(&self, after: Seq, limit: usize) -> Result<Vec<CommitRecord>, GraphError> {
        let head = self.head().seq;
        let expected = usize::try_from(head.0.saturating_sub(after.0)).unwrap_or(usize::MAX).min(limit);
        if expected == 0 {
            return Ok(Vec::new());
        }
        #[cfg(test)]
        self.count_read();
        let last = Bound::Included(Seq(after.0 + expected as u64));
        let commits = self
            .inner
            .database
            .ask(move |connection| async move { commits_within(&connection, after, last, expected).await })
            .await??;
        if commits.len() < expected {
            let missing = Seq(after.0 + commits.len() as u64 + 1);
            return Err(missing_commit(missing));
        }
        Ok(commits)
    }

    /// Returns authors and times of commits, in the order of the seqs; `None` if a commit does not
    /// exist.
    ///
    /// # Errors
    /// Returns [`GraphError::Corrupt`] or [`GraphError::Unavailable`].
    pub async fn commit_notes(&self, seqs: &[Seq]) -> Result<Vec<Option<CommitNote>>, GraphError> {
        let ids = seqs.iter().map(|seq| rows::numbered(rows::commit::TABLE, *seq)).collect();
        let found = self.fetch(queries::NOTES, ids, rows::commit::note).await?;
        Ok(seqs.iter().map(|seq| found.get(&RowKey::Number(*seq)).cloned()).collect())
    }

    /// Returns versions, in the order of the ids; `None` if a version does not exist.
    ///
    /// # Errors
    /// Returns [`GraphError::Corrupt`] if the hash of a row differs from its id or seal;
    /// [`GraphError::Unavailable`].
    pub async fn versions(&self, ids: &[VersionId]) -> Result<Vec<Option<VersionRecord>>, GraphError> {
        let keys = ids.iter().map(|id| rows::named(rows::version::TABLE, id.hex())).collect();
        let found = self.fetch(queries::ROWS, keys, rows::version::unsealed).await?;
        let named = found.values().filter_map(rows::version::UnsealedVersion::activity);
        let activities = self.activities(named.collect()).await?;
        let found = found
            .into_iter()
            .map(|(key, version)| Ok((key, version.complete(&activities)?)))
            .collect::<Result<HashMap<_, _>, GraphError>>()?;
        Ok(ids.iter().map(|id| found.get(&RowKey::Name(*id.as_bytes())).cloned()).collect())
    }

    /// Returns statements, in the order of the ids; `None` if a statement does not exist.
    ///
    /// # Errors
    /// Returns [`GraphError::Corrupt`] if the hash of a row differs from its seal;
    /// [`GraphError::Unavailable`].
    pub async fn statements(&self, ids: &[StatementId]) -> Result<Vec<Option<StatementRecord>>, GraphError> {
        let keys = ids.iter().map(|id| rows::placed(rows::statement::TABLE, id.seq, id.place)).collect();
        let found = self.fetch(queries::ROWS, keys, rows::statement::unsealed).await?;
        let named = found.values().filter_map(rows::statement::UnsealedStatement::activity);
        let activities = self.activities(named.collect()).await?;
        let found = found
            .into_iter()
            .map(|(key, statement)| Ok((key, statement.complete(&activities)?)))
            .collect::<Result<HashMap<_, _>, GraphError>>()?;
        Ok(ids.iter().map(|id| found.get(&RowKey::Place(id.seq, id.place)).cloned()).collect())
    }

    /// Returns asserted derivations by commit and index in the commit, in the order of the ids;
    /// `None` if one does not exist.
    ///
    /// # Errors
    /// Returns [`GraphError::Corrupt`] if the hash of a row differs from its seal;
    /// [`GraphError::Unavailable`].
    pub async fn asserted(&self, ids: &[(Seq, u32)]) -> Result<Vec<Option<AssertedRecord>>, GraphError> {
        let keys = ids.iter().map(|(seq, place)| rows::placed(rows::asserted::TABLE, *seq, *place)).collect();
        let found = self.fetch(queries::ROWS, keys, rows::asserted::record).await?;
        Ok(ids.iter().map(|(seq, place)| found.get(&RowKey::Place(*seq, *place)).cloned()).collect())
    }

    /// Returns payloads, in the order of the digests; `None` if no version names a payload.
    ///
    /// # Errors
    /// Returns [`GraphError::Corrupt`] or [`GraphError::Unavailable`].
    pub async fn blobs(&self, digests: &[Digest]) -> Result<Vec<Option<BlobRecord>>, GraphError> {
        let keys = digests.iter().map(|digest| rows::named(rows::blob::TABLE, digest.hex())).collect();
        let found = self.fetch(queries::ROWS, keys, rows::blob::record).await?;
        Ok(digests.iter().map(|digest| found.get(&RowKey::Name(*digest.as_bytes())).copied()).collect())
    }

    /// Returns activities by their digests.
    async fn activities(&self, mut digests: Vec<[u8; 32]>) -> Result<HashMap<RowKey, Activity>, GraphError> {
        digests.sort_unstable();
        digests.dedup();
        let ids = digests.iter().map(rows::activity::id).collect();
        self.fetch(queries::ROWS, ids, rows::activity::record).await
    }

    /// Reads rows by their ids and parses them on the graph's runtime.
    async fn fetch<T: Send + 'static>(
        &self,
        query: &'static str,
        ids: Vec<RecordId>,
        record: fn(Value) -> KeyedResult<T>,
    ) -> Result<HashMap<RowKey, T>, GraphError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        #[cfg(test)]
        self.count_read();
        let mut found = HashMap::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let ids = Value::Array(batch.iter().cloned().map(Value::RecordId).collect());
            // One query for each batch: the time limit of a server is for one query, not for all.
            let rows = self.inner.database.ask(move |connection| async move {
                select(&connection, query, ids).await?.into_iter().map(record).collect::<Result<Vec<_>, _>>()
            });
            found.extend(rows.await??);
        }
        Ok(found)
    }
}

/// Returns at most `limit` commits after `after`, ascending. A gap is damage.
pub(super) async fn commits_after(
    connection: &DbConnection,
    after: Seq,
    limit: usize,
) -> Result<Vec<CommitRecord>, GraphError> {
    commits_within(connection, after, Bound::Unbounded, limit).await
}

/// Returns the same, up to a bound. The engine reads a range ahead of the limit, including all
/// facts, so a caller that knows the bound passes it (upstream: surrealdb #7474).
async fn commits_within(
    connection: &DbConnection,
    after: Seq,
    end: Bound<Seq>,
    limit: usize,
) -> Result<Vec<CommitRecord>, GraphError> {
    let limited = connection
        .query(queries::RANGE)
        .bind(("ids", range(after, end)))
        .bind(("limit", rows::int(limit as u64)));
    in_order(answered(limited).await?, after)
}

/// Returns the range of the ids of the commits after `after`, up to a bound.
pub(super) fn range(after: Seq, end: Bound<Seq>) -> Value {
    let number = |seq: Seq| RecordIdKey::Number(seq.0.cast_signed());
    let range = RecordIdKeyRange { start: Bound::Included(number(after.next())), end: end.map(number) };
    Value::RecordId(RecordId::new(rows::commit::TABLE, range))
}

/// Parses the rows of the commits after `after`. A gap is damage.
pub(super) fn in_order(rows: Vec<Value>, after: Seq) -> Result<Vec<CommitRecord>, GraphError> {
    let mut commits = Vec::new();
    let mut expected = after.next();
    for row in rows {
        let (_, commit) = rows::commit::record(row)?;
        if commit.seq != expected {
            return Err(missing_commit(expected));
        }
        expected = expected.next();
        commits.push(commit);
    }
    Ok(commits)
}

/// Returns one commit.
pub(super) async fn commit(connection: &DbConnection, seq: Seq) -> Result<Option<CommitRecord>, GraphError> {
    let id = Value::RecordId(rows::numbered(rows::commit::TABLE, seq));
    let row = select(connection, queries::ROWS, id).await?.pop();
    row.map(|row| rows::commit::record(row).map(|(_, commit)| commit)).transpose()
}

/// Returns rows by their ids.
pub(super) async fn select(
    connection: &DbConnection,
    query: &'static str,
    ids: Value,
) -> Result<Vec<Value>, GraphError> {
    answered(connection.query(query).bind(("ids", ids))).await
}

/// Runs one query and returns its list of rows.
async fn answered(query: DbQuery<'_>) -> Result<Vec<Value>, GraphError> {
    list(&mut query.await.map_err(|e| GraphError::unavailable(&e))?, 0)
}

/// Returns the rows of one of several statements.
pub(super) fn list(results: &mut IndexedResults, statement: usize) -> Result<Vec<Value>, GraphError> {
    match results.take::<Value>(statement).map_err(|e| GraphError::unavailable(&e))? {
        Value::Array(rows) => Ok(Array::into_vec(rows)),
        _ => Err(GraphError::Unavailable("the database returned no list of rows".to_owned())),
    }
}

fn missing_commit(seq: Seq) -> GraphError {
    GraphError::Corrupt {
        table: rows::commit::TABLE,
        id: seq.to_string(),
        why: "it is missing, but a later one exists".to_owned(),
    }
}
