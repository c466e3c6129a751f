//! `blob`: payloads. The id is the payload's digest. Size and SHA-256 have no seal, because the
//! blob store compares both with the bytes.

use surrealdb::types::Value;

use super::{RowBuilder, RowFields, RowKey, named};
use crate::domain::id::Digest;
use crate::domain::log::entry::BlobRecord;
use crate::graph::GraphError;

pub(crate) const TABLE: &str = "blob";

pub(crate) fn row(blob: &BlobRecord) -> Value {
    RowBuilder::new(named(TABLE, blob.digest.hex()))
        .bytes("sha256", blob.sha256)
        .number("size", blob.size)
        .finish()
}

pub(crate) fn record(row: Value) -> Result<(RowKey, BlobRecord), GraphError> {
    let (key, mut fields) = RowFields::of(TABLE, row)?;
    let RowKey::Name(digest) = key else {
        return Err(fields.corrupt("its id is malformed"));
    };
    let blob = BlobRecord {
        digest: Digest::from_bytes(digest),
        sha256: fields.digest("sha256")?,
        size: fields.number("size")?,
    };
    fields.end()?;
    Ok((key, blob))
}
