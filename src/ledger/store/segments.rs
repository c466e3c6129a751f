//! The log of one process: segments in its data directory.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Builder, Handle, Runtime};

use super::head_notes::CheckpointMode;
use super::place::{refuse_head, refuse_other};
use super::writer::LogWriter;
use crate::domain::log::entry::{Entry, Head};
use crate::graph::{AppendError, DirectoryHold, GraphError};
use crate::ledger::LedgerError;
use crate::log::{Disk, HeadState, LocalDisk, LogReader, PackedEntry, SEGMENT, SegmentLog, StoreId};

/// The stack of the threads. Resolvers nest as deep as queries do.
const STACK: usize = 16 << 20;

/// The number of bytes that must be free for any append.
const ROOM: u64 = 16 << 20;

/// The segments of a data directory; clones share them.
#[derive(Clone)]
pub(crate) struct SegmentStore(Arc<SegmentStoreState>);

struct SegmentStoreState {
    dir: PathBuf,
    reader: LogReader,
    open: Mutex<Option<OpenSegments>>,
    is_read_only: bool,
    #[cfg(test)]
    faults: super::faults::AppendFaults,
}

/// The parts that end when the store is closed.
struct OpenSegments {
    threads: OwnThreads,
    /// `None` if the store is read-only.
    writer: Option<LogWriter>,
    /// The shared lock of a reader. A writer's lock is held by its thread.
    _hold: Option<DirectoryHold>,
}

impl SegmentStore {
    /// Opens the log in `dir`, or creates it, and locks the directory until the store is closed.
    pub(crate) fn open(dir: &Path, checkpoint: CheckpointMode) -> Result<Self, LedgerError> {
        Self::open_converting(dir, checkpoint, Head::default())
    }

    /// Opens the log in `dir`, or creates the one into which the log that ends with `former` is
    /// converted; `former` is in its header.
    pub(in crate::ledger) fn open_converting(
        dir: &Path,
        checkpoint: CheckpointMode,
        former: Head,
    ) -> Result<Self, LedgerError> {
        let failed = |error: io::Error| GraphError::not_opened(dir, error);
        std::fs::create_dir_all(dir).map_err(failed)?;
        let dir = dir.canonicalize().map_err(failed)?;
        let hold = DirectoryHold::take(&dir)?;
        refuse_other(&dir)?;
        let disk: Arc<dyn Disk> = Arc::new(LocalDisk);
        let log = match SegmentLog::open(Arc::clone(&disk), &dir, SEGMENT)? {
            Some(log) => log,
            None => {
                refuse_head(&dir)?;
                SegmentLog::create(disk, &dir, new_id(&dir)?, former, SEGMENT)?
            }
        };
        let reader = log.reader();
        let writer = LogWriter::start(log, hold, checkpoint).map_err(failed)?;
        Self::new(dir, reader, Some(writer), None)
    }

    /// Opens the log in `dir` read-only. Nothing in the directory is changed.
    pub(crate) fn read(dir: &Path) -> Result<Self, LedgerError> {
        let hold = DirectoryHold::share(dir)?;
        refuse_other(dir)?;
        let reader = LogReader::open(&LocalDisk, dir)?.ok_or_else(|| no_log(dir))?;
        Self::new(dir.to_owned(), reader, None, Some(hold))
    }

    /// Opens the log in `dir` read-only; a HEAD that is missing, damaged, or not of this log is a
    /// finding, not an error.
    pub(crate) fn inspect(dir: &Path) -> Result<(Self, HeadState), LedgerError> {
        let hold = DirectoryHold::share(dir)?;
        refuse_other(dir)?;
        let found = LogReader::inspect(&LocalDisk, dir)?;
        let (reader, head) = found.ok_or_else(|| no_log(dir))?;
        Ok((Self::new(dir.to_owned(), reader, None, Some(hold))?, head))
    }

