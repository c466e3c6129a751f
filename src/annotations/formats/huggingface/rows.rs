//! The rows of the data files, in any of their formats.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use serde_json::Value;

use super::inputs::DataKind;
use super::parquet::ParquetRows;
use super::row::DataRow;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::object::object;
use crate::annotations::reader::ReadStop;

/// The longest line, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// The rows of one file.
pub(super) enum DataRows {
    JsonLines { path: String, input: BufReader<File>, line: u64 },
    Csv { path: String, reader: Box<csv::Reader<File>>, names: Vec<String> },
    Parquet(Box<ParquetRows>),
}

impl DataRows {
    /// Opens a file. Images are left out if `images` is false.
    pub(super) fn open(path: &str, file: &Path, kind: DataKind, images: bool) -> Result<Self, ReadStop> {
        let unreadable = |error: String| ReadStop::Unreadable(format!("{path}: {error}"));
        let opened = File::open(file).map_err(|error| unreadable(error.to_string()))?;
        let path = path.to_owned();
        Ok(match kind {
            DataKind::JsonLines => {
                Self::JsonLines { path, input: BufReader::with_capacity(256 * 1024, opened), line: 0 }
            }
            DataKind::Csv => {
                let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(opened);
                let header = reader.headers().map_err(|error| unreadable(error.to_string()))?;
                let names: Vec<String> =
                    header.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
                for (place, name) in names.iter().enumerate() {
                    if names.iter().take(place).any(|other| other == name) {
                        let why = format!("duplicate column `{name}`; remove one");
                        return Err(Reason::record(why).at(RecordPlace::FileLine(path, 1)).into());
                    }
                }
                Self::Csv { path, reader: Box::new(reader), names }
            }
            DataKind::Metadata | DataKind::Images => {
                Self::Parquet(Box::new(ParquetRows::open(path, opened, kind == DataKind::Images, images)?))
            }
        })
    }

    /// Returns the next row; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<DataRow>, ReadStop> {
        match self {
            Self::JsonLines { path, input, line } => loop {
                let mut text = Vec::new();
                *line += 1;
                let place = || RecordPlace::FileLine(path.clone(), *line);
                let read = std::io::Read::take(&mut *input, LONGEST as u64 + 1)
                    .read_until(b'\n', &mut text)
                    .map_err(|error| ReadStop::Unreadable(format!("{path}: {error}")))?;
                if read == 0 {
                    return Ok(None);
                }
                if read > LONGEST {
                    return Err(Reason::record("longer than 16 MiB; split the row").at(place()).into());
                }
                let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text).trim_ascii();
                if text.is_empty() {
                    continue;
                }
                let fields = object(text).map_err(|reason| reason.at(place()))?;
                return Ok(Some(DataRow { place: place(), fields, image: None, other_images: Vec::new() }));
            },
            Self::Csv { path, reader, names } => {
                let mut record = csv::StringRecord::new();
                let line = reader.position().line();
                let more = reader.read_record(&mut record).map_err(|error| {
                    let line = error.position().map_or(line, csv::Position::line);
                    Reason::record(format!("expected a row in UTF-8, found: {error}"))
                        .at(RecordPlace::FileLine(path.clone(), line))
                })?;
                if !more {
                    return Ok(None);
                }
                let line = record.position().map_or(line, csv::Position::line);
                let place = RecordPlace::FileLine(path.clone(), line);
                if record.len() != names.len() {
                    let why = format!(
                        "expected {} columns as in the first line, found {}",
                        names.len(),
                        record.len()
                    );
                    return Err(Reason::record(why).at(place).into());
                }
                let cells = names.iter().zip(&record).filter(|(_, cell)| !cell.is_empty());
                let fields = cells.map(|(name, text)| (name.clone(), cell(name, text))).collect();
                Ok(Some(DataRow { place, fields, image: None, other_images: Vec::new() }))
            }
            Self::Parquet(rows) => rows.next(),
        }
    }
}

/// Reads a cell: a list or object of JSON, a number that is written as JSON writes it, or a text.
fn cell(name: &str, text: &str) -> Value {
    let is_name = name.ends_with("file_name") || matches!(name, "text" | "caption");
    let parsed = || {
        let value = serde_json::from_str::<Value>(text).ok()?;
        let as_written = value.to_string();
        let is_kept = value.is_array() || value.is_object() || value.is_number() && as_written == text;
        is_kept.then_some(value)
    };
    Some(()).filter(|()| !is_name).and_then(|()| parsed()).unwrap_or_else(|| text.into())
}
