//! What time commits under way may get.
//!
//! A moment given as a time is the last commit at or before it. While a commit is under way its time is given but it is not
//! durable yet: a moment after that time would be answered without it now and with it later. So such moments are refused
//! until it is settled.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::version::Timestamp;

/// The earliest time that a commit under way may get.
#[derive(Debug)]
pub(crate) struct Pending(AtomicI64);

/// No commit is under way.
const NONE: Timestamp = Timestamp::MAX;

impl Default for Pending {
    fn default() -> Self {
        Self(AtomicI64::new(NONE))
    }
}

impl Pending {
    /// Commits are under way from now on, none of them earlier than `now` says, nor than `floor`, the first time after the
    /// newest commit. The clock is read while every moment from there on is refused, so that a reader who has looked at the
    /// clock before and finds nothing under way cannot be overtaken.
    pub(super) fn begin(&self, floor: Timestamp, now: impl FnOnce() -> Timestamp) {
        // After an unknown outcome nothing ends.
        if self.0.load(Ordering::SeqCst) == NONE {
            self.0.store(floor, Ordering::SeqCst);
            self.0.store(now().max(floor), Ordering::SeqCst);
        }
    }

    /// All commits before a time are durable, or certainly not written; where there is none, all are.
    pub(super) fn settle(&self, next: Option<Timestamp>) {
        self.0.store(next.unwrap_or(NONE), Ordering::SeqCst);
    }

    /// The time from which on commits under way are; none where none is under way.
    pub(super) fn earliest(&self) -> Option<Timestamp> {
        Some(self.0.load(Ordering::SeqCst)).filter(|time| *time != NONE)
    }

    /// Whether a commit under way may still get this time or an earlier one.
    pub(super) fn may_reach(&self, time: Timestamp) -> bool {
        self.0.load(Ordering::SeqCst) <= time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_that_a_commit_under_way_may_get_is_not_settled() {
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
