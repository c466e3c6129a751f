//! `stemma import`: items, versions, training sets, statements and tags from files and from exports
//! of labelling tools.
//!
//! Opens the inputs in their formats (`format`) and passes them to the layer `import`.
//! `docs/import.md` describes the formats.

mod format;
mod local;
mod options;
mod remote;
mod sources;

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use indicatif::ProgressBar;

use self::format::formats::Format;
use self::format::input::{ImportInput, InputContent, Length};
use self::options::{MatchRule, author, batch, reason, split};
use super::shared::client::RemoteServer;
use super::shared::failure::{Failure, Result};
use super::shared::store::{FEW_RECORDS, Store, runtime};
use super::shared::store_options::StoreOptions;
use super::shared::{output, progress};
use crate::config::WriteOptions;
use crate::domain::item::Namespace;
use crate::domain::principal::Principal;
use crate::import::findings::Renamed;
use crate::ledger::has_store;

/// The number of attempts of an import that has to begin again.
const ATTEMPTS: u64 = 50;

/// Import records, or what a labelling tool exports
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Import {
    /// Files, folders, or - for standard input; several exports of one set make one version of it
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Format of the input; auto detects it from the content
    #[arg(long, value_parser = Format::parser(), value_name = "FORMAT", default_value = "auto")]
    format: Format,
    /// Records per commit
    #[arg(long, value_name = "RECORDS", default_value_t = 1_000, value_parser = batch)]
    batch: usize,
    /// Author of the commits
    #[arg(long, value_name = "NAME", default_value = "local", value_parser = author, conflicts_with = "server")]
    author: Principal,
    /// Check the records, report the changes, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Folder of the files that records and images refer to
    #[arg(long, value_name = "DIR")]
    payloads: Option<PathBuf>,
    /// Record changed labels as corrections, with this reason
    #[arg(long, value_name = "REASON", value_parser = reason)]
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
    /// Exports: split of its members [default: the word train, val or test in the names of the file
    /// and its folders]
    #[arg(long, value_name = "SPLIT", requires = "training_set", value_parser = split)]
    split: Option<String>,
    /// Exports: the set holds nothing else, also nothing of other splits
    #[arg(long, requires = "training_set")]
    split_replaces: bool,
    /// Exports: how labels are recognised that an earlier import had
    #[arg(long = "match", value_enum, value_name = "RULE", default_value_t)]
    matching: MatchRule,
    /// Exports: a class that has another name now; may be repeated
    #[arg(long, value_name = "OLD=NEW")]
    renamed: Vec<Renamed>,
    /// Exports: no class has another name, although all labels of one class have another class now
    #[arg(long)]
    not_renamed: bool,
    /// Exports: retract labels that are no longer in the export, with this reason
    #[arg(long, value_name = "REASON", value_parser = reason)]
    retract_missing: Option<String>,
    /// Predictions of COCO and YOLO: the data set to which they refer
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Variant of the format, if the input does not show it; of yolo: detect, segment, pose or obb
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Exports: the input is all there is, so images that it lacks are gone
    #[arg(long)]
    whole: bool,
    /// Links may lead out of the input into this folder
    #[arg(long, value_name = "DIR")]
    follow_links: Option<PathBuf>,
    /// Images: use the name of an image's folder as its class
    #[arg(long)]
    labels_from_folders: bool,
    /// Exports: import predictions too, as DERIVED items
    #[arg(long)]
    predictions: bool,
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    writes: WriteOptions,
}

const EXAMPLES: &str = r##"Examples:
  stemma import labels.ndjson
  stemma import --dry-run labels.ndjson
  zcat labels.ndjson.gz | stemma import - --author nightly
  stemma import versions.parquet
  stemma import instances_train.json --payloads train/ --training-set birds
  stemma import label-studio.json --corrections "review of March"
  stemma import photos/ --namespace birds --labels-from-folders
  stemma import instances_train.json --server https://stemma.example.org

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

