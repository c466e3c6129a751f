//! `statement`: later statements about versions.

use std::collections::HashMap;

use surrealdb::types::Value;

use super::{RowBuilder, RowFields, RowKey, activity, placed, version_link};
use crate::domain::statement::{StatementId, StatementKind, StatementRecord};
use crate::domain::version::Activity;
use crate::graph::GraphError;

pub(crate) const TABLE: &str = "statement";

/// Returns the row; `activity` is the digest of the record's activity.
pub(crate) fn row(statement: &StatementRecord, activity: Option<&[u8; 32]>) -> Value {
    RowBuilder::new(placed(TABLE, statement.id.seq, statement.id.place))
        .text("kind", statement.kind.name())
        .value("version", version_link(&statement.version))
        .optional("by", statement.by.as_ref().map(version_link))
        .text("reason", statement.reason.as_str())
        .optional("activity", activity.map(|digest| Value::RecordId(activity::id(digest))))
        .optional("message", statement.message.clone().map(Value::String))
        .bytes("seal", statement.seal())
        .finish()
}

/// A statement from its row, before its activity is loaded and its seal compared.
pub(crate) struct UnsealedStatement {
    statement: StatementRecord,
    activity: Option<[u8; 32]>,
    seal: [u8; 32],
    fields: RowFields,
}

/// Reads a row.
pub(crate) fn unsealed(row: Value) -> Result<(RowKey, UnsealedStatement), GraphError> {
    let (key, mut fields) = RowFields::of(TABLE, row)?;
    let RowKey::Place(seq, place) = key else {
        return Err(fields.corrupt("its id is malformed"));
    };
    let kind = fields.text("kind")?;
    let statement = StatementRecord {
        id: StatementId { seq, place },
        kind: kind.parse::<StatementKind>().map_err(|e| fields.corrupt(e.to_string()))?,
        version: fields.version("version")?,
        by: fields.optional("by", RowFields::version)?,
        reason: fields.text("reason")?,
        activity: None,
        message: fields.optional("message", RowFields::text)?,
    };
    let activity = fields.optional("activity", |fields, name| fields.link(name, activity::TABLE))?;
    let seal = fields.digest("seal")?;
    fields.end()?;
    Ok((key, UnsealedStatement { statement, activity, seal, fields }))
}

impl UnsealedStatement {
    /// Returns the digest of its activity.
    pub(crate) const fn activity(&self) -> Option<[u8; 32]> {
        self.activity
    }

    /// Returns the complete record, after comparing its seal.
    pub(crate) fn complete(
        mut self,
        activities: &HashMap<RowKey, Activity>,
    ) -> Result<StatementRecord, GraphError> {
        if let Some(digest) = self.activity {
            let activity = activities.get(&RowKey::Name(digest));
            let activity = activity.ok_or_else(|| self.fields.corrupt("its activity does not exist"))?;
            self.statement.activity = Some(activity.clone());
        }
        if !self.statement.has_seal(&self.seal) {
            return Err(self.fields.corrupt("the hash of its content is not its seal"));
        }
        Ok(self.statement)
    }
}
