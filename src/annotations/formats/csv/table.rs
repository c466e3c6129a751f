//! One table: its rows in order, and any of them again by its position.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use csv::{ByteRecord, ErrorKind, Position, ReaderBuilder, StringRecord};

use super::kind::TableHead;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::reader::ReadStop;

/// The longest row, in bytes.
const LONGEST: u64 = 16 * 1024 * 1024;
/// Small, because rows of an image that are not adjacent fill it again each.
const BUFFER: usize = 8 * 1024;

/// A table of the input.
pub(super) struct CsvTable {
    /// The path below the input.
    pub path: String,
    /// The file of the system.
    pub system: PathBuf,
    /// The delimiter and the header.
    pub head: TableHead,
    /// The length, in bytes.
    pub size: u64,
}

/// The position of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowPosition {
    /// The first byte.
    pub byte: u64,
    /// The line, from 1.
    pub line: u64,
}

/// The rows of a table.
pub(super) struct CsvRows {
    reader: csv::Reader<BoundedFile>,
    record: StringRecord,
    path: String,
    /// The number of columns.
    columns: usize,
    lines: LineEnds,
    /// The number of rows without any text so far.
    pub empty: u64,
}

/// The ends of lines, by which rows are numbered: the parser stops between `\r` and `\n`.
#[derive(Debug, Clone, Copy)]
struct LineEnds {
    is_crlf: bool,
    /// The length of a file whose last line does not end.
    open_end: Option<u64>,
}

/// A row.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    record: &'a StringRecord,
    /// The position.
    pub position: RowPosition,
}

impl Row<'_> {
    /// Returns the text in a column; empty if the row has none.
    pub(super) fn text(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default()
    }

    /// Reads the number in a column. `field` is its name in messages.
    pub(super) fn number(&self, column: usize, field: &str) -> Result<f64, Reason> {
        let text = self.text(column).trim();
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| {
            let hint = match (text, text.contains(',')) {
                ("", _) => "; write the number, or leave all sides and the class empty",
                (_, true) => "; write a point in place of the comma",
                _ => "",
            };
            Reason::new(field, format!("expected a number, found {text:?}{hint}"))
        })
    }
}

impl CsvTable {
    /// Begins to read the rows after the header.
    pub(super) fn rows(&self) -> Result<CsvRows, ReadStop> {
        let opened = || -> io::Result<(File, bool)> {
            let mut file = File::open(&self.system)?;
            let mut last = [b'\n'];
            if self.size > 0 {
                file.seek(SeekFrom::End(-1))?;
                file.read_exact(&mut last)?;
                file.rewind()?;
            }
            Ok((file, last == *b"\n"))
        };
        let (file, has_end) = opened().map_err(|error| unreadable(&self.path, &error))?;
        let mut reader = ReaderBuilder::new()
            .has_headers(self.head.has_header)
            .delimiter(self.head.delimiter)
            .flexible(true)
            .buffer_capacity(BUFFER)
            .from_reader(BoundedFile { file, left: LONGEST });
        if self.head.has_header {
            let why = |error: csv::Error| ReadStop::Unreadable(format!("{}: {error}", self.path));
            reader.byte_headers().map_err(why)?;
        }
        let lines = LineEnds { is_crlf: self.head.is_crlf, open_end: (!has_end).then_some(self.size) };
        let record = StringRecord::new();
        let (path, columns) = (self.path.clone(), self.head.columns.len());
        Ok(CsvRows { reader, record, path, columns, lines, empty: 0 })
    }

    /// Returns the place of a row for messages.
    pub(super) fn place(&self, position: RowPosition) -> RecordPlace {
        RecordPlace::FileLine(self.path.clone(), position.line)
    }
}

impl CsvRows {
    /// Returns the next row that has any text.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, ReadStop> {
        let position = loop {
            self.reader.get_mut().left = LONGEST;
            let start = self.reader.position().clone();
            let mut bytes = std::mem::take(&mut self.record).into_byte_record();
            if !self.reader.read_byte_record(&mut bytes).map_err(|error| self.stopped(&error, &start))? {
                return Ok(None);
            }
            let byte = bytes.position().map_or(0, Position::byte);
            let position = RowPosition { byte, line: self.line(&bytes) };
            self.record = StringRecord::from_byte_record(bytes).map_err(|_| {
                let why = "expected text in UTF-8, found other bytes; save the table as UTF-8";
                Reason::record(why).at(RecordPlace::FileLine(self.path.clone(), position.line))
            })?;
            if self.record.iter().any(|text| !text.trim().is_empty()) {
                break position;
            }
            self.empty += 1;
        };
        let (found, columns) = (self.record.len(), self.columns);
        let is_longer = self.record.iter().skip(columns).any(|text| !text.trim().is_empty());
        if found < columns || is_longer {
            let why = format!(
                "expected {columns} fields, found {found}; put a text that contains the delimiter in double quotes"
            );
            return Err(Reason::record(why)
                .at(RecordPlace::FileLine(self.path.clone(), position.line))
                .into());
        }
        Ok(Some(Row { record: &self.record, position }))
    }

    /// Moves to a row.
    pub(super) fn seek(&mut self, position: RowPosition) -> Result<(), ReadStop> {
        let mut at = Position::new();
        // Between `\r` and `\n` the line has not ended yet.
        at.set_byte(position.byte)
            .set_line(position.line - u64::from(self.lines.is_crlf && position.byte > 0));
        let path = self.path.clone();
        self.reader.seek(at).map_err(|error| ReadStop::Unreadable(format!("{path}: {error}")))
    }

    /// Returns the line of the row that was just read: the last line, less those in its fields.
    fn line(&self, row: &ByteRecord) -> u64 {
        let end = self.reader.position();
        let inner = row.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        let is_behind = !self.lines.is_crlf && self.lines.open_end != Some(end.byte());
        end.line().saturating_sub(inner + u64::from(is_behind))
    }

    fn stopped(&self, error: &csv::Error, start: &Position) -> ReadStop {
        match error.kind() {
            ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                let line = start.line() + u64::from(self.lines.is_crlf && start.byte() > 0);
                Reason::record(error.to_string()).at(RecordPlace::FileLine(self.path.clone(), line)).into()
            }
            _ => ReadStop::Unreadable(format!("{}: {error}", self.path)),
        }
    }
}

/// A file of which a row may take a limited number of bytes.
struct BoundedFile {
    file: File,
    left: u64,
}

impl Read for BoundedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            let why = "expected a row of at most 16 MiB, found a longer one; a closing quote may be missing";
            io::Error::new(io::ErrorKind::InvalidData, why)
        })?;
        Ok(read)
    }
}

impl Seek for BoundedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

fn unreadable(path: &str, error: &io::Error) -> ReadStop {
    ReadStop::Unreadable(format!("{path}: cannot be read: {error}"))
}
