//! `member_chunk`: the pins of a training set version that differ from the previous version.
//! Version ids are packed, 32 bytes each. These rows are not read back; the index knows members
//! from the facts.

use surrealdb::types::{Array, Number, RecordId, Value};

use super::{RowBuilder, int, version_link};
use crate::domain::log::entry::MemberChunk;

pub(crate) const TABLE: &str = "member_chunk";

pub(crate) fn row(chunk: &MemberChunk) -> Value {
    let key = Array::from(vec![Value::String(chunk.set.hex()), int(chunk.place.into())]);
    let mut versions = Vec::with_capacity(chunk.versions.len() * 32);
    for version in &chunk.versions {
        versions.extend_from_slice(version.as_bytes());
    }
    RowBuilder::new(RecordId::new(TABLE, key))
        .value("set", version_link(&chunk.set))
        .text("split", chunk.split.as_str())
        .optional("weight", chunk.weight.map(|weight| Value::Number(Number::Float(weight))))
        .flag("added", chunk.added)
        .bytes("versions", versions)
        .finish()
}
