//! `statement`: facts said later about versions.

use surrealdb::types::Value;

use super::{Fields, Key, Row, placed, version_link};
use crate::domain::statement::{StatementId, StatementKind, StatementRecord};
use crate::graph::GraphError;

pub(in crate::graph) const TABLE: &str = "statement";

pub(in crate::graph) fn row(statement: &StatementRecord) -> Value {
    Row::new(placed(TABLE, statement.id.seq, statement.id.place))
        .text("kind", statement.kind.name())
        .value("version", version_link(&statement.version))
        .optional("by", statement.by.as_ref().map(version_link))
        .text("reason", statement.reason.as_str())
        .bytes("seal", statement.seal())
        .finish()
}

pub(in crate::graph) fn record(row: Value) -> Result<(Key, StatementRecord), GraphError> {
    let (key, mut fields) = Fields::of(TABLE, row)?;
    let Key::Place(seq, place) = key else {
        return Err(fields.corrupt("its id is malformed"));
    };
    let kind = fields.text("kind")?;
    let statement = StatementRecord {
        id: StatementId { seq, place },
        kind: kind.parse::<StatementKind>().map_err(|e| fields.corrupt(e.to_string()))?,
        version: fields.version("version")?,
        by: fields.optional("by", Fields::version)?,
        reason: fields.text("reason")?,
    };
    let seal = fields.digest("seal")?;
    fields.end()?;
    if statement.seal() != seal {
        return Err(fields.corrupt("its content has another hash than its seal"));
    }
    Ok((key, statement))
}
