//! Reads the part of the earlier events of a run that a new one is combined with.
//!
//! The work does not grow with the number of earlier events: the oldest and newest are considered,
//! by their attributes, and the payloads of few are read, at most once for a run.

use bytes::BytesMut;
use futures_util::TryStreamExt as _;
use serde_json::{Map, Value};

use super::error::IntakeError;
use super::event::{Event, EventSubject, LARGEST_EVENT};
use super::read::read;
use super::subject::{Earlier, Shown, item};
use super::time::read_time;
use crate::budget::{Charge, Exhausted, Part};
use crate::domain::id::{Digest, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::version::VersionRecord;
use crate::ledger::{BlobError, Ledger, LedgerError, Weight};
use crate::lineage::At;

/// The number of the oldest events of a run that are considered, and of the newest.
const MAX_CONSIDERED: usize = 32;

/// The versions of a run that are considered.
struct Considered {
    /// The version that identifies the run.
    anchor: VersionId,
    events: Vec<VersionId>,
    is_cut: bool,
    /// True if a version is derived from the run.
    has_outputs: bool,
}

/// Reads the earlier events of the same run; nothing for events of jobs and data sets. What is
/// read is charged.
pub(super) async fn read_earlier(
    event: &Event,
    ledger: &Ledger,
    memory: &Charge,
) -> Result<Earlier, IntakeError> {
    let mut earlier = Earlier::default();
    if !matches!(event.what, EventSubject::Run { .. }) {
        return Ok(earlier);
    }
    let subject = item(&event.what)?;
    let view = ledger.view();
    let Some(considered) = view.read(|at| considered(at, &subject)) else { return Ok(earlier) };
    let mut ids = considered.events;
    ids.push(considered.anchor);
    let mut part = memory.part();
    let records = view.versions(&ids).await?;
    part.grow(records.iter().flatten().map(|record| record.weight() as u64).sum())?;
    let (mut pending, mut streams) = (Vec::new(), Vec::new());
    for record in records.iter().flatten() {
        let said = record.content.attributes.to_map();
        earlier.add(record, &said);
        let names = |name: &str| said.get(name).and_then(Value::as_u64).is_some_and(|count| count > 0);
        pending.extend(record.content.payload.filter(|_| names("outputs")));
        streams.extend(record.content.payload.filter(|_| names("streams")));
    }
    let shown = Shown::by(event, &earlier);
    let is_first = match (event.kind.as_str(), shown) {
        _ if earlier.is_complete => false,
        (_, Shown::Nothing) => false,
        ("COMPLETE", _) => true,
        _ => !considered.has_outputs,
    };
    if is_first {
        let named = if shown == Shown::Streams { streams } else { pending };
        earlier.is_cut = considered.is_cut && shown == Shown::All;
        earlier.read_outputs(named, &subject, ledger, memory).await?;
    }
    Ok(earlier)
}

impl Earlier {
    /// Adds what the record of an event says, which has these attributes.
    fn add(&mut self, record: &VersionRecord, said: &Map<String, Value>) {
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        let time = || text("eventTime").and_then(read_time).map(|(time, _)| time);
        match text("eventType") {
            Some("START") => self.started = self.started.into_iter().chain(time()).min(),
            Some(kind @ ("COMPLETE" | "FAIL" | "ABORT")) => {
                self.ended = self.ended.max(time());
                self.is_complete |= kind == "COMPLETE";
            }
            Some(_) => {}
            None => self.add_anchor(record),
        }
        match text("processingType") {
            Some("STREAMING") => self.is_streaming = Some(true),
            Some("BATCH") => self.is_streaming = self.is_streaming.or(Some(false)),
            _ => {}
        }
        if self.parent_run.is_none() {
            self.parent_run = text("parentRun").map(str::to_owned);
        }
    }

    /// Adds the code of the run from the version that identifies it.
    fn add_anchor(&mut self, record: &VersionRecord) {
        let code = record.activity.as_ref().and_then(|activity| activity.code_reference.clone());
        self.code = self.code.take().or(code);
    }

    /// Reads the outputs of earlier events, as many as one event may have bytes.
    async fn read_outputs(
        &mut self,
        payloads: Vec<Digest>,
        subject: &ItemKey,
        ledger: &Ledger,
        memory: &Charge,
    ) -> Result<(), IntakeError> {
        let mut left = LARGEST_EVENT;
        for payload in payloads {
            let mut part = memory.part();
            match payload_of(payload, ledger, &mut part, left).await {
                Ok(None) => self.is_cut = true,
                Ok(Some(bytes)) => {
                    left -= bytes.len();
                    // A version of this item may have been made by another client: ignore it.
                    match read(&bytes, memory) {
                        Ok(event) => {
                            self.outputs.extend(event.outputs);
                            self.code = self.code.take().or(event.code);
                            self.is_streaming = self.is_streaming.or(event.is_streaming);
                        }
                        Err(IntakeError::Exhausted(exhausted)) => return Err(exhausted.into()),
                        Err(_) => {}
                    }
                }
                // A store that was restored without payloads accepts events as well.
                Err(ReadError::Blob(error @ (BlobError::NotFound { .. } | BlobError::Corrupt { .. }))) => {
                    tracing::warn!(%error, item = %subject, "an earlier event of a run cannot be read");
                }
                Err(ReadError::Blob(error)) => return Err(LedgerError::from(error).into()),
                Err(ReadError::Exhausted(exhausted)) => return Err(exhausted.into()),
            }
        }
        Ok(())
    }
}

/// Returns the versions of a run that are considered, oldest first; `None` if it is new.
fn considered(at: At<'_>, subject: &ItemKey) -> Option<Considered> {
    // The first identifies the item.
    let (anchor, events) = at.history(at.item(&subject.id())?).split_first()?;
    let newest = events.len().saturating_sub(MAX_CONSIDERED).max(MAX_CONSIDERED.min(events.len()));
    let (oldest, newest) = (&events[..MAX_CONSIDERED.min(events.len())], &events[newest..]);
    Some(Considered {
        anchor: at.id(*anchor),
        events: oldest.iter().chain(newest).map(|version| at.id(*version)).collect(),
        is_cut: events.len() > oldest.len() + newest.len(),
        has_outputs: at.flow_from(*anchor).next().is_some(),
    })
}

/// The reason why an earlier event could not be read.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
}

/// Reads the bytes of an earlier event; `None` if they are more than `most`.
async fn payload_of(
    payload: Digest,
    ledger: &Ledger,
    part: &mut Part,
    most: usize,
) -> Result<Option<BytesMut>, ReadError> {
    let mut opened = ledger.blobs().open(payload, None).await?;
    let size = usize::try_from(opened.meta.size).ok().filter(|size| *size <= most);
    let Some(size) = size else { return Ok(None) };
    part.grow(opened.meta.size)?;
    let mut bytes = BytesMut::with_capacity(size);
    while let Some(chunk) = opened.chunks.try_next().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}
