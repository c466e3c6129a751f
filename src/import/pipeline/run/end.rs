//! The end of an import of an export: pins the training set, and reports and retracts what is no
//! longer in the export.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::{ATTEMPTS, ExportJob, ImportRun};
use crate::annotations::formats::label_studio;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{ItemId, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::{ItemKey, Kind};
use crate::domain::log::facts::Outcome;
use crate::domain::numbers::ItemNo;
use crate::domain::version::Activity;
use crate::domain::write::proposal::{Change, Expected, Proposal, Ref, Say};
use crate::import::error::{ImportError, Result};
use crate::import::findings::SampleFindings;
use crate::import::record::Record;
use crate::import::record::fault::RecordPlace;
use crate::import::samples::{LABELS, PinnedSet};
use crate::ledger::{Ledger, LedgerError, View};
use crate::lineage::At;

/// The number of items that are examined while the index is held.
const SLICE: u32 = 20_000;
/// The number of stored records that are read at once.
const RECORDS: usize = 1_000;

/// What earlier imports of a prefix have and an export has not.
#[derive(Debug, Default)]
struct Gone {
    /// Labels of images that are in the export.
    labels: BTreeMap<ItemKey, VersionId>,
    /// Images that are not in the export.
    images: BTreeMap<ItemKey, VersionId>,
    /// Labels of these images.
    labels_of_images: BTreeMap<ItemKey, VersionId>,
    /// Those of these images that have such labels.
    labelled: BTreeSet<ItemKey>,
}

impl ImportRun<'_> {
    /// Returns the failure of an export without a single image.
    pub(super) fn nothing(&self) -> ImportError {
        let skipped = self.report.skipped.all().map(|(what, count, first)| match count {
            1 => format!("{what}, {first}"),
            more => format!("{what}, {more} times, the first is {first}"),
        });
        let skipped: Vec<String> = skipped.collect();
        let message = format!("{}: expected images, found none", self.job.name);
        match skipped.is_empty() {
            true => ImportError::hinted(message, "check that the path and --format are right"),
            false => ImportError::hinted(message, format!("skipped: {}", skipped.join("; "))),
        }
    }

    /// Pins everything imported as the next version of the training set.
    pub(super) async fn pin(&mut self, export: &ExportJob<'_>, found: &mut SampleFindings) -> Result<()> {
        let Some(set) = export.set else {
            for name in found.about.keys() {
                self.report.skipped.note("field about the set (--training-set stores it)", || name.clone());
            }
            return Ok(());
        };
        let place = RecordPlace::Element("the training set".to_owned());
        self.report.records += 1;
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            let record = self.set_record(export, set, found).await?;
            match self.try_commit([0; 32], &[(place.clone(), record)], &mut Vec::new()).await {
                // Another client has pinned another part: both are kept.
                Err(ImportError::Conflict { .. }) if attempts > 0 => {}
                done => return done,
            }
        }
    }

    /// Returns the record of the next version of the training set.
    async fn set_record(
        &mut self,
        export: &ExportJob<'_>,
        set: &PinnedSet,
        found: &mut SampleFindings,
    ) -> Result<Record> {
        let is_own = |item: &ItemKey| export.naming.covers(item);
        let kept = self.ledger.map(Ledger::view);
        let kept = kept.map(|view| view.read(|at| set.kept(at, (&found.members, &found.unlabelled), is_own)));
        let kept = kept.unwrap_or_default();
        found.members.remove(&kept.labelled);
        self.report.splits = found.members.counts().map(|(split, count)| (split.to_owned(), count)).collect();
        self.report.kept_members.clone_from(&kept.splits);
        let attributes = self.about(&set.item, found).await?;
        Ok(set.record(&found.members, kept, attributes))
    }

    /// Returns the attributes of the set: those of its newest version, and what the input says about
    /// it.
    async fn about(&self, set: &ItemKey, found: &SampleFindings) -> Result<Attributes> {
        let mut about = Map::new();
        if let Some(view) = self.ledger.map(Ledger::view) {
            let head =
                view.read(|at| at.item(&set.id()).and_then(|item| at.head(item)).map(|head| at.id(head)));
            let head: Vec<VersionId> = head.into_iter().collect();
            let stored = view.versions(&head).await?;
            about.extend(stored.iter().flatten().flat_map(|record| record.content.attributes.to_map()));
        }
        about.extend(found.about.clone());
        Attributes::new(&Value::Object(about)).map_err(|error| {
            ImportError::refused(format!("{}: fields about the set: {error}", self.job.name))
        })
    }

    /// Reports what is no longer in the export, and retracts it if requested: labels of images that
    /// are in the export, and if the export is all there is, also those of other images, and images
    /// without labels.
    /// `unlabelled` are the images of which it does not say which labels they have.
    pub(super) async fn report_missing(
        &mut self,
        export: &ExportJob<'_>,
        unlabelled: &HashSet<ItemId>,
    ) -> Result<()> {
        let Some(ledger) = self.ledger else { return Ok(()) };
        let gone = self.gone(&ledger.view(), export, unlabelled).await?;
        let mut retract: Vec<VersionId> = gone.labels.values().copied().collect();
        if export.is_whole {
            retract.extend(gone.labels_of_images.values());
            let is_bare = |item: &&ItemKey| !gone.labelled.contains(*item);
            retract.extend(gone.images.keys().filter(is_bare).filter_map(|item| gone.images.get(item)));
        }
        gone.labels.into_keys().for_each(|item| self.report.gone.note(item));
        gone.images.into_keys().for_each(|item| self.report.unseen.images.note(item));
        gone.labels_of_images.into_keys().for_each(|item| self.report.unseen.labels.note(item));
        self.report.unseen.is_whole = export.is_whole;
        match export.retract {
            Some(reason) => self.retract(ledger, reason, &retract).await,
            None => Ok(()),
        }
    }

    async fn retract(&mut self, ledger: &Ledger, reason: &str, versions: &[VersionId]) -> Result<()> {
        let mut retracted = 0;
        for versions in versions.chunks(self.job.batch) {
            let (changed, outcomes) = self.retract_batch(ledger, reason, versions).await?;
            self.report.changed_meanwhile += changed;
            for outcome in outcomes {
                match outcome.answered_by {
                    Some(_) => self.report.answered.note(None),
                    None => retracted += u64::from(outcome.created),
                }
            }
        }
        self.report.retracted = Some(retracted);
        Ok(())
    }

    /// Retracts versions that are still the newest ones of their items. Returns the number of the
    /// others, and the outcomes.
    async fn retract_batch(
        &mut self,
        ledger: &Ledger,
        reason: &str,
        versions: &[VersionId],
    ) -> Result<(u64, Vec<Outcome>)> {
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            let newest: Vec<VersionId> = ledger.view().read(|at| {
                let is_newest = |id: &VersionId| at.version(id).is_some_and(|version| at.is_head(version));
                versions.iter().copied().filter(is_newest).collect()
            });
            let changed = (versions.len() - newest.len()) as u64;
            if newest.is_empty() {
                return Ok((changed, Vec::new()));
            }
            let retract = |id: &VersionId| {
                Change::Retract(Say {
                    version: Ref::Id(*id),
                    reason: reason.to_owned(),
                    activity: None,
                    message: None,
                    expect_head: Some(Expected::Version(Ref::Id(*id))),
                })
            };
            let proposal = Proposal {
                author: self.job.author.to_owned(),
                message: Some(format!("{}: labels that are gone from the export", self.job.title())),
                idempotency_key: None,
                repeat_statements: false,
                changes: newest.iter().map(retract).collect(),
            };
            if self.job.dry_run {
                return Ok((changed, ledger.preview(proposal).await?.outcomes));
            }
            match ledger.commit(proposal).await {
                Ok(committed) => {
                    if committed.created {
                        self.report.commits.note(committed.seq);
                    }
                    return Ok((changed, committed.outcomes));
                }
                // Another client has changed one of them since.
                Err(LedgerError::Invalid(invalid))
                    if attempts > 0 && matches!(invalid.cause(), Invalid::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl ImportRun<'_> {
    /// Finds what earlier imports of the prefix have and this export has not.
    async fn gone(&self, view: &View, export: &ExportJob<'_>, unlabelled: &HashSet<ItemId>) -> Result<Gone> {
        let mut gone = Gone::default();
        // Labels with their image, which was not seen.
        let mut unseen: Vec<(ItemKey, ItemKey, VersionId)> = Vec::new();
        let end = view.read(|at| at.items_made_by(view.seq()).end);
        let mut images: Vec<(ItemKey, VersionId)> = Vec::new();
        for start in (0..end).step_by(SLICE as usize) {
            let missing: Vec<MissingItem> = view.read(|at| {
                let items = (start..end.min(start + SLICE)).map(ItemNo);
                items.filter_map(|item| self.missing(at, (export, unlabelled), item)).collect()
            });
            for item in missing {
                match item {
                    MissingItem::Image(image, head) => images.push((image, head)),
                    MissingItem::Label(label, head) => drop(gone.labels.insert(label, head)),
                    MissingItem::LabelOf(image, label, head) => unseen.push((label, image, head)),
                }
            }
        }
        for images in images.chunks(RECORDS) {
            let ids: Vec<VersionId> = images.iter().map(|(_, head)| *head).collect();
            for ((item, head), record) in images.iter().zip(view.versions_uncached(&ids).await?) {
                let activity = record.as_ref().and_then(|record| record.activity.as_ref());
                if activity.is_some_and(|activity| export.made(activity)) {
                    gone.images.insert(item.clone(), *head);
                }
            }
        }
        for (label, image, head) in unseen {
            if gone.images.contains_key(&image) {
                gone.labels_of_images.insert(label, head);
                gone.labelled.insert(image);
            }
        }
        Ok(gone)
    }

    /// Returns an item of the prefix that the export has not; `None` for all others.
    fn missing(
        &self,
        at: At<'_>,
        (export, unlabelled): (&ExportJob<'_>, &HashSet<ItemId>),
        item: ItemNo,
    ) -> Option<MissingItem> {
        let key = at.key(item);
        let is_wanted = matches!(key.kind, Kind::Source | Kind::Label) && export.naming.covers(key);
        if !is_wanted || self.seen.contains(&key.id()) {
            return None;
        }
        let head = at.head(item).filter(|head| !at.is_wrong(*head))?;
        let id = at.id(head);
        if key.kind == Kind::Source {
            return Some(MissingItem::Image(key.clone(), id));
        }
        let mut sources = at.sources(head).map(|edge| at.key(at.item_of(edge.other)));
        let image = sources.find(|source| source.kind == Kind::Source)?;
        if !export.names_label(key, image) {
            return None;
        }
        match self.seen.contains(&image.id()) {
            true => (!unlabelled.contains(&image.id())).then(|| MissingItem::Label(key.clone(), id)),
            false => Some(MissingItem::LabelOf(image.clone(), key.clone(), id)),
        }
    }
}

/// An item of the prefix that an export has not, with its newest version.
enum MissingItem {
    Image(ItemKey, VersionId),
    /// A label of an image that the export has.
    Label(ItemKey, VersionId),
    /// An image that the export has not, and its label.
    LabelOf(ItemKey, ItemKey, VersionId),
}

impl ExportJob<'_> {
    /// Returns true if a label has a key as this import makes them.
    fn names_label(&self, label: &ItemKey, image: &ItemKey) -> bool {
        let rest = label.key().strip_prefix(&self.naming.prefix).unwrap_or_default();
        rest.starts_with(LABELS) || label.key() == image.key()
    }

    /// Returns true if an import of this prefix, and of a format with the same keys, made a version.
    fn made(&self, activity: &Activity) -> bool {
        let parameters = activity.parameters.to_map();
        let text = |name: &str| parameters.get(name).and_then(Value::as_str);
        // Its images have keys of their own: `tasks/<id>`.
        let has_tasks = |format: &str| format == label_studio::FORMAT.name;
        activity.is_import()
            // Releases before 0.12 did not record the prefix.
            && text("prefix").is_none_or(|prefix| prefix == self.naming.prefix)
            && text("format").is_some_and(|format| has_tasks(format) == has_tasks(self.format))
    }
}
