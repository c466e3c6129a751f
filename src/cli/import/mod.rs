//! `stemma import`: items, versions, training sets, statements and tags from files and from exports
//! of labelling tools.
//!
//! Every format is read as the same records (`reader`), which become a stream of atomic commits.
//! Files of records are lists of changes; each commit is identified by a digest of the file up to
//! its end, so an interrupted import continues where it stopped. Exports describe a state, which is
//! compared with the store (`reimport`). `docs/import.md` describes the formats.

mod format;
mod pipeline;
mod record;
mod report;

use std::path::PathBuf;

use clap::Args;

use self::format::formats::Format;
use self::format::input::{ImportInput, Length};
use self::format::labelling_export::ItemNaming;
use self::pipeline::missing::LabelScope;
use self::pipeline::reimport::ReimportOptions;
use self::pipeline::run::{ImportJob, import};
use self::report::ImportReport;
use super::shared::failure::{Failure, Result};
use super::shared::store::{FEW_RECORDS, Store, runtime};
use super::shared::{output, progress};
use crate::config::Directory;
use crate::domain::invalid::MAX_CHANGES;
use crate::domain::item::Namespace;
use crate::domain::principal::Principal;
use crate::graph::has_store;

/// Import records, or what a labelling tool exports
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Import {
    /// A file, a folder, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Format of the input; auto detects it from the content
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "auto")]
    format: Format,
    /// Records per commit
    #[arg(long, value_name = "RECORDS", default_value_t = 1_000, value_parser = batch)]
    batch: usize,
    /// Author of the commits
    #[arg(long, value_name = "NAME", default_value = "local", value_parser = author)]
    author: Principal,
    /// Check the records, report the changes, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Folder of the files that records and images refer to
    #[arg(long, value_name = "DIR")]
    payloads: Option<PathBuf>,
    /// Record changed labels as corrections, with this reason
    #[arg(long, value_name = "REASON")]
    corrections: Option<String>,
    /// Parquet: table of the rows, if the file's name does not give it
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// Exports: namespace of the items
    #[arg(long, value_name = "NAMESPACE", default_value = "default")]
    namespace: Namespace,
    /// Exports: prefix of the items' keys, such as a project's name and a slash
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    prefix: String,
    /// Exports: pin everything imported as the next version of this training set
    #[arg(long, value_name = "KEY")]
    training_set: Option<String>,
    /// Exports: split of its members [default: from the file's name: train, val or test]
    #[arg(long, value_name = "SPLIT", requires = "training_set")]
    split: Option<String>,
    /// Exports: retract labels that are no longer in the export, with this reason
    #[arg(long, value_name = "REASON")]
    retract_missing: Option<String>,
    /// Images: use the name of an image's folder as its class
    #[arg(long)]
    labels_from_folders: bool,
    /// Label Studio: import predictions too, as DERIVED items
    #[arg(long)]
    predictions: bool,
    #[command(flatten)]
    directory: Directory,
}

const EXAMPLES: &str = r##"Examples:
  stemma import labels.ndjson
  stemma import --dry-run labels.ndjson
  zcat labels.ndjson.gz | stemma import - --author nightly
  stemma import versions.parquet
  stemma import instances_train.json --payloads train/ --training-set birds
  stemma import label-studio.json --corrections "review of March"
  stemma import photos/ --namespace birds --labels-from-folders

A file of records, one on each line; docs/import.md describes all of them:
  {"type":"version","item":"birds/SOURCE/photo-12",
   "attributes":{"camera":"north"}}
  {"type":"version","item":"birds/LABEL/photo-12",
   "attributes":{"class":"wren"},
   "sources":[{"version":"birds/SOURCE/photo-12","role":"LABELS"}]}
  {"type":"training_set","item":"birds/TRAINING_SET/garden",
   "members":[{"version":"birds/LABEL/photo-12"}]}
  {"type":"statement","kind":"CORRECTS","version":"birds/LABEL/photo-12#1",
   "attributes":{"class":"robin"},"reason":"red breast"}

