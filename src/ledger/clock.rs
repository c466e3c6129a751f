//! Where time comes from. The only place that reads the system clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::version::Timestamp;

/// A source of time.
pub trait Clock: Send + Sync + 'static {
    /// Microseconds of Unix time.
    fn now(&self) -> Timestamp;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is its one place")]
    fn now(&self) -> Timestamp {
        // A clock before 1970 is a clock that is not set: time then runs on from the last commit.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(0))
    }
}

/// A clock for tests: every reading is one step after the last.
#[derive(Debug)]
pub struct StepClock {
    next: AtomicI64,
    step: i64,
}

impl StepClock {
    /// A clock that first reads `start`.
    #[must_use]
    pub const fn new(start: Timestamp, step: i64) -> Self {
        Self { next: AtomicI64::new(start), step }
    }
}

impl Clock for StepClock {
    fn now(&self) -> Timestamp {
        self.next.fetch_add(self.step, Ordering::Relaxed)
    }
}
