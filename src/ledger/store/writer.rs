//! The thread that writes the log, and HEAD before or after an answer.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::head_notes::{CheckpointMode, HeadNotes};
use crate::graph::{AppendError, DirectoryHold};
use crate::log::{LogAppendError, PackedEntry, SegmentLog};

/// A group of commits to append.
struct AppendJob {
    group: Vec<PackedEntry>,
    done: oneshot::Sender<Result<(), AppendError>>,
}

/// The thread that writes. It owns the log and the lock of the directory.
pub(super) struct LogWriter {
    jobs: Sender<AppendJob>,
    thread: JoinHandle<()>,
}

impl LogWriter {
    /// Starts the thread.
    pub(super) fn start(log: SegmentLog, hold: DirectoryHold, mode: CheckpointMode) -> io::Result<Self> {
        let (jobs, queue) = channel();
        let notes = HeadNotes::start(log.acknowledged(), log.head(), mode)?;
        let thread = std::thread::Builder::new().name("stemma-log".to_owned()).spawn(move || {
            write(log, &queue, &notes);
            notes.end();
            // The directory is released last.
            drop(hold);
        })?;
        Ok(Self { jobs, thread })
    }

    /// Hands over a group. The result arrives when it is durable or refused.
    pub(super) fn append(
        &self,
        group: Vec<PackedEntry>,
    ) -> Result<impl Future<Output = Result<(), AppendError>> + use<>, AppendError> {
        let (done, result) = oneshot::channel();
        let closed = || AppendError::Rejected { why: "the log is closed".to_owned() };
        self.jobs.send(AppendJob { group, done }).map_err(|_| closed())?;
        Ok(async move {
            let ended =
                |_| AppendError::Failed { why: "the thread that writes the log has ended".to_owned() };
            result.await.map_err(ended)?
        })
    }

    /// Finishes what was handed over, and releases the directory.
    pub(super) fn end(self) {
        drop(self.jobs);
        if self.thread.join().is_err() {
            tracing::error!("the thread that writes the log has panicked");
        }
    }
}

fn write(mut log: SegmentLog, queue: &Receiver<AppendJob>, notes: &HeadNotes) {
    while let Ok(AppendJob { group, done }) = queue.recv() {
        let appended = append(&mut log, &group, notes);
        let is_written = appended.is_ok();
        // The caller may have gone.
        let _ = done.send(appended);
        if is_written {
            notes.after_answer(log.head());
        }
    }
}

/// Appends a group, and writes HEAD if that must precede the answer.
fn append(log: &mut SegmentLog, group: &[PackedEntry], notes: &HeadNotes) -> Result<(), AppendError> {
    log.append(group).map_err(|error| match error {
        LogAppendError::Rejected { why } => AppendError::Rejected { why },
        LogAppendError::Failed { why } => AppendError::Failed { why },
    })?;
    notes.before_answer(log.head()).map_err(|error| {
        let why = format!("the log was written, but HEAD could not be: {error}");
        log.fail(why.clone());
        AppendError::Failed { why }
    })
}
