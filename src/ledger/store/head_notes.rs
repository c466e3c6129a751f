//! HEAD is written soon after the answer, on its own thread: one write for all commits of 50 ms.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::domain::log::entry::Head;
use crate::log::Acknowledged;

/// The time after which an acknowledged commit is in HEAD.
const SOON: Duration = Duration::from_millis(50);

/// The thread that writes HEAD.
pub(super) struct HeadNotes {
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
    /// Starts the thread.
    pub(super) fn start(file: Acknowledged, head: Head) -> io::Result<Self> {
        let notes = Notes { acknowledged: head, noted: head, failures: 0, ends: false };
        let shared = Arc::new((Mutex::new(notes), Condvar::new()));
        let own = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("stemma-head".to_owned())
            .spawn(move || while write_next(&own, &file) {})?;
        Ok(Self { shared, thread })
    }

    /// Notes that commits were acknowledged.
    pub(super) fn acknowledge(&self, head: Head) {
        lock(&self.shared.0).acknowledged = head;
        self.shared.1.notify_one();
    }

    /// Writes the newest acknowledged commit and ends.
    pub(super) fn end(self) {
        lock(&self.shared.0).ends = true;
        self.shared.1.notify_one();
        if self.thread.join().is_err() {
            tracing::error!("the thread that writes HEAD has panicked");
        }
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
                tracing::warn!(%error, seq = %head.seq, "HEAD could not be written; it is tried again");
            }
        }
    }
    !ends
}
