//! Records in the rows of a Parquet file. The columns are the fields of a record; the name of the
//! table gives its type.
//!
//! Rows are converted to JSON for the parser of all records. A row group is read in batches of
//! rows. Texts are read as references: in a small file a dictionary can repeat a large text in
//! every row. The length of a row as JSON is estimated before it is written.

use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_json::LineDelimitedWriter;
use arrow_schema::{Field, Schema};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use serde_json::{Map, Value};

mod exact;
mod int96;
mod partitions;
mod weight;

use crate::domain::canonical::json;
use crate::domain::invalid::MAX_MEMBERS;
use crate::import::record::digest::RunningDigest;
use crate::import::record::fault::{Reason, RecordPlace};
use crate::import::record::payload::PayloadFolder;
use crate::import::record::reader::{ReadRecord, ReadStop, RecordSource, Skipped};
use crate::import::record::texts::TextIntegers;
use crate::import::record::{Record, object};
use int96::WholeSeconds;
pub(crate) use partitions::partition;

/// The number of rows in memory.
const ROWS: usize = 1_024;

/// The longest row as JSON, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// The most bytes of rows that are converted to JSON together.
const TOGETHER: usize = 1024 * 1024;

/// Columns whose values may be JSON texts, because their fields differ from row to row.
const JSON: [&str; 4] = ["attributes", "activity", "select", "change"];

/// The content of the rows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableKind {
    /// Records of the type in the column `type`.
    Records,
    /// Records of one type, by its name in `type`.
    Of(&'static str),
    /// Members of training sets: rows with the same `item` are one set version.
    Members,
}

/// Names of tables, in the order in which a folder of them is imported.
const NAMES: [(&str, TableKind); 8] = [
    ("items", TableKind::Of("item")),
    ("versions", TableKind::Of("version")),
    ("training_sets", TableKind::Of("training_set")),
    ("members", TableKind::Members),
    ("derivations", TableKind::Of("derivation")),
    ("tags", TableKind::Of("tag")),
    ("statements", TableKind::Of("statement")),
    ("records", TableKind::Records),
];

impl TableKind {
    /// Returns the table of this name, and its position in the order of import.
    pub(crate) fn named(name: &str) -> Option<(usize, Self)> {
        NAMES.iter().position(|(table, _)| *table == name).map(|place| (place, NAMES[place].1))
    }

    /// Returns all names.
    pub(crate) fn names() -> String {
        NAMES.map(|(name, _)| name).join(", ")
    }
}

/// The records of a file.
pub(crate) struct Rows {
    batches: ParquetRecordBatchReader,
    int96: Option<WholeSeconds>,
    table: TableKind,
    payloads: Option<PayloadFolder>,
    running: RunningDigest,
    texts: TextIntegers,
    /// The current batch, and the number of its rows that were converted to JSON.
    batch: Option<(RecordBatch, usize)>,
    /// The first row of the current batch that cannot be imported.
    refused: Option<(usize, Reason)>,
    rows: VecDeque<Vec<u8>>,
    row: u64,
    /// The training set whose members are being read.
    set: Option<Gathering>,
    /// Training sets whose members were read.
    done: HashSet<String>,
    ended: bool,
}

/// A training set whose members are being read.
struct Gathering {
    item: Value,
    members: Vec<Value>,
    first: u64,
    bytes: usize,
    text: Vec<u8>,
}

