//! An import of one or more inputs, one after the other.

use std::collections::HashSet;
use std::sync::{self, Arc};

use tokio::sync::Mutex;

use super::error::{ImportError, Result};
use super::findings::{Renamed, SampleFindings};
use super::pipeline::refuse::{ImportName, refuse};
use super::pipeline::run::{ExportJob, ImportJob, Progress, import};
use super::record::naming::ItemNaming;
use super::record::reader::{ReadStop, RecordSource};
use super::reimport::ReimportOptions;
use super::report::ImportReport;
use super::samples::source::SampleSource;
use super::samples::{
    CheckedClasses, EarlierInputs, KnownStore, PinnedSet, SampleOptions, SampleRecords, has_classes,
};
use super::settings::{ExportInput, ImportSettings};
use crate::annotations::matching::MatchMode;
use crate::domain::id::Digest;
use crate::domain::invalid::MAX_CHANGES;
use crate::domain::text::count;
use crate::ledger::Ledger;

/// An import of one or more inputs. Several exports of one set make one version of it.
pub(crate) struct Importer {
    settings: ImportSettings,
    author: String,
    /// The store; `None` for a dry run without one.
    ledger: Option<Ledger>,
    naming: ItemNaming,
    set: Option<PinnedSet>,
    found: SampleFindings,
    /// The turn of the imports of this process.
    turn: Arc<Mutex<()>>,
    /// True if there was a class list of this prefix.
    had_classes: bool,
    /// The classes of the inputs that were checked.
    checked: CheckedClasses,
    /// The uploaded payloads that a report has counted as stored.
    counted: sync::Mutex<HashSet<Digest>>,
}

impl Importer {
    /// Creates an import by `author`; imports of one process share `turn`.
    pub(crate) fn new(
        settings: ImportSettings,
        author: String,
        ledger: Option<Ledger>,
        turn: Arc<Mutex<()>>,
    ) -> Result<Self> {
        let namespace = settings.namespace.parse();
        let namespace = namespace.map_err(|error| ImportError::refused(format!("--namespace: {error}")))?;
        let naming = ItemNaming { namespace, prefix: settings.prefix.clone() };
        let set = settings.training_set.as_deref();
        let set = set.map(|text| PinnedSet::named(text, &naming.namespace, settings.split_replaces));
        let set =
            set.transpose().map_err(|reason| ImportError::refused(reason.after_a_name()[2..].to_owned()))?;
        let had_classes = ledger.as_ref().is_some_and(|ledger| has_classes(&ledger.view(), &naming));
        let (found, counted) = (SampleFindings::default(), sync::Mutex::default());
        let checked = CheckedClasses::default();
        Ok(Self { settings, author, ledger, naming, set, found, turn, had_classes, checked, counted })
    }

    /// Imports an input of records.
    pub(crate) async fn records(
        &mut self,
        name: &str,
        records: Box<dyn RecordSource>,
        progress: Progress<'_>,
    ) -> Result<ImportReport> {
        let job = self.job(name, None);
        import(&job, self.ledger.as_ref(), records, &mut SampleFindings::default(), progress).await
    }

    /// Imports an input of an export.
    pub(crate) async fn samples(
        &mut self,
        input: &ExportInput,
        source: Box<dyn SampleSource>,
        progress: Progress<'_>,
    ) -> Result<ImportReport> {
        // All inputs were checked.
        let name = ImportName { name: &input.name, dry_run: self.settings.dry_run, stored: false };
        self.checked.check().map_err(|fault| refuse(&name, &fault.to_string()))?;
        let records = Box::new(self.sample_records(input, source)?);
        let read_at = records.seq();
        let mut found = std::mem::take(&mut self.found);
        let export = ExportJob {
            naming: &self.naming,
            format: &input.format,
            has_labels: input.has_labels(&self.settings),
            set: self.set.as_ref(),
            retract: self.settings.retract_missing.as_deref(),
            is_whole: self.settings.whole,
            is_part: input.is_part,
            read_at,
        };
        let job = self.job(&input.name, Some(export));
        let report = import(&job, self.ledger.as_ref(), records, &mut found, progress).await;
        self.found = found;
        report
    }

