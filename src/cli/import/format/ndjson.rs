//! NDJSON: one record per line.

use std::io::BufRead;

use super::super::record::Record;
use super::super::record::digest::RunningDigest;
use super::super::record::payload::PayloadFolder;
use super::super::record::reader::{ReadRecord, ReadStop, RecordSource};
use super::lines::{LineError, Lines, TextLine};

/// The records of an NDJSON stream.
pub(crate) struct NdjsonRecords<R> {
    lines: Lines<R>,
    running: RunningDigest,
    payloads: Option<PayloadFolder>,
}

impl<R: BufRead> NdjsonRecords<R> {
    /// Reads the records of an input; `payloads` is the folder of their files.
    pub(crate) fn new(input: R, payloads: Option<PayloadFolder>) -> Self {
        Self { lines: Lines::new(input), running: RunningDigest::default(), payloads }
    }
}

impl<R: BufRead + Send> RecordSource for NdjsonRecords<R> {
    fn next(&mut self) -> Result<Option<ReadRecord>, ReadStop> {
        let Some(TextLine { number, text }) = self.lines.next().map_err(unreadable)? else { return Ok(None) };
        let mut record = Record::parse(text).map_err(|reason| reason.at(number))?;
        let payload = record.load_payload(self.payloads.as_ref()).map_err(|reason| reason.at(number))?;
        let digest = self.running.add(text, payload.as_ref());
        let bytes = text.len();
        Ok(Some(ReadRecord {
            place: number.into(),
            record,
            bytes,
            digest,
            position: self.lines.bytes(),
            payload,
        }))
    }
}

fn unreadable(error: LineError) -> ReadStop {
    ReadStop::Unreadable(error.to_string())
}
