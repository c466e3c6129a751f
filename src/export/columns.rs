//! Converts rows to Parquet: in batches of a fixed number of rows, so that equal rows give equal
//! bytes.

use std::fs::File;
use std::io::{self, Write};

use arrow_json::ReaderBuilder;
use arrow_json::reader::Decoder;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde::Serialize;

use super::memory::{ExportMemory, HeldMemory};
use super::rows::{self, TableRow};
use super::{Table, unwritten};
use crate::ledger::LedgerError;

/// The number of rows that are converted to columns together.
const BATCH: usize = 4_096;
/// The number of rows of a row group, which readers distribute among their threads.
const GROUP_ROWS: usize = 131_072;
/// The approximate maximum size of a row group, which is in memory until it is written.
const GROUP_BYTES: usize = 48 * 1024 * 1024;
const LEVEL: i32 = 3;
/// The size of the waiting rows after which they are counted.
const COUNTED: usize = 256 * 1024;

/// One file of one table, in progress.
pub(super) struct Columns {
    decoder: Decoder,
    writer: ArrowWriter<WriteBuffer>,
    waiting: usize,
    /// The approximate size of the waiting rows.
    waiting_bytes: usize,
    held: HeldMemory,
}

/// Bytes that were written and not yet taken.
#[derive(Default)]
struct WriteBuffer(Vec<u8>);

impl Write for WriteBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the number of rows of a Parquet file, from its footer.
///
/// # Errors
/// Returns [`LedgerError::Unavailable`] if it is not a Parquet file.
pub fn count_rows(file: File) -> Result<u64, LedgerError> {
    let reader = SerializedFileReader::new(file).map_err(|error| unwritten(&error))?;
    Ok(reader.metadata().file_metadata().num_rows().unsigned_abs())
}

impl Columns {
    pub(super) fn new(table: Table, memory: &ExportMemory) -> Result<Self, LedgerError> {
        let schema = rows::schema(table);
        let decoder = ReaderBuilder::new(schema.clone()).with_strict_mode(true).build_decoder();
        let level = ZstdLevel::try_new(LEVEL).map_err(|error| unwritten(&error))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .build();
        // The types of Parquet are sufficient; a copy of the Arrow schema is only useful for Arrow
        // readers.
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(WriteBuffer::default(), schema, options);
        Ok(Self {
            decoder: decoder.map_err(|error| unwritten(&error))?,
            writer: writer.map_err(|error| unwritten(&error))?,
            waiting: 0,
            waiting_bytes: 0,
            held: memory.hold(),
        })
    }

    /// Adds a row of the table.
    pub(super) fn push(&mut self, row: &TableRow<'_>) -> Result<(), LedgerError> {
        // As text, and as columns.
        self.waiting_bytes += 2 * row.bytes();
        if self.waiting_bytes >= COUNTED {
            self.held.grow(std::mem::take(&mut self.waiting_bytes))?;
        }
        match row {
            TableRow::Commits(row) => self.take(row),
            TableRow::Items(row) => self.take(row),
            TableRow::Versions(row) => self.take(row),
            TableRow::Derivations(row) => self.take(row),
            TableRow::Members(row) => self.take(row),
            TableRow::Statements(row) => self.take(row),
            TableRow::Tags(row) => self.take(row),
        }
    }

    fn take(&mut self, row: &impl Serialize) -> Result<(), LedgerError> {
        self.decoder.serialize(std::slice::from_ref(row)).map_err(|error| unwritten(&error))?;
        self.waiting += 1;
        if self.waiting == BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), LedgerError> {
        self.waiting = 0;
        if let Some(batch) = self.decoder.flush().map_err(|error| unwritten(&error))? {
            self.writer.write(&batch).map_err(|error| unwritten(&error))?;
        }
        self.waiting_bytes = 0;
        self.held.set(self.writer.memory_size() + self.writer.inner().0.capacity())
    }

    /// Takes the bytes that are ready.
    pub(super) fn ready(&mut self) -> Result<Vec<u8>, LedgerError> {
        let ready = std::mem::take(&mut self.writer.inner_mut().0);
        if self.waiting == 0 {
            self.held.set(self.writer.memory_size())?;
        }
        Ok(ready)
    }

    /// Returns the last bytes.
    pub(super) fn end(mut self) -> Result<Vec<u8>, LedgerError> {
        self.flush()?;
        Ok(self.writer.into_inner().map_err(|error| unwritten(&error))?.0)
    }
}
