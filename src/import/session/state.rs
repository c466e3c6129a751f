//! The state of an import over the network.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::timeout;

/// The state of an import, as its client sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionState {
    /// Increases with each change.
    pub revision: u64,
    /// The number of the next message.
    pub next: u64,
    /// The number of inputs that were imported or checked.
    pub inputs: u64,
    /// The number of records of the current input that were taken.
    pub records: u64,
    /// The number of times that the images of all inputs were asked for.
    #[serde(default)]
    pub images_wanted: u64,
    /// The reports of the inputs that were imported.
    pub reports: Vec<String>,
    /// The reason why the import has stopped.
    pub failure: Option<SessionFailure>,
    /// True if the import takes no more messages.
    pub ended: bool,
}

/// The reason why an import has stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionFailure {
    /// One line.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// True if another client has changed what the import reads: begun again, it sees the change.
    pub is_conflict: bool,
}

/// A state that the import changes and its client waits for.
#[derive(Debug)]
pub(crate) struct SharedState {
    state: Mutex<SessionState>,
    /// The number of requests of the client.
    requests: AtomicU64,
    is_cancelled: AtomicBool,
    revision: watch::Sender<u64>,
}

impl Default for SharedState {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            requests: AtomicU64::new(0),
            is_cancelled: AtomicBool::new(false),
            revision: watch::Sender::new(0),
        }
    }
}

impl SharedState {
    /// Returns the state.
    pub(super) fn read(&self) -> SessionState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns true if the import takes no more messages.
    pub(super) fn has_ended(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).ended
    }

    /// Notes that the client is there.
    pub(super) fn touch(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the number of requests of the client.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Ends the import: nothing more of it is committed.
    pub(super) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// Returns true if the import is to end.
    pub(super) fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    /// Changes the state.
    pub(super) fn change(&self, change: impl FnOnce(&mut SessionState)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        state.revision += 1;
        self.revision.send_replace(state.revision);
    }

    /// Returns the state once its revision is after this one, or after `wait`.
    pub(super) async fn changed_after(&self, revision: u64, wait: Duration) -> SessionState {
        let mut revisions = self.revision.subscribe();
        // Without a change in time, the state is the same.
        let _ = timeout(wait, revisions.wait_for(|now| *now > revision)).await;
        self.read()
    }
}
