//! One import: reads records, divides them into batches, and translates and commits each batch.
//!
//! Commits of an earlier run of a file of records are at its beginning and are skipped; after the
//! first one that is unknown, nothing of the file is stored. An export is compared with the store
//! instead, record by record.

mod check;
mod class_names;
mod commit;
mod end;
mod job;
mod pin;
mod repeated;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub(crate) use self::job::{ExportJob, ImportJob, ImportProgress, Progress};
use self::repeated::CommittedBatch;
use super::super::findings::SampleFindings;
use super::super::record::Record;
use super::super::record::fault::{Reason, RecordFault, RecordPlace};
use super::super::record::payload::ImportPayload;
use super::super::record::reader::{ReadRecord, ReadStop, RecordSource};
use super::super::reimport::{ReimportOptions, StoredRecords};
use super::super::report::ImportReport;
use super::super::unstored::UnstoredItems;
use super::lookup::BeforeCommit;
use super::read_ahead::ReadAhead;
use super::refuse::{ImportName, refuse};
use super::translate::{Translated, needs, translate};
use crate::domain::id::{Digest, ItemId, Seq, VersionId, hex};
use crate::domain::item::ItemKey;
use crate::domain::log::facts::Outcome;
use crate::domain::write::proposal::{Change, Proposal};
use crate::import::error::{ImportError, Result};
use crate::ledger::{Ledger, View};

/// The number of attempts to commit items that other clients change at the same time.
const ATTEMPTS: usize = 20;

/// Imports all records. `ledger` is `None` in a dry run without a store.
pub(crate) async fn import(
    job: &ImportJob<'_>,
    ledger: Option<&Ledger>,
    records: Box<dyn RecordSource>,
    found: &mut SampleFindings,
    progress: Progress<'_>,
) -> Result<ImportReport> {
    let mut import = ImportRun {
        job,
        ledger,
        names: HashMap::new(),
        unstored: std::mem::take(&mut found.unstored),
        would_change: false,
        seen: HashSet::new(),
        returned: std::mem::take(&mut found.returned),
        stored: false,
        own: HashSet::new(),
        authors: authors(job, ledger),
        report: ImportReport { export: job.reimport.export, ..ImportReport::default() },
    };
    let mut ahead = ReadAhead::new(records);
    let mut stored = ledger.filter(|_| !job.reimport.export);
    loop {
        let known = stored.and_then(|ledger| import.known(ledger, &mut ahead));
        if known.is_none() {
            stored = None;
        }
        let batch = match known {
            Some(batch) => batch,
            None => ahead.commit(job.batch).map_err(|stop| import.stop(stop))?,
        };
        let Some(last) = batch.last() else { break };
        let position = last.position;
        import.go_on(progress, position)?;
        import.commit(batch).await?;
        import.go_on(progress, position)?;
    }
    import.report.skipped.add(ahead.skipped());
    if let (Some(export), Some(findings)) = (&job.export, ahead.findings()) {
        if findings.images == 0 {
            return Err(import.nothing());
        }
        import.report.matched = findings.matched;
        import.report.without_bytes.clone_from(&findings.without_bytes);
        import.report.ambiguous_images.clone_from(&findings.ambiguous_images);
        import.report.renames.clone_from(&findings.renames);
        found.add(findings);
        if export.has_labels {
            found.unlabelled.retain(|item| !import.seen.contains(item));
        } else {
            let new = import.seen.iter().filter(|item| !found.seen.contains(*item));
            found.unlabelled.extend(new);
        }
        if export.is_part {
            found.seen.extend(import.seen.drain());
            found.unstored = std::mem::take(&mut import.unstored);
            found.returned = std::mem::take(&mut import.returned);
        } else {
            // Each input has an item once, and several inputs may have the same one.
            import.seen.extend(found.seen.drain());
            import.go_on(progress, 0)?;
            // Before the set is pinned, which does not keep what is gone.
            let gone = import.find_gone(export, &found.unlabelled).await?;
            import.pin(export, found, &gone).await?;
            import.report_missing(export, gone).await?;
        }
    }
    Ok(import.report)
}

