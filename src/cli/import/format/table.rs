//! Records in the rows of a Parquet file. Its columns are the fields of a record; what the record is, the name of the table says.
//!
//! Rows become JSON and go through the parser of every other record. A row group is read a batch of rows at a time. Texts
//! are read as references: a dictionary names one text in every row, and small files can hold large ones. What a row would
//! be as JSON is weighed before it is written.

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

mod weight;

use super::super::record::digest::Chain;
use super::super::record::fault::{Place, Reason};
use super::super::record::payload::Folder;
use super::super::record::reader::{Read, Records, Stop};
use super::super::record::{Record, object};
use crate::domain::canonical::json;
use crate::domain::invalid::MAX_MEMBERS;

/// Rows that are in memory at a time.
const ROWS: usize = 1_024;

/// The longest row as JSON, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// Rows become JSON together while that has no more bytes.
const TOGETHER: usize = 1024 * 1024;

/// Columns whose values may be JSON written as text: what they hold differs from row to row.
const JSON: [&str; 4] = ["attributes", "activity", "select", "change"];

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli::import) enum Table {
    /// Each row says by `type` what it is.
    Records,
    /// Records of one type, as it stands in `type`.
    Of(&'static str),
    /// Members of training sets: rows of the same `item` are one set version.
    Members,
}

/// Names of tables, in the order in which a folder of them is imported.
const NAMES: [(&str, Table); 8] = [
    ("items", Table::Of("item")),
    ("versions", Table::Of("version")),
    ("training_sets", Table::Of("training_set")),
    ("members", Table::Members),
    ("derivations", Table::Of("derivation")),
    ("tags", Table::Of("tag")),
    ("statements", Table::Of("statement")),
    ("records", Table::Records),
];

impl Table {
    /// The table of this name, and its place among those of a folder.
    pub(in crate::cli::import) fn named(name: &str) -> Option<(usize, Self)> {
        NAMES.iter().position(|(table, _)| *table == name).map(|place| (place, NAMES[place].1))
    }

    /// All names.
    pub(in crate::cli::import) fn names() -> String {
        NAMES.map(|(name, _)| name).join(", ")
    }
}

/// The records of a file.
pub(in crate::cli::import) struct Rows {
    batches: ParquetRecordBatchReader,
    table: Table,
    payloads: Option<Folder>,
    chain: Chain,
    /// Rows that are read, and those of them that were written as JSON.
    batch: Option<(RecordBatch, usize)>,
    rows: VecDeque<Vec<u8>>,
    row: u64,
    /// Members of the set that is being gathered.
    set: Option<Gathering>,
    /// Sets whose members were read.
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
    /// The rows of this file, and how many there are.
    pub(in crate::cli::import) fn open(
        file: File,
        table: Table,
        payloads: Option<Folder>,
    ) -> Result<(Self, u64), String> {
        let builder = builder(file).map_err(|error| error.to_string())?;
        let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let batches = builder.with_batch_size(ROWS).build().map_err(|error| error.to_string())?;
        let rows_of = Self {
            batches,
            table,
            payloads,
            chain: Chain::default(),
            batch: None,
            rows: VecDeque::new(),
            row: 0,
            set: None,
            done: HashSet::new(),
            ended: false,
        };
        Ok((rows_of, rows))
    }

    /// The next row as JSON.
    fn row(&mut self) -> Result<Option<Vec<u8>>, Stop> {
        while self.rows.is_empty() {
            match self.batch.take() {
                Some((batch, done)) if done < batch.num_rows() => {
                    let count =
                        weight::together(&batch, done, TOGETHER, LONGEST).ok_or_else(|| self.too_long())?;
                    let some = batch.slice(done, count);
                    self.rows = lines(&some).map_err(|error| unreadable(self.row, &error))?;
                    self.batch = Some((batch, done + count));
                }
                _ => match self.batches.next() {
                    None => return Ok(None),
                    Some(batch) => {
                        self.batch = Some((batch.map_err(|error| unreadable(self.row, &error))?, 0));
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

    /// The refusal of the next row.
    fn too_long(&self) -> Stop {
        let reason = Reason::whole("longer than 16 MiB as JSON; split the record");
        reason.at(Place::Row(self.row + 1)).into()
    }

    fn record(&mut self, kind: Option<&'static str>, text: &[u8]) -> Result<Read, Reason> {
        let mut fields = fields(text)?;
        let mut record = match (kind, fields.remove("type")) {
            (Some(kind), None) => Record::read(kind, fields)?,
            (Some(kind), Some(said)) if said == kind => Record::read(kind, fields)?,
            (Some(kind), Some(said)) => {
                return Err(Reason::new("type", format!("{said} stands in a table of the type {kind}")));
            }
            (None, Some(Value::String(kind))) => Record::read(&kind, fields)?,
            (None, _) => return Err(Reason::new("type", "a row of this table says what it is")),
        };
        let payload = record.bring(self.payloads.as_ref())?;
        let digest = self.chain.link(text, payload.as_ref());
        Ok(Read {
            place: Place::Row(self.row),
            record,
            bytes: text.len(),
            digest,
            position: self.row,
            payload,
        })
    }

    /// Takes in a member; the set before it, where this is the first of the next.
    fn member(&mut self, text: &[u8]) -> Result<Option<Read>, Reason> {
        let mut member = fields(text)?;
        let Some(item) = member.remove("item") else {
            return Err(Reason::new("item", "a member names the training set that it is in"));
        };
        let whole = match &self.set {
            Some(set) if set.item != item => self.gathered()?,
            _ => None,
        };
        if self.set.is_none() && !self.done.insert(item.to_string()) {
            return Err(Reason::new(
                "item",
                "the members of one training set stand one below the other; sort the rows",
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
            return Err(Reason::whole(format!("a training set has at most {MAX_MEMBERS} members")));
        }
        set.bytes += text.len();
        set.text = self.chain.link(text, None).to_vec();
        set.members.push(Value::Object(member));
        Ok(whole)
    }

    /// The set whose last member was read.
    fn gathered(&mut self) -> Result<Option<Read>, Reason> {
        let Some(Gathering { item, members, first, bytes, text }) = self.set.take() else { return Ok(None) };
        let fields = Map::from_iter([("item".to_owned(), item), ("members".to_owned(), members.into())]);
        let record = Record::read("training_set", fields)?;
        let digest = text.try_into().unwrap_or([0; 32]);
        Ok(Some(Read { place: Place::Row(first), record, bytes, digest, position: self.row, payload: None }))
    }
}

impl Records for Rows {
    fn next(&mut self) -> Result<Option<Read>, Stop> {
        while !self.ended {
            let Some(text) = self.row()? else {
                self.ended = true;
                let first = self.set.as_ref().map_or(0, |set| set.first);
                return Ok(self.gathered().map_err(|reason| reason.at(Place::Row(first)))?);
            };
            let read = match self.table {
                Table::Members => self.member(&text),
                Table::Of(kind) => self.record(Some(kind), &text).map(Some),
                Table::Records => self.record(None, &text).map(Some),
            };
            if let Some(read) = read.map_err(|reason| reason.at(Place::Row(self.row)))? {
                return Ok(Some(read));
            }
        }
        Ok(None)
    }
}

/// The fields of a row. What is null is absent.
fn fields(text: &[u8]) -> Result<Map<String, Value>, Reason> {
    let mut fields = object(text)?;
    for name in JSON {
        if let Some(Value::String(text)) = fields.get(name) {
            let value = json::parse(text.as_bytes()).map_err(|error| {
                Reason::new(name, format!("a text in this column is JSON, and this is not: {error}"))
            })?;
            fields.insert(name.to_owned(), value);
        }
    }
    Ok(fields)
}

/// Reads texts as references into the bytes of the file, and all other values as they are.
fn builder(file: File) -> parquet::errors::Result<ParquetRecordBatchReaderBuilder<File>> {
    let read = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
    let fields: Vec<Field> = read.schema().fields().iter().map(|field| weight::by_reference(field)).collect();
    let schema = Arc::new(Schema::new(fields).with_metadata(read.schema().metadata().clone()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    let read = ArrowReaderMetadata::try_new(Arc::clone(read.metadata()), options)?;
    Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(file, read))
}

fn lines(batch: &RecordBatch) -> Result<VecDeque<Vec<u8>>, arrow_schema::ArrowError> {
    let mut writer = LineDelimitedWriter::new(Vec::new());
    writer.write(batch)?;
    writer.finish()?;
    let text = writer.into_inner();
    Ok(text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect())
}

fn unreadable(row: u64, error: &arrow_schema::ArrowError) -> Stop {
    Stop::Unreadable(format!("after row {row}: {error}"))
}

#[cfg(test)]
mod tests;
