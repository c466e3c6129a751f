//! `derived_from`: asserted derivations, as relations from the target (`in`) to the source (`out`).

use surrealdb::types::Value;

use super::{RowBuilder, RowFields, RowKey, placed, version_link};
use crate::domain::log::entry::AssertedRecord;
use crate::graph::GraphError;

pub(crate) const TABLE: &str = "derived_from";

pub(crate) fn row(edge: &AssertedRecord) -> Value {
    RowBuilder::new(placed(TABLE, edge.seq, edge.place))
        .value("in", version_link(&edge.derived))
        .value("out", version_link(&edge.source))
        .text("role", edge.role.as_str())
        .text("reason", edge.reason.as_str())
        .bytes("seal", edge.seal())
        .finish()
}

pub(crate) fn record(row: Value) -> Result<(RowKey, AssertedRecord), GraphError> {
    let (key, mut fields) = RowFields::of(TABLE, row)?;
    let RowKey::Place(seq, place) = key else {
        return Err(fields.corrupt("its id is malformed"));
    };
    let edge = AssertedRecord {
        seq,
        place,
        derived: fields.version("in")?,
        source: fields.version("out")?,
        role: fields.text("role")?,
        reason: fields.text("reason")?,
    };
    let seal = fields.digest("seal")?;
    fields.end()?;
    if !edge.has_seal(&seal) {
        return Err(fields.corrupt("the hash of its content is not its seal"));
    }
    Ok((key, edge))
}
