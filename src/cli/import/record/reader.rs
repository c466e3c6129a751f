//! A thread that reads records, so that a file is read on while what came before is committed.
//!
//! Owns the one shape in which every format hands over what it holds: [`Records`].

use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::Record;
use super::fault::{Fault, Place};
use super::payload::Payload;

/// Most records of one parcel, and of how many bytes, unless one record alone has more.
pub(in crate::cli::import) const PARCEL: usize = 256;
const PARCEL_BYTES: usize = 1024 * 1024;

/// Parcels that wait to be taken: about what two commits hold.
const WAITING: usize = 4;

/// A record that was read.
pub(in crate::cli::import) struct Read {
    /// Where it stands.
    pub place: Place,
    /// What it says.
    pub record: Record,
    /// About how many bytes it takes.
    pub bytes: usize,
    /// Digest of the file up to its end; of what is compared with the store instead, nothing.
    pub digest: [u8; 32],
    /// How far the input was read with it.
    pub position: u64,
    /// The payload that the record brings along.
    pub payload: Option<Payload>,
}

/// Why there is no further record.
#[derive(Debug)]
pub(in crate::cli::import) enum Stop {
    /// The record does not fit.
    Bad(Fault),
    /// The input cannot be read on.
    Unreadable(String),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Bad(fault)
    }
}

/// A format: records in their order.
pub(in crate::cli::import) trait Records: Send {
    /// The next record; none at the end.
    fn next(&mut self) -> Result<Option<Read>, Stop>;

    /// What was passed over since this was last asked.
    fn skipped(&mut self) -> Skipped {
        Skipped::default()
    }
}

/// What was passed over, by what it is: how often, and the first of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cli::import) struct Skipped(BTreeMap<&'static str, (u64, String)>);

impl Skipped {
    /// One more of this.
    pub(in crate::cli::import) fn note(&mut self, what: &'static str, which: impl FnOnce() -> String) {
        self.0.entry(what).or_insert_with(|| (0, which())).0 += 1;
    }

    /// Adds what another part passed over later.
    pub(in crate::cli::import) fn add(&mut self, later: Self) {
        for (what, (count, first)) in later.0 {
            self.0.entry(what).or_insert((0, first)).0 += count;
        }
    }

    /// What it is, how often, and the first of it.
    pub(in crate::cli::import) fn all(&self) -> impl Iterator<Item = (&'static str, u64, &str)> {
        self.0.iter().map(|(what, (count, first))| (*what, *count, first.as_str()))
    }
}

/// Some records, and what comes after them.
pub(in crate::cli::import) struct Parcel {
    pub records: Vec<Read>,
    pub skipped: Skipped,
    pub then: Then,
}

/// What comes after a parcel.
pub(in crate::cli::import) enum Then {
    More,
    End,
    Stop(Stop),
}

/// Takes parcels from the thread.
pub(in crate::cli::import) struct Reader(Receiver<Parcel>);

impl Reader {
    /// Begins to read.
    pub(in crate::cli::import) fn start(records: Box<dyn Records>) -> Self {
        let (sender, parcels) = sync_channel(WAITING);
        // Where there is no thread, the sender is gone with it, and the first parcel says so.
        let _ = thread::Builder::new().name("stemma-import".to_owned()).spawn(move || read(records, &sender));
        Self(parcels)
    }

    /// The next parcel. A thread that ends without a last word was cut off: what it read is not all there is.
    pub(in crate::cli::import) fn next(&self) -> Parcel {
        self.0.recv().unwrap_or_else(|_| {
            let error = io::Error::other("the thread that reads it has ended");
            let then = Then::Stop(Stop::Unreadable(error.to_string()));
            Parcel { records: Vec::new(), skipped: Skipped::default(), then }
        })
    }
}

/// Reads until the end, or until nobody takes what is read.
fn read(mut records: Box<dyn Records>, parcels: &SyncSender<Parcel>) {
    loop {
        let parcel = parcel(records.as_mut());
        let is_last = !matches!(parcel.then, Then::More);
        if parcels.send(parcel).is_err() || is_last {
            return;
        }
    }
}

fn parcel(source: &mut dyn Records) -> Parcel {
    let (mut records, mut bytes, mut then) = (Vec::with_capacity(PARCEL), 0, Then::More);
    while records.len() < PARCEL && bytes < PARCEL_BYTES {
        match source.next() {
            Ok(Some(read)) => {
                bytes += read.bytes;
                records.push(read);
            }
            Ok(None) => then = Then::End,
            Err(stop) => then = Then::Stop(stop),
        }
        if !matches!(then, Then::More) {
            break;
        }
    }
    Parcel { records, skipped: source.skipped(), then }
}
