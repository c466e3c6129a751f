//! The end of an import of an export: reports and retracts what is no longer in the export.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::{ATTEMPTS, ExportJob, ImportRun};
use crate::annotations::formats::label_studio;
use crate::domain::id::{ItemId, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::{ItemKey, Kind};
use crate::domain::log::facts::Outcome;
use crate::domain::numbers::ItemNo;
use crate::domain::statement::{StatementId, StatementKind};
use crate::domain::version::Activity;
use crate::domain::write::proposal::{Change, Expected, Proposal, Ref, Say};
use crate::import::error::{ImportError, Result};
use crate::import::record::shape::activity;
use crate::import::reimport::{Compare, ReimportOptions};
use crate::import::samples::{LABELS, image_of, import_activity};
use crate::ledger::{Ledger, LedgerError, View};
use crate::lineage::At;

/// The number of items that are examined while the index is held.
const SLICE: u32 = 20_000;
/// The number of stored records that are read at once.
pub(super) const RECORDS: usize = 1_000;

/// What earlier imports of a prefix have and an export has not.
#[derive(Debug, Default)]
pub(super) struct Gone {
    /// Labels of images that are in the export.
    labels: BTreeMap<ItemKey, VersionId>,
    /// Images that are not in the export.
    images: BTreeMap<ItemKey, VersionId>,
    /// Labels of these images.
    labels_of_images: BTreeMap<ItemKey, VersionId>,
    /// Those of these images that never had a label.
    bare: BTreeSet<ItemKey>,
}

impl Gone {
    /// Returns true if an item is gone: from an image of the export, or, if the export is all there
    /// is, with its image.
    pub(super) fn has(&self, item: &ItemKey, is_whole: bool) -> bool {
        let unseen = || self.images.contains_key(item) || self.labels_of_images.contains_key(item);
        self.labels.contains_key(item) || (is_whole && unseen())
    }
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

    /// Reports what is no longer in the export, and retracts it if requested: labels of images that
    /// are in the export, and if the export is all there is, also those of other images, and images
    /// without labels.
    pub(super) async fn report_missing(&mut self, export: &ExportJob<'_>, gone: Gone) -> Result<()> {
        let Some(ledger) = self.ledger else { return Ok(()) };
        let mut retract: Vec<VersionId> = gone.labels.values().copied().collect();
        if export.is_whole {
            retract.extend(gone.labels_of_images.values());
            retract.extend(gone.bare.iter().filter_map(|image| gone.images.get(image)));
        }
        gone.labels.into_keys().for_each(|item| self.report.gone.note(item));
        gone.images.into_keys().for_each(|item| self.report.unseen.images.note(item));
        gone.labels_of_images.into_keys().for_each(|item| self.report.unseen.labels.note(item));
        self.report.unseen.is_whole = export.is_whole;
        match export.retract {
            Some(reason) => self.retract(ledger, export, reason, &retract).await,
            None => Ok(()),
        }
    }

    async fn retract(
        &mut self,
        ledger: &Ledger,
        export: &ExportJob<'_>,
        reason: &str,
        versions: &[VersionId],
    ) -> Result<()> {
        let job = self.job;
        let made_by = import_activity(export.format, &export.naming.prefix);
        let made_by = made_by
            .map_err(|reason| ImportError::refused(format!("{}{}", job.name, reason.after_a_name())))?;
        let retractions = retractions(&ledger.view(), versions).await?;
        let mut retracted = 0;
        for retractions in retractions.chunks(job.batch) {
            // What a person reinstated is not retracted again for the same reason.
            let versions: Vec<VersionId> = retractions.iter().map(|gone| gone.version).collect();
            let again = reinstated_by_imports(&ledger.view(), &versions).await?;
            let (again, first): (Vec<_>, Vec<_>) =
                retractions.iter().partition(|gone| again.contains(&gone.version));
            for (retractions, repeat_statements) in [(again, true), (first, false)] {
                let retract = |gone: &Retraction| {
                    Change::Retract(Say {
                        version: Ref::Id(gone.version),
                        reason: reason.to_owned(),
                        activity: Some(activity(&made_by)),
                        message: None,
                        expect_head: Some(Expected::Version(Ref::Id(gone.head))),
                    })
                };
                let proposal = |retractions: &[Retraction]| Proposal {
                    author: job.author.to_owned(),
                    message: Some(format!("{}: labels that are gone from the export", job.title())),
                    idempotency_key: None,
                    repeat_statements,
                    changes: retractions.iter().map(retract).collect(),
                };
                let (changed, outcomes) = self.retract_batch(ledger, &retractions, proposal).await?;
                self.report.changed_meanwhile += changed;
                for outcome in outcomes {
                    match outcome.answered_by {
                        Some(_) => self.report.answered.note(None),
                        None => retracted += u64::from(outcome.created),
                    }
                }
            }
        }
        self.report.retracted = Some(retracted);
        Ok(())
    }

    /// Retracts versions of items of which the newest version is still the same. Returns the number of the
    /// other items, and the outcomes of the newest versions.
    async fn retract_batch(
        &mut self,
        ledger: &Ledger,
        retractions: &[Retraction],
        proposal: impl Fn(&[Retraction]) -> Proposal,
    ) -> Result<(u64, Vec<Outcome>)> {
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            let (left, changed): (Vec<Retraction>, Vec<Retraction>) = ledger.view().read(|at| {
                let is_newest =
                    |gone: &Retraction| at.version(&gone.head).is_some_and(|head| at.is_head(head));
                retractions.iter().copied().partition(is_newest)
            });
            let changed = changed.iter().filter(|gone| gone.is_newest()).count() as u64;
            if left.is_empty() {
                return Ok((changed, Vec::new()));
            }
            let of_newest = |outcomes: Vec<Outcome>| {
                let outcomes = left.iter().zip(outcomes).filter(|(gone, _)| gone.is_newest());
                outcomes.map(|(_, outcome)| outcome).collect()
            };
            let proposal = proposal(&left);
            if self.job.dry_run {
                return Ok((changed, of_newest(ledger.preview(proposal).await?.outcomes)));
            }
            match ledger.commit(proposal).await {
                Ok(committed) => {
                    if committed.created {
                        self.report.commits.note(committed.seq);
                    }
                    return Ok((changed, of_newest(committed.outcomes)));
                }
                // Another client has changed one of them since.
                Err(LedgerError::Invalid(invalid))
                    if attempts > 0 && matches!(invalid.cause(), Invalid::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A version of an item that is gone from an export.
#[derive(Debug, Clone, Copy)]
struct Retraction {
    version: VersionId,
    /// The newest version of the item.
    head: VersionId,
}

impl Retraction {
    fn is_newest(&self) -> bool {
        self.version == self.head
    }
}

/// Returns the newest versions of items that are gone, each followed by the earlier ones that say the same.
async fn retractions(view: &View, heads: &[VersionId]) -> Result<Vec<Retraction>> {
    let mut all = Vec::with_capacity(heads.len());
    let (options, names) = (ReimportOptions::default(), HashMap::new());
    for heads in heads.chunks(RECORDS) {
        let has_older = |head: &VersionId| {
            view.read(|at| at.version(head).is_some_and(|head| at.history(at.item_of(head)).len() > 1))
        };
        let (older, alone): (Vec<_>, Vec<_>) = heads.iter().copied().partition(has_older);
        all.extend(alone.into_iter().map(|head| Retraction { version: head, head }));
        for (head, record) in older.iter().copied().zip(view.versions_uncached(&older).await?) {
            let before = record.map(|record| {
                view.read(|at| Compare::new(&options, at, &names, std::iter::empty()).equal_before(&record))
            });
            let versions = std::iter::once(head).chain(before.into_iter().flatten());
            all.extend(versions.map(|version| Retraction { version, head }));
        }
    }
    Ok(all)
}

/// Returns those of these versions of which an import was the last to say something: that they are in
/// its export again.
async fn reinstated_by_imports(view: &View, versions: &[VersionId]) -> Result<HashSet<VersionId>> {
    let last: Vec<StatementId> = view.read(|at| {
        let last = versions.iter().filter_map(|id| at.said_about(at.version(id)?).last());
        last.filter(|said| said.fact.kind == StatementKind::Reinstates).map(|said| said.id).collect()
    });
    let said = view.statements(&last).await?;
    let by_import =
        said.into_iter().flatten().filter(|said| said.activity.as_ref().is_some_and(Activity::is_import));
    Ok(by_import.map(|said| said.version).collect())
}

impl ImportRun<'_> {
    /// Finds what earlier imports of the prefix have and this export has not. `unlabelled` are the
    /// images of which it does not say which labels they have.
    pub(super) async fn find_gone(
        &self,
        export: &ExportJob<'_>,
        unlabelled: &HashSet<ItemId>,
    ) -> Result<Gone> {
        let mut gone = Gone::default();
        let Some(view) = self.ledger.map(Ledger::view) else { return Ok(gone) };
        // Labels with their image, which was not seen.
        let mut unseen: Vec<(ItemKey, ItemKey, VersionId)> = Vec::new();
        let end = view.read(|at| at.items_made_by(view.seq()).end);
        let mut images: Vec<(ItemKey, VersionId, bool)> = Vec::new();
        for start in (0..end).step_by(SLICE as usize) {
            let missing: Vec<MissingItem> = view.read(|at| {
                let items = (start..end.min(start + SLICE)).map(ItemNo);
                items.filter_map(|item| self.missing(at, (export, unlabelled), item)).collect()
            });
            for item in missing {
                match item {
                    MissingItem::Image(image, head, is_bare) => images.push((image, head, is_bare)),
                    MissingItem::Label(label, head) => drop(gone.labels.insert(label, head)),
                    MissingItem::LabelOf(image, label, head) => unseen.push((label, image, head)),
                }
            }
        }
        for images in images.chunks(RECORDS) {
            let ids: Vec<VersionId> = images.iter().map(|(_, head, _)| *head).collect();
            for ((item, head, is_bare), record) in images.iter().zip(view.versions_uncached(&ids).await?) {
                let activity = record.as_ref().and_then(|record| record.activity.as_ref());
                if activity.is_some_and(|activity| export.made(activity)) {
                    gone.images.insert(item.clone(), *head);
                    gone.bare.extend(is_bare.then(|| item.clone()));
                }
            }
        }
        for (label, image, head) in unseen {
            if gone.images.contains_key(&image) {
                gone.labels_of_images.insert(label, head);
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
            // Labels that an earlier run retracted count too, so that a repeated run retracts no more.
            let mut made = at.history(item).iter().flat_map(|version| at.flow_from(*version));
            let is_bare = !made.any(|made| at.kind(made) == Kind::Label);
            return Some(MissingItem::Image(key.clone(), id, is_bare));
        }
        let image = at.key(image_of(at, head)?);
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
    /// An image, and true if it never had a label.
    Image(ItemKey, VersionId, bool),
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
        let format = parameters.get("format").and_then(Value::as_str);
        // Its images have keys of their own: `tasks/<id>`.
        let has_tasks = |format: &str| format == label_studio::FORMAT.name;
        self.naming.made(activity) == Some(true)
            && format.is_some_and(|format| has_tasks(format) == has_tasks(self.format))
    }
}