    fn new(
        dir: PathBuf,
        reader: LogReader,
        writer: Option<LogWriter>,
        hold: Option<DirectoryHold>,
    ) -> Result<Self, LedgerError> {
        let workers = 2 * std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2);
        let threads = Builder::new_multi_thread()
            .worker_threads(workers)
            .thread_name("stemma-ledger")
            .thread_stack_size(STACK)
            .enable_all()
            .build()
            .map_err(|error| LedgerError::unavailable(&error.to_string()))?;
        Ok(Self(Arc::new(SegmentStoreState {
            dir,
            reader,
            is_read_only: writer.is_none(),
            open: Mutex::new(Some(OpenSegments { threads: OwnThreads(Some(threads)), writer, _hold: hold })),
            #[cfg(test)]
            faults: super::faults::AppendFaults::default(),
        })))
    }

    /// Returns the reader of the durable commits.
    pub(crate) fn reader(&self) -> &LogReader {
        &self.0.reader
    }

    /// Returns the data directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.0.dir
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.0.is_read_only
    }

    pub(super) fn is_full(&self) -> bool {
        LocalDisk.free(&self.0.dir).is_ok_and(|free| free < ROOM)
    }

    pub(super) fn runtime(&self) -> Result<Handle, LedgerError> {
        let open = self.0.lock();
        open.as_ref().and_then(|open| open.threads.handle()).ok_or_else(closed)
    }

    /// Appends a group of commits, which is durable when this returns.
    pub(super) async fn append(&self, entries: Vec<Entry>) -> Result<(), AppendError> {
        #[cfg(test)]
        let _held = self.0.faults.wait().await;
        #[cfg(test)]
        let fault = self.0.faults.pull();
        #[cfg(test)]
        if let Some(fault) = fault.filter(|fault| !fault.is_written()) {
            return Err(fault.error());
        }
        let group: Vec<PackedEntry> = packed(&entries);
        let appended = {
            let open = self.0.lock();
            let writer = open.as_ref().and_then(|open| open.writer.as_ref());
            let writer =
                writer.ok_or_else(|| AppendError::Rejected { why: "the log is closed".to_owned() })?;
            writer.append(group)?
        };
        let appended = appended.await;
        #[cfg(test)]
        if let Some(fault) = fault {
            return Err(fault.error());
        }
        appended
    }

    /// Finishes appends and releases the directory.
    pub(super) async fn close(self) -> Result<(), LedgerError> {
        let open = self.0.lock().take().ok_or_else(closed)?;
        let ended = tokio::task::spawn_blocking(move || {
            if let Some(writer) = open.writer {
                writer.end();
            }
            drop(open.threads);
        });
        ended.await.map_err(|error| LedgerError::unavailable(&error.to_string()))
    }

    #[cfg(test)]
    pub(super) fn faults(&self) -> &super::faults::AppendFaults {
        &self.0.faults
    }
}

impl SegmentStoreState {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<OpenSegments>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_log(dir: &Path) -> LedgerError {
    let none = GraphError::not_opened(dir, "there is no log in it");
    refuse_head(dir).err().unwrap_or_else(|| none.into())
}

/// Packs a group for the log.
fn packed(entries: &[Entry]) -> Vec<PackedEntry> {
    let packed = entries.iter().zip(Entry::heads(entries)).map(|(entry, head)| {
        let (bytes, rows) = entry.pack();
        PackedEntry { head, previous: entry.commit.previous, bytes, rows }
    });
    packed.collect()
}

/// Makes the id of a new store. It must be unpredictable: the checksums of the log cover it.
fn new_id(dir: &Path) -> Result<StoreId, LedgerError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| GraphError::not_opened(dir, error))?;
    Ok(StoreId(id))
}

fn closed() -> LedgerError {
    LedgerError::unavailable("the ledger is closed")
}

/// Threads that may be dropped anywhere: a plain runtime panics when it is dropped inside another.
struct OwnThreads(Option<Runtime>);

impl OwnThreads {
    fn handle(&self) -> Option<Handle> {
        self.0.as_ref().map(|threads| threads.handle().clone())
    }
}

impl Drop for OwnThreads {
    fn drop(&mut self) {
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}
