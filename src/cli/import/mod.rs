//! `stemma import`: items, versions, training sets, statements and tags from files and from exports
//! of labelling tools.
//!
//! Opens the inputs in their formats (`format`) and passes them to the layer `import`.
//! `docs/import.md` describes the formats.

mod format;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use self::format::formats::Format;
use self::format::input::{ImportInput, InputContent, InputOptions, Length, SampleInput};
use super::shared::failure::{Failure, Result};
use super::shared::output::{count, counted};
use super::shared::store::{FEW_RECORDS, Store, runtime};
use super::shared::{output, progress};
use crate::annotations::formats::{ReaderOptions, variants};
use crate::annotations::matching::MatchMode;
use crate::annotations::splits::split_of;
use crate::config::Directory;
use crate::domain::invalid::MAX_CHANGES;
use crate::domain::item::Namespace;
use crate::domain::principal::Principal;
use crate::graph::has_store;
use crate::import::findings::{Renamed, SampleFindings};
use crate::import::pipeline::run::{ExportJob, ImportJob, ImportProgress, import};
use crate::import::record::naming::ItemNaming;
use crate::import::record::payload_files::PayloadFiles;
use crate::import::record::reader::RecordSource;
use crate::import::reimport::ReimportOptions;
use crate::import::report::ImportReport;
use crate::import::samples::{KnownStore, OtherFiles, PinnedSet, SampleOptions, SampleRecords};

/// The split of members for which nothing names one.
const DEFAULT_SPLIT: &str = "TRAIN";

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
    /// Exports: retract labels that are no longer in the export, with this reason
    #[arg(long, value_name = "REASON")]
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

/// The rules by which labels are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum MatchRule {
    /// By ids that the file proves stable, by content, then by class and overlap
    #[default]
    Auto,
    /// By ids alone
    Ids,
    /// By content, then by class and overlap
    Content,
}

impl Import {
    pub(super) fn run(self) -> Result<()> {
        let options = self.options();
        let mut inputs = Vec::new();
        for file in &self.files {
            inputs.extend(format::input::open(file, &options)?);
        }
        inputs.iter().try_for_each(|input| self.check_options(input.format()))?;
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
        let naming = ItemNaming { namespace: self.namespace.clone(), prefix: self.prefix.clone() };
        let set = self.set()?;
        let mut found = SampleFindings::default();
        let mut left = inputs.len();
        for input in inputs {
            left -= 1;
            let name = input.name.clone();
            let mut export = None;
            let (path, content, kept) = input.into_parts();
            let (records, length): (Box<dyn RecordSource>, Length) = match content {
                InputContent::Records { records, length, .. } => (records, length),
                InputContent::Samples(samples) => {
                    export = Some(ExportJob {
                        naming: &naming,
                        format: samples.format.name,
                        has_labels: samples.format.name != "images" || self.labels_from_folders,
                        set: set.as_ref(),
                        retract: self.retract_missing.as_deref(),
                        is_whole: self.whole,
                        is_part: left > 0,
                    });
                    let records = self.records(&name, &path, &samples, &naming, store).await?;
                    (records, Length::Bytes(None))
                }
            };
            let bar = match length {
                Length::Bytes(length) => progress::bytes(name.clone(), length),
                Length::Rows(rows) => progress::rows(name.clone(), rows),
            };
            let job = self.job(&name, export);
            let ledger = store.map(|store| &store.ledger);
            let shown = |progress: ImportProgress| {
                bar.set_position(progress.position);
                bar.set_message(format!("{name}, {}", counted(progress.records, "record")));
            };
            let report: Result<ImportReport, _> = import(&job, ledger, records, &mut found, &shown).await;
            bar.finish_and_clear();
            drop(kept);
            output::line(report?.text(&name, self.dry_run))?;
        }
        Ok(())
    }

    /// Returns the records of an export. If a class seems to be renamed, and changed labels are
    /// recorded as corrections, all labels are looked at first: a new name is no correction.
    async fn records(
        &self,
        name: &str,
        path: &Path,
        input: &SampleInput,
        naming: &ItemNaming,
        store: Option<&Store>,
    ) -> Result<Box<dyn RecordSource>> {
        let known =
            store.map(|store| KnownStore::new(store.ledger.view(), Arc::clone(&store.blobs), naming.clone()));
        let options = self.sample_options(path, input, naming)?;
        let open = || -> Result<SampleRecords> {
            SampleRecords::new(input.reader(name)?, options.clone(), known.clone())
                .map_err(|stop| format::input::stopped(name)(stop))
        };
        let is_checked = self.corrections.is_some() && !self.dry_run && known.is_some();
        if is_checked {
            let name = name.to_owned();
            let first = open()?;
            let renames = tokio::task::spawn_blocking(move || first.renames()).await;
            let renames = renames.map_err(|error| Failure::new(error.to_string()))?;
            if let Some(renames) = renames.map_err(|stop| format::input::stopped(&name)(stop))? {
                return Err(renamed(&name, &renames));
            }
        }
        Ok(Box::new(open()?))
    }