impl Rows {
    /// Opens a file. Returns its records and the number of rows.
    pub(crate) fn open(
        file: File,
        table: TableKind,
        payloads: Option<PayloadFolder>,
    ) -> Result<(Self, u64), String> {
        let read = metadata(&file).map_err(|error| error.to_string())?;
        if let Some(why) = exact::unsupported(read.schema().fields()) {
            return Err(why);
        }
        let int96 = WholeSeconds::open(&file, &read, ROWS).map_err(|error| error.to_string())?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, read);
        let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let batches = builder.with_batch_size(ROWS).build().map_err(|error| error.to_string())?;
        let rows_of = Self {
            batches,
            int96,
            table,
            payloads,
            running: RunningDigest::default(),
            texts: TextIntegers::default(),
            batch: None,
            refused: None,
            rows: VecDeque::new(),
            row: 0,
            set: None,
            done: HashSet::new(),
            ended: false,
        };
        Ok((rows_of, rows))
    }

    /// Returns the next row as JSON.
    fn row(&mut self) -> Result<Option<Vec<u8>>, ReadStop> {
        while self.rows.is_empty() {
            match self.batch.take() {
                Some((batch, done)) if done < batch.num_rows() => {
                    let mut count =
                        weight::together(&batch, done, TOGETHER, LONGEST).ok_or_else(|| self.too_long())?;
                    // The rows before a refused one are records.
                    let refused = self.refused.as_ref().map_or(usize::MAX, |(row, _)| row - done);
                    count = count.min(refused);
                    if count == 0
                        && let Some((_, reason)) = self.refused.take()
                    {
                        return Err(reason.at(RecordPlace::Row(self.row + 1)).into());
                    }
                    let some = batch.slice(done, count);
                    self.rows = lines(&some).map_err(|error| unreadable(self.row, &error))?;
                    self.batch = Some((batch, done + count));
                }
                _ => match self.batches.next() {
                    None => return Ok(None),
                    Some(batch) => {
                        let batch = batch.map_err(|error| unreadable(self.row, &error))?;
                        self.refused = self.first_refused(&batch)?;
                        self.batch = Some((batch, 0));
                    }
                },
            }
        }
        let row = self.rows.pop_front();
        if row.as_ref().is_some_and(|row| row.len() > LONGEST) {
            return Err(self.too_long());
        }
        self.row += 1;
        Ok(row)
    }

    /// Returns the first row of a batch with a value that cannot be imported exactly.
    fn first_refused(&mut self, batch: &RecordBatch) -> Result<Option<(usize, Reason)>, ReadStop> {
        let inexact = exact::check(batch).err();
        let outside = self.int96.as_mut().map(|seconds| seconds.outside(batch)).transpose();
        let outside = outside.map_err(|error| unreadable(self.row, &error))?.flatten();
        Ok(inexact.into_iter().chain(outside).min_by_key(|(row, _)| *row))
    }

    /// Refuses the next row.
    fn too_long(&self) -> ReadStop {
        let reason = Reason::record("longer than 16 MiB as JSON; split the record");
        reason.at(RecordPlace::Row(self.row + 1)).into()
    }

    fn record(&mut self, kind: Option<&'static str>, text: &[u8]) -> Result<ReadRecord, Reason> {
        let mut fields = self.fields(text)?;
        let folder = self.payloads.as_ref();
        let (record, payload) = match (kind, fields.remove("type")) {
            (Some(kind), None) => Record::of_type(kind, fields, folder)?,
            (Some(kind), Some(said)) if said == kind => Record::of_type(kind, fields, folder)?,
            (Some(kind), Some(said)) => {
                return Err(Reason::new(
                    "type",
                    format!("expected {kind:?} or no type in this table, found {said}"),
                ));
            }
            (None, Some(Value::String(kind))) => Record::of_type(&kind, fields, folder)?,
            (None, other) => return Err(Reason::expected("type", "a record type", other.as_ref())),
        };
        let digest = self.running.add(text, payload.as_ref());
        Ok(ReadRecord {
            place: RecordPlace::Row(self.row),
            record,
            bytes: text.len(),
            digest,
            position: self.row,
            payload,
        })
    }

    /// Returns the fields of the current row.
    fn fields(&mut self, text: &[u8]) -> Result<Map<String, Value>, Reason> {
        let mut fields = fields(text)?;
        self.texts.convert(&mut fields, || RecordPlace::Row(self.row));
        Ok(fields)
    }

    /// Adds a member. Returns the set before it if this is the first member of the next one.
    fn member(&mut self, text: &[u8]) -> Result<Option<ReadRecord>, Reason> {
        let mut member = self.fields(text)?;
        let Some(item) = member.remove("item") else {
            return Err(Reason::new("item", "expected the training set of the member, found nothing"));
        };
        let finished = match &self.set {
            Some(set) if set.item != item => self.gathered()?,
            _ => None,
        };
        if self.set.is_none() && !self.done.insert(item.to_string()) {
            return Err(Reason::new(
                "item",
                "expected the members of one training set in consecutive rows; sort the rows by `item`",
            ));
        }
        let set = self.set.get_or_insert_with(|| Gathering {
            item,
            members: Vec::new(),
            first: self.row,
            bytes: 0,
            text: Vec::new(),
        });
        if set.members.len() >= MAX_MEMBERS {
            return Err(Reason::record(format!(
                "expected at most {MAX_MEMBERS} members in a training set, found more"
            )));
        }
        set.bytes += text.len();
        set.text = self.running.add(text, None).to_vec();
        set.members.push(Value::Object(member));
        Ok(finished)
    }

    /// Returns the set whose last member was read.
    fn gathered(&mut self) -> Result<Option<ReadRecord>, Reason> {
        let Some(Gathering { item, members, first, bytes, text }) = self.set.take() else { return Ok(None) };
        let fields = Map::from_iter([("item".to_owned(), item), ("members".to_owned(), members.into())]);
        let record = Record::read("training_set", fields)?;
        let digest = text.try_into().unwrap_or([0; 32]);
        Ok(Some(ReadRecord {
            place: RecordPlace::Row(first),
            record,
            bytes,
            digest,
            position: self.row,
            payload: None,
        }))
    }
}

