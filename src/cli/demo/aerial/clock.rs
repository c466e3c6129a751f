//! The clock of a story: its commits have the times that the story gives them.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::version::Timestamp;
use crate::ledger::{Clock, SystemClock};

/// The clock shows no time of the story.
const NONE: Timestamp = Timestamp::MIN;

/// The system's clock, except while a commit of the story is made.
#[derive(Debug)]
pub(in crate::cli::demo) struct StoryClock(AtomicI64);

impl StoryClock {
    pub(in crate::cli::demo) const fn new() -> Self {
        Self(AtomicI64::new(NONE))
    }

    /// Shows a time of the story, unless the store has a later commit: then the story is continued in
    /// a store that is in use, and its commits have the times at which they are made.
    pub(super) fn show(&self, time: Timestamp, newest: Timestamp) {
        self.0.store(if newest < time { time } else { NONE }, Ordering::SeqCst);
    }

    /// Shows the system's time from now on.
    pub(super) fn release(&self) {
        self.0.store(NONE, Ordering::SeqCst);
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Timestamp {
        match self.0.load(Ordering::SeqCst) {
            NONE => SystemClock.now(),
            time => time,
        }
    }

    fn is_set(&self) -> bool {
        SystemClock.is_set()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_story_is_shown_unless_the_store_is_ahead_of_it() {
        let clock = StoryClock::new();
        let system = SystemClock.now();
        assert!(clock.now() >= system);
        clock.show(5, 4);
        assert_eq!((clock.now(), clock.now()), (5, 5));
        clock.show(5, 5);
        assert!(clock.now() >= system);
        clock.show(7, 6);
        clock.release();
        assert!(clock.now() >= system);
    }
}
