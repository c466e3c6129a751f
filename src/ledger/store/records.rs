//! Reads records of the log by their places: a commit, and an index in it.

use crate::domain::canonical::wire::Broken;
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::log::entry::{AssertedRecord, BlobRecord, CommitRecord};
use crate::domain::statement::{StatementId, StatementRecord};
use crate::domain::version::VersionRecord;
use crate::domain::write::log_entry::LogEntry;
use crate::graph::CommitNote;
use crate::ledger::LedgerError;
use crate::ledger::store::SegmentStore;
use crate::log::Frame;

/// The place of a version: its commit, and its index among the versions of that commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ledger) struct VersionPlace {
    pub(in crate::ledger) seq: Seq,
    pub(in crate::ledger) place: u32,
}

impl SegmentStore {
    /// Returns versions by their places, in their order; `None` if there is no such version.
    pub(in crate::ledger) fn versions(
        &self,
        wanted: &[(VersionId, Option<VersionPlace>)],
    ) -> Result<Vec<Option<VersionRecord>>, LedgerError> {
        #[cfg(test)]
        self.faults().count_read();
        let read = |(id, place): &(VersionId, Option<VersionPlace>)| {
            let Some(VersionPlace { seq, place }) = *place else { return Ok(None) };
            let frame = self.frame(seq)?;
            let (Some(entry), Some(row)) = (frame.entry(seq), frame.row(seq, place)) else {
                return Err(broken(seq, Broken("version")));
            };
            let record = LogEntry::unpack_version(entry, row).map_err(|error| broken(seq, error))?;
            if record.id == *id {
                Ok(Some(record))
            } else {
                Err(LedgerError::Corrupt(format!("the hash of the content of {id} is not its id")))
            }
        };
        wanted.iter().map(read).collect()
    }

    /// Returns payloads by the commit that was the first to name them.
    pub(in crate::ledger) fn blobs(
        &self,
        wanted: &[(Digest, Option<Seq>)],
    ) -> Result<Vec<Option<BlobRecord>>, LedgerError> {
        let mut last: Option<LogEntry> = None;
        let read = |(digest, seq): &(Digest, Option<Seq>)| {
            let Some(seq) = *seq else { return Ok(None) };
            let entry = self.remembered(seq, &mut last)?;
            Ok(entry.blobs.iter().find(|blob| blob.digest == *digest).copied())
        };
        wanted.iter().map(read).collect()
    }

    pub(super) fn statements(
        &self,
        ids: &[StatementId],
    ) -> Result<Vec<Option<StatementRecord>>, LedgerError> {
        let mut last = None;
        let read = |id: &StatementId| {
            if !self.has(id.seq) {
                return Ok(None);
            }
            Ok(self.remembered(id.seq, &mut last)?.statements.get(id.place as usize).cloned())
        };
        ids.iter().map(read).collect()
    }

    pub(super) fn asserted(&self, ids: &[(Seq, u32)]) -> Result<Vec<Option<AssertedRecord>>, LedgerError> {
        let mut last = None;
        let read = |(seq, place): &(Seq, u32)| {
            if !self.has(*seq) {
                return Ok(None);
            }
            Ok(self.remembered(*seq, &mut last)?.asserted.get(*place as usize).cloned())
        };
        ids.iter().map(read).collect()
    }

    pub(super) fn commit_notes(&self, seqs: &[Seq]) -> Result<Vec<Option<CommitNote>>, LedgerError> {
        let read = |seq: &Seq| {
            if !self.has(*seq) {
                return Ok(None);
            }
            let CommitRecord { seq, time, author, message, .. } = self.commit(*seq)?;
            Ok(Some(CommitNote { seq, time, author, message }))
        };
        seqs.iter().map(read).collect()
    }

    /// Returns true if the log has the commit.
    fn has(&self, seq: Seq) -> bool {
        seq > Seq::ZERO && seq <= self.reader().head().seq
    }

    fn frame(&self, seq: Seq) -> Result<std::sync::Arc<Frame>, LedgerError> {
        let missing = || LedgerError::Corrupt(format!("commit {seq} is missing from the log"));
        self.reader().frame(seq)?.ok_or_else(missing)
    }

    fn commit(&self, seq: Seq) -> Result<CommitRecord, LedgerError> {
        let frame = self.frame(seq)?;
        let entry = frame.entry(seq).ok_or_else(|| broken(seq, Broken("entry")))?;
        LogEntry::unpack_commit(entry).map_err(|error| broken(seq, error))
    }

    /// Returns an entry; the one of the call before, if it is the same.
    fn remembered<'l>(&self, seq: Seq, last: &'l mut Option<LogEntry>) -> Result<&'l LogEntry, LedgerError> {
        if last.as_ref().is_none_or(|last| last.commit.seq != seq) {
            let frame = self.frame(seq)?;
            let entry = frame.entry(seq).ok_or_else(|| broken(seq, Broken("entry")))?;
            *last = Some(LogEntry::unpack(entry).map_err(|error| broken(seq, error))?);
        }
        last.as_ref().ok_or_else(|| broken(seq, Broken("entry")))
    }
}

pub(in crate::ledger) fn broken(seq: Seq, why: Broken) -> LedgerError {
    LedgerError::Corrupt(format!("commit {seq} of the log cannot be read: {why}"))
}