    /// Returns true if all inputs are checked before the first one is imported: for renamed classes,
    /// because a rename is one change of the class list, and no change of its labels, and that cannot be
    /// decided later; and for other ids, if labels are recognised by ids alone. A dry run checks the same.
    pub(crate) fn checks_renames(&self) -> bool {
        let is_by_ids = self.settings.matching == MatchMode::Ids;
        let is_asked = !self.settings.not_renamed || !self.settings.renamed.is_empty();
        self.ledger.is_some() && (is_by_ids || self.had_classes && is_asked)
    }

    /// Refuses an input in which a class seems to be renamed, or whose ids are those of other labels.
    pub(crate) async fn check_renames(
        &mut self,
        input: &ExportInput,
        source: Box<dyn SampleSource>,
    ) -> Result<()> {
        let records = self.sample_records(input, source)?;
        let mut checked = std::mem::take(&mut self.checked);
        let renames = tokio::task::spawn_blocking(move || (records.renames(&mut checked), checked)).await;
        let (renames, checked) = renames.map_err(|error| ImportError::refused(error.to_string()))?;
        self.checked = checked;
        let name = ImportName { name: &input.name, dry_run: self.settings.dry_run, stored: false };
        match renames.map_err(|stop| refuse(&name, &stop.fault()))? {
            Some(renames) => Err(renamed(&input.name, &renames)),
            None => Ok(()),
        }
    }

    /// Returns the naming of the items of exports.
    pub(crate) const fn naming(&self) -> &ItemNaming {
        &self.naming
    }

    /// Returns true if nothing is written.
    pub(crate) const fn is_dry_run(&self) -> bool {
        self.settings.dry_run
    }

    fn sample_records(&self, input: &ExportInput, source: Box<dyn SampleSource>) -> Result<SampleRecords> {
        let settings = &self.settings;
        let known = self
            .ledger
            .as_ref()
            .map(|ledger| KnownStore::new(ledger.view(), Arc::clone(ledger.blobs()), self.naming.clone()));
        let options = SampleOptions {
            format: input.format.clone(),
            naming: self.naming.clone(),
            matching: settings.matching,
            labels_by_image: settings.labels_from_folders,
            keys_by_image: settings.keys_by_image,
            predictions: settings.predictions,
            renamed: settings.renamed.clone(),
            not_renamed: settings.not_renamed,
            split: settings.split.clone(),
            default_split: input.default_split.clone(),
            keeping_set: self
                .set
                .as_ref()
                .filter(|set| !set.replaces && !settings.whole)
                .map(|set| set.item.clone()),
        };
        let earlier = EarlierInputs {
            images: Arc::clone(&self.found.seen_images),
            unstored: Arc::clone(&self.found.unstored),
        };
        SampleRecords::new(source, options, known, earlier).map_err(|stop| stopped(&input.name, stop))
    }

    fn job<'a>(&'a self, name: &'a str, export: Option<ExportJob<'a>>) -> ImportJob<'a> {
        let corrections = self.settings.corrections.clone();
        // A correction needs two changes of a commit.
        let most = if corrections.is_some() { MAX_CHANGES / 2 } else { MAX_CHANGES };
        ImportJob {
            name,
            author: &self.author,
            batch: self.settings.batch.clamp(1, most),
            dry_run: self.settings.dry_run,
            turn: &self.turn,
            counted: &self.counted,
            reimport: ReimportOptions { export: export.is_some(), corrections },
            export,
        }
    }
}

/// Returns the error of an input that cannot be read.
fn stopped(name: &str, stop: ReadStop) -> ImportError {
    ImportError::refused(stop.about(name))
}

fn renamed(name: &str, renames: &[(Renamed, u64)]) -> ImportError {
    let changes: Vec<String> = renames
        .iter()
        .map(|(change, labels)| format!("{} labels of {:?} are {:?}", count(*labels), change.from, change.to))
        .collect();
    let options: Vec<String> = renames.iter().map(|(change, _)| change.option()).collect();
    ImportError::hinted(
        format!("{name}: a class seems to be renamed: all {}", changes.join(", and all ")),
        format!(
            "nothing was imported; if a class has another name, add {}, else --not-renamed: then each of these labels gets a new version",
            options.join(" ")
        ),
    )
}
