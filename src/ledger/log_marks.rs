//! The marks of all durable commits. They distinguish this log from another one with the same seqs.

use std::sync::{PoisonError, RwLock};

use super::{Ledger, LedgerError, LedgerState, View};
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;
use crate::domain::log::position::{LogMark, Position};

/// One mark for each commit, by seq.
#[derive(Default)]
pub(crate) struct LogMarks {
    marks: RwLock<Vec<LogMark>>,
    /// The marks that commits had before the log was converted.
    former: Vec<LogMark>,
}

impl LogMarks {
    /// Creates the chain of a log with these marks.
    pub(super) const fn new(marks: Vec<LogMark>, former: Vec<LogMark>) -> Self {
        Self { marks: RwLock::new(marks), former }
    }

    /// Adds the next commits.
    pub(super) fn extend(&self, heads: &[Head]) {
        let mut marks = self.marks.write().unwrap_or_else(PoisonError::into_inner);
        marks.extend(heads.iter().map(|head| LogMark::of(&head.digest)));
    }

    /// Returns true if the commit had this mark before the log was converted.
    fn was(&self, seq: Seq, mark: LogMark) -> bool {
        let place = seq.0.checked_sub(1).and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| self.former.get(place)) == Some(&mark)
    }

    /// Returns the mark of a commit; `None` if there is no such commit yet.
    fn mark(&self, seq: Seq) -> Option<LogMark> {
        let Some(place) = seq.0.checked_sub(1) else { return Some(LogMark::default()) };
        let marks = self.marks.read().unwrap_or_else(PoisonError::into_inner);
        marks.get(usize::try_from(place).ok()?).copied()
    }
}

impl LedgerState {
    /// Returns the seq of a position. If other processes write as well, the commit may not exist
    /// yet, which the caller checks; in a store of one process, a position whose commit is missing
    /// is from another log.
    fn fits(&self, position: Position) -> Result<Seq, LedgerError> {
        let is_ours = match (position.mark, self.marks.mark(position.seq)) {
            (None, _) => true,
            (Some(mark), Some(ours)) => mark == ours || self.marks.was(position.seq, mark),
            (Some(_), None) => self.store.is_shared(),
        };
        if is_ours { Ok(position.seq) } else { Err(LedgerError::OtherHistory { seq: position.seq }) }
    }

    fn position(&self, seq: Seq) -> Position {
        Position { seq, mark: self.marks.mark(seq) }
    }
}

impl Ledger {
    /// Returns a seq with the mark of its commit, to be stored elsewhere.
    #[must_use]
    pub fn position(&self, seq: Seq) -> Position {
        self.shared.position(seq)
    }

    /// Returns the seq of a stored position. Its commit may not exist yet.
    ///
    /// # Errors
    /// Returns [`LedgerError::OtherHistory`] if the position is from another log.
    pub fn fits(&self, position: Position) -> Result<Seq, LedgerError> {
        self.shared.fits(position)
    }
}

impl View {
    /// Returns a seq with the mark of its commit, to be stored elsewhere.
    #[must_use]
    pub fn position(&self, seq: Seq) -> Position {
        self.shared().position(seq)
    }

    /// Returns the mark of a commit; `None` if there is no such commit yet.
    #[must_use]
    pub fn mark(&self, seq: Seq) -> Option<LogMark> {
        self.shared().marks.mark(seq)
    }

    /// Returns the seq of a stored position. Its commit may not exist yet.
    ///
    /// # Errors
    /// Returns [`LedgerError::OtherHistory`] if the position is from another log.
    pub fn fits(&self, position: Position) -> Result<Seq, LedgerError> {
        self.shared().fits(position)
    }
}
