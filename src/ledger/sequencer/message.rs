//! The messages to the sequencer.

use tokio::sync::oneshot;

use super::prepare::PreparedProposal;
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;
use crate::domain::write::proposal::Proposal;
use crate::ledger::{Committed, LedgerError};

/// The result for a caller.
pub(super) type CommitResult = Result<Committed, LedgerError>;

/// A message to the sequencer.
pub(crate) enum SequencerMessage {
    /// Write a proposal.
    Write(Box<QueuedProposal>),
    /// Return the result that a proposal would have.
    Preview(Box<QueuedProposal>),
    /// Delete unreferenced payloads.
    Sweep(Box<Sweep>),
    /// Accept no more messages; the queued ones are processed.
    Close,
}

/// A queued proposal.
pub(crate) struct QueuedProposal {
    pub proposal: Proposal,
    pub prepared: PreparedProposal,
    pub answer: oneshot::Sender<CommitResult>,
}

/// A request to the sequencer to delete payloads.
pub(crate) struct Sweep {
    pub digests: Vec<Digest>,
    pub before: Timestamp,
    pub answer: oneshot::Sender<Result<Vec<Digest>, LedgerError>>,
}

impl Sweep {
    pub(crate) fn refuse(self, error: LedgerError) {
        let _ = self.answer.send(Err(error));
    }
}
