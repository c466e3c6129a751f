//! One import: read, cut into commits, translate, commit, remember.
//!
//! What an earlier run of a file of records committed comes first and is passed over; behind it nothing of the file can be
//! stored. An export is compared with the store instead, record by record.

mod repeated;

use std::collections::{HashMap, HashSet};

use indicatif::ProgressBar;

use super::super::record::Record;
use super::super::record::fault::{Fault, Place, Reason};
use super::super::record::payload::{self, Payload, Stored};
use super::super::record::reader::{Read, Records, Stop};
use super::super::report::Report;
use super::lookup::{Known, Made, UNSTORED};
use super::missing::{Scope, missing};
use super::read_ahead::Ahead;
use super::refuse::{Named, not_committed, not_stored, refuse};
use super::reimport::{Again, Known as Needed};
use super::translate::{Translated, needs, translate};
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::output::counted;
use crate::domain::id::{Digest, ItemId, Seq, VersionId, hex};
use crate::domain::item::ItemKey;
use crate::domain::log::facts::Outcome;
use crate::domain::write::proposal::{Change, Proposal, Ref, Say};
use crate::ledger::{AsOf, Ledger, View};

/// What an import does.
pub(in crate::cli::import) struct Job<'a> {
    /// How messages call the input.
    pub name: &'a str,
    /// Who imports.
    pub author: &'a str,
    /// Records of one commit.
    pub batch: usize,
    /// Nothing is written.
    pub dry_run: bool,
    /// How records are compared with the store.
    pub again: Again,
    /// Where labels of the export lie, where those that are gone are looked for.
    pub scope: Option<Scope>,
    /// Why labels that are gone are retracted, where they are.
    pub retract: Option<&'a str>,
}

/// Imports all records. `ledger` may be missing in a dry run: then nothing is stored yet.
pub(in crate::cli::import) async fn import(
    job: &Job<'_>,
    ledger: Option<&Ledger>,
    records: Box<dyn Records>,
    bar: &ProgressBar,
) -> Result<Report> {
    let mut import = Import {
        job,
        ledger,
        names: HashMap::new(),
        unstored: HashSet::new(),
        seen: HashSet::new(),
        stored: false,
        report: Report { export: job.again.export, ..Report::default() },
    };
    let mut ahead = Ahead::new(records);
    let mut stored = ledger.filter(|_| !job.dry_run && !job.again.export);
    loop {
        let known = stored.and_then(|ledger| ahead.known(|end| import.answered(ledger, end).is_some()));
        if known.is_none() {
            stored = None;
        }
        let batch = match known {
            Some(batch) => batch,
            None => ahead.commit(job.batch).map_err(|stop| import.stop(stop))?,
        };
        let Some(last) = batch.last() else { break };
        let position = last.position;
        import.commit(batch).await?;
        bar.set_position(position);
        bar.set_message(format!("{}, {}", job.name, counted(import.report.records, "record")));
    }
    import.look_for_missing().await?;
    import.report.skipped.add(ahead.skipped());
    Ok(import.report)
}

struct Import<'a> {
    job: &'a Job<'a>,
    ledger: Option<&'a Ledger>,
    /// What named records of earlier commits made.
    names: HashMap<String, VersionId>,
    /// Items that a dry run would have given a version.
    unstored: HashSet<ItemId>,
    /// The items of an export so far.
    seen: HashSet<ItemId>,
    /// Whether any commit of the file is in.
    stored: bool,
    report: Report,
}

