//! A thread that reads records, so reading continues during a commit.
//!
//! Owns [`RecordSource`], the interface of all formats.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::Record;
use super::fault::RecordPlace;
use super::payload::ImportPayload;
use crate::import::findings::SampleFindings;

pub(crate) use crate::annotations::reader::{IMPORTED, ReadStop, Skipped};

/// The most records of one parcel.
pub(crate) const PARCEL: usize = 256;
/// The most bytes of one parcel, unless one record alone has more.
const PARCEL_BYTES: usize = 1024 * 1024;

/// The length of the queue of parcels: about two commits.
const WAITING: usize = 4;

/// A record that was read.
pub(crate) struct ReadRecord {
    /// The place in the input.
    pub place: RecordPlace,
    /// The record.
    pub record: Record,
    /// The approximate size, in bytes.
    pub bytes: usize,
    /// The digest of the file through this record; zero for exports.
    pub digest: [u8; 32],
    /// The position of the reader after it, for the progress bar.
    pub position: u64,
    /// The payload of the record, if it is in a file.
    pub payload: Option<ImportPayload>,
}

/// A reader of one format: returns records in their order.
pub(crate) trait RecordSource: Send {
    /// Returns the next record; `None` at the end.
    fn next(&mut self) -> Result<Option<ReadRecord>, ReadStop>;

    /// Takes the entries that were skipped since the last call.
    fn skipped(&mut self) -> Skipped {
        Skipped::default()
    }

    /// Takes what an export said about its samples, at its end; `None` for records.
    fn findings(&mut self) -> Option<SampleFindings> {
        None
    }
}

/// Records, and the state of the reader after them.
pub(crate) struct Parcel {
    pub records: Vec<ReadRecord>,
    pub skipped: Skipped,
    pub then: ParcelEnd,
    /// What an export said about its samples, in its last parcel.
    pub findings: Option<SampleFindings>,
}

/// The state of the reader after a parcel.
pub(crate) enum ParcelEnd {
    More,
    End,
    Stop(ReadStop),
}

/// The receiver of parcels from the thread.
pub(crate) struct ParcelReader(Receiver<Parcel>);

impl ParcelReader {
    /// Starts the thread.
    pub(crate) fn start(records: Box<dyn RecordSource>) -> Self {
        let (sender, parcels) = sync_channel(WAITING);
        // If the thread does not start, the sender is dropped and the first parcel is an error.
        let _ = thread::Builder::new().name("stemma-import".to_owned()).spawn(move || read(records, &sender));
        Self(parcels)
    }

    /// Returns the next parcel. If the thread ended without a last parcel, it panicked: the records
    /// are incomplete.
    pub(crate) fn next(&self) -> Parcel {
        self.0.recv().unwrap_or_else(|_| {
            let error = io::Error::other("the thread that reads the input has ended");
            let then = ParcelEnd::Stop(ReadStop::Unreadable(error.to_string()));
            Parcel { records: Vec::new(), skipped: Skipped::default(), then, findings: None }
        })
    }
}

/// Reads until the end, or until the receiver is dropped.
fn read(mut records: Box<dyn RecordSource>, parcels: &SyncSender<Parcel>) {
    loop {
        let parcel = parcel(records.as_mut());
        let is_last = !matches!(parcel.then, ParcelEnd::More);
        if parcels.send(parcel).is_err() || is_last {
            return;
        }
    }
}

fn parcel(source: &mut dyn RecordSource) -> Parcel {
    let (mut records, mut bytes, mut then) = (Vec::with_capacity(PARCEL), 0, ParcelEnd::More);
    while records.len() < PARCEL && bytes < PARCEL_BYTES {
        match source.next() {
            Ok(Some(read)) => {
                bytes += read.bytes;
                records.push(read);
            }
            Ok(None) => then = ParcelEnd::End,
            Err(stop) => then = ParcelEnd::Stop(stop),
        }
        if !matches!(then, ParcelEnd::More) {
            break;
        }
    }
    let findings = if matches!(then, ParcelEnd::End) { source.findings() } else { None };
    Parcel { records, skipped: source.skipped(), then, findings }
}
