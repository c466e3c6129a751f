//! The messages of one import: numbered, sent in batches, and repeated until the server has them.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde::Deserialize as _;
use serde_json::{Value, json};
use ureq::http::{Method, StatusCode};

use super::heartbeat::Heartbeat;
use super::upload::uploaded;
use crate::annotations::model::Label;
use crate::annotations::names;
use crate::cli::import::{Attempt, Interruption};
use crate::cli::shared::client::{Exchanged, RemoteServer};
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::{Digest, hex};
use crate::import::record::Record;
use crate::import::record::payload::ImportPayload;
use crate::import::record::reader::ReadRecord;
use crate::import::samples::input_images::InputImages;
use crate::import::samples::listed::ListedImages;
use crate::import::samples::source::FoundSample;
use crate::import::session::PROTOCOL;
use crate::import::session::message::{Message, SentBytes, SentImage, SentPayload, SentRecord, SentSample};
use crate::import::session::state::SessionState;
use crate::import::settings::ImportSettings;

/// The size of a batch, in bytes, unless one message alone has more.
const BATCH: usize = 1024 * 1024;
/// The bytes of payloads in memory that a batch may have, unless one sample alone has more.
const MEMORY: usize = 64 * 1024 * 1024;
/// The number of samples and records in a batch.
const MOST: usize = 256;
/// The number of labels in one message.
const LABELS: usize = 500;
/// The number of payloads that are uploaded concurrently.
const UPLOADS: usize = 8;

/// An import over the network.
pub(super) struct Outbox {
    _heartbeat: Heartbeat,
    server: RemoteServer,
    path: String,
    state: SessionState,
    /// The number of the first message of the batch.
    first: u64,
    /// The messages of the batch, one on each line.
    batch: Vec<u8>,
    count: u64,
    /// Samples that are not messages yet.
    samples: Vec<FoundSample>,
    /// Records that are not messages yet, and their approximate size in bytes.
    records: Vec<ReadRecord>,
    bytes: usize,
    /// The bytes of payloads of the samples that are in memory.
    in_memory: usize,
    /// The payloads that this import has uploaded.
    uploaded: HashSet<Digest>,
    /// The number of inputs that were sent.
    inputs: u64,
    dry_run: bool,
    checks_renames: bool,
    /// The images of all inputs.
    all: Arc<InputImages>,
    /// The number of times that the server has asked for them and got them.
    images_sent: u64,
}

impl Outbox {
    /// Begins an import of inputs with these images; `is_again` if the server has answered before.
    pub(super) fn begin(
        server: RemoteServer,
        settings: &ImportSettings,
        all: Arc<InputImages>,
        is_again: bool,
    ) -> Result<Self> {
        let body = json!({ "protocol": PROTOCOL, "settings": settings }).to_string();
        let body = Some(body.as_bytes());
        let begun = match is_again {
            true => server.exchange(&Method::POST, "/imports", body)?,
            false => server.exchange_first(&Method::POST, "/imports", body)?,
        };
        let id = begun.said["id"].as_str().filter(|_| begun.status == StatusCode::CREATED);
        let path = format!("/imports/{}", id.ok_or_else(|| begun.failure())?);
        Ok(Self {
            _heartbeat: Heartbeat::start(server.clone(), path.clone())?,
            server,
            path,
            state: SessionState::default(),
            first: 0,
            batch: Vec::new(),
            count: 0,
            samples: Vec::new(),
            records: Vec::new(),
            bytes: 0,
            in_memory: 0,
            uploaded: HashSet::new(),
            inputs: 0,
            dry_run: settings.dry_run,
            checks_renames: begun.said["checksRenames"] == true,
            all,
            images_sent: 0,
        })
    }

    /// Returns the reports of the inputs that were imported.
    pub(super) fn reports(&self) -> &[String] {
        &self.state.reports
    }

    /// Returns the number of records of the current input that the server has taken.
    pub(super) const fn records(&self) -> u64 {
        self.state.records
    }

    /// Returns true if the server checks all inputs before the first one is imported.
    pub(super) const fn checks_renames(&self) -> bool {
        self.checks_renames
    }

    /// Returns true if the server needs nothing more of the current input.
    pub(super) const fn has_finished_input(&self) -> bool {
        self.state.inputs > self.inputs
    }

    /// Adds a message to the batch.
    pub(super) fn push(&mut self, message: &Message) -> Result<()> {
        serde_json::to_writer(&mut self.batch, message)
            .map_err(|error| Failure::because("a message cannot be written", &error))?;
        self.batch.push(b'\n');
        self.count += 1;
        Ok(())
    }

    /// Adds ids, and sends the batch if it is full.
    pub(super) fn ids(&mut self, ids: Vec<(String, String)>) -> Result<()> {
        if !ids.is_empty() {
            self.push(&Message::Ids(ids))?;
        }
        // If the server was started again, the next batch finds out.
        self.flush_if_large().map(drop)
    }