/// Returns the authors whose commits of the same file count as stored: a file that was imported by
/// another author is not imported again.
fn authors(job: &ImportJob<'_>, ledger: Option<&Ledger>) -> Vec<String> {
    let mut authors = vec![job.author.to_owned()];
    if let Some(ledger) = ledger.filter(|_| !job.reimport.export) {
        let mut others: Vec<String> =
            ledger.view().read(|at| at.index().authors().map(str::to_owned).collect());
        others.retain(|other| other != job.author);
        others.sort_unstable();
        authors.extend(others);
    }
    authors
}

struct ImportRun<'a> {
    job: &'a ImportJob<'a>,
    ledger: Option<&'a Ledger>,
    /// The versions of named records of earlier commits.
    names: HashMap<String, VersionId>,
    /// The items that a dry run would have made.
    unstored: Arc<UnstoredItems>,
    /// True if a dry run would have changed something.
    would_change: bool,
    /// The items of an export so far.
    seen: HashSet<ItemId>,
    /// Items whose newest version this import has reinstated, or would in a dry run.
    returned: HashSet<ItemId>,
    /// True if a commit of the file is stored.
    stored: bool,
    /// The commits of an export so far.
    own: HashSet<Seq>,
    /// The authors whose commits of the same file count as stored.
    authors: Vec<String>,
    report: ImportReport,
}

