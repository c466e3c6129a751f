//! Faults of appends, for tests of what comes after them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::Store;
use crate::graph::AppendError;
use crate::graph::fault::InjectedFault;

/// A fault of one append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AppendFault {
    /// It is refused.
    Refused,
    /// It takes effect, but that is unknown.
    Failed,
    /// It does not take effect, but that is unknown.
    FailedUnwritten,
}

/// The fault that a test has set for segments, the lock by which it blocks appends, and the number
/// of reads of records.
#[derive(Debug, Default)]
pub(crate) struct AppendFaults {
    armed: Mutex<Option<(u32, AppendFault)>>,
    lock: Arc<tokio::sync::Mutex<()>>,
    reads: AtomicU64,
}

impl AppendFaults {
    pub(super) fn count_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) async fn wait(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.lock).lock_owned().await
    }

    pub(super) fn pull(&self) -> Option<AppendFault> {
        let mut armed = self.armed.lock().unwrap();
        let (nth, fault) = armed.take()?;
        if nth > 1 {
            *armed = Some((nth - 1, fault));
            return None;
        }
        Some(fault)
    }
}

impl AppendFault {
    /// Returns true if the append takes effect.
    pub(super) fn is_written(self) -> bool {
        !matches!(self, Self::Refused | Self::FailedUnwritten)
    }

    pub(super) fn error(self) -> AppendError {
        let why = "a fault".to_owned();
        match self {
            Self::Refused => AppendError::Rejected { why },
            _ => AppendError::Failed { why },
        }
    }
}

impl Store {
    /// Sets this fault for the `nth` append from now (1 is the next one).
    pub(crate) fn arm(&self, nth: u32, fault: AppendFault) {
        match self {
            Self::Segments(segments) => *segments.faults().armed.lock().unwrap() = Some((nth, fault)),
            Self::Rows(graph) => graph.arm(
                nth,
                match fault {
                    AppendFault::Refused | AppendFault::FailedUnwritten => InjectedFault::Before,
                    AppendFault::Failed => InjectedFault::NotDurable,
                },
            ),
        }
    }

    /// Blocks appends until the guard is dropped.
    pub(crate) async fn hold(&self) -> tokio::sync::OwnedMutexGuard<()> {
        match self {
            Self::Segments(segments) => segments.faults().wait().await,
            Self::Rows(graph) => graph.hold().await,
        }
    }

    /// Returns the number of reads of records.
    pub(crate) fn reads(&self) -> u64 {
        match self {
            Self::Segments(segments) => segments.faults().reads.load(Ordering::Relaxed),
            Self::Rows(graph) => graph.reads(),
        }
    }
}