    /// Adds a sample to the batch.
    pub(super) fn sample(&mut self, found: FoundSample) {
        self.in_memory += found.in_memory();
        self.samples.push(found);
    }

    /// Adds a record to the batch.
    pub(super) fn record(&mut self, read: ReadRecord) {
        self.bytes += read.bytes;
        self.records.push(read);
    }

    /// Returns true if the batch should be sent.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= BATCH || self.in_memory >= MEMORY || self.samples.len() + self.records.len() >= MOST
    }

    /// Sends the records of the batch, after the payloads that they name.
    pub(super) fn flush_records(&mut self) -> Result<Attempt> {
        let records = std::mem::take(&mut self.records);
        self.bytes = 0;
        self.upload(records.iter().filter_map(|read| read.payload.as_ref()))?;
        for read in records {
            let ReadRecord { place, mut record, bytes, digest, payload, .. } = read;
            // Its bytes are uploaded, and the record names them.
            match &mut record {
                Record::Version(version) => version.file = None,
                Record::Statement(said) => said.file = None,
                _ => {}
            }
            let record = serde_json::to_value(&record);
            let record = record.map_err(|error| Failure::because("a record cannot be written", &error))?;
            let Value::Object(record) = record else { return Err(Failure::new("a record is no object")) };
            let payload = payload.as_ref().map(|payload| SentPayload::of(payload, &self.uploaded));
            let digest = hex(&digest);
            self.push(&Message::Record(Box::new(SentRecord { place, record, bytes, digest, payload })))?;
        }
        self.flush()
    }

    /// Sends the samples of the batch, after the payloads that they name.
    pub(super) fn flush_samples(&mut self) -> Result<Attempt> {
        let samples = std::mem::take(&mut self.samples);
        self.in_memory = 0;
        self.upload(samples.iter().flat_map(FoundSample::payloads))?;
        for mut found in samples {
            let more = split_off(&mut found.sample.labels);
            let sent = SentSample {
                bytes: SentBytes::of(&found.bytes, &self.uploaded),
                further: found.further.iter().map(|bytes| SentBytes::of(bytes, &self.uploaded)).collect(),
                sample: found.sample,
                more: !more.is_empty(),
            };
            self.push(&Message::Sample(Box::new(sent)))?;
            if let again @ Attempt::Again(_) = self.labels(more)? {
                return Ok(again);
            }
        }
        self.flush()
    }

    /// Adds the other labels of an image, and sends full batches: one image may have more labels than
    /// a request may have bytes.
    fn labels(&mut self, mut labels: Vec<Label>) -> Result<Attempt> {
        while !labels.is_empty() {
            let others = split_off(&mut labels);
            self.push(&Message::Labels { labels, more: !others.is_empty() })?;
            labels = others;
            if let again @ Attempt::Again(_) = self.flush_if_large()? {
                return Ok(again);
            }
        }
        self.flush_if_large()
    }

    fn flush_if_large(&mut self) -> Result<Attempt> {
        if self.batch.len() >= BATCH { self.flush() } else { Ok(Attempt::Complete) }
    }

    /// Sends the messages of the batch.
    pub(super) fn flush(&mut self) -> Result<Attempt> {
        if self.count == 0 {
            return Ok(Attempt::Complete);
        }
        let path = format!("{}?first={}", self.path, self.first);
        let exchanged = self.server.exchange(&Method::POST, &path, Some(&self.batch))?;
        self.first += self.count;
        self.count = 0;
        self.batch.clear();
        self.note(&exchanged)
    }

    /// Sends the rest of an input, and waits until it is imported.
    pub(super) fn finish_input(&mut self, progress: &dyn Fn(u64)) -> Result<Attempt> {
        if let again @ Attempt::Again(_) = self.flush()? {
            return Ok(again);
        }
        while !self.has_finished_input() {
            let path = format!("{}?after={}", self.path, self.state.revision);
            let exchanged = self.server.exchange(&Method::GET, &path, None)?;
            if let again @ Attempt::Again(_) = self.note(&exchanged)? {
                return Ok(again);
            }
            progress(self.state.records);
        }
        self.inputs += 1;
        Ok(Attempt::Complete)
    }

    /// Ends the import on the server. If this fails, the server ends it by itself after a while.
    pub(super) fn end(&self) {
        let _ = self.server.try_exchange(&Method::DELETE, &self.path, None);
    }

    /// Notes the state in a response.
    fn note(&mut self, exchanged: &Exchanged) -> Result<Attempt> {
        match exchanged.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(Attempt::Again(Interruption::Forgotten)),
            _ => return Err(exchanged.failure()),
        }
        self.state = SessionState::deserialize(&exchanged.said).map_err(|error| {
            Failure::because("unexpected response", &error).hint("use the stemma version of the server")
        })?;
        match &self.state.failure {
            Some(failure) if failure.is_conflict => Ok(Attempt::Again(Interruption::Conflict)),
            Some(failure) => Err(Failure::new(&failure.message).maybe_hint(failure.hint.as_deref())),
            None if self.state.images_wanted > self.images_sent => self.images(),
            None => Ok(Attempt::Complete),
        }
    }

    /// Sends the images of all inputs, for which the server waits.
    fn images(&mut self) -> Result<Attempt> {
        self.images_sent = self.state.images_wanted;
        let all = Arc::clone(&self.all);
        let mut listed = all.listed().map_err(|stop| Failure::new(stop.about("the input")))?;
        let mut several = HashSet::new();
        for some in listed.images.chunks_mut(MOST) {
            let digests: HashSet<Digest> = some.iter().filter_map(|image| image.bytes).collect();
            let Some(names) = self.image_names(&digests)? else {
                return Ok(Attempt::Again(Interruption::Forgotten));
            };
            for image in some {
                let (own, Some(digest)) = (names::key_of(&image.name), image.bytes) else { continue };
                let others = names.get(&digest).into_iter().flatten();
                let others = others.filter(|name| **name != own && all.has(name, &digest));
                image.elsewhere = others.cloned().collect();
            }
            several.extend(names.into_iter().filter(|(_, names)| names.len() > 1).map(|(digest, _)| digest));
        }
        let labels = all.add_labels(&mut listed, &|digest| several.contains(digest));
        labels.map_err(|stop| Failure::new(stop.about("the input")))?;
        let ListedImages { images, splits } = listed;
        let mut images = images.into_iter().peekable();
        while images.peek().is_some() {
            let images = images.by_ref().take(MOST).map(SentImage::of).collect();
            self.push(&Message::Images { images, splits: Vec::new(), more: true })?;
            if let again @ Attempt::Again(_) = self.flush_if_large()? {
                return Ok(again);
            }
        }
        self.push(&Message::Images { images: Vec::new(), splits, more: false })?;
        self.flush()
    }

    /// Asks for the names of the images that have these bytes; `None` if the import is forgotten.
    fn image_names(&self, digests: &HashSet<Digest>) -> Result<Option<HashMap<Digest, Vec<String>>>> {
        if digests.is_empty() {
            return Ok(Some(HashMap::new()));
        }
        let texts: Vec<String> = digests.iter().map(Digest::to_string).collect();
        let body = json!({ "digests": texts }).to_string();
        let path = format!("{}/images", self.path);
        let exchanged = self.server.exchange(&Method::POST, &path, Some(body.as_bytes()))?;
        match exchanged.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            _ => return Err(exchanged.failure()),
        }
        let names = HashMap::<String, Vec<String>>::deserialize(&exchanged.said["images"]);
        let names = names.map_err(|error| Failure::because("unexpected response", &error))?;
        Ok(Some(
            names.into_iter().filter_map(|(digest, names)| Some((digest.parse().ok()?, names))).collect(),
        ))
    }

    /// Uploads the payloads that the server does not have. An input may be sent twice, to be checked and
    /// to be imported.
    fn upload<'a>(&mut self, payloads: impl Iterator<Item = &'a ImportPayload>) -> Result<()> {
        let mut seen = HashSet::new();
        let wanted: VecDeque<&ImportPayload> =
            payloads.filter(|payload| !self.dry_run && seen.insert(payload.meta.digest)).collect();
        let (server, threads) = (&self.server, UPLOADS.min(wanted.len()));
        let waiting = Mutex::new(wanted);
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let work = || -> Result<Vec<Digest>> {
            let mut new = Vec::new();
            while let Some(payload) = next() {
                if uploaded(server, payload)? {
                    new.push(payload.meta.digest);
                }
            }
            Ok(new)
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            for thread in threads {
                let failed = |_| Failure::new("a thread that uploads payloads has ended");
                self.uploaded.extend(thread.join().map_err(failed)??);
            }
            Ok(())
        })
    }
}

/// Splits off the labels that do not fit into one message: after [`LABELS`], or after so many that a
/// batch is full.
fn split_off(labels: &mut Vec<Label>) -> Vec<Label> {
    let mut size = 0;
    let fits = labels.iter().take(LABELS).take_while(|label| {
        let is_within = size < BATCH;
        let mut counter = Counter(0);
        // A label that cannot be written is reported with its message.
        let _ = serde_json::to_writer(&mut counter, label);
        size += counter.0;
        is_within
    });
    let count = fits.count();
    labels.split_off(count)
}

/// Counts the bytes that are written.
struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
