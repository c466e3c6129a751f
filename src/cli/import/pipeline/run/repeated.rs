//! Batches that an earlier run committed: counts their statements that were answered since.

use super::ImportRun;
use crate::cli::import::record::Record;
use crate::cli::import::record::fault::RecordPlace;
use crate::cli::shared::failure::Result;
use crate::domain::statement::StatementId;
use crate::ledger::Ledger;

impl ImportRun<'_> {
    /// Counts the statements of a batch that were answered since. The batch is answered with its
    /// first result by its key, which does not contain them.
    pub(super) async fn note_answered(
        &mut self,
        ledger: &Ledger,
        end: &[u8; 32],
        records: &[(RecordPlace, Record)],
    ) -> Result<()> {
        let statements = records.iter().filter(|(_, record)| matches!(record, Record::Statement(_)));
        let places: Vec<&RecordPlace> = statements.map(|(place, _)| place).collect();
        if places.is_empty() && self.job.reimport.corrections.is_none() {
            return Ok(());
        }
        let Some((key, _)) = self.proposal(end, Vec::new()).request() else { return Ok(()) };
        let outcomes = ledger.first_answer(&key).await?.unwrap_or_default();
        let made: Vec<StatementId> = outcomes
            .iter()
            .filter_map(|outcome| outcome.statement)
            .map(|(seq, place)| StatementId { seq, place })
            .collect();
        // A record of a label may have made a statement as well, as a correction.
        let is_placed = made.len() == places.len();
        ledger.view().read(|at| {
            for (number, _) in made.iter().enumerate().filter(|(_, id)| at.answer_to(**id).is_some()) {
                self.report.answered.note(places.get(number).copied().filter(|_| is_placed));
            }
        });
        Ok(())
    }
}
