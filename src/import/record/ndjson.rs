//! NDJSON: one record per line.

use std::io::BufRead;

use serde::de::IgnoredAny;

use super::digest::RunningDigest;
use super::fault::Reason;
use super::lines::{LineError, Lines, TextLine};
use super::payload::PayloadFolder;
use super::reader::{ReadRecord, ReadStop, RecordSource, Skipped};
use super::texts::TextIntegers;
use super::{Record, object};

/// The records of an NDJSON stream.
pub(crate) struct NdjsonRecords<R> {
    lines: Lines<R>,
    running: RunningDigest,
    payloads: Option<PayloadFolder>,
    texts: TextIntegers,
}

impl<R: BufRead> NdjsonRecords<R> {
    /// Reads the records of an input; `payloads` is the folder of their files.
    pub(crate) fn new(input: R, payloads: Option<PayloadFolder>) -> Self {
        let (running, texts) = (RunningDigest::default(), TextIntegers::default());
        Self { lines: Lines::new(input), running, payloads, texts }
    }
}

impl<R: BufRead + Send> RecordSource for NdjsonRecords<R> {
    fn next(&mut self) -> Result<Option<ReadRecord>, ReadStop> {
        let Some(TextLine { number, text }) = self.lines.next().map_err(unreadable)? else { return Ok(None) };
        let mut fields = object(text).map_err(|reason| match is_incomplete(text) {
            true => Reason::record(INCOMPLETE).at(number),
            false => reason.at(number),
        })?;
        self.texts.convert(&mut fields, || number.into());
        let read = Record::of_fields(fields, self.payloads.as_ref());
        let (record, payload) = read.map_err(|reason| reason.at(number))?;
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

    fn skipped(&mut self) -> Skipped {
        let mut skipped = Skipped::default();
        self.texts.report(&mut skipped);
        skipped
    }
}

const INCOMPLETE: &str = "expected a complete record on one line, found the beginning of one; the file is cut off, or write each record on \
                          one line, for instance with `jq -c . FILE | stemma import -`";

/// Returns true for the beginning of a record, which continues on the next line.
fn is_incomplete(text: &[u8]) -> bool {
    text.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

fn unreadable(error: LineError) -> ReadStop {
    ReadStop::Unreadable(error.to_string())
}
