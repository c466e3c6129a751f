//! Read-ahead: records that are read before their commit begins.
//!
//! A commit of an earlier run is recognised by the digest of the file up to its end. The position
//! of this end depends on the `--batch` of that run and on the end of the file at that time, so as
//! many records are read ahead as one commit can have.

use std::collections::VecDeque;

use super::super::findings::SampleFindings;
use super::super::record::reader::{
    Parcel, ParcelEnd, ParcelReader, ReadRecord, ReadStop, RecordSource, Skipped,
};
use super::batching::{BYTES, ImportBatch};
use crate::domain::invalid::MAX_CHANGES;

/// The records of an input in their order, with read-ahead.
pub(crate) struct ReadAhead {
    reader: ParcelReader,
    queue: VecDeque<ReadRecord>,
    /// The error after the queue; returned when its position is reached.
    stop: Option<ReadStop>,
    ended: bool,
    skipped: Skipped,
    findings: Option<SampleFindings>,
}

impl ReadAhead {
    /// Starts to read the records of an input.
    pub(crate) fn new(records: Box<dyn RecordSource>) -> Self {
        let (queue, skipped, findings) = (VecDeque::new(), Skipped::default(), None);
        Self { reader: ParcelReader::start(records), queue, stop: None, ended: false, skipped, findings }
    }

    /// Takes the entries that were skipped so far.
    pub(crate) fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }

    /// Takes what the input said about its samples, at its end; `None` for records.
    pub(crate) fn findings(&mut self) -> Option<SampleFindings> {
        self.findings.take()
    }

    /// Takes the records through the first one whose digest is known; `None` if no commit of an
    /// earlier run begins here.
    pub(crate) fn known(&mut self, is_known: impl Fn(&[u8; 32]) -> bool) -> Option<Vec<ReadRecord>> {
        let mut bytes = 0;
        for place in 0..MAX_CHANGES {
            let read = self.at(place)?;
            bytes += read.bytes;
            if is_known(&read.digest) {
                return Some(self.queue.drain(..=place).collect());
            }
            // A commit has more bytes only if it is a single record.
            if bytes > BYTES {
                return None;
            }
        }
        None
    }

    /// Takes the records of the next commit; empty at the end.
    ///
    /// # Errors
    /// An invalid record within the commit.
    pub(crate) fn commit(&mut self, most: usize) -> Result<Vec<ReadRecord>, ReadStop> {
        let mut batch = ImportBatch::new(most);
        let mut place = 0;
        while let Some(read) = self.at(place)
            && !batch.is_before(&read.record, read.bytes)
        {
            batch.add(&read.record, read.bytes);
            place += 1;
        }
        match self.stop.take_if(|_| self.queue.len() == place) {
            Some(stop) => Err(stop),
            None => Ok(self.queue.drain(..place).collect()),
        }
    }

    /// Returns the record at a position of the queue. Reads it if necessary.
    fn at(&mut self, place: usize) -> Option<&ReadRecord> {
        while self.queue.len() <= place && !self.ended {
            let Parcel { records, skipped, then, findings } = self.reader.next();
            self.queue.extend(records);
            self.skipped.add(skipped);
            self.findings = self.findings.take().or(findings);
            self.ended = !matches!(then, ParcelEnd::More);
            if let ParcelEnd::Stop(stop) = then {
                self.stop = Some(stop);
            }
        }
        self.queue.get(place)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::import::record::fault::RecordPlace;
    use crate::import::record::ndjson::NdjsonRecords;
    use crate::import::record::reader::PARCEL;

    fn records(count: usize) -> String {
        (0..count).map(|n| format!("{{\"type\":\"item\",\"item\":\"n/SOURCE/{n}\"}}\n")).collect()
    }

    fn reading(text: String) -> ReadAhead {
        ReadAhead::new(Box::new(NdjsonRecords::new(Cursor::new(text), None)))
    }

    fn lines(read: &[ReadRecord]) -> Vec<u64> {
        let line = |read: &ReadRecord| match read.place {
            RecordPlace::Line(line) => line,
            _ => 0,
        };
        read.iter().map(line).collect()
    }

    #[test]
    fn a_commit_is_recognised_by_its_end() {
        let text = records(5);
        let mut ahead = reading(text.clone());
        let digests: Vec<_> = ahead.commit(5).unwrap().iter().map(|read| read.digest).collect();
        let mut again = reading(text);
        assert_eq!(lines(&again.known(|digest| *digest == digests[2]).unwrap()), [1, 2, 3]);
        assert!(again.known(|_| false).is_none());
        // Records that were read ahead are not lost.
        assert_eq!(lines(&again.commit(1).unwrap()), [4]);
        assert_eq!(lines(&again.commit(9).unwrap()), [5]);
        assert!(again.commit(9).unwrap().is_empty());
    }

    #[test]
    fn an_invalid_record_is_reported_with_its_commit() {
        let text = format!("{}{{}}\n{}", records(3), records(1));
        let mut ahead = reading(text);
        assert!(ahead.known(|_| false).is_none());
        assert_eq!(lines(&ahead.commit(2).unwrap()), [1, 2]);
        assert!(matches!(ahead.commit(2), Err(ReadStop::Bad(fault)) if fault.place == RecordPlace::Line(4)));
    }

    #[test]
    fn the_read_ahead_is_limited_to_about_one_commit() {
        let text = records(MAX_CHANGES + 2 * PARCEL);
        let mut ahead = reading(text);
        assert!(ahead.known(|_| false).is_none());
        assert!((MAX_CHANGES..MAX_CHANGES + PARCEL).contains(&ahead.queue.len()));
    }
}