impl ImportRun<'_> {
    /// Checks that an export has each item only once.
    fn note_seen(&mut self, records: &[(RecordPlace, Record)]) -> Result<()> {
        if !self.job.reimport.export {
            return Ok(());
        }
        for (place, record) in records {
            if let Some(item) = record.item()
                && !self.seen.insert(item.id())
            {
                let why = format!("duplicate item {item}; remove one of its records");
                return Err(self.refuse(&Reason::record(why).at(place.clone())));
            }
        }
        Ok(())
    }

    /// The proposal of the commit that ends at this digest.
    fn proposal(&self, end: &[u8; 32], changes: Vec<Change>) -> Proposal {
        let idempotency_key = (!self.job.reimport.export).then(|| format!("import/{}", hex(end)));
        let records = self.report.records;
        // Without the file's name and lines: the same records in another file are the same import.
        let message = match &self.job.export {
            None => format!("import, up to record {records}"),
            Some(_) => format!("{}, up to record {records}", self.job.title()),
        };
        let message = Some(message);
        // The key identifies a part of a file. Importing it again does not repeat its statements.
        Proposal {
            author: self.job.author.to_owned(),
            message,
            idempotency_key,
            // An export is compared with the present state: what it says is true now.
            repeat_statements: self.job.reimport.export,
            changes,
        }
    }

    /// Shows the progress.
    ///
    /// # Errors
    /// The import was ended.
    fn go_on(&self, progress: Progress<'_>, position: u64) -> Result<()> {
        match progress(ImportProgress { position, records: self.report.records }) {
            true => Ok(()),
            false => Err(ImportError::refused(format!("{}: the import was ended", self.job.name))),
        }
    }

    /// Takes the next batch that an earlier run has committed: of the author of the batch before it,
    /// else of another one.
    fn known(&mut self, ledger: &Ledger, ahead: &mut ReadAhead) -> Option<Vec<ReadRecord>> {
        for place in 0..self.authors.len() {
            let author = &self.authors[place];
            let known = ahead.known(|end| self.answered_by(ledger, author, end).is_some());
            if known.is_some() {
                self.authors.swap(0, place);
                return known;
            }
        }
        None
    }

    /// Returns the batch of an earlier run that ends at this digest.
    fn answered(&self, ledger: &Ledger, end: &[u8; 32]) -> Option<CommittedBatch> {
        self.authors.iter().find_map(|author| self.answered_by(ledger, author, end))
    }

    fn answered_by(&self, ledger: &Ledger, author: &str, end: &[u8; 32]) -> Option<CommittedBatch> {
        let proposal = Proposal { author: author.to_owned(), ..self.proposal(end, Vec::new()) };
        let (key, _) = proposal.request()?;
        let view = ledger.view();
        // The index has commits that are not durable yet.
        let (seq, request) =
            view.read(|at| at.index().request(&key)).filter(|(seq, _)| *seq <= view.seq())?;
        Some(CommittedBatch { end: *end, author: author.to_owned(), key, request, seq })
    }

    async fn translate(&self, view: Option<View>, records: &[(RecordPlace, Record)]) -> Result<Translated> {
        self.translate_with(&self.job.reimport, view, records).await
    }

    async fn translate_with(
        &self,
        reimport: &ReimportOptions,
        view: Option<View>,
        records: &[(RecordPlace, Record)],
    ) -> Result<Translated> {
        let none = StoredRecords::default();
        let (names, unstored) = (&self.names, &self.unstored);
        let since = self.job.export.as_ref().and_then(|export| export.read_at).map(|seq| (seq, &self.own));
        let known = BeforeCommit { at: None, names, unstored, reimport, records: &none, since };
        let Some(view) = view else { return self.judged(translate(known, records)) };
        let wanted = view.read(|at| needs(BeforeCommit { at: Some(at), ..known }, records));
        let versions = view.versions(&wanted.versions).await?.into_iter().flatten().collect();
        let statements: Vec<_> = view.statements(&wanted.statements).await?.into_iter().flatten().collect();
        let needed = StoredRecords::new(versions, &statements);
        let known = BeforeCommit { records: &needed, ..known };
        self.judged(view.read(|at| translate(BeforeCommit { at: Some(at), ..known }, records)))
    }

    fn judged(&self, translated: Result<Translated, RecordFault>) -> Result<Translated> {
        translated.map_err(|fault| self.refuse(&fault))
    }

    /// Counts the outcomes of changes.
    fn note(&mut self, changes: &[Option<ItemKey>], outcomes: &[Outcome], translated: &Translated) {
        let created = |place: &usize| outcomes.get(*place).is_some_and(|outcome| outcome.created);
        let is_counted = |place: &usize| created(place) && !translated.repeated.contains(place);
        for (place, item) in changes.iter().enumerate().filter(|(place, _)| is_counted(place)) {
            if translated.corrections.contains(&place) {
                self.report.corrected += 1;
                continue;
            }
            if let Some(item) = translated.returned.get(&place) {
                self.report.returned.note(item.clone());
                self.returned.insert(item.id());
                continue;
            }
            if let Some(item) = translated.restored.get(&place) {
                self.report.restored.note(item.clone());
                continue;
            }
            self.report.created += 1;
            self.report.newer += u64::from(self.job.reimport.export && translated.newer.contains(&place));
            self.report.uncorrected += u64::from(translated.uncorrected.contains(&place));
            if let Some(item) = item.as_ref().filter(|_| self.job.reimport.export) {
                *self.report.made.entry(item.kind).or_default() += 1;
            }
        }
        for (place, _) in outcomes.iter().enumerate().filter(|(_, outcome)| outcome.answered_by.is_some()) {
            self.report.answered.note(translated.places.get(place));
        }
        translated.kept.iter().for_each(|item| self.report.kept.note(item.clone()));
        translated.never_corrected.iter().for_each(|item| self.report.never_corrected.note(item.clone()));
    }

    fn stop(&self, stop: ReadStop) -> ImportError {
        refuse(&self.named(), &stop.fault())
    }

    fn refuse(&self, fault: &RecordFault) -> ImportError {
        refuse(&self.named(), &fault.to_string())
    }

    const fn named(&self) -> ImportName<'_> {
        ImportName { name: self.job.name, dry_run: self.job.dry_run, stored: self.stored }
    }
}

/// Returns the item that each change makes a version of.
fn about(changes: &[Change]) -> Vec<Option<ItemKey>> {
    let item = |change: &Change| match change {
        Change::Put(put) => Some(put.item.clone()),
        Change::Snapshot(snapshot) => Some(snapshot.item.clone()),
        _ => None,
    };
    changes.iter().map(item).collect()
}

/// Returns the payloads that a proposal names, each once.
fn wanted<'a>(
    proposal: &Proposal,
    brought: &'a [(RecordPlace, ImportPayload)],
) -> Vec<&'a (RecordPlace, ImportPayload)> {
    let mut named = proposal.payloads();
    brought.iter().filter(|(_, payload)| named.remove(&payload.meta.digest)).collect()
}

fn payload_places(proposal: &Proposal, places: &[RecordPlace]) -> Vec<(RecordPlace, Digest)> {
    let payload = |change: &Change| match change {
        Change::Put(put) => put.payload,
        Change::Correct(correct) => correct.payload,
        _ => None,
    };
    let named = proposal.changes.iter().zip(places);
    named.filter_map(|(change, place)| Some((place.clone(), payload(change)?))).collect()
}
