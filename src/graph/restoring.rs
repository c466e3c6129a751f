//! The restore mark: a row with the last commit of the backup. A store with the mark is incomplete,
//! and opening it to serve it fails. It is in the store, so every process finds it.

use surrealdb::IndexedResults;
use surrealdb::types::{Bytes, Number, Object, RecordId, Value};

use super::rows::int;
use super::{Graph, GraphError, queries, read};
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;

impl Graph {
    /// Returns the last commit of a restore in progress; `None` if there is none.
    ///
    /// # Errors
    /// Returns [`GraphError::Corrupt`] or [`GraphError::Unavailable`].
    pub async fn restoring(&self) -> Result<Option<Head>, GraphError> {
        let rows = self
            .inner
            .database
            .run(|connection| async move {
                read::select(&connection, queries::ROWS, Value::RecordId(mark())).await
            })
            .await??;
        match rows.into_iter().next() {
            None => Ok(None),
            Some(row) => until(row).ok_or_else(|| GraphError::Corrupt {
                table: "meta",
                id: "restoring".to_owned(),
                why: "its last commit is missing or malformed".to_owned(),
            }),
        }
    }

    /// Marks the store as being restored up to a commit, or as complete. Durable when this returns.
    ///
    /// # Errors
    /// Returns [`GraphError::Unavailable`].
    pub async fn mark_restoring(&self, until: Option<Head>) -> Result<(), GraphError> {
        let mut row = Object::new();
        if let Some(head) = until {
            row.insert("seq", int(head.seq.0));
            row.insert("digest", Value::Bytes(Bytes::from(head.digest.to_vec())));
        }
        self.inner
            .database
            .run(move |connection| async move {
                let written = connection.query(queries::RESTORING).bind(("row", Value::Object(row))).await;
                written.and_then(IndexedResults::check).map(drop).map_err(|e| GraphError::unavailable(&e))
            })
            .await?
    }
}

fn mark() -> RecordId {
    RecordId::new("meta", "restoring")
}

/// Returns the commit of a mark; `None` if the row is malformed.
fn until(row: Value) -> Option<Option<Head>> {
    let Value::Object(mut row) = row else { return None };
    match (row.remove("seq"), row.remove("digest")) {
        (None, None) => Some(None),
        (Some(Value::Number(Number::Int(seq))), Some(Value::Bytes(digest))) => {
            let digest: Vec<u8> = digest.into_inner().into();
            Some(Some(Head { seq: Seq(u64::try_from(seq).ok()?), digest: digest.try_into().ok()? }))
        }
        _ => None,
    }
}
