//! Batches that an earlier run committed: resolves the names of their records again, and counts
//! their statements that this run would make otherwise.

use std::collections::HashSet;

use super::ImportRun;
use crate::domain::id::{Digest, Seq};
use crate::domain::invalid::Invalid;
use crate::domain::log::facts::Outcome;
use crate::domain::statement::StatementId;
use crate::domain::write::proposal::Proposal;
use crate::import::error::Result;
use crate::import::pipeline::refuse::not_committed;
use crate::import::record::Record;
use crate::import::record::fault::RecordPlace;
use crate::import::reimport::ReimportOptions;
use crate::ledger::{AsOf, Ledger, LedgerError};

/// A batch that an earlier run committed.
pub(super) struct CommittedBatch {
    /// The digest of the file through its last record.
    pub end: [u8; 32],
    /// Its author.
    pub author: String,
    /// Its idempotency key, hashed with its author.
    pub key: [u8; 32],
    /// The hash of its request.
    pub request: [u8; 32],
    /// Its commit.
    pub seq: Seq,
}

impl ImportRun<'_> {
    /// Takes a committed batch as imported: resolves its names, and counts what this run would say
    /// otherwise.
    pub(super) async fn repeat(
        &mut self,
        ledger: &Ledger,
        batch: &CommittedBatch,
        records: &[(RecordPlace, Record)],
    ) -> Result<()> {
        let has_names = records.iter().any(|(_, record)| record.name().is_some());
        let has_statements = records.iter().any(|(_, record)| matches!(record, Record::Statement(_)));
        if !has_names && !has_statements && self.job.reimport.corrections.is_none() {
            return Ok(());
        }
        let outcomes = ledger.first_answer(&batch.key).await?.unwrap_or_default();
        if has_names {
            self.name_again(ledger, batch, &outcomes, records).await?;
        }
        self.note_answered(ledger, &outcomes, records);
        Ok(())
    }

    /// Resolves the names of a batch. Its records are translated as of before its commit, so that
    /// they resolve as in the first run.
    ///
    /// That run may have had another reason for corrections, or none. The first answer is valid in
    /// any case, because a reason changes no version.
    async fn name_again(
        &mut self,
        ledger: &Ledger,
        batch: &CommittedBatch,
        outcomes: &[Outcome],
        records: &[(RecordPlace, Record)],
    ) -> Result<()> {
        let before = ledger.at(AsOf::Seq(Seq(batch.seq.0.saturating_sub(1))))?;
        let own = self.job.reimport.clone();
        let corrections = own.corrections.is_none().then(String::new);
        let other = ReimportOptions { corrections, ..own.clone() };
        for reimport in [own, other] {
            let mut translated = self.translate_with(&reimport, Some(before.clone()), records).await?;
            let changes = std::mem::take(&mut translated.changes);
            let has_other_reason = !translated.corrections.is_empty() && changes.len() == outcomes.len();
            let proposal = Proposal { author: batch.author.clone(), ..self.proposal(&batch.end, changes) };
            let request = proposal.request().map(|(_, request)| request);
            if request == Some(batch.request) || has_other_reason {
                self.name(ledger, &translated, outcomes);
                return Ok(());
            }
        }
        let reused = LedgerError::Invalid(Invalid::KeyReused);
        Err(not_committed(&self.named(), reused, &[], &[]))
    }

    /// Counts the statements of a batch that were answered since, and its corrections with another
    /// reason. The first answer of the batch does not contain them.
    fn note_answered(&mut self, ledger: &Ledger, outcomes: &[Outcome], records: &[(RecordPlace, Record)]) {
        let statements = records.iter().filter_map(|(place, record)| match record {
            Record::Statement(statement) => Some((place, statement)),
            _ => None,
        });
        let (places, mut reasons): (Vec<&RecordPlace>, HashSet<&str>) =
            statements.map(|(place, statement)| (place, statement.reason.as_str())).unzip();
        let corrections = self.job.reimport.corrections.as_deref();
        if places.is_empty() && corrections.is_none() {
            return;
        }
        let made: Vec<StatementId> = outcomes
            .iter()
            .filter_map(|outcome| outcome.statement)
            .map(|(seq, place)| StatementId { seq, place })
            .collect();
        // A record of a label may have made a statement as well, as a correction.
        let is_placed = made.len() == places.len();
        reasons.extend(corrections);
        let known: HashSet<Digest> = reasons.iter().map(|reason| Digest::of(reason.as_bytes())).collect();
        ledger.view().read(|at| {
            for (number, id) in made.iter().enumerate() {
                if at.answer_to(*id).is_some() {
                    self.report.answered.note(places.get(number).copied().filter(|_| is_placed));
                }
                let has_other_reason = at
                    .statement(*id)
                    .is_some_and(|said| !known.contains(&Digest::from_bytes(said.fact.reason)));
                if corrections.is_some() && has_other_reason {
                    self.report.other_reason += 1;
                }
            }
        });
    }
}
