//! `activity`: activities. The id is the content digest, so all versions of one run share one row.

use surrealdb::types::{RecordId, Value};

use super::{RowBuilder, RowFields, RowKey, named};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::hex;
use crate::domain::version::{Activity, Timestamp};
use crate::graph::GraphError;

pub(crate) const TABLE: &str = "activity";

pub(crate) fn id(digest: &[u8; 32]) -> RecordId {
    named(TABLE, hex(digest))
}

pub(crate) fn row(digest: &[u8; 32], activity: &Activity) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| Value::Number(at.into()));
    RowBuilder::new(id(digest))
        .text("name", activity.name.as_str())
        .optional("code_reference", activity.code_reference.clone().map(Value::String))
        .text("parameters", activity.parameters.as_str())
        .optional("started_at", time(activity.started_at))
        .optional("ended_at", time(activity.ended_at))
        .finish()
}

pub(crate) fn record(row: Value) -> Result<(RowKey, Activity), GraphError> {
    let (key, mut fields) = RowFields::of(TABLE, row)?;
    let parameters = fields.text("parameters")?;
    let activity = Activity {
        name: fields.text("name")?,
        code_reference: fields.optional("code_reference", RowFields::text)?,
        parameters: Attributes::from_canonical(&parameters).map_err(|e| fields.corrupt(e.to_string()))?,
        started_at: fields.optional("started_at", RowFields::number)?,
        ended_at: fields.optional("ended_at", RowFields::number)?,
    };
    fields.end()?;
    if key != RowKey::Name(activity.id()) {
        return Err(fields.corrupt("the hash of its content is not its id"));
    }
    Ok((key, activity))
}
