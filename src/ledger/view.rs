//! Views: the world at one seq. Every read there is goes through one.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::DateTime;

use super::index::Generation;
use super::{LedgerError, Shared};
use crate::domain::id::{Malformed, Seq};
use crate::domain::version::Timestamp;
use crate::lineage::{At, Walker};

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// Just after a commit.
    Seq(Seq),
    /// A time: just after the last commit at or before it.
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

/// The world at one seq, judged by what was said up to another (the same, unless it was set apart).
#[derive(Clone)]
pub struct View {
    shared: Arc<Shared>,
    /// All reads through this view, and through copies of it, are of one index.
    index: Arc<Generation>,
    seq: Seq,
    known: Seq,
}

impl View {
    /// The world at a durable seq.
    pub(super) fn new(shared: Arc<Shared>, seq: Seq) -> Self {
        Self::knowing_up_to(shared, seq, seq)
    }

    /// Both seqs are durable before the index is taken, so that it holds their commits and not others of their numbers.
    fn knowing_up_to(shared: Arc<Shared>, seq: Seq, known: Seq) -> Self {
        let index = shared.index.newest();
        Self { shared, index, seq, known }
    }

    pub(crate) const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The seq read at.
    #[must_use]
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    /// The seq up to which statements count.
    #[must_use]
    pub const fn known(&self) -> Seq {
        self.known
    }

    /// The time of the commit read at; 1970 for the empty store before the first one.
    #[must_use]
    #[track_caller]
    pub fn time(&self) -> Timestamp {
        self.index.read().time(self.seq).unwrap_or(0)
    }

    /// The world at an earlier moment, judged by what was said up to then.
    ///
    /// # Errors
    /// [`LedgerError::AsOfUnavailable`] for a moment after this view's.
    pub fn back_to(&self, as_of: AsOf) -> Result<Self, LedgerError> {
        let seq = self.seq_of(as_of, self.seq)?;
        Ok(Self::new(Arc::clone(&self.shared), seq))
    }

    /// The same world, judged by what was said up to another moment, which may be after the view's own.
    ///
    /// # Errors
    /// [`LedgerError::AsOfUnavailable`] for a moment that has not come yet.
    pub fn knowing(&self, as_of: AsOf) -> Result<Self, LedgerError> {
        let known = self.seq_of(as_of, self.shared.durable())?;
        Ok(Self::knowing_up_to(Arc::clone(&self.shared), self.seq, known))
    }

    /// Which index answers: another one after a refused write, whose numbers hold for what is durable, and whose places
    /// do not.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.index.number()
    }

    fn seq_of(&self, as_of: AsOf, newest: Seq) -> Result<Seq, LedgerError> {
        let found = match as_of {
            AsOf::Seq(seq) => Some(seq),
            // Later commits could still get a time that lies ahead of the clock, and those under way one before it.
            AsOf::Time(time) if !self.is_past(time) || self.shared.pending.may_reach(time) => None,
            AsOf::Time(time) => {
                Some(self.shared.reading(|index| index.seq_at(time)).min(self.shared.durable()))
            }
        };
        match (found, as_of) {
            (Some(seq), _) if seq <= newest => Ok(seq),
            // A time between this view's commit and the next is still this view's moment.
            (Some(_), AsOf::Time(_)) if newest == self.shared.durable() => Ok(newest),
            (None, AsOf::Time(_)) => Err(LedgerError::AsOfUnavailable(format!(
                "the moment is not settled: a commit may still get that time or an earlier one; ask for an earlier moment, {}",
                match self.shared.writable.load(Ordering::Acquire) {
                    true => "or again later",
                    false => "or start the server again: the outcome of a write is unknown",
                }
            ))),
            _ => Err(LedgerError::AsOfUnavailable(format!(
                "the moment asked about is after seq {newest}, the newest that can be read here; ask for that or earlier"
            ))),
        }
    }

    /// Whether no later commit can get this time: it is not after the newest commit's, or it is gone by. Others' clocks are not
    /// known here; so where others write, it is gone by when it is so long ago that what they did then is known.
    fn is_past(&self, time: Timestamp) -> bool {
        let durable = self.shared.durable();
        let last = self.shared.reading(|index| index.time(durable));
        let gone_by = || match self.shared.graph.is_shared() {
            true => self.shared.following.is_past(time),
            false => time < self.shared.clock.now(),
        };
        last.is_some_and(|last| time <= last) || gone_by()
    }

    /// Returns the number of commits, items and versions at this view: about as many entries as any list has.
    #[must_use]
    pub fn entries(&self) -> u64 {
        let seq = self.seq();
        self.read(|at| seq.0 + u64::from(at.made_by(seq).end) + u64::from(at.items_made_by(seq).end))
    }

    /// Reads the lineage index at this view. Do not wait inside, and do not read through any view: a writer waits for
    /// it to end, and everything else for the writer. What may take longer than a few milliseconds is a [`View::walk`].
    ///
    /// # Panics
    /// In builds with assertions, inside another read on the same thread.
    #[track_caller]
    pub fn read<T>(&self, reading: impl FnOnce(At<'_>) -> T) -> T {
        let index = self.index.read();
        reading(At::new(&index, self.seq).knowing(self.known))
    }

    /// Walks through the lineage index at this view, for as long as it takes: the walk gives the index away between its
    /// steps while a writer waits for it.
    ///
    /// # Panics
    /// As [`View::read`].
    #[track_caller]
    pub fn walk<T>(&self, walking: impl FnOnce(&mut Walker<'_>) -> T) -> T {
        let mut index = self.index.walk();
        walking(&mut Walker::new(&mut index, self.seq, self.known))
    }
}
