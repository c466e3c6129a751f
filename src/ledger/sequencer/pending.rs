//! The times that uncommitted writes may get.
//!
//! A moment given as a time means the last commit at or before it. A commit in progress has a time
//! but is not durable: a moment after that time would be answered without the commit now and with
//! it later. Such moments are refused until the commit is settled.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::version::Timestamp;

/// The earliest time that a commit in progress may get.
#[derive(Debug)]
pub(crate) struct Pending(AtomicI64);

/// No commit is in progress.
const NONE: Timestamp = Timestamp::MAX;

impl Default for Pending {
    fn default() -> Self {
        Self(AtomicI64::new(NONE))
    }
}

impl Pending {
    /// Begins a group of commits whose times are not before `now`, nor before `floor`, the first
    /// time after the newest commit. All moments from `floor` on are refused while the clock is
    /// read, so that a reader who read the clock earlier and finds no commit in progress cannot be
    /// overtaken.
    pub(crate) fn begin(&self, floor: Timestamp, now: impl FnOnce() -> Timestamp) {
        // After an unknown outcome, the group never ends.
        if self.0.load(Ordering::SeqCst) == NONE {
            self.0.store(floor, Ordering::SeqCst);
            self.0.store(now().max(floor), Ordering::SeqCst);
        }
    }

    /// Settles all commits before `next`: they are durable, or certainly not written. `None`
    /// settles all.
    pub(crate) fn settle(&self, next: Option<Timestamp>) {
        self.0.store(next.unwrap_or(NONE), Ordering::SeqCst);
    }

    /// Returns the earliest time of the commits in progress; `None` if there are none.
    pub(crate) fn earliest(&self) -> Option<Timestamp> {
        Some(self.0.load(Ordering::SeqCst)).filter(|time| *time != NONE)
    }

    /// Returns true if a commit in progress may get this time or an earlier one.
    pub(crate) fn may_reach(&self, time: Timestamp) -> bool {
        self.0.load(Ordering::SeqCst) <= time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_that_a_commit_in_progress_may_get_is_not_settled() {
        let pending = Pending::default();
        assert!(!pending.may_reach(5) && pending.earliest().is_none());
        pending.begin(3, || {
            assert!(
                pending.may_reach(3),
                "while the clock is read nothing after the newest commit is settled"
            );
            assert!(!pending.may_reach(2), "and everything before it is");
            7
        });
        assert!(!pending.may_reach(6) && pending.may_reach(7) && pending.earliest() == Some(7));
        pending.begin(8, || 9);
        assert!(pending.may_reach(7), "what was under way still is");
        pending.settle(Some(9));
        assert!(!pending.may_reach(8) && pending.may_reach(9));
        pending.settle(None);
        assert!(!pending.may_reach(9));
        pending.begin(12, || 4);
        assert!(
            !pending.may_reach(11) && pending.may_reach(12),
            "a clock that was put back does not go before a commit"
        );
    }
}
