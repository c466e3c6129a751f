//! `stemma import`: items, versions, training sets, statements and tags from files, and what labelling tools export.
//!
//! Every format is read as the same records (`reader`), which become a stream of commits: each is written whole or not at all.
//! Files of records say what is to be done; each commit is known by a digest of the file up to its end, so that an import
//! that was broken off goes on where it stopped. Exports say what is; they are compared with the store (`again`). The formats
//! are described in `docs/import.md`.

mod format;
mod pipeline;
mod record;
mod report;

use std::path::PathBuf;

use clap::Args;

use self::format::input::{Format, Input, Length};
use self::format::labelling_export::Naming;
use self::pipeline::missing::Scope;
use self::pipeline::reimport::Again;
use self::pipeline::run::{Job, import};
use self::report::Report;
use super::shared::failure::{Failure, Result};
use super::shared::store::{FEW_RECORDS, Store, runtime};
use super::shared::{output, progress};
use crate::config::Directory;
use crate::domain::invalid::MAX_CHANGES;
use crate::domain::item::Namespace;
use crate::domain::principal::Principal;

/// Import records, or what a labelling tool exports
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Import {
    /// A file, a folder, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What it holds; told from its content unless it is given
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "auto")]
    format: Format,
    /// Records of one commit
    #[arg(long, value_name = "RECORDS", default_value_t = 1_000, value_parser = batch)]
    batch: usize,
    /// Who imports: the author of the commits
    #[arg(long, value_name = "NAME", default_value = "local", value_parser = author)]
    author: Principal,
    /// Check the records, say what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The folder of the files that records and images name
    #[arg(long, value_name = "DIR")]
    payloads: Option<PathBuf>,
    /// Labels that say something else than before are corrections, for this reason
    #[arg(long, value_name = "REASON")]
    corrections: Option<String>,
    /// Parquet: what the rows are, where the file's name does not say it
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// Exports: whose the items are
    #[arg(long, value_name = "NAMESPACE", default_value = "default")]
    namespace: Namespace,
    /// Exports: what the keys of the items begin with, such as a project's name and a slash
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    prefix: String,
    /// Exports: pin all that is imported as the next version of this training set
    #[arg(long, value_name = "KEY")]
    training_set: Option<String>,
    /// Exports: the split of its members; told from the file's name (train, val, test) unless it is given
    #[arg(long, value_name = "SPLIT", requires = "training_set")]
    split: Option<String>,
    /// Exports: retract labels that the export has no more, for this reason
    #[arg(long, value_name = "REASON")]
    retract_missing: Option<String>,
    /// Images: the name of the folder that an image lies in is its class
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
  zcat labels.ndjson.gz | stemma import - --data /var/lib/stemma --author nightly
  stemma import versions.parquet
  stemma import instances_train.json --namespace birds --payloads train/ --training-set birds
  stemma import label-studio.json --namespace birds --corrections "review of March"
  stemma import photos/ --namespace birds --labels-from-folders

A file of records looks like this; docs/import.md describes every record and every format:
  {"type":"version","item":"birds/SOURCE/photo-12","attributes":{"camera":"north"}}
  {"type":"version","item":"birds/LABEL/photo-12","attributes":{"class":"wren"},
   "sources":[{"version":"birds/SOURCE/photo-12","role":"LABELS"}]}
  {"type":"training_set","item":"birds/TRAINING_SET/garden",
   "members":[{"version":"birds/LABEL/photo-12"}]}
  {"type":"statement","kind":"CORRECTS","version":"birds/LABEL/photo-12#1",
   "attributes":{"class":"robin"},"reason":"red breast"}
with each record on one line. An import that was broken off goes on when the same command is run
again. A later export of the same data changes what has changed in it, and nothing else."##;

impl Import {
    pub(super) fn run(self) -> Result<()> {
        let inputs = format::input::open(&self.file, &self.options())?;
        inputs.iter().try_for_each(|input| self.check_options(input.format))?;
        runtime()?.block_on(async {
            let is_new = !self.directory.data.is_dir() && self.directory.graph.graph.is_none();
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

    /// Imports one input after the other, and tells of each when it is in.
    async fn import_all(&self, inputs: Vec<Input>, store: Option<&Store>) -> Result<()> {
        for Input { name, records, length, format } in inputs {
            let bar = match length {
                Length::Bytes(length) => progress::bytes(name.clone(), length),
                Length::Rows(rows) => progress::rows(name.clone(), rows),
            };
            let job = self.job(&name, format);
            let report: Result<Report> = import(&job, store.map(|store| &store.ledger), records, &bar).await;
            bar.finish_and_clear();
            output::line(report?.told(&name, self.dry_run))?;
        }
        Ok(())
    }

    fn job<'a>(&'a self, name: &'a str, format: Format) -> Job<'a> {
        let scope = format.labels().map(|labels| Scope {
            namespace: self.namespace.clone(),
            keys: format!("{}{labels}", self.prefix),
        });
        let again = Again { export: format.is_export(), corrections: self.corrections.clone() };
        // A correction takes two changes of a commit.
        let most = if self.corrections.is_some() { MAX_CHANGES / 2 } else { MAX_CHANGES };
        Job {
            name,
            author: self.author.name(),
            batch: self.batch.min(most),
            dry_run: self.dry_run,
            again,
            scope,
            retract: self.retract_missing.as_deref(),
        }
    }

    fn options(&self) -> format::input::Options {
        format::input::Options {
            format: self.format,
            naming: Naming { namespace: self.namespace.clone(), prefix: self.prefix.clone() },
            payloads: self.payloads.clone(),
            table: self.table.clone(),
            set: self.training_set.clone().map(|key| (key, self.split.clone())),
            labels_from_folders: self.labels_from_folders,
            predictions: self.predictions,
        }
    }

    /// Refuses an option that would do nothing.
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
            Some((option, _)) => {
                Err(Failure::usage(format!("{option} is not for the format {}; leave it out", format.name())))
            }
        }
    }
}

fn batch(text: &str) -> std::result::Result<usize, String> {
    let fits = |batch: &usize| (1..=MAX_CHANGES).contains(batch);
    text.parse().ok().filter(fits).ok_or_else(|| format!("use a number from 1 to {MAX_CHANGES}"))
}

fn author(text: &str) -> std::result::Result<Principal, String> {
    Principal::named(text).map_err(|error| error.to_string())
}