An interrupted import continues when the same command is run again. Importing a later export of the same data changes only what is different in it."##;

impl Import {
    pub(super) fn run(self) -> Result<()> {
        let inputs = format::input::open(&self.file, &self.options())?;
        inputs.iter().try_for_each(|input| self.check_options(input.format))?;
        runtime()?.block_on(async {
            let is_new = !has_store(&self.directory.data) && self.directory.graph.graph.is_none();
            let store = match self.dry_run {
                true if is_new => return self.import_all(inputs, None).await,
                true => Store::read_existing(&self.directory).await?,
                false => Store::open(&self.directory, FEW_RECORDS).await?,
            };
            let reports = self.import_all(inputs, Some(&store)).await;
            store.close().await?;
            reports
        })
    }

    /// Imports one input after the other, and prints a report after each.
    async fn import_all(&self, inputs: Vec<ImportInput>, store: Option<&Store>) -> Result<()> {
        for ImportInput { name, records, length, format } in inputs {
            let bar = match length {
                Length::Bytes(length) => progress::bytes(name.clone(), length),
                Length::Rows(rows) => progress::rows(name.clone(), rows),
            };
            let job = self.job(&name, format);
            let report: Result<ImportReport> =
                import(&job, store.map(|store| &store.ledger), records, &bar).await;
            bar.finish_and_clear();
            output::line(report?.text(&name, self.dry_run))?;
        }
        Ok(())
    }

    fn job<'a>(&'a self, name: &'a str, format: Format) -> ImportJob<'a> {
        let scope = format.labels().map(|labels| LabelScope {
            namespace: self.namespace.clone(),
            keys: format!("{}{labels}", self.prefix),
        });
        let reimport = ReimportOptions { export: format.is_export(), corrections: self.corrections.clone() };
        // A correction needs two changes of a commit.
        let most = if self.corrections.is_some() { MAX_CHANGES / 2 } else { MAX_CHANGES };
        ImportJob {
            name,
            author: self.author.name(),
            batch: self.batch.min(most),
            dry_run: self.dry_run,
            reimport,
            scope,
            retract: self.retract_missing.as_deref(),
        }
    }

    fn options(&self) -> format::input::InputOptions {
        format::input::InputOptions {
            format: self.format,
            naming: ItemNaming { namespace: self.namespace.clone(), prefix: self.prefix.clone() },
            payloads: self.payloads.clone(),
            table: self.table.clone(),
            set: self.training_set.clone().map(|key| (key, self.split.clone())),
            labels_from_folders: self.labels_from_folders,
            predictions: self.predictions,
        }
    }

    /// Refuses an option that has no effect for this format.
    fn check_options(&self, format: Format) -> Result<()> {
        let is_export = format.is_export();
        let useless = [
            ("--table", self.table.is_some() && format != Format::Parquet),
            ("--prefix", !self.prefix.is_empty() && !is_export),
            ("--training-set", self.training_set.is_some() && !is_export),
            ("--retract-missing", self.retract_missing.is_some() && format.labels().is_none()),
            ("--labels-from-folders", self.labels_from_folders && format != Format::Images),
            ("--predictions", self.predictions && format != Format::LabelStudio),
            ("--payloads", self.payloads.is_some() && format == Format::Images),
        ];
        match useless.iter().find(|(_, is_useless)| *is_useless) {
            None => Ok(()),
            Some((option, _)) => Err(Failure::usage(format!(
                "{option} does not apply to the format {}; leave it out",
                format.name()
            ))),
        }
    }
}

fn batch(text: &str) -> std::result::Result<usize, String> {
    let fits = |batch: &usize| (1..=MAX_CHANGES).contains(batch);
    text.parse().ok().filter(fits).ok_or_else(|| format!("expected a number from 1 to {MAX_CHANGES}"))
}

fn author(text: &str) -> std::result::Result<Principal, String> {
    Principal::named(text).map_err(|error| error.to_string())
}
