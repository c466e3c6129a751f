//! A dry run: checks the records of one batch, and counts what they would change.

use std::collections::HashSet;
use std::sync::Arc;

use super::{ImportRun, about, payload_places, wanted};
use crate::domain::id::ItemId;
use crate::domain::item::ItemKey;
use crate::domain::log::facts::Outcome;
use crate::domain::write::proposal::Proposal;
use crate::import::error::Result;
use crate::import::pipeline::lookup::{MadeVersion, UNSTORED};
use crate::import::pipeline::refuse::not_committed;
use crate::import::pipeline::translate::Translated;
use crate::import::record::Record;
use crate::import::record::fault::RecordPlace;
use crate::import::record::payload::{ImportPayload, StoredPayloads};
use crate::ledger::Ledger;

impl ImportRun<'_> {
    /// Checks a batch and writes nothing. The ledger decides what a batch would change, if this does
    /// not depend on what the dry run would have made before: records of files may depend on any
    /// change, and those of an export on the versions that they name. After that, records of files are
    /// only counted; a version of an export is one that differs from the newest one, and a set of
    /// members of which one is new is new.
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
        let depends = match self.job.reimport.export {
            true => translated.names_unstored || changes.iter().flatten().any(|item| self.is_unstored(item)),
            false => self.would_change,
        };
        let is_checked = !depends && absent == 0 && !changes.is_empty();
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
        self.name_checked(&translated, &outcomes);
        self.would_change |= outcomes.iter().any(|outcome| outcome.created);
        let made = changes.iter().zip(&outcomes).filter(|(_, outcome)| outcome.created);
        let made: HashSet<ItemId> = made.filter_map(|(item, _)| Some(item.as_ref()?.id())).collect();
        // Later inputs of the command may have the same items.
        let is_compared = self.job.export.as_ref().is_some_and(|export| export.is_part);
        if !made.is_empty() {
            let unstored = Arc::make_mut(&mut self.unstored);
            for (_, record) in records {
                if let Some(item) = record.item().map(ItemKey::id).filter(|item| made.contains(item)) {
                    unstored.add(item, record.unstored(is_compared));
                }
            }
        }
        Ok(())
    }

    /// Notes the versions of named records: those that are stored, and a placeholder for the others.
    fn name_checked(&mut self, translated: &Translated, outcomes: &[Outcome]) {
        for (name, made) in &translated.names {
            let id = match made {
                MadeVersion::Found(id) => Some(*id),
                MadeVersion::By(change) => outcomes
                    .get(*change)
                    .filter(|outcome| !outcome.created)
                    .and_then(|outcome| outcome.version)
                    .zip(self.ledger)
                    .map(|(version, ledger)| ledger.view().read(|at| at.id(version))),
            };
            self.names.insert(name.clone(), id.unwrap_or(UNSTORED));
        }
    }

    fn is_unstored(&self, item: &ItemKey) -> bool {
        self.unstored.contains(&item.id())
    }

    /// Counts payloads that would be stored, each once. Returns the number of those that are not stored.
    async fn count_absent(&mut self, payloads: &[&(RecordPlace, ImportPayload)]) -> Result<u64> {
        let (mut counted, mut absent) = (StoredPayloads::default(), 0);
        for (_, payload) in payloads {
            let is_stored = match self.ledger {
                Some(ledger) => ledger.blobs().stat(payload.meta.digest).await?.is_some(),
                None => false,
            };
            absent += u64::from(!is_stored);
            let is_there = is_stored || !Arc::make_mut(&mut self.unstored).add_payload(payload.meta.digest);
            counted.add(match is_there {
                true => StoredPayloads { found: 1, ..StoredPayloads::default() },
                false => StoredPayloads { made: 1, bytes: payload.meta.size, found: 0 },
            });
        }
        self.report.payloads.add(counted);
        Ok(absent)
    }
}