/// The place into which an import writes.
enum ImportTarget {
    /// The store that this process has open; `None` for a dry run without one.
    Here(Option<Store>),
    /// A running server.
    Server(RemoteServer),
}

/// The result of one attempt to import all inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    /// Everything is imported.
    Complete,
    /// The import must begin again.
    Again(Interruption),
}

/// The reason why an import must begin again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interruption {
    /// The server does not know the import.
    Forgotten,
    /// Another client has changed the same items.
    Conflict,
}

impl fmt::Display for Interruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Forgotten => "the server was started again, or has ended the import",
            Self::Conflict => "another client has changed the same items",
        })
    }
}

impl Import {
    pub(super) fn run(self) -> Result<()> {
        // Before the store, which is made if there is none.
        let inputs = self.open()?;
        runtime()?.block_on(async {
            let target = self.target().await?;
            let done = self.attempts(&target, inputs).await;
            if let ImportTarget::Here(Some(store)) = target {
                store.close().await?;
            }
            done
        })
    }

    async fn target(&self) -> Result<ImportTarget> {
        if let Some(server) = self.store.server()? {
            return Ok(ImportTarget::Server(server));
        }
        let directory = &self.store.directory;
        let is_new = !has_store(&directory.data) && directory.graph.graph.is_none();
        Ok(ImportTarget::Here(match self.dry_run {
            true if is_new => None,
            true => Some(Store::read_existing(directory).await?),
            false => Some(Store::open(directory, self.writes, FEW_RECORDS).await?),
        }))
    }

    /// Imports all inputs, and begins again if that is necessary: what is stored is recognised.
    async fn attempts(&self, target: &ImportTarget, inputs: Vec<ImportInput>) -> Result<()> {
        let (mut settings, mut reported, mut inputs) = (self.settings(), 0, Some(inputs));
        for number in 0..ATTEMPTS {
            let inputs = match inputs.take() {
                Some(inputs) => inputs,
                None => self.open()?,
            };
            let attempt = match target {
                ImportTarget::Server(server) => {
                    remote::attempt(self, server, &settings, inputs, (&mut reported, number > 0))?
                }
                ImportTarget::Here(store) => {
                    let ledger = store.as_ref().map(|store| store.ledger.clone());
                    local::attempt(self, ledger, &settings, inputs, &mut reported).await?
                }
            };
            let Attempt::Again(why) = attempt else { return Ok(()) };
            if self.reads_a_stream() {
                return Err(Failure::new(format!("{why} during the import"))
                    .hint("run the same command again with the same input: it continues where it stopped"));
            }
            output::note(format!(
                "{why}: the import continues where it stopped; its report counts what is stored as already there"
            ));
            settings.keys_by_image |= why == Interruption::Conflict;
            // Imports that meet do not begin again at the same time.
            let wait = 100 * number.min(20) + u64::from(std::process::id() % 100);
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
        Err(Failure::new(format!("the import had to begin again {ATTEMPTS} times")).hint(
            "look at the log of the server, and run the same command again: it continues where it stopped",
        ))
    }

    /// Opens all inputs.
    fn open(&self) -> Result<Vec<ImportInput>> {
        let options = self.options();
        let mut inputs = Vec::new();
        for file in &self.files {
            inputs.extend(format::input::open(file, &options)?);
        }
        inputs.iter().try_for_each(|input| self.check_options(input.format()))?;
        Ok(inputs)
    }

    /// Returns true if an input cannot be read twice.
    fn reads_a_stream(&self) -> bool {
        let is_stream =
            |path: &PathBuf| fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir());
        self.files.iter().any(|path| path.as_os_str() == "-" || is_stream(path))
    }
}

fn bar(name: &str, content: &InputContent) -> ProgressBar {
    match content {
        InputContent::Records { length: Length::Bytes(length), .. } => {
            progress::bytes(name.to_owned(), *length)
        }
        InputContent::Records { length: Length::Rows(rows), .. } => progress::rows(name.to_owned(), *rows),
        InputContent::Samples(_) => progress::bytes(name.to_owned(), None),
    }
}
