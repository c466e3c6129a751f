//! Intake of events: stores the bytes and makes one commit.

use bytes::Bytes;
use tokio::sync::Mutex;

use super::changes::{Drawn, changes};
use super::describe::weight;
use super::earlier::read_earlier;
use super::error::IntakeError;
use super::event::Event;
use super::notes::Notes;
use super::read::read;
use super::subject::{Earlier, Subject};
use crate::budget::Charge;
use crate::domain::id::Digest;
use crate::domain::write::proposal::Proposal;
use crate::ledger::{Committed, Ledger, LedgerError, once};

/// An event that was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The result of the commit.
    pub committed: Committed,
    /// True if its lineage was added. The event is stored in any case.
    pub drawn: bool,
    /// The parts that are irregular or not added to the lineage.
    pub notes: Notes,
}

/// Accepts events one at a time: the input of a run is the newest version, and all events of the
/// run must agree on it.
pub struct Intake {
    ledger: Ledger,
    turn: Mutex<()>,
}

impl Intake {
    /// Creates an intake into a ledger.
    #[must_use]
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger, turn: Mutex::new(()) }
    }

    /// Accepts an event. Charges its values, those of earlier events of its run, and the changes
    /// that it makes. A repeated event changes nothing.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub async fn take(&self, author: &str, bytes: Bytes, memory: &Charge) -> Result<Taken, IntakeError> {
        let event = read(&bytes, memory)?;
        let payload = Digest::of(&bytes);
        let limit = bytes.len() as u64;
        self.ledger.blobs().put(payload, once(bytes), limit).await.map_err(LedgerError::from)?;
        let _turn = self.turn.lock().await;
        let earlier = read_earlier(&event, &self.ledger, memory).await?;
        // The subject has copies of the data sets of all events.
        memory.grow((event.length() + earlier.length()) as u64)?;
        let subject = Subject::of(&event, &earlier)?;
        memory.grow(weight(&subject) as u64)?;
        let Drawn { mut changes, kept, messages } =
            self.ledger.view().read(|at| changes(at, &subject, &event, payload))?;
        let notes = notes(&event, &subject, &earlier, messages);
        let write = async |changes| {
            let proposal = Proposal {
                author: author.to_owned(),
                message: None,
                idempotency_key: None,
                repeat_statements: false,
                changes,
            };
            self.ledger.commit(proposal).await
        };
        match write(changes.clone()).await {
            Ok(committed) => Ok(Taken { committed, drawn: true, notes }),
            // Its lineage is invalid, such as a cycle. The event is stored without it.
            Err(LedgerError::Invalid(invalid)) => {
                tracing::warn!(%invalid, item = %subject.item, "the lineage of an event is invalid; the event is stored without it");
                changes.truncate(kept);
                Ok(Taken { committed: write(changes).await?, drawn: false, notes })
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Returns what the client is notified of, and logs it.
fn notes(event: &Event, subject: &Subject, earlier: &Earlier, messages: Vec<String>) -> Notes {
    let mut notes = event.notes.clone();
    for message in messages {
        notes.describe(message);
    }
    if subject.left_out > 0 {
        let why = format!(
            "the run has {} outputs more than one event can add; they are left out",
            subject.left_out
        );
        notes.leave_out(subject.left_out, why);
    }
    if earlier.is_cut {
        notes.describe(
            "the run has more events than are read again; outputs that only others name are not added"
                .to_owned(),
        );
    }
    let said = notes.messages();
    if !said.is_empty() {
        tracing::info!(item = %subject.item, notes = said.join("; "), "parts of an event are irregular");
    }
    notes
}
