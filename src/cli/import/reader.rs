//! A thread that reads records, so that a file is read on while what came before is committed.

use std::io::{self, BufRead};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::fault::Fault;
use super::lines::{Line, LineError, Lines};
use super::record::Record;

/// Most records of one parcel, and of how many bytes, unless one record alone has more.
pub(super) const PARCEL: usize = 256;
const PARCEL_BYTES: usize = 1024 * 1024;

/// Parcels that wait to be taken: about what two commits hold.
const WAITING: usize = 4;

/// A record that was read.
pub(super) struct Read {
    /// Its line, from 1.
    pub line: u64,
    /// What it says.
    pub record: Record,
    /// Bytes of its line.
    pub bytes: usize,
    /// Digest of the file up to its end.
    pub digest: [u8; 32],
    /// How far the file was read with it.
    pub position: u64,
}

/// Why there is no further record.
#[derive(Debug)]
pub(super) enum Stop {
    /// The record does not fit.
    Bad(Fault),
    /// The file cannot be read on.
    Unreadable(LineError),
}

/// Some records, and what comes after them.
pub(super) struct Parcel {
    pub records: Vec<Read>,
    pub then: Then,
}

/// What comes after a parcel.
pub(super) enum Then {
    More,
    End,
    Stop(Stop),
}

/// Takes parcels from the thread.
pub(super) struct Reader(Receiver<Parcel>);

impl Reader {
    /// Begins to read.
    pub(super) fn start(input: impl BufRead + Send + 'static) -> Self {
        let (sender, parcels) = sync_channel(WAITING);
        let lines = Lines::new(input);
        // Where there is no thread, the sender is gone with it, and the first parcel says so.
        let _ = thread::Builder::new().name("stemma-import".to_owned()).spawn(move || read(lines, &sender));
        Self(parcels)
    }

    /// The next parcel. A thread that ends without a last word was cut off: what it read is not all there is.
    pub(super) fn next(&self) -> Parcel {
        self.0.recv().unwrap_or_else(|_| {
            let error = io::Error::other("the thread that reads it has ended");
            Parcel { records: Vec::new(), then: Then::Stop(Stop::Unreadable(error.into())) }
        })
    }
}

/// Reads until the end, or until nobody takes what is read.
fn read(mut lines: Lines<impl BufRead>, parcels: &SyncSender<Parcel>) {
    loop {
        let parcel = parcel(&mut lines);
        let is_last = !matches!(parcel.then, Then::More);
        if parcels.send(parcel).is_err() || is_last {
            return;
        }
    }
}

fn parcel(lines: &mut Lines<impl BufRead>) -> Parcel {
    let (mut records, mut bytes) = (Vec::with_capacity(PARCEL), 0);
    while records.len() < PARCEL && bytes < PARCEL_BYTES {
        match next(lines) {
            Ok(Some(read)) => {
                bytes += read.bytes;
                records.push(read);
            }
            Ok(None) => return Parcel { records, then: Then::End },
            Err(stop) => return Parcel { records, then: Then::Stop(stop) },
        }
    }
    Parcel { records, then: Then::More }
}

fn next(lines: &mut Lines<impl BufRead>) -> Result<Option<Read>, Stop> {
    let Some(Line { number, text, digest }) = lines.next().map_err(Stop::Unreadable)? else {
        return Ok(None);
    };
    let bytes = text.len();
    let record = Record::parse(text).map_err(|reason| Stop::Bad(reason.at(number)))?;
    Ok(Some(Read { line: number, record, bytes, digest, position: lines.bytes() }))
}
