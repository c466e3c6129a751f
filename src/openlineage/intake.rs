//! Intake of events: stores the bytes, reads earlier events of the same subject, and makes one
//! commit.

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use serde_json::Value;
use tokio::sync::Mutex;

use super::changes::{self, Drawn, changes, kept};
use super::event::{BadEvent, Event, EventSubject};
use super::subject::{Subject, item};
use crate::budget::{Charge, Charging, Exhausted, Part};
use crate::domain::canonical::json;
use crate::domain::id::{Digest, VersionId};
use crate::domain::version::VersionRecord;
use crate::domain::write::proposal::Proposal;
use crate::ledger::{BlobError, Committed, Ledger, LedgerError, Weight, once};

/// The most earlier events of a run that are considered, newest first.
const MAX_CONSIDERED: usize = 512;
/// The most of those whose payload is read: those that name data sets.
const MAX_READ: usize = 64;
/// The number of records that are read together.
const RECORDS_AT_ONCE: usize = 64;
/// The largest event in bytes. A larger payload of another client is not read.
pub const LARGEST_EVENT: usize = 16 * 1024 * 1024;

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

/// An event that was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The result of the commit.
    pub committed: Committed,
    /// True if its lineage was added. The event is stored in any case.
    pub drawn: bool,
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
        let earlier = self.earlier(&event, memory).await?;
        // The subject has copies of the data sets of all events.
        let copies = earlier.iter().chain([&event]).map(Event::length).sum::<usize>();
        memory.grow(copies as u64)?;
        let subject = Subject::of(&event, &earlier)?;
        memory.grow(changes::weight(&subject) as u64)?;
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
            // Its lineage is invalid, such as a cycle. The event is stored without it.
            Err(LedgerError::Invalid(invalid)) => {
                tracing::warn!(%invalid, item = %subject.item, "the lineage of an event is invalid; the event is stored without it");
                changes.truncate(kept);
                Ok(Taken { committed: write(changes).await?, drawn: false })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reads earlier events of the same run. Events of jobs and data sets are not combined.
    async fn earlier(&self, event: &Event, memory: &Charge) -> Result<Vec<Event>, IntakeError> {
        if !matches!(event.what, EventSubject::Run { .. }) {
            return Ok(Vec::new());
        }
        let subject = item(&event.what)?;
        let view = self.ledger.view();
        let mut ids: Vec<VersionId> = view.read(|at| kept(at, &subject, MAX_CONSIDERED + 1));
        let is_long = ids.len() > MAX_CONSIDERED;
        ids.truncate(MAX_CONSIDERED);
        let tells = |record: &VersionRecord| {
            let said = record.content.attributes.to_map();
            let some = |name: &str| said.get(name).and_then(Value::as_u64).is_some_and(|count| count > 0);
            // Events that start or end the run have its times.
            let is_boundary = said
                .get("eventType")
                .and_then(Value::as_str)
                .is_some_and(|kind| !matches!(kind, "RUNNING" | "OTHER"));
            some("inputs") || some("outputs") || is_boundary
        };
        let mut payloads: Vec<Digest> = Vec::new();
        for ids in ids.chunks(RECORDS_AT_ONCE) {
            let records = view.versions(ids).await?;
            let mut part = memory.part();
            part.grow(records.iter().flatten().map(|record| record.weight() as u64).sum())?;
            let told = records.iter().flatten().filter(|record| tells(record));
            payloads.extend(told.filter_map(|record| record.content.payload));
        }
        if event.kind == "COMPLETE" && (is_long || payloads.len() > MAX_READ) {
            tracing::warn!(item = %subject, "a run has more events than are read again; outputs that only older events name are not added");
        }
        let mut events = Vec::new();
        for payload in payloads.into_iter().take(MAX_READ) {
            let mut part = memory.part();
            match self.read(payload, &mut part).await {
                // A version of this item may have been made by another client: ignore it.
                Ok(bytes) => match read(&bytes, memory) {
                    Ok(event) => events.push(event),
                    Err(IntakeError::Exhausted(exhausted)) => return Err(exhausted.into()),
                    Err(_) => {}
                },
                // A store that was restored without payloads accepts events as well.
                Err(ReadError::Blob(error @ (BlobError::NotFound { .. } | BlobError::Corrupt { .. }))) => {
                    tracing::warn!(%error, item = %subject, "an earlier event of a run cannot be read");
                }
                Err(ReadError::Blob(error)) => return Err(LedgerError::from(error).into()),
                Err(ReadError::Exhausted(exhausted)) => return Err(exhausted.into()),
            }
        }
        Ok(events)
    }

    /// Reads the bytes of an earlier event; none if they are too many for one.
    async fn read(&self, payload: Digest, part: &mut Part) -> Result<Vec<u8>, ReadError> {
        let mut opened = self.ledger.blobs().open(payload, None).await?;
        let size = usize::try_from(opened.meta.size).ok().filter(|size| *size <= LARGEST_EVENT);
        let Some(size) = size else { return Ok(Vec::new()) };
        part.grow(opened.meta.size)?;
        let mut bytes = Vec::with_capacity(size);
        while let Some(chunk) = opened.chunks.try_next().await? {
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

/// The reason why an earlier event could not be read.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
}

/// Reads an event. Charges its values while they are parsed, and afterwards the part that is kept,
/// which is at most as large as its text.
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