impl RecordSource for Rows {
    fn next(&mut self) -> Result<Option<ReadRecord>, ReadStop> {
        while !self.ended {
            let Some(text) = self.row()? else {
                self.ended = true;
                let first = self.set.as_ref().map_or(0, |set| set.first);
                return Ok(self.gathered().map_err(|reason| reason.at(RecordPlace::Row(first)))?);
            };
            let read = match self.table {
                TableKind::Members => self.member(&text),
                TableKind::Of(kind) => self.record(Some(kind), &text).map(Some),
                TableKind::Records => self.record(None, &text).map(Some),
            };
            if let Some(read) = read.map_err(|reason| reason.at(RecordPlace::Row(self.row)))? {
                return Ok(Some(read));
            }
        }
        Ok(None)
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = Skipped::default();
        self.texts.report(&mut skipped);
        skipped
    }
}

/// Returns the fields of a row. Parses columns that are JSON texts.
fn fields(text: &[u8]) -> Result<Map<String, Value>, Reason> {
    let mut fields = object(text)?;
    for name in JSON {
        if let Some(Value::String(text)) = fields.get(name) {
            let value = json::parse(text.as_bytes())
                .map_err(|error| Reason::new(name, format!("expected JSON in this column: {error}")))?;
            fields.insert(name.to_owned(), value);
        }
    }
    Ok(fields)
}

/// Reads the metadata of a file so that its texts are read as references into its bytes, and its
/// times in UTC.
fn metadata(file: &File) -> parquet::errors::Result<ArrowReaderMetadata> {
    let read = ArrowReaderMetadata::load(file, ArrowReaderOptions::new())?;
    let fields: Vec<Field> = read.schema().fields().iter().map(|field| weight::read_as(field)).collect();
    let schema = Arc::new(Schema::new(fields).with_metadata(read.schema().metadata().clone()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(Arc::clone(read.metadata()), options)
}

fn lines(batch: &RecordBatch) -> Result<VecDeque<Vec<u8>>, arrow_schema::ArrowError> {
    let mut writer = LineDelimitedWriter::new(Vec::new());
    writer.write(batch)?;
    writer.finish()?;
    let text = writer.into_inner();
    Ok(text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect())
}

fn unreadable(row: u64, error: &arrow_schema::ArrowError) -> ReadStop {
    ReadStop::Unreadable(format!("after row {row}: {error}"))
}

#[cfg(test)]
mod tests;