impl Import<'_> {
    /// Commits a batch. A commit that an earlier run made is recognised by the digest of its last record.
    async fn commit(&mut self, batch: Vec<Read>) -> Result<()> {
        self.report.records += batch.len() as u64;
        let end = batch.last().map_or([0; 32], |read| read.digest);
        let mut payloads = Vec::new();
        let mut records = Vec::with_capacity(batch.len());
        for Read { place, record, payload, .. } in batch {
            payloads.extend(payload.map(|payload| (place.clone(), payload)));
            records.push((place, record));
        }
        self.note_seen(&records)?;
        let Some(ledger) = self.ledger.filter(|_| !self.job.dry_run) else {
            return self.check(end, &records, &payloads).await;
        };
        let done = self.answered(ledger, &end);
        if done.is_none() || records.iter().any(|(_, record)| record.name().is_some()) {
            let mut translated = self.translate(Some(before(ledger, done)?), &records).await?;
            let proposal = self.proposal(&end, std::mem::take(&mut translated.changes));
            if done.is_none() {
                self.store(ledger, &proposal, &payloads).await?;
            }
            self.write(ledger, proposal, &translated).await?;
        }
        if done.is_some() {
            self.note_answered(ledger, &end, &records).await?;
        }
        self.stored = true;
        Ok(())
    }

    /// An export says of each item what it is, once.
    fn note_seen(&mut self, records: &[(Place, Record)]) -> Result<()> {
        if !self.job.again.export {
            return Ok(());
        }
        for (place, record) in records {
            if let Some(item) = record.item()
                && !self.seen.insert(item.id())
            {
                let why = format!("{item} stands twice in this export");
                return Err(self.refuse(&Reason::whole(why).at(place.clone())));
            }
        }
        Ok(())
    }

    /// The proposal of the commit that ends at this digest.
    fn proposal(&self, end: &[u8; 32], changes: Vec<Change>) -> Proposal {
        let idempotency_key = (!self.job.again.export).then(|| format!("import/{}", hex(end)));
        // Without the file's name and lines: the same records elsewhere are the same import.
        let message = Some(format!("import, up to record {}", self.report.records));
        // The key names a part of a file, which does not say that its statements are meant again.
        Proposal {
            author: self.job.author.to_owned(),
            message,
            idempotency_key,
            repeat_statements: false,
            changes,
        }
    }

    /// The commit of an earlier run that ended there.
    fn answered(&self, ledger: &Ledger, end: &[u8; 32]) -> Option<Seq> {
        let (key, _) = self.proposal(end, Vec::new()).request()?;
        ledger.view().read(|at| at.index().request(&key)).map(|(seq, _)| seq)
    }

    async fn translate(&self, view: Option<View>, records: &[(Place, Record)]) -> Result<Translated> {
        let (none, again) = (Needed::new(), &self.job.again);
        let (names, unstored) = (&self.names, &self.unstored);
        let known = Known { at: None, names, unstored, again, records: &none };
        let Some(view) = view else { return self.judged(translate(known, records)) };
        let wanted = view.read(|at| needs(Known { at: Some(at), ..known }, records));
        let found = view.versions(&wanted).await?;
        let needed: Needed =
            wanted.into_iter().zip(found).filter_map(|(id, found)| Some((id, found?))).collect();
        let known = Known { records: &needed, ..known };
        self.judged(view.read(|at| translate(Known { at: Some(at), ..known }, records)))
    }

    fn judged(&self, translated: Result<Translated, Fault>) -> Result<Translated> {
        translated.map_err(|fault| self.refuse(&fault))
    }

    /// Stores the payloads that a proposal names.
    async fn store(
        &mut self,
        ledger: &Ledger,
        proposal: &Proposal,
        payloads: &[(Place, Payload)],
    ) -> Result<()> {
        let wanted = wanted(proposal, payloads);
        let stored = payload::store(ledger.blobs().as_ref(), wanted.iter().map(|(_, payload)| payload)).await;
        let stored = stored.map_err(|(place, error)| not_stored(&self.named(), &wanted[place].0, error))?;
        self.report.payloads.add(stored);
        Ok(())
    }

    async fn write(&mut self, ledger: &Ledger, proposal: Proposal, translated: &Translated) -> Result<()> {
        if proposal.changes.is_empty() && self.job.again.export {
            self.note(&[], &[], translated);
            return Ok(());
        }
        let (payloads, changes) = (payload_places(&proposal, &translated.places), about(&proposal.changes));
        // Where there is nothing to change, too: by its commit a batch is recognised.
        let committed = ledger
            .commit(proposal)
            .await
            .map_err(|error| not_committed(&self.named(), error, &translated.places, &payloads))?;
        if !committed.replayed {
            self.report.commits += u64::from(committed.created);
            self.note(&changes, &committed.outcomes, translated);
        }
        let view = ledger.view();
        for (name, made) in &translated.names {
            let id = match made {
                Made::Found(id) => Some(*id),
                Made::By(change) => committed
                    .outcomes
                    .get(*change)
                    .and_then(|outcome| outcome.version)
                    .map(|version| view.read(|at| at.id(version))),
            };
            self.names.extend(id.map(|id| (name.clone(), id)));
        }
        Ok(())
    }

    /// Counts what changes came to.
    fn note(&mut self, changes: &[Option<ItemKey>], outcomes: &[Outcome], translated: &Translated) {
        let created = |place: &usize| outcomes.get(*place).is_some_and(|outcome| outcome.created);
        for (place, item) in changes.iter().enumerate().filter(|(place, _)| created(place)) {
            if translated.said.contains(&place) {
                self.report.corrected += 1;
                continue;
            }
            self.report.created += 1;
            self.report.newer += u64::from(self.job.again.export && translated.newer.contains(&place));
            if let Some(item) = item.as_ref().filter(|_| self.job.again.export) {
                *self.report.made.entry(item.kind).or_default() += 1;
            }
        }
        for (place, _) in outcomes.iter().enumerate().filter(|(_, outcome)| outcome.answered_by.is_some()) {
            self.report.answered.note(translated.places.get(place));
        }
        translated.kept.iter().for_each(|item| self.report.kept.note(item.clone()));
    }

    /// Checks a batch and writes nothing. The rules are asked about what comes before the first change, and about that.
    async fn check(
        &mut self,
        end: [u8; 32],
        records: &[(Place, Record)],
        payloads: &[(Place, Payload)],
    ) -> Result<()> {
        let translated = self.translate(self.ledger.map(Ledger::view), records).await?;
        // Without its key: a commit that is there already would be answered and not checked.
        let proposal = Proposal { idempotency_key: None, ..self.proposal(&end, translated.changes.clone()) };
        let changes = about(&proposal.changes);
        let mut outcomes = vec![Outcome { created: true, ..Outcome::default() }; changes.len()];
        let absent = self.look_for(&wanted(&proposal, payloads)).await?;
        if let Some(ledger) =
            self.ledger.filter(|_| self.unstored.is_empty() && absent == 0 && !changes.is_empty())
        {
            let places = payload_places(&proposal, &translated.places);
            let previewed = ledger.preview(proposal).await;
            outcomes = previewed
                .map_err(|error| not_committed(&self.named(), error, &translated.places, &places))?
                .outcomes;
        }
        self.note(&changes, &outcomes, &translated);
        for (name, _) in &translated.names {
            self.names.insert(name.clone(), UNSTORED);
        }
        self.unstored.extend(changes.into_iter().flatten().map(|key| key.id()));
        Ok(())
    }

    /// Counts payloads that would be stored, and says how many.
    async fn look_for(&mut self, payloads: &[&(Place, Payload)]) -> Result<u64> {
        let mut absent = Stored::default();
        for (_, payload) in payloads {
            let is_there = match self.ledger {
                Some(ledger) => ledger.blobs().stat(payload.meta.digest).await?.is_some(),
                None => false,
            };
            absent.add(match is_there {
                true => Stored { found: 1, ..Stored::default() },
                false => Stored { made: 1, bytes: payload.meta.size, found: 0 },
            });
        }
        self.report.payloads.add(absent);
        Ok(absent.made)
    }

    /// Tells labels that are gone from the export, and retracts them where that is asked for.
    async fn look_for_missing(&mut self) -> Result<()> {
        let (Some(ledger), Some(scope)) = (self.ledger, &self.job.scope) else { return Ok(()) };
        let gone = ledger.view().read(|at| missing(at, scope, &self.seen));
        let versions: Vec<VersionId> = gone.values().copied().collect();
        gone.into_keys().for_each(|item| self.report.gone.note(item));
        let Some(reason) = self.job.retract else { return Ok(()) };
        let mut retracted = 0;
        for versions in versions.chunks(self.job.batch) {
            let retract = |id: &VersionId| {
                Change::Retract(Say {
                    version: Ref::Id(*id),
                    reason: reason.to_owned(),
                    activity: None,
                    message: None,
                    expect_head: None,
                })
            };
            let proposal = Proposal {
                author: self.job.author.to_owned(),
                message: Some("labels that are gone from the export".to_owned()),
                idempotency_key: None,
                repeat_statements: false,
                changes: versions.iter().map(retract).collect(),
            };
            let outcomes = match self.job.dry_run {
                true => ledger.preview(proposal).await?.outcomes,
                false => {
                    let committed = ledger.commit(proposal).await?;
                    self.report.commits += u64::from(committed.created);
                    committed.outcomes
                }
            };
            for outcome in outcomes {
                match outcome.answered_by {
                    Some(_) => self.report.answered.note(None),
                    None => retracted += 1,
                }
            }
        }
        self.report.retracted = Some(retracted);
        Ok(())
    }

    fn stop(&self, stop: Stop) -> Failure {
        match stop {
            Stop::Bad(fault) => self.refuse(&fault),
            Stop::Unreadable(why) => refuse(&self.named(), &why),
        }
    }

    fn refuse(&self, fault: &Fault) -> Failure {
        refuse(&self.named(), &fault.to_string())
    }

    const fn named(&self) -> Named<'_> {
        Named { name: self.job.name, dry_run: self.job.dry_run, stored: self.stored }
    }
}

