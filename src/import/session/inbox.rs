//! The messages of a client, as the samples and records of an input.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::IDLE;
use super::message::Message;
use super::state::SharedState;
use crate::annotations::held::HeldFields;
use crate::annotations::model::{ClassList, Label};
use crate::domain::id::{Digest, unhex};
use crate::import::record::Record;
use crate::import::record::fault::{Reason, RecordPlace};
use crate::import::record::reader::{ReadRecord, ReadStop, RecordSource, Skipped};
use crate::import::samples::listed::ListedImages;
use crate::import::samples::source::{FoundSample, SampleSource};

/// The number of images of a command that are compared at once.
const MOST_IMAGES: usize = 5_000_000;
/// The number of messages that may arrive before the images that were asked for.
const MOST_BEFORE: usize = 10_000;

/// A batch of messages.
pub(super) struct ReceivedBatch {
    pub messages: Vec<Message>,
    /// The memory of the batch, released when it is dropped.
    pub held: Box<dyn Send>,
}

/// The messages that a client has sent. Waits for them, so it is used by threads that may wait.
#[derive(Clone)]
pub(super) struct Inbox(Arc<Mutex<InboxState>>);

struct InboxState {
    receiver: mpsc::Receiver<ReceivedBatch>,
    runtime: Handle,
    state: Arc<SharedState>,
    waiting: VecDeque<Message>,
    /// The memory of the batches whose messages are in use.
    held: Vec<Box<dyn Send>>,
    /// True while messages of several batches are put together.
    keeps: bool,
}

impl Inbox {
    pub(super) fn new(
        receiver: mpsc::Receiver<ReceivedBatch>,
        runtime: Handle,
        state: Arc<SharedState>,
    ) -> Self {
        let (waiting, held) = (VecDeque::new(), Vec::new());
        Self(Arc::new(Mutex::new(InboxState { receiver, runtime, state, waiting, held, keeps: false })))
    }

    /// Returns the next message; `None` if the client has ended the import.
    ///
    /// # Errors
    /// Nothing has arrived for a long time.
    pub(super) fn next(&self) -> Result<Option<Message>, ReadStop> {
        self.state().next()
    }

    fn state(&self) -> MutexGuard<'_, InboxState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InboxState {
    fn next(&mut self) -> Result<Option<Message>, ReadStop> {
        while self.waiting.is_empty() {
            if !self.keeps {
                self.held.clear();
            }
            let requests = self.state.requests();
            let received = self.runtime.block_on(async { timeout(IDLE, self.receiver.recv()).await });
            match received {
                Ok(Some(batch)) => {
                    self.waiting = batch.messages.into();
                    self.held.push(batch.held);
                }
                Ok(None) => return Ok(None),
                // It reads or uploads, and says that it is there.
                Err(_) if self.state.requests() != requests => {}
                Err(_) => {
                    let why = format!("nothing was heard of the client for {} seconds", IDLE.as_secs());
                    return Err(ReadStop::Unreadable(why));
                }
            }
        }
        Ok(self.waiting.pop_front())
    }

    /// Asks the client for the images of all inputs, and waits for them. What has arrived before them is
    /// kept.
    fn images(&mut self) -> Result<ListedImages, ReadStop> {
        self.state.change(|state| state.images_wanted += 1);
        let (mut listed, mut before) = (ListedImages::default(), VecDeque::new());
        loop {
            match self.next()?.ok_or_else(ended)? {
                Message::Images { images, splits, more } => {
                    let at = |reason: Reason| reason.at(RecordPlace::Element("images".to_owned()));
                    for image in images {
                        listed.images.push(image.listed().map_err(at)?);
                    }
                    listed.splits.extend(splits);
                    if !more {
                        break;
                    }
                }
                other => before.push_back(other),
            }
            if listed.images.len() > MOST_IMAGES {
                let why = format!(
                    "expected at most {MOST_IMAGES} images whose names are compared, found more; import the parts of the set one after the other"
                );
                return Err(ReadStop::Unreadable(why));
            }
            if before.len() > MOST_BEFORE {
                return Err(ReadStop::Unreadable("expected the message images, found none".to_owned()));
            }
        }
        before.append(&mut self.waiting);
        self.waiting = before;
        Ok(listed)
    }
}

/// The samples of an input.
pub(super) struct ReceivedSamples {
    inbox: Inbox,
    about: Map<String, Value>,
    holds: HeldFields,
    /// A message that was read and is not of the ids.
    next: Option<Message>,
    skipped: Skipped,
    has_ended: bool,
    count: u64,
}

impl ReceivedSamples {
    pub(super) fn new(inbox: Inbox) -> Self {
        Self {
            inbox,
            about: Map::new(),
            holds: HeldFields::All,
            next: None,
            skipped: Skipped::default(),
            has_ended: false,
            count: 0,
        }
    }

