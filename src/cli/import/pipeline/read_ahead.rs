//! Records that are read ahead of the commit they will be in.
//!
//! What an earlier run committed is recognised by the digest of the file up to a commit's end. Where that end is depends on
//! the earlier run: on its `--batch`, and on where the file ended then. So records are read ahead, as many as one commit can
//! have, to find it.

use std::collections::VecDeque;

use super::super::record::reader::{Parcel, Read, Reader, Records, Skipped, Stop, Then};
use super::batching::{BYTES, Cut};
use crate::domain::invalid::MAX_CHANGES;

/// Records in the order of the file.
pub(in crate::cli::import) struct Ahead {
    reader: Reader,
    queue: VecDeque<Read>,
    /// What stands behind the queue; told only when its turn comes.
    stop: Option<Stop>,
    ended: bool,
    skipped: Skipped,
}

impl Ahead {
    /// The records of this input.
    pub(in crate::cli::import) fn new(records: Box<dyn Records>) -> Self {
        let (queue, skipped) = (VecDeque::new(), Skipped::default());
        Self { reader: Reader::start(records), queue, stop: None, ended: false, skipped }
    }

    /// What was passed over so far.
    pub(in crate::cli::import) fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }

    /// The records up to and with the first one whose digest is known; none where no commit that begins here is.
    pub(in crate::cli::import) fn known(
        &mut self,
        is_known: impl Fn(&[u8; 32]) -> bool,
    ) -> Option<Vec<Read>> {
        let mut bytes = 0;
        for place in 0..MAX_CHANGES {
            let read = self.at(place)?;
            bytes += read.bytes;
            if is_known(&read.digest) {
                return Some(self.queue.drain(..=place).collect());
            }
            // A commit has more only where it is a single record.
            if bytes > BYTES {
                return None;
            }
        }
        None
    }

    /// The records of the next commit; none at the end.
    ///
    /// # Errors
    /// What stands in the middle of the commit and is no record.
    pub(in crate::cli::import) fn commit(&mut self, most: usize) -> Result<Vec<Read>, Stop> {
        let mut cut = Cut::new(most);
        let mut place = 0;
        while let Some(read) = self.at(place)
            && !cut.is_before(&read.record, read.bytes)
        {
            cut.add(&read.record, read.bytes);
            place += 1;
        }
        match self.stop.take_if(|_| self.queue.len() == place) {
            Some(stop) => Err(stop),
            None => Ok(self.queue.drain(..place).collect()),
        }
    }

    /// The record at a place of the queue, read now where it was not before.
    fn at(&mut self, place: usize) -> Option<&Read> {
        while self.queue.len() <= place && !self.ended {
            let Parcel { records, skipped, then } = self.reader.next();
            self.queue.extend(records);
            self.skipped.add(skipped);
            self.ended = !matches!(then, Then::More);
            if let Then::Stop(stop) = then {
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
    use crate::cli::import::format::ndjson::Ndjson;
    use crate::cli::import::record::fault::Place;
    use crate::cli::import::record::reader::PARCEL;

    fn records(count: usize) -> String {
        (0..count).map(|n| format!("{{\"type\":\"item\",\"item\":\"n/SOURCE/{n}\"}}\n")).collect()
    }

    fn reading(text: String) -> Ahead {
        Ahead::new(Box::new(Ndjson::new(Cursor::new(text), None)))
    }

    fn lines(read: &[Read]) -> Vec<u64> {
        let line = |read: &Read| match read.place {
            Place::Line(line) => line,
            _ => 0,
        };
        read.iter().map(line).collect()
    }

    #[test]
    fn a_commit_is_recognised_by_its_end_wherever_that_is() {
        let text = records(5);
        let mut ahead = reading(text.clone());
        let digests: Vec<_> = ahead.commit(5).unwrap().iter().map(|read| read.digest).collect();
        let mut again = reading(text);
        assert_eq!(lines(&again.known(|digest| *digest == digests[2]).unwrap()), [1, 2, 3]);
        assert!(again.known(|_| false).is_none());
        // What was read ahead is still there.
        assert_eq!(lines(&again.commit(1).unwrap()), [4]);
        assert_eq!(lines(&again.commit(9).unwrap()), [5]);
        assert!(again.commit(9).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_record_is_told_when_its_commit_comes() {
        let text = format!("{}{{}}\n{}", records(3), records(1));
        let mut ahead = reading(text);
        assert!(ahead.known(|_| false).is_none());
        assert_eq!(lines(&ahead.commit(2).unwrap()), [1, 2]);
        assert!(matches!(ahead.commit(2), Err(Stop::Bad(fault)) if fault.place == Place::Line(4)));
    }

    #[test]
    fn little_more_is_read_ahead_than_one_commit_can_have() {
        let text = records(MAX_CHANGES + 2 * PARCEL);
        let mut ahead = reading(text);
        assert!(ahead.known(|_| false).is_none());
        assert!((MAX_CHANGES..MAX_CHANGES + PARCEL).contains(&ahead.queue.len()));
    }
}
