//! Commits: the records of one batch, compared with the store, translated and written.

use std::sync::PoisonError;

use futures_util::future::OptionFuture;

use super::{ATTEMPTS, ImportRun, about, payload_places, wanted};
use crate::domain::id::Digest;
use crate::domain::invalid::{Invalid, MAX_CHANGES};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::log::facts::Outcome;
use crate::domain::write::proposal::Proposal;
use crate::import::error::{ImportError, Result};
use crate::import::pipeline::lookup::MadeVersion;
use crate::import::pipeline::refuse::{not_committed, not_stored};
use crate::import::pipeline::translate::Translated;
use crate::import::record::Record;
use crate::import::record::fault::RecordPlace;
use crate::import::record::payload::{self, ImportPayload};
use crate::import::record::reader::ReadRecord;
use crate::ledger::{Ledger, LedgerError};
use crate::lineage::At;

impl ImportRun<'_> {
    /// Commits a batch. A commit that an earlier run made is recognised by the digest of its last
    /// record.
    pub(super) async fn commit(&mut self, batch: Vec<ReadRecord>) -> Result<()> {
        self.report.records += batch.len() as u64;
        let end = batch.last().map_or([0; 32], |read| read.digest);
        let mut payloads = Vec::new();
        let mut records = Vec::with_capacity(batch.len());
        for ReadRecord { place, record, payload, .. } in batch {
            payloads.extend(payload.map(|payload| (place.clone(), payload)));
            records.push((place, record));
        }
        self.note_seen(&records)?;
        for records in self.parts(&records) {
            let mut attempts = ATTEMPTS;
            loop {
                attempts -= 1;
                match self.try_commit(end, records, &mut payloads).await {
                    // Another client has changed an item since it was compared.
                    Err(ImportError::Conflict { is_read: false, .. }) if attempts > 0 => {}
                    done => break done?,
                }
            }
        }
        Ok(())
    }

    /// Divides a batch of an export into as many commits as its changes may need: a correction makes a
    /// statement about each equal version of its label.
    fn parts<'r>(&self, records: &'r [(RecordPlace, Record)]) -> Vec<&'r [(RecordPlace, Record)]> {
        let reimport = &self.job.reimport;
        let ledger = self.ledger.filter(|_| reimport.export && reimport.corrections.is_some());
        let Some(ledger) = ledger else { return vec![records] };
        let most = |at: At<'_>, record: &Record| {
            let label = record.item().filter(|item| item.kind == Kind::Label);
            let label = label.and_then(|label| at.item(&label.id()));
            1 + label.map_or(1, |label| at.history(label).len().max(1))
        };
        let most: Vec<usize> =
            ledger.view().read(|at| records.iter().map(|(_, record)| most(at, record)).collect());
        let (mut parts, mut start, mut changes) = (Vec::new(), 0, 0);
        for (place, most) in most.into_iter().enumerate() {
            if changes + most > MAX_CHANGES && place > start {
                parts.push(&records[start..place]);
                (start, changes) = (place, 0);
            }
            changes += most;
        }
        parts.push(&records[start..]);
        parts
    }

    /// Compares records with the store and commits them. Takes the payloads that it has stored.
    pub(super) async fn try_commit(
        &mut self,
        end: [u8; 32],
        records: &[(RecordPlace, Record)],
        payloads: &mut Vec<(RecordPlace, ImportPayload)>,
    ) -> Result<()> {
        let committed = self.ledger.and_then(|ledger| Some((ledger, self.answered(ledger, &end)?)));
        if let Some((ledger, committed)) = committed {
            self.repeat(ledger, &committed, records).await?;
        } else {
            let Some(ledger) = self.ledger.filter(|_| !self.job.dry_run) else {
                return self.check(end, records, payloads).await;
            };
            let turn = self.job.export.is_some().then(|| self.job.turn.lock());
            let _turn = OptionFuture::from(turn).await;
            let mut translated = self.translate(Some(ledger.view()), records).await?;
            if let Some(item) = translated.contested.take() {
                let message = format!("{}: another client has changed {item} meanwhile", self.job.name);
                return Err(ImportError::Conflict { message, is_read: true });
            }
            let proposal = self.proposal(&end, std::mem::take(&mut translated.changes));
            self.store(ledger, &proposal, payloads).await?;
            self.write(ledger, proposal, &translated).await?;
        }
        self.stored = true;
        Ok(())
    }

    /// Stores the payloads that a proposal names.
    async fn store(
        &mut self,
        ledger: &Ledger,
        proposal: &Proposal,
        payloads: &mut Vec<(RecordPlace, ImportPayload)>,
    ) -> Result<()> {
        self.count_uploads_once(payloads);
        let wanted = wanted(proposal, payloads);
        let stored = payload::store(ledger.blobs().as_ref(), wanted.iter().map(|(_, payload)| payload)).await;
        let stored = stored.map_err(|(place, error)| not_stored(&self.named(), &wanted[place].0, error))?;
        self.report.payloads.add(stored);
        let uploads = wanted.iter().map(|(_, payload)| payload).filter(|payload| payload.is_new_upload());
        let uploads: Vec<Digest> = uploads.map(|payload| payload.meta.digest).collect();
        self.job.counted.lock().unwrap_or_else(PoisonError::into_inner).extend(uploads);
        let named = proposal.payloads();
        payloads.retain(|(_, payload)| !named.contains(&payload.meta.digest));
        Ok(())
    }

    /// Marks uploads that a commit before has counted as stored, as they are in an import of files.
    fn count_uploads_once(&self, payloads: &mut [(RecordPlace, ImportPayload)]) {
        let counted = self.job.counted.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, payload) in payloads.iter_mut().filter(|(_, payload)| payload.is_new_upload()) {
            if counted.contains(&payload.meta.digest) {
                *payload = payload.stored_before();
            }
        }
    }

    async fn write(&mut self, ledger: &Ledger, proposal: Proposal, translated: &Translated) -> Result<()> {
        if proposal.changes.is_empty() && self.job.reimport.export {
            self.note(&[], &[], translated);
            return Ok(());
        }
        let (payloads, changes) = (payload_places(&proposal, &translated.places), about(&proposal.changes));
        // Also without changes: a batch is recognised by its commit.
        let committed = ledger.commit(proposal).await.map_err(|error| match &error {
            LedgerError::Invalid(invalid)
                if self.job.reimport.export && matches!(invalid.cause(), Invalid::Conflict(_)) =>
            {
                let message =
                    format!("{}: another client has changed the same items: {invalid}", self.job.name);
                ImportError::Conflict { message, is_read: false }
            }
            _ => not_committed(&self.named(), error, &translated.places, &payloads),
        })?;
        if committed.created {
            self.own.insert(committed.seq);
        }
        if !committed.replayed {
            if committed.created {
                self.report.commits.note(committed.seq);
            }
            self.note(&changes, &committed.outcomes, translated);
        }
        self.note_set(ledger, &changes, &committed.outcomes);
        self.name(ledger, translated, &committed.outcomes);
        Ok(())
    }

    /// Notes the version of the training set that an export pins.
    fn note_set(&mut self, ledger: &Ledger, changes: &[Option<ItemKey>], outcomes: &[Outcome]) {
        let is_set = |item: &&ItemKey| self.job.export.is_some() && item.kind == Kind::TrainingSet;
        for (item, outcome) in changes.iter().zip(outcomes) {
            if let (Some(item), Some(version)) = (item.as_ref().filter(is_set), outcome.version) {
                let number = ledger.view().read(|at| at.number(version));
                self.report.set = Some(format!("{item}#{number}"));
            }
        }
    }

    /// Notes the versions of named records.
    pub(super) fn name(&mut self, ledger: &Ledger, translated: &Translated, outcomes: &[Outcome]) {
        let view = ledger.view();
        for (name, made) in &translated.names {
            let id = match made {
                MadeVersion::Found(id) => Some(*id),
                MadeVersion::By(change) => outcomes
                    .get(*change)
                    .and_then(|outcome| outcome.version)
                    .map(|version| view.read(|at| at.id(version))),
            };
            self.names.extend(id.map(|id| (name.clone(), id)));
        }
    }
}
