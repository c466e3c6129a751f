//! Records one JSON object a line.

use std::io::BufRead;

use super::super::record::Record;
use super::super::record::digest::Chain;
use super::super::record::payload::Folder;
use super::super::record::reader::{Read, Records, Stop};
use super::lines::{Line, LineError, Lines};

/// The records of an NDJSON stream.
pub(in crate::cli::import) struct Ndjson<R> {
    lines: Lines<R>,
    chain: Chain,
    payloads: Option<Folder>,
}

impl<R: BufRead> Ndjson<R> {
    /// Records of this input, whose files lie in a folder.
    pub(in crate::cli::import) fn new(input: R, payloads: Option<Folder>) -> Self {
        Self { lines: Lines::new(input), chain: Chain::default(), payloads }
    }
}

impl<R: BufRead + Send> Records for Ndjson<R> {
    fn next(&mut self) -> Result<Option<Read>, Stop> {
        let Some(Line { number, text }) = self.lines.next().map_err(unreadable)? else { return Ok(None) };
        let mut record = Record::parse(text).map_err(|reason| reason.at(number))?;
        let payload = record.bring(self.payloads.as_ref()).map_err(|reason| reason.at(number))?;
        let digest = self.chain.link(text, payload.as_ref());
        let bytes = text.len();
        Ok(Some(Read { place: number.into(), record, bytes, digest, position: self.lines.bytes(), payload }))
    }
}

fn unreadable(error: LineError) -> Stop {
    Stop::Unreadable(error.to_string())
}