    /// Adds the labels that follow a sample.
    fn more_labels(&self, labels: &mut Vec<Label>) -> Result<(), ReadStop> {
        loop {
            match required(&self.inbox)? {
                Message::Labels { labels: others, more } => {
                    labels.extend(others);
                    if !more {
                        return Ok(());
                    }
                }
                other => return Err(unexpected("labels", &other)),
            }
        }
    }
}

impl SampleSource for ReceivedSamples {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        match required(&self.inbox)? {
            Message::Head { classes, about, holds } => {
                (self.about, self.holds) = (about, holds);
                Ok(classes)
            }
            other => Err(unexpected("head", &other)),
        }
    }

    fn about(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.about)
    }

    fn holds(&self) -> HeldFields {
        self.holds.clone()
    }

    fn ids(&mut self, note: &mut dyn FnMut(&str, &str)) -> Result<(), ReadStop> {
        loop {
            match required(&self.inbox)? {
                Message::Ids(ids) => ids.iter().for_each(|(image, id)| note(image, id)),
                other => {
                    self.next = Some(other);
                    return Ok(());
                }
            }
        }
    }

    fn next(&mut self) -> Result<Option<FoundSample>, ReadStop> {
        if self.has_ended {
            return Ok(None);
        }
        let message = match self.next.take() {
            Some(message) => message,
            None => required(&self.inbox)?,
        };
        match message {
            Message::Sample(mut sample) => {
                self.count += 1;
                if sample.more {
                    self.inbox.state().keeps = true;
                    let labels = self.more_labels(&mut sample.sample.labels);
                    self.inbox.state().keeps = false;
                    labels?;
                }
                let place = sample.sample.image.place.clone();
                Ok(Some(sample.found().map_err(|reason| reason.at(place))?))
            }
            Message::End { skipped } => {
                self.has_ended = true;
                count(&mut self.skipped, skipped);
                Ok(None)
            }
            other => Err(unexpected("sample or end", &other)),
        }
    }

    fn images(&mut self, _has_several: &dyn Fn(&Digest) -> bool) -> Result<ListedImages, ReadStop> {
        // The client has asked which bytes several images have.
        self.inbox.state().images()
    }

    fn has(&self, _name: &str, _digest: &Digest) -> bool {
        // The client has looked, and says so of each image.
        false
    }

    fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }

    fn position(&self) -> u64 {
        self.count
    }
}

/// The records of an input.
pub(super) struct ReceivedRecords {
    inbox: Inbox,
    skipped: Skipped,
    has_ended: bool,
    count: u64,
}

impl ReceivedRecords {
    pub(super) fn new(inbox: Inbox) -> Self {
        Self { inbox, skipped: Skipped::default(), has_ended: false, count: 0 }
    }
}

impl RecordSource for ReceivedRecords {
    fn next(&mut self) -> Result<Option<ReadRecord>, ReadStop> {
        if self.has_ended {
            return Ok(None);
        }
        match required(&self.inbox)? {
            Message::Record(sent) => {
                self.count += 1;
                let place = sent.place.clone();
                let read = || -> Result<ReadRecord, Reason> {
                    let (record, _) = Record::of_fields(sent.record, None)?;
                    let digest = unhex(&sent.digest).ok_or_else(|| {
                        Reason::record(format!(
                            "expected a digest in 64 hexadecimal digits, found {:?}",
                            sent.digest
                        ))
                    })?;
                    let payload = sent.payload.map(|payload| payload.payload()).transpose()?;
                    Ok(ReadRecord {
                        place: sent.place,
                        record,
                        bytes: sent.bytes,
                        digest,
                        position: self.count,
                        payload,
                    })
                };
                Ok(Some(read().map_err(|reason| reason.at(place))?))
            }
            Message::End { skipped } => {
                self.has_ended = true;
                count(&mut self.skipped, skipped);
                Ok(None)
            }
            other => Err(unexpected("record or end", &other)),
        }
    }

    fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }
}

fn count(skipped: &mut Skipped, more: Vec<(String, u64, String)>) {
    for (what, number, first) in more {
        skipped.count(what, number, first);
    }
}

/// Returns the next message within an input.
fn required(inbox: &Inbox) -> Result<Message, ReadStop> {
    match inbox.next()?.ok_or_else(ended)? {
        Message::Stop(stop) => Err(stop),
        message => Ok(message),
    }
}

fn ended() -> ReadStop {
    ReadStop::Unreadable("the client has ended the import within it".to_owned())
}

fn unexpected(expected: &str, found: &Message) -> ReadStop {
    let found = match found {
        Message::Export { .. } => "export",
        Message::Records { .. } => "records",
        Message::Head { .. } => "head",
        Message::Ids(_) => "ids",
        Message::Sample(_) => "sample",
        Message::Labels { .. } => "labels",
        Message::Images { .. } => "images",
        Message::Record(_) => "record",
        Message::Stop(_) => "stop",
        Message::End { .. } => "end",
    };
    ReadStop::Unreadable(format!("expected the message {expected}, found {found}"))
}
