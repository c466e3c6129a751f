//! `activity`: activities. The id is the content digest, so all versions of one run share one row.

use surrealdb::types::{RecordId, Value};

use super::{Fields, Key, Row, named};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::hex;
use crate::domain::version::{Activity, Timestamp};
use crate::graph::GraphError;

pub(in crate::graph) const TABLE: &str = "activity";

pub(in crate::graph) fn id(digest: &[u8; 32]) -> RecordId {
    named(TABLE, hex(digest))
}

pub(in crate::graph) fn row(digest: &[u8; 32], activity: &Activity) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| Value::Number(at.into()));
    Row::new(id(digest))
        .text("name", activity.name.as_str())
        .optional("code_reference", activity.code_reference.clone().map(Value::String))
        .text("parameters", activity.parameters.as_str())
        .optional("started_at", time(activity.started_at))
        .optional("ended_at", time(activity.ended_at))
        .finish()
}

pub(in crate::graph) fn record(row: Value) -> Result<(Key, Activity), GraphError> {
    let (key, mut fields) = Fields::of(TABLE, row)?;
    let parameters = fields.text("parameters")?;
    let activity = Activity {
        name: fields.text("name")?,
        code_reference: fields.optional("code_reference", Fields::text)?,
        parameters: Attributes::from_canonical(&parameters).map_err(|e| fields.corrupt(e.to_string()))?,
        started_at: fields.optional("started_at", Fields::number)?,
        ended_at: fields.optional("ended_at", Fields::number)?,
    };
    fields.end()?;
    if key != Key::Name(activity.id()) {
        return Err(fields.corrupt("its content has another hash than its id"));
    }
    Ok((key, activity))
}
