//! Records as rows and back, one file per table.
//!
//! Rows are built as the database's own values, without a serialisation library in between. Reading is strict:
//! a missing field, a field too many or of another type is damage, and so is a record whose hash is not what
//! the row's id or seal says. Fields that are absent in the record are absent in the row.

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
pub(super) use fields::{Fields, Key};
pub(super) use row::Row;

/// A row's id that is a 32-byte name.
pub(super) fn named(table: &'static str, hex: String) -> RecordId {
    RecordId::new(table, hex)
}

/// A row's id that is a place in a commit.
pub(super) fn placed(table: &'static str, seq: Seq, place: u32) -> RecordId {
    RecordId::new(table, Array::from(vec![int(seq.0), int(place.into())]))
}

/// A row's id that is a seq.
pub(super) fn numbered(table: &'static str, seq: Seq) -> RecordId {
    RecordId::new(table, RecordIdKey::Number(seq.0.cast_signed()))
}

/// A link to a version.
pub(super) fn version_link(id: &VersionId) -> Value {
    Value::RecordId(named(version::TABLE, id.hex()))
}

/// A number. Seqs, counts and places stay far below the engine's 2^63.
pub(super) fn int(number: u64) -> Value {
    Value::Number(number.cast_signed().into())
}
