//! `commit`: the log. A row contains what its digest covers; the digest is computed on each read.

use surrealdb::types::{Number, Value};

use super::{RowBuilder, RowFields, RowKey, numbered};
use crate::domain::id::Seq;
use crate::domain::log::entry::CommitRecord;
use crate::graph::{CommitNote, GraphError};

pub(crate) const TABLE: &str = "commit";

pub(crate) fn row(commit: &CommitRecord) -> Value {
    RowBuilder::new(numbered(TABLE, commit.seq))
        .value("time", Value::Number(Number::Int(commit.time)))
        .text("author", commit.author.as_str())
        .optional("message", commit.message.clone().map(Value::String))
        .bytes("facts", commit.facts.as_slice())
        .bytes("rows", commit.rows)
        .bytes("previous", commit.previous)
        .finish()
}

/// Returns the row of a commit whose log is elsewhere.
pub(crate) fn projected_row(commit: &CommitRecord) -> Value {
    RowBuilder::new(numbered(TABLE, commit.seq))
        .value("time", Value::Number(Number::Int(commit.time)))
        .text("author", commit.author.as_str())
        .optional("message", commit.message.clone().map(Value::String))
        .bytes("digest", commit.digest())
        .finish()
}

pub(crate) fn record(row: Value) -> Result<(RowKey, CommitRecord), GraphError> {
    let (key, mut fields) = RowFields::of(TABLE, row)?;
    let commit = CommitRecord {
        seq: seq(key, &fields)?,
        time: fields.number("time")?,
        author: fields.text("author")?,
        message: fields.optional("message", RowFields::text)?,
        facts: fields.bytes("facts")?,
        rows: fields.digest("rows")?,
        previous: fields.digest("previous")?,
    };
    fields.end()?;
    Ok((key, commit))
}

pub(crate) fn note(row: Value) -> Result<(RowKey, CommitNote), GraphError> {
    let (key, mut fields) = RowFields::of(TABLE, row)?;
    let note = CommitNote {
        seq: seq(key, &fields)?,
        time: fields.number("time")?,
        author: fields.text("author")?,
        message: fields.optional("message", RowFields::text)?,
    };
    Ok((key, note))
}

fn seq(key: RowKey, fields: &RowFields) -> Result<Seq, GraphError> {
    match key {
        RowKey::Number(seq) => Ok(seq),
        RowKey::Name(_) | RowKey::Place(..) => Err(fields.corrupt("its id is malformed")),
    }
}
