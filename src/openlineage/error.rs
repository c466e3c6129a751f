//! The reasons why an event is not accepted.

use super::event::BadEvent;
use crate::budget::Exhausted;
use crate::ledger::LedgerError;

/// The reason why an event was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// It is not a valid event.
    #[error("this is not an OpenLineage event: {0}")]
    Bad(#[from] BadEvent),
    /// The memory budget is exhausted.
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
    /// The ledger refused it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
