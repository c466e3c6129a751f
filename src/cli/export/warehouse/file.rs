//! The files of a warehouse: their paths and their entries in the manifest.

use serde::{Deserialize, Serialize};

use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::Digest;
use crate::export::Table;

/// The name of the manifest. It is written last, so that all of its files exist.
pub(super) const MANIFEST: &str = "manifest.json";

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WarehouseFile {
    /// The path relative to the folder.
    pub path: String,
    pub table: String,
    /// The first possible commit of its partition, and the last in it.
    pub first_seq: u64,
    pub last_seq: u64,
    pub rows: u64,
    pub bytes: u64,
    pub digest: String,
    pub sha256: String,
}

impl WarehouseFile {
    pub(super) fn digest(&self) -> Result<Digest> {
        self.digest.parse().map_err(|error| Failure::because(format!("cannot read {MANIFEST}"), &error))
    }
}

/// Returns the path of a file. Partitions are folders with Hive names.
pub(super) fn path(table: Table, first: u64) -> String {
    format!("{table}/first_seq={first}/part-0.parquet")
}
