//! HEAD is written soon after the answer, on a separate thread: one write for all commits of 50 ms.
//! Or it is written before each answer.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use crate::domain::log::entry::Head;
use crate::log::Acknowledged;

/// The time after which an acknowledged commit is in HEAD.
const SOON: Duration = Duration::from_millis(50);

/// The attempts to write HEAD before an answer, and the pause between them: ten seconds.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(if cfg!(test) { 2 } else { 500 });

/// The message of the first of several failures.
const TRIED_AGAIN: &str = "HEAD could not be written; it is tried again";

/// The time at which HEAD is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CheckpointMode {
    /// At most 50 ms after the answer. If the newest acknowledged commits rot in that time, their
    /// loss is not detected.
    #[default]
    Soon,
    /// Before the answer, which costs another synchronisation for each group of commits.
    Strict,
}

/// The writer of HEAD.
pub(super) enum HeadNotes {
    /// After the answers.
    Soon(HeadThread),
    /// Before the answers.
    Strict(Acknowledged),
}

/// The thread that writes HEAD.
pub(super) struct HeadThread {
    shared: Arc<(Mutex<Notes>, Condvar)>,
    thread: JoinHandle<()>,
}

/// The content of HEAD, and the content that it should have.
struct Notes {
    acknowledged: Head,
    noted: Head,
    /// The number of failures since the last success.
    failures: u32,
    ends: bool,
}

impl HeadNotes {
    /// Prepares to write HEAD, which names this commit.
    pub(super) fn start(file: Acknowledged, head: Head, mode: CheckpointMode) -> io::Result<Self> {
        match mode {
            CheckpointMode::Soon => HeadThread::start(file, head).map(Self::Soon),
            CheckpointMode::Strict => Ok(Self::Strict(file)),
        }
    }

    /// Writes HEAD if it must name the commit before the answer. A failure may be temporary, so it
    /// is retried for a while.
    ///
    /// # Errors
    /// Returns the last error. It is unknown which commit HEAD names.
    pub(super) fn before_answer(&self, head: Head) -> io::Result<()> {
        let Self::Strict(file) = self else { return Ok(()) };
        for attempt in 1..ATTEMPTS {
            match file.note(head) {
                Ok(()) => return Ok(()),
                Err(error) if attempt == 1 => tracing::warn!(%error, seq = %head.seq, "{TRIED_AGAIN}"),
                Err(_) => {}
            }
            sleep(PAUSE);
        }
        file.note(head)
    }

    /// Notes that commits were acknowledged.
    pub(super) fn after_answer(&self, head: Head) {
        if let Self::Soon(thread) = self {
            lock(&thread.shared.0).acknowledged = head;
            thread.shared.1.notify_one();
        }
    }

    /// Writes the newest acknowledged commit and ends.
    pub(super) fn end(self) {
        let Self::Soon(HeadThread { shared, thread }) = self else { return };
        lock(&shared.0).ends = true;
        shared.1.notify_one();
        if thread.join().is_err() {
            tracing::error!("the thread that writes HEAD has panicked");
        }
    }
}

impl HeadThread {
    fn start(file: Acknowledged, head: Head) -> io::Result<Self> {
        let notes = Notes { acknowledged: head, noted: head, failures: 0, ends: false };
        let shared = Arc::new((Mutex::new(notes), Condvar::new()));
        let own = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("stemma-head".to_owned())
            .spawn(move || while write_next(&own, &file) {})?;
        Ok(Self { shared, thread })
    }
}

fn lock(notes: &Mutex<Notes>) -> MutexGuard<'_, Notes> {
    notes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for the next acknowledged commit and writes it. Returns false at the end.
fn write_next((notes, changed): &(Mutex<Notes>, Condvar), file: &Acknowledged) -> bool {
    let idle = |notes: &mut Notes| notes.acknowledged == notes.noted && !notes.ends;
    let waiting = changed.wait_while(lock(notes), idle).unwrap_or_else(PoisonError::into_inner);
    // More commits may follow at once. After failures, the pause is longer.
    let pause = SOON * (1 << waiting.failures.min(6));
    let waited = changed.wait_timeout_while(waiting, pause, |notes| !notes.ends);
    let waited = waited.unwrap_or_else(PoisonError::into_inner).0;
    let (head, ends) = (waited.acknowledged, waited.ends);
    drop(waited);
    let written = file.note(head);
    let mut notes = lock(notes);
    match written {
        Ok(()) => (notes.noted, notes.failures) = (head, 0),
        // The commits are durable; the file only shows their loss.
        Err(error) => {
            notes.failures += 1;
            if notes.failures == 1 || ends {
                tracing::warn!(%error, seq = %head.seq, "{TRIED_AGAIN}");
            }
        }
    }
    !ends
}
