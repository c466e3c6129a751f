//! `commit`: the log. A row contains what its digest covers; the digest is computed on each read.

use surrealdb::types::{Number, Value};

use super::{RowBuilder, RowFields, RowKey, numbered};
use crate::domain::id::Seq;
use crate::domain::log::entry::CommitRecord;
use crate::domain::log::facts::PackedFacts;
use crate::domain::log::tree::TreeHead;
use crate::graph::{CommitNote, GraphError};

pub(crate) const TABLE: &str = "commit";

pub(crate) fn row(commit: &CommitRecord) -> Value {
    let texts = match &commit.facts {
        PackedFacts::Current { texts, .. } => Some(Value::Bytes(texts.clone().into())),
        PackedFacts::Former(_) => None,
    };
    RowBuilder::new(numbered(TABLE, commit.seq))
        .value("time", Value::Number(Number::Int(commit.time)))
        .text("author", commit.author.as_str())
        .optional("message", commit.message.clone().map(Value::String))
        .bytes("facts", commit.facts.covered())
        .optional("texts", texts)
        .number("row_count", commit.rows.size)
        .bytes("rows", commit.rows.root)
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
        facts: facts(&mut fields)?,
        rows: TreeHead {
            size: fields.optional("row_count", RowFields::number)?.unwrap_or(0),
            root: fields.digest("rows")?,
        },
        previous: fields.digest("previous")?,
    };
    fields.end()?;
    Ok((key, commit))
}

/// Returns the facts. Those of a store of format 1 have no texts.
fn facts(fields: &mut RowFields) -> Result<PackedFacts, GraphError> {
    let covered = fields.bytes("facts")?;
    Ok(match fields.optional("texts", RowFields::bytes)? {
        Some(texts) => PackedFacts::Current { covered, texts },
        None => PackedFacts::Former(covered),
    })
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
