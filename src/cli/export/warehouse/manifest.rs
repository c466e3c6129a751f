//! `manifest.json`: the moment and the scope of an export, and its files with their digests. Equal
//! exports have equal manifests.

use serde::{Deserialize, Serialize};

use super::place::Place;
use super::plan::{Plan, Span};
use crate::cli::export::origin::Log;
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::Digest;
use crate::export::Table;

/// The name of the manifest. It is written last, so that all of its files exist.
pub(super) const FILE: &str = "manifest.json";

const FORMAT: u32 = 1;

/// The description of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
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
    pub files: Vec<Entry>,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
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

impl Entry {
    pub(super) fn digest(&self) -> Result<Digest> {
        self.digest.parse().map_err(|error| Failure::because(format!("cannot read {FILE}"), &error))
    }
}

/// Returns the path of a file. Partitions are folders with Hive names.
pub(super) fn path(table: Table, first: u64) -> String {
    format!("{table}/first_seq={first}/part-0.parquet")
}

impl Manifest {
    pub(super) fn new(plan: &Plan, log: &Log, files: Vec<Entry>) -> Self {
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
    pub(super) async fn read(place: &Place) -> Result<Option<Self>> {
        let Some(text) = place.manifest().await? else { return Ok(None) };
        let unreadable = |error: serde_json::Error| {
            Failure::because(format!("cannot read {FILE} in {}", place.shown()), &error)
                .hint("name another place with --dir or --bucket, or remove the file")
        };
        let manifest: Self = serde_json::from_slice(&text).map_err(unreadable)?;
        if manifest.format != FORMAT {
            let found = manifest.format;
            let message = format!("expected format {FORMAT} of {FILE} in {}, found {found}", place.shown());
            return Err(Failure::new(message).hint("name another place, with --dir or --bucket"));
        }
        Ok(Some(manifest))
    }

    /// Returns the files of a partition; `None` if one is missing or has another size.
    pub(super) async fn kept(&self, place: &Place, span: Span) -> Result<Option<Vec<Entry>>> {
        let of = |file: &&Entry| (file.first_seq, file.last_seq) == (span.first, span.last);
        let files: Vec<Entry> = self.files.iter().filter(of).cloned().collect();
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
