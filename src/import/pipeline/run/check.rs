//! A dry run: checks the records of one batch, and counts what they would change.

use super::{ImportRun, about, payload_places, wanted};
use crate::domain::log::facts::Outcome;
use crate::domain::write::proposal::Proposal;
use crate::import::error::Result;
use crate::import::pipeline::lookup::UNSTORED;
use crate::import::pipeline::refuse::not_committed;
use crate::import::record::Record;
use crate::import::record::fault::RecordPlace;
use crate::import::record::payload::{ImportPayload, StoredPayloads};
use crate::ledger::Ledger;

impl ImportRun<'_> {
    /// Checks a batch and writes nothing. The ledger checks all batches through the first one that
    /// would change something; after it, the changes of record files are only counted.
    pub(super) async fn check(
        &mut self,
        end: [u8; 32],
        records: &[(RecordPlace, Record)],
        payloads: &[(RecordPlace, ImportPayload)],
    ) -> Result<()> {
        let translated = self.translate(self.ledger.map(Ledger::view), records).await?;
        // Without its key: a repeated commit would be answered from its key and not checked.
        let proposal = Proposal { idempotency_key: None, ..self.proposal(&end, translated.changes.clone()) };
        let changes = about(&proposal.changes);
        let mut outcomes = vec![Outcome { created: true, ..Outcome::default() }; changes.len()];
        let absent = self.count_absent(&wanted(&proposal, payloads)).await?;
        let is_checked = self.unstored.is_empty() && absent == 0 && !changes.is_empty();
        if let Some(ledger) = self.ledger.filter(|_| is_checked) {
            let places = payload_places(&proposal, &translated.places);
            let previewed = ledger.preview(proposal).await;
            outcomes = previewed
                .map_err(|error| not_committed(&self.named(), error, &translated.places, &places))?
                .outcomes;
        } else if !self.job.reimport.export && !changes.is_empty() {
            self.report.created_is_most = true;
        }
        self.note(&changes, &outcomes, &translated);
        for (name, _) in &translated.names {
            self.names.insert(name.clone(), UNSTORED);
        }
        self.unstored.extend(changes.into_iter().flatten().map(|key| key.id()));
        Ok(())
    }

    /// Counts payloads that would be stored, and returns their number.
    async fn count_absent(&mut self, payloads: &[&(RecordPlace, ImportPayload)]) -> Result<u64> {
        let mut absent = StoredPayloads::default();
        for (_, payload) in payloads {
            let is_there = match self.ledger {
                Some(ledger) => ledger.blobs().stat(payload.meta.digest).await?.is_some(),
                None => false,
            };
            absent.add(match is_there {
                true => StoredPayloads { found: 1, ..StoredPayloads::default() },
                false => StoredPayloads { made: 1, bytes: payload.meta.size, found: 0 },
            });
        }
        self.report.payloads.add(absent);
        Ok(absent.made)
    }
}