    fn sample_options(&self, path: &Path, input: &SampleInput, naming: &ItemNaming) -> Result<SampleOptions> {
        let payloads = format::input::payload_folder(self.payloads.as_deref())?;
        Ok(SampleOptions {
            format: input.format.name,
            files: input.files.clone(),
            naming: naming.clone(),
            payloads: payloads.map(PayloadFiles::new),
            other_files: match input.format.name {
                "images" => OtherFiles::Skipped,
                "label-studio" => OtherFiles::Taken,
                _ => OtherFiles::Refused,
            },
            matching: match self.matching {
                MatchRule::Auto => MatchMode::Auto,
                MatchRule::Ids => MatchMode::Ids,
                MatchRule::Content => MatchMode::Content,
            },
            labels_by_image: self.labels_from_folders,
            predictions: self.predictions,
            renamed: self.renamed.clone(),
            split: self.split.clone(),
            default_split: split_of_input(path).unwrap_or(DEFAULT_SPLIT).to_owned(),
        })
    }

    fn set(&self) -> Result<Option<PinnedSet>> {
        let set = self.training_set.as_deref();
        let set = set.map(|text| PinnedSet::named(text, &self.namespace, self.split_replaces));
        set.transpose().map_err(|reason| Failure::usage(reason.after_a_name()[2..].to_owned()))
    }

    fn job<'a>(&'a self, name: &'a str, export: Option<ExportJob<'a>>) -> ImportJob<'a> {
        let reimport = ReimportOptions { export: export.is_some(), corrections: self.corrections.clone() };
        // A correction needs two changes of a commit.
        let most = if self.corrections.is_some() { MAX_CHANGES / 2 } else { MAX_CHANGES };
        ImportJob {
            name,
            author: self.author.name(),
            batch: self.batch.min(most),
            dry_run: self.dry_run,
            reimport,
            export,
        }
    }

    fn options(&self) -> InputOptions {
        InputOptions {
            format: self.format,
            payloads: self.payloads.clone(),
            follow_links: self.follow_links.clone(),
            table: self.table.clone(),
            reader: ReaderOptions {
                labels_from_folders: self.labels_from_folders,
                size_of: crate::blob::media::size_of_file,
                reference: self.reference.clone(),
                variant: self.variant.clone(),
            },
        }
    }

    /// Refuses an option that has no effect for this format.
    fn check_options(&self, format: Format) -> Result<()> {
        let is_export = matches!(format, Format::Samples(_));
        let is_images = format.name() == "images";
        let useless = [
            ("--table", self.table.is_some() && format != Format::Parquet),
            ("--prefix", !self.prefix.is_empty() && !is_export),
            ("--training-set", self.training_set.is_some() && !is_export),
            ("--retract-missing", self.retract_missing.is_some() && !is_export),
            ("--whole", self.whole && !is_export),
            ("--variant", self.variant.is_some() && !is_export),
            ("--reference", self.reference.is_some() && !is_export),
            ("--renamed", !self.renamed.is_empty() && !is_export),
            ("--match", self.matching != MatchRule::Auto && !is_export),
            ("--labels-from-folders", self.labels_from_folders && !is_images),
            ("--predictions", self.predictions && (!is_export || is_images)),
            ("--payloads", self.payloads.is_some() && is_images),
        ];
        if let (Format::Samples(format), Some(variant)) = (format, &self.variant) {
            variants::check(format, variant, false)
                .map_err(|why| Failure::usage(format!("--variant: {why}")))?;
        }
        match useless.iter().find(|(_, is_useless)| *is_useless) {
            None => Ok(()),
            Some((option, _)) => Err(Failure::usage(format!(
                "{option} does not apply to the format {}; leave it out",
                format.name()
            ))),
        }
    }
}

/// Returns the split that the names of an input contain: its own, or those of the two folders above.
fn split_of_input(path: &Path) -> Option<&'static str> {
    let names: Vec<&str> = path.iter().rev().take(3).filter_map(|name| name.to_str()).collect();
    split_of(&names.into_iter().rev().collect::<Vec<_>>().join("/"))
}

fn renamed(name: &str, renames: &[(Renamed, u64)]) -> Failure {
    let changes: Vec<String> = renames
        .iter()
        .map(|(change, labels)| format!("{} labels of {:?} are {:?}", count(*labels), change.from, change.to))
        .collect();
    let options: Vec<String> = renames.iter().map(|(change, _)| change.option()).collect();
    Failure::new(format!("{name}: a class seems to be renamed: all {}", changes.join(", and all "))).hint(
        format!("nothing was imported; add {} if so, else import without --corrections", options.join(" ")),
    )
}

fn batch(text: &str) -> std::result::Result<usize, String> {
    let fits = |batch: &usize| (1..=MAX_CHANGES).contains(batch);
    text.parse().ok().filter(fits).ok_or_else(|| format!("expected a number from 1 to {MAX_CHANGES}"))
}

/// Returns a split: `train`, `Train` and `TRAIN` are one.
fn split(text: &str) -> std::result::Result<String, String> {
    let is_word = text.chars().all(char::is_alphabetic);
    let known = split_of(text).filter(|_| is_word);
    Ok(known.unwrap_or(text).to_owned())
}

fn author(text: &str) -> std::result::Result<Principal, String> {
    Principal::named(text).map_err(|error| error.to_string())
}
