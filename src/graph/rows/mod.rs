//! Converts records to rows and back, one file per table.
//!
//! Rows are built as values of the database, without a serialisation library. Reading is strict: a
//! missing field, an extra field or a field of another type is damage, and so is a record whose
//! hash differs from the row's id or seal. A field that is absent in the record is absent in the
//! row.

pub(super) mod activity;
pub(super) mod asserted;
pub(super) mod blob;
pub(super) mod commit;
mod fields;
pub(super) mod item;
pub(super) mod member;
mod row;
pub(super) mod statement;
pub(super) mod tag;
pub(super) mod version;

use surrealdb::types::{Array, RecordId, RecordIdKey, Value};

use crate::domain::id::{Seq, VersionId};
pub(super) use fields::{RowFields, RowKey};
pub(super) use row::RowBuilder;

/// The table of versions, which the rows of other tables link to.
const VERSION: &str = "version";

/// Returns a row id from a 32-byte digest in hex.
pub(super) fn named(table: &'static str, hex: String) -> RecordId {
    RecordId::new(table, hex)
}

/// Returns a row id from a seq and an index in the commit.
pub(super) fn placed(table: &'static str, seq: Seq, place: u32) -> RecordId {
    RecordId::new(table, Array::from(vec![int(seq.0), int(place.into())]))
}

/// Returns a row id from a seq.
pub(super) fn numbered(table: &'static str, seq: Seq) -> RecordId {
    RecordId::new(table, RecordIdKey::Number(seq.0.cast_signed()))
}

/// Returns a link to a version.
pub(super) fn version_link(id: &VersionId) -> Value {
    Value::RecordId(named(VERSION, id.hex()))
}

/// Returns a number. Seqs, counts and indices are far below the engine's 2^63.
pub(super) fn int(number: u64) -> Value {
    Value::Number(number.cast_signed().into())
}
