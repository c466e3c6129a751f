//! The source of time. The only module that reads the system clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::domain::version::Timestamp;

/// A source of time.
pub trait Clock: Send + Sync + 'static {
    /// Returns the time in microseconds since 1970 (Unix time).
    fn now(&self) -> Timestamp;

    /// Returns false if the clock shows a time before 1970: it was never set, and the database
    /// cannot run with it.
    fn is_set(&self) -> bool {
        true
    }
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is its one place")]
    fn now(&self) -> Timestamp {
        // A time before 1970 means that the clock was never set: commits then get times just after
        // the last one.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(0))
    }

    fn is_set(&self) -> bool {
        self.now() > 0
    }
}

/// The lag behind the newest commit, in microseconds, up to which nothing is logged.
const LOGGED_LAG: i64 = 10_000_000;

/// The lag of the clock behind the newest commit. Recorded time never runs backwards, so a clock
/// that was ahead once leaves commits whose times are in the future.
#[derive(Debug, Default)]
pub(crate) struct Skew(AtomicI64);

impl Skew {
    /// Records the lag of the clock (`now`) behind the earliest time of the next commit. Logs when
    /// the lag becomes too large and when it has ended.
    pub(super) fn note(&self, earliest: Timestamp, now: Timestamp) {
        let behind = earliest.saturating_sub(now);
        let behind = if behind > LOGGED_LAG { behind } else { 0 };
        match (self.0.swap(behind, Ordering::Relaxed), behind) {
            (0, 0) => {}
            (0, _) => {
                let seconds = behind / 1_000_000;
                tracing::warn!(
                    seconds,
                    "the clock of this machine is behind the newest commit: it is wrong now, or it was ahead when that commit was made. \
                     Until it catches up, commits get times one microsecond apart, and a moment given as a time does not find them: use a seq"
                );
            }
            (_, 0) => tracing::info!("the clock of this machine has reached the time of the newest commit"),
            (_, _) => {}
        }
    }

    /// Returns the lag of the clock; `None` if there is none.
    pub(super) fn behind(&self) -> Option<Duration> {
        let behind = u64::try_from(self.0.load(Ordering::Relaxed)).ok().filter(|behind| *behind > 0);
        behind.map(Duration::from_micros)
    }
}

/// A clock for tests: every reading is one step after the last one.
#[derive(Debug)]
pub struct StepClock {
    next: AtomicI64,
    step: i64,
}

impl StepClock {
    /// Creates a clock whose first reading is `start`.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_behind_the_newest_commit_is_noticed_until_it_gets_there() {
        let skew = Skew::default();
        skew.note(Timestamp::MIN, 5);
        skew.note(LOGGED_LAG, 0);
        assert_eq!(skew.behind(), None, "so much may be");
        skew.note(3 * LOGGED_LAG, 0);
        assert_eq!(skew.behind(), Some(Duration::from_secs(30)));
        skew.note(3 * LOGGED_LAG, LOGGED_LAG);
        assert_eq!(skew.behind(), Some(Duration::from_secs(20)));
        skew.note(3 * LOGGED_LAG, 3 * LOGGED_LAG - 1);
        assert_eq!(skew.behind(), None);
    }
}
