//! Taking events in: the bytes are kept first, earlier events of the same subject are read, and one commit draws the rest.

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use serde_json::Value;
use tokio::sync::Mutex;

use super::changes::{Drawn, changes, kept};
use super::event::{BadEvent, Event, What};
use super::subject::{Subject, item};
use crate::budget::{Charge, Charging, Exhausted};
use crate::domain::canonical::json;
use crate::domain::id::{Digest, VersionId};
use crate::domain::version::VersionRecord;
use crate::domain::write::proposal::Proposal;
use crate::ledger::{BlobError, Committed, Ledger, LedgerError, once};

/// How many earlier events of a run are looked at, the newest; of those, how many are read again: those that name data sets.
const LOOKED_AT: usize = 512;
const READ: usize = 64;

/// Why an event was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// It is no event.
    #[error("this is no OpenLineage event: {0}")]
    Bad(#[from] BadEvent),
    /// There is no memory for it.
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// An event that was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// What the ledger says of it.
    pub committed: Committed,
    /// Whether what it says could be drawn. It is kept in any case.
    pub drawn: bool,
}

/// Takes events in, one at a time: what a run read is the newest version, and two events of one run must agree on it.
pub struct Intake {
    ledger: Ledger,
    turn: Mutex<()>,
}

impl Intake {
    /// An intake into a ledger.
    #[must_use]
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger, turn: Mutex::new(()) }
    }

    /// Takes an event, as it came; its values, and those of earlier events of its run, are charged. Taken again, it
    /// changes nothing.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub async fn take(&self, author: &str, bytes: Bytes, memory: &Charge) -> Result<Taken, IntakeError> {
        let event = read(&bytes, memory)?;
        let payload = Digest::of(&bytes);
        let limit = bytes.len() as u64;
        self.ledger.blobs().put(payload, once(bytes), limit).await.map_err(LedgerError::from)?;
        let _turn = self.turn.lock().await;
        let earlier = self.earlier(&event, memory).await?;
        let subject = Subject::of(&event, &earlier)?;
        let Drawn { mut changes, kept } =
            self.ledger.view().read(|at| changes(at, &subject, &event, payload))?;
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
            Ok(committed) => Ok(Taken { committed, drawn: true }),
            // What it says cannot be, such as a circle. It is kept all the same.
            Err(LedgerError::Invalid(invalid)) => {
                tracing::warn!(%invalid, item = %subject.item, "what an event says cannot be drawn; it is kept");
                changes.truncate(kept);
                Ok(Taken { committed: write(changes).await?, drawn: false })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Earlier events of the same run. Jobs and data sets are not made of several.
    async fn earlier(&self, event: &Event, memory: &Charge) -> Result<Vec<Event>, IntakeError> {
        if !matches!(event.what, What::Run { .. }) {
            return Ok(Vec::new());
        }
        let subject = item(&event.what)?;
        let view = self.ledger.view();
        let mut ids: Vec<VersionId> = view.read(|at| kept(at, &subject));
        let is_long = ids.len() > LOOKED_AT;
        ids.truncate(LOOKED_AT);
        let records = view.versions(&ids).await?;
        let tells = |record: &VersionRecord| {
            let said = record.content.attributes.to_map();
            let some = |name: &str| said.get(name).and_then(Value::as_u64).is_some_and(|count| count > 0);
            // Those that begin or end it say when.
            let marks = said
                .get("eventType")
                .and_then(Value::as_str)
                .is_some_and(|kind| !matches!(kind, "RUNNING" | "OTHER"));
            some("inputs") || some("outputs") || marks
        };
        let payloads = records
            .iter()
            .flatten()
            .filter(|record| tells(record))
            .filter_map(|record| record.content.payload);
        let payloads: Vec<Digest> = payloads.collect();
        if event.kind == "COMPLETE" && (is_long || payloads.len() > READ) {
            tracing::warn!(item = %subject, "a run has more events than are read again; what only older ones said it would write is not drawn");
        }
        let mut events = Vec::new();
        for payload in payloads.into_iter().take(READ) {
            match self.read(payload).await {
                // What somebody else put there under this name is nothing to us.
                Ok(bytes) => match read(&bytes, memory) {
                    Ok(event) => events.push(event),
                    Err(IntakeError::Exhausted(exhausted)) => return Err(exhausted.into()),
                    Err(_) => {}
                },
                // A store that was restored without payloads takes events all the same.
                Err(error @ (BlobError::NotFound { .. } | BlobError::Corrupt { .. })) => {
                    tracing::warn!(%error, item = %subject, "an earlier event of a run cannot be read");
                }
                Err(error) => return Err(LedgerError::from(error).into()),
            }
        }
        Ok(events)
    }

    async fn read(&self, payload: Digest) -> Result<Vec<u8>, BlobError> {
        let opened = self.ledger.blobs().open(payload, None).await?;
        let bytes: Vec<Bytes> = opened.chunks.try_collect().await?;
        Ok(bytes.concat())
    }
}

/// Reads an event. Its values are charged while they are read, and of those as much as the event keeps: no more than its
/// text.
fn read(bytes: &[u8], memory: &Charge) -> Result<Event, IntakeError> {
    let reading = memory.sibling();
    let mut meter = Charging::new(&reading, 1);
    let value = json::parse_lenient(bytes, &mut meter).map_err(|error| match meter.met {
        Some(exhausted) => IntakeError::Exhausted(exhausted),
        None => BadEvent(error.to_string()).into(),
    })?;
    let event = Event::read(&value)?;
    memory.grow(event.length() as u64)?;
    Ok(event)
}
