//! Views: the data at one seq. Every read goes through a view.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::DateTime;

use super::index::Generation;
use super::{LedgerError, LedgerState};
use crate::domain::id::{Malformed, Seq};
use crate::domain::version::Timestamp;
use crate::lineage::{At, Walker};

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// The state just after a commit.
    Seq(Seq),
    /// The state at a time: just after the last commit at or before it.
    Time(Timestamp),
}

impl FromStr for AsOf {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let time = || DateTime::parse_from_rfc3339(text).ok().map(|time| Self::Time(time.timestamp_micros()));
        text.parse().ok().map(Self::Seq).or_else(time).ok_or_else(|| {
            Malformed::new(text, "a moment: a seq such as 120, or a time such as 2026-03-01T12:00:00Z")
        })
    }
}

/// The data at one seq, judged by the statements up to another seq (the same one by default).
#[derive(Clone)]
pub struct View {
    shared: Arc<LedgerState>,
    /// All reads through this view and its clones use one index.
    index: Arc<Generation>,
    seq: Seq,
    known: Seq,
}

impl View {
    /// Creates the view at a durable seq.
    pub(super) fn new(shared: Arc<LedgerState>, seq: Seq) -> Self {
        Self::knowing_up_to(shared, seq, seq)
    }

    /// Both seqs are durable before the index is taken, so that it contains their commits and no
    /// others with the same seqs.
    fn knowing_up_to(shared: Arc<LedgerState>, seq: Seq, known: Seq) -> Self {
        let index = shared.index.newest();
        Self { shared, index, seq, known }
    }

    pub(super) const fn shared(&self) -> &Arc<LedgerState> {
        &self.shared
    }

    /// Returns the seq of this view.
    #[must_use]
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    /// Returns the seq up to which statements count.
    #[must_use]
    pub const fn known(&self) -> Seq {
        self.known
    }

    /// Returns the time of the commit of this view; 1970 (0) for the empty store.
    #[must_use]
    #[track_caller]
    pub fn time(&self) -> Timestamp {
        self.index.read().time(self.seq).unwrap_or(0)
    }

    /// Returns the view at an earlier moment, judged by the statements up to then.
    ///
    /// # Errors
    /// Returns [`LedgerError::AsOfUnavailable`] for a moment after this view's.
    pub fn back_to(&self, as_of: AsOf) -> Result<Self, LedgerError> {
        let seq = self.seq_of(as_of, self.seq)?;
        Ok(Self::new(Arc::clone(&self.shared), seq))
    }

    /// Returns the same view, judged by the statements up to another moment, which may be later
    /// than the view.
    ///
    /// # Errors
    /// Returns [`LedgerError::AsOfUnavailable`] if the moment is in the future.
    pub fn knowing(&self, as_of: AsOf) -> Result<Self, LedgerError> {
        let known = self.seq_of(as_of, self.shared.durable())?;
        Ok(Self::knowing_up_to(Arc::clone(&self.shared), self.seq, known))
    }

    /// Returns the generation of the index. A refused write replaces the index: numbers of durable
    /// records remain valid, positions in its lists do not.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.index.number()
    }

    fn seq_of(&self, as_of: AsOf, newest: Seq) -> Result<Seq, LedgerError> {
        let found = match as_of {
            AsOf::Seq(seq) => Some(seq),
            // Later commits may still get a time that is ahead of the clock, and commits in
            // progress one before it.
            AsOf::Time(time) if !self.is_past(time) || self.shared.pending.may_reach(time) => None,
            AsOf::Time(time) => {
                Some(self.shared.reading(|index| index.seq_at(time)).min(self.shared.durable()))
            }
        };
        match (found, as_of) {
            (Some(seq), _) if seq <= newest => Ok(seq),
            // A time between this view's commit and the next one is still this view's moment.
            (Some(_), AsOf::Time(_)) if newest == self.shared.durable() => Ok(newest),
            (None, AsOf::Time(_)) => Err(LedgerError::AsOfUnavailable(format!(
                "the moment is not settled: it is in the future, or a commit may still get that time or an earlier one; ask for an earlier moment, {}",
                match self.shared.writable.load(Ordering::Acquire) {
                    true => "or again later",
                    false => "or start the server again: the outcome of a write is unknown",
                }
            ))),
            _ => Err(LedgerError::AsOfUnavailable(format!(
                "the requested moment is after seq {newest}, the newest that can be read here; ask for that or an earlier one"
            ))),
        }
    }

    /// Returns true if no later commit can get this time: it is not after the newest commit's, or
    /// it has passed. The clocks of other processes are not known here, so with several writers a
    /// time has passed when it is so long ago that all their commits of then are here.
    fn is_past(&self, time: Timestamp) -> bool {
        let durable = self.shared.durable();
        let last = self.shared.reading(|index| index.time(durable));
        let gone_by = || match self.shared.store.is_shared() {
            true => self.shared.replication.is_past(time),
            false => time < self.shared.clock.now(),
        };
        last.is_some_and(|last| time <= last) || gone_by()
    }

    /// Returns the number of commits, items and versions at this view, which is about the maximum
    /// length of a list.
    #[must_use]
    pub fn entries(&self) -> u64 {
        let seq = self.seq();
        self.read(|at| seq.0 + u64::from(at.made_by(seq).end) + u64::from(at.items_made_by(seq).end))
    }

    /// Reads the lineage index at this view. Do not wait inside, and do not read through any view:
    /// a writer waits for the read to end, and everything else waits for the writer. Use
    /// [`View::walk`] for what may take longer than a few milliseconds.
    ///
    /// # Panics
    /// Panics in builds with assertions, if this thread is already reading the index.
    #[track_caller]
    pub fn read<T>(&self, reading: impl FnOnce(At<'_>) -> T) -> T {
        let index = self.index.read();
        reading(At::new(&index, self.seq).knowing(self.known))
    }

    /// Walks through the lineage index at this view. It may take long: the walk releases the lock
    /// between its steps while a writer waits.
    ///
    /// # Panics
    /// Panics as [`View::read`] does.
    #[track_caller]
    pub fn walk<T>(&self, walking: impl FnOnce(&mut Walker<'_>) -> T) -> T {
        let mut index = self.index.walk();
        walking(&mut Walker::new(&mut index, self.seq, self.known))
    }
}
