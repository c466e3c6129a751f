//! `stemma export`: the log for tools of analysis and exchange. One file per format in `export/`.
//!
//! The bytes come from `ledger::export`, in this process or on a running server. This module owns
//! the arguments and the files: a file appears complete or not at all.

mod annotations;
mod coco;
mod croissant;
mod ndjson;
mod origin;
mod prov;
mod target;
mod warehouse;

use clap::{Args, Subcommand, ValueEnum};

use self::origin::ExportSource;
use super::shared::client::Client;
use super::shared::failure::{Failure, Result};
use super::shared::moment::{self, MomentArg};
use super::shared::store::runtime;
use super::shared::store_options::{OpenedStore, StoreOptions};
use crate::domain::id::Seq;
use crate::export;

/// Export the log and training sets: Parquet, NDJSON, COCO, YOLO, VOC, Croissant, PROV-JSON
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Export {
    #[command(subcommand)]
    form: ExportFormat,
}

#[derive(Debug, Subcommand)]
enum ExportFormat {
    Warehouse(warehouse::WarehouseCommand),
    Ndjson(ndjson::NdjsonCommand),
    Coco(coco::CocoCommand),
    Annotations(annotations::AnnotationsCommand),
    Croissant(croissant::CroissantCommand),
    Prov(prov::ProvCommand),
}

const EXAMPLES: &str = "\
Examples:
  stemma export warehouse --dir ./warehouse   tables in Parquet; again to update
  stemma export ndjson --since 120 --out -    the changes after seq 120
  stemma export coco birds/TRAINING_SET/garden --split TRAIN --out train.json
  stemma export annotations birds/TRAINING_SET/garden --format yolo --dir ./yolo
  stemma export croissant birds/TRAINING_SET/garden#3 --dir ./garden
  stemma export prov birds/MODEL/finder --out finder.prov.json

The same moment and the same options give the same bytes. docs/analytics.md describes the \
tables, and how to query them with DuckDB, Polars, Spark or Trino.";

/// The source and the moment of an export.
#[derive(Debug, Args)]
struct ExportFrom {
    /// Export an earlier moment: a seq, a time (RFC 3339), or a date, which is its first
    /// instant in UTC
    #[arg(long, value_name = "SEQ|TIME")]
    as_of: Option<MomentArg>,
    #[command(flatten)]
    store: StoreOptions,
}

/// A part of the lineage.
#[derive(Debug, Clone, Args)]
struct LineagePart {
    /// Only the lineage of this version: namespace/KIND/key, or that with @tag, #number or
    /// @seq:number; version:<hex>
    #[arg(long, value_name = "VERSION")]
    of: Option<String>,
    /// The direction: what it was made from (up), what was made from it (down), or both
    #[arg(long, value_enum, hide_possible_values = true, requires = "of", default_value = "up")]
    direction: LineageDirection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LineageDirection {
    Up,
    Down,
    Both,
}

impl LineageDirection {
    const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Both => "both",
        }
    }

    const fn direction(self) -> export::Direction {
        match self {
            Self::Up => export::Direction::Up,
            Self::Down => export::Direction::Down,
            Self::Both => export::Direction::Both,
        }
    }
}

impl Export {
    pub(super) fn run(self) -> Result<()> {
        match self.form {
            ExportFormat::Warehouse(form) => form.run(),
            ExportFormat::Ndjson(form) => form.run(),
            ExportFormat::Coco(form) => form.run(),
            ExportFormat::Annotations(form) => form.run(),
            ExportFormat::Croissant(form) => form.run(),
            ExportFormat::Prov(form) => form.run(),
        }
    }
}

impl ExportFrom {
    /// Opens the source, runs `work` with it and the seq to read at, and closes it.
    fn open(&self, work: impl AsyncFnOnce(&ExportSource, Seq) -> Result<()>) -> Result<()> {
        self.open_store(async |_, origin, seq| work(origin, seq).await)
    }

    /// As [`open`](Self::open), with the store.
    fn open_store(
        &self,
        work: impl AsyncFnOnce(&OpenedStore, &ExportSource, Seq) -> Result<()>,
    ) -> Result<()> {
        runtime()?.block_on(self.store.read(async |store| {
            let seq = self.seq(&store.client()?).await?;
            let origin = match store {
                OpenedStore::Here(store) => ExportSource::Here(store.ledger.clone()),
                OpenedStore::Server(server) => ExportSource::Server(server.clone()),
            };
            work(store, &origin, seq).await
        }))
    }

    async fn seq(&self, client: &Client) -> Result<Seq> {
        let read_at = moment::read_at(client, self.as_of.as_ref()).await?;
        read_at.seq.parse().map_err(|error| Failure::because("cannot read the response", &error))
    }
}