/// The store as it was before a commit that was made, or as it is: so that names mean in a second run what they meant in
/// the first.
fn before(ledger: &Ledger, done: Option<Seq>) -> Result<View> {
    match done {
        Some(seq) => Ok(ledger.at(AsOf::Seq(Seq(seq.0.saturating_sub(1))))?),
        None => Ok(ledger.view()),
    }
}

/// The item that each change makes a version of.
fn about(changes: &[Change]) -> Vec<Option<ItemKey>> {
    let item = |change: &Change| match change {
        Change::Put(put) => Some(put.item.clone()),
        Change::Snapshot(snapshot) => Some(snapshot.item.clone()),
        _ => None,
    };
    changes.iter().map(item).collect()
}

/// The payloads that a proposal names, each once.
fn wanted<'a>(proposal: &Proposal, brought: &'a [(Place, Payload)]) -> Vec<&'a (Place, Payload)> {
    let mut named = proposal.payloads();
    brought.iter().filter(|(_, payload)| named.remove(&payload.meta.digest)).collect()
}

fn payload_places(proposal: &Proposal, places: &[Place]) -> Vec<(Place, Digest)> {
    let payload = |change: &Change| match change {
        Change::Put(put) => put.payload,
        Change::Correct(correct) => correct.payload,
        _ => None,
    };
    let named = proposal.changes.iter().zip(places);
    named.filter_map(|(change, place)| Some((place.clone(), payload(change)?))).collect()
}
