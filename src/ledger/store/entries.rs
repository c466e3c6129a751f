//! Reads commits and complete log entries in sequence.

use super::SegmentStore;
use super::records::broken;
use crate::domain::id::Seq;
use crate::domain::log::entry::{CommitRecord, Head};
use crate::domain::write::log_entry::LogEntry;
use crate::ledger::LedgerError;

impl SegmentStore {
    /// Returns at most `limit` commits after `after`, ascending and without gaps.
    pub(super) fn commits(&self, after: Seq, limit: usize) -> Result<Vec<CommitRecord>, LedgerError> {
        let mut found = Vec::new();
        self.each_after(after, |seq, bytes| {
            if found.len() >= limit {
                return Ok(false);
            }
            found.push(LogEntry::unpack_commit(bytes).map_err(|error| broken(seq, error))?);
            Ok(true)
        })?;
        Ok(found)
    }

    /// Returns log entries after `after` up to `until`: at least one, and more until their packed
    /// forms have about `bytes`. Each is checked against its digest.
    pub(in crate::ledger) fn log_entries(
        &self,
        after: Seq,
        until: Seq,
        bytes: usize,
    ) -> Result<Vec<LogEntry>, LedgerError> {
        let (mut found, mut weight) = (Vec::new(), 0);
        self.each_after(after, |seq, packed| {
            if seq > until || weight >= bytes {
                return Ok(false);
            }
            weight += packed.len();
            let log_entry = LogEntry::unpack(packed).map_err(|error| broken(seq, error))?;
            let before = Head { seq: Seq(seq.0 - 1), digest: log_entry.commit.previous };
            log_entry.check(before).map_err(|error| LedgerError::Corrupt(error.to_string()))?;
            found.push(log_entry);
            Ok(true)
        })?;
        Ok(found)
    }

    /// Calls `take` with each packed entry after `after`, until it returns false.
    pub(in crate::ledger) fn each_after(
        &self,
        after: Seq,
        mut take: impl FnMut(Seq, &[u8]) -> Result<bool, LedgerError>,
    ) -> Result<(), LedgerError> {
        for frame in self.reader().frames_after(after) {
            for (seq, bytes) in frame?.entries().filter(|(seq, _)| *seq > after) {
                if !take(seq, bytes)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
