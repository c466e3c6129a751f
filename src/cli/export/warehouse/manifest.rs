//! `manifest.json`: the moment and the scope of an export, and its files with their digests. Equal
//! exports have equal manifests.

use serde::{Deserialize, Serialize};

use super::file::{MANIFEST, WarehouseFile};
use super::place::WarehousePlace;
use super::plan::{Partition, WarehousePlan};
use crate::cli::export::origin::LogIdentity;
use crate::cli::shared::failure::{Failure, Result};
use crate::export::Table;

const FORMAT: u32 = 1;

/// The description of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WarehouseManifest {
    format: u32,
    /// The newest commit in it.
    pub seq: u64,
    time: String,
    /// The digest of that commit, which covers the log up to it.
    pub log: String,
    /// The commits per partition; `None` if there is only one partition.
    pub partition: Option<u64>,
    /// The part of the lineage; `None` if it is all of it.
    pub of: Option<String>,
    /// The files, ordered by partition and table.
    pub files: Vec<WarehouseFile>,
}

impl WarehouseManifest {
    pub(super) fn new(plan: &WarehousePlan, log: &LogIdentity, files: Vec<WarehouseFile>) -> Self {
        Self {
            format: FORMAT,
            seq: plan.seq.0,
            time: log.time.clone(),
            log: log.digest.clone(),
            partition: plan.partition,
            of: plan.of.clone(),
            files,
        }
    }

    /// Reads the manifest of a place; `None` if there is none.
    pub(super) async fn read(place: &WarehousePlace) -> Result<Option<Self>> {
        let Some(text) = place.manifest().await? else { return Ok(None) };
        let unreadable = |error: serde_json::Error| {
            Failure::because(format!("cannot read {MANIFEST} in {}", place.shown()), &error)
                .hint("name another place with --dir or --bucket, or remove the file")
        };
        let manifest: Self = serde_json::from_slice(&text).map_err(unreadable)?;
        if manifest.format != FORMAT {
            let found = manifest.format;
            let message =
                format!("expected format {FORMAT} of {MANIFEST} in {}, found {found}", place.shown());
            return Err(Failure::new(message).hint("name another place, with --dir or --bucket"));
        }
        Ok(Some(manifest))
    }

    /// Returns the files of a partition; `None` if one is missing or has another size.
    pub(super) async fn kept(
        &self,
        place: &WarehousePlace,
        span: Partition,
    ) -> Result<Option<Vec<WarehouseFile>>> {
        let of = |file: &&WarehouseFile| (file.first_seq, file.last_seq) == (span.first, span.last);
        let files: Vec<WarehouseFile> = self.files.iter().filter(of).cloned().collect();
        let tables = Table::ALL.iter().map(|table| table.name());
        if !files.iter().map(|file| file.table.as_str()).eq(tables) {
            return Ok(None);
        }
        for file in &files {
            if !place.has(file).await? {
                return Ok(None);
            }
        }
        Ok(Some(files))
    }

    pub(super) fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    pub(super) fn text(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self);
        Ok(text.map_err(|error| Failure::because("cannot write the manifest", &error))? + "\n")
    }
}
