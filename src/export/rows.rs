//! The rows of the tables and their Parquet columns. One struct per table; its fields are the
//! columns.
//!
//! Items and versions are referenced by their numbers in the log, which are small and join fast;
//! the tables `items` and `versions` have their ids, which are the same in every store.
//! `docs/analytics.md` describes the columns.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use super::Table;
use crate::domain::version::Timestamp;

/// A row of any table.
#[derive(Debug, Serialize)]
#[serde(tag = "table", rename_all = "lowercase")]
pub(super) enum TableRow<'a> {
    Commits(CommitRow<'a>),
    Items(ItemRow<'a>),
    Versions(Box<VersionRow<'a>>),
    Derivations(DerivationRow<'a>),
    Members(MemberRow<'a>),
    Statements(StatementRow<'a>),
    Tags(TagRow<'a>),
}

#[derive(Debug, Serialize)]
pub(super) struct CommitRow<'a> {
    pub seq: u64,
    pub committed_at: RowTime,
    pub author: &'a str,
    pub message: Option<&'a str>,
    pub digest: String,
}

#[derive(Debug, Serialize)]
pub(super) struct ItemRow<'a> {
    pub seq: u64,
    pub item: u32,
    pub item_id: String,
    pub namespace: &'a str,
    pub kind: &'static str,
    pub key: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct VersionRow<'a> {
    pub seq: u64,
    pub version: u32,
    pub version_id: String,
    pub item: u32,
    pub kind: &'static str,
    pub number: u32,
    pub parent: Option<u32>,
    pub content: String,
    pub payload: Option<String>,
    pub payload_sha256: Option<String>,
    pub payload_size: Option<u64>,
    pub media_type: Option<&'a str>,
    pub attributes: &'a str,
    pub ontology: Option<u32>,
    pub class_changes: Option<String>,
    pub complete: Option<bool>,
    pub member_count: Option<u32>,
    pub activity: Option<&'a str>,
    pub activity_code: Option<&'a str>,
    pub activity_parameters: Option<&'a str>,
    pub activity_started_at: Option<RowTime>,
    pub activity_ended_at: Option<RowTime>,
    pub message: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct DerivationRow<'a> {
    pub seq: u64,
    pub derived: u32,
    pub source: u32,
    pub role: &'a str,
    pub asserted: bool,
    pub reason: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct MemberRow<'a> {
    pub seq: u64,
    pub training_set: u32,
    pub item: u32,
    pub number: u32,
    pub member: u32,
    pub added: bool,
    pub split: Option<&'a str>,
    pub weight: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct StatementRow<'a> {
    pub seq: u64,
    pub place: u32,
    pub kind: &'static str,
    pub version: u32,
    pub corrected_to: Option<u32>,
    pub reason: &'a str,
    pub activity: Option<&'a str>,
    pub activity_code: Option<&'a str>,
    pub activity_parameters: Option<&'a str>,
    pub activity_started_at: Option<RowTime>,
    pub activity_ended_at: Option<RowTime>,
    pub message: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct TagRow<'a> {
    pub seq: u64,
    pub place: u32,
    pub name: &'a str,
    pub alias: bool,
    pub item: u32,
    pub version: u32,
    pub present: bool,
}

/// A time, formatted as RFC 3339 in UTC with microseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowTime(pub Timestamp);

impl RowTime {
    pub(super) fn text(self) -> String {
        // Only years beyond 262,000 are out of range.
        let time: DateTime<Utc> = DateTime::from_timestamp_micros(self.0).unwrap_or_default();
        time.to_rfc3339_opts(SecondsFormat::Micros, true)
    }
}

impl Serialize for RowTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl TableRow<'_> {
    pub(super) const fn table(&self) -> Table {
        match self {
            Self::Commits(_) => Table::Commits,
            Self::Items(_) => Table::Items,
            Self::Versions(_) => Table::Versions,
            Self::Derivations(_) => Table::Derivations,
            Self::Members(_) => Table::Members,
            Self::Statements(_) => Table::Statements,
            Self::Tags(_) => Table::Tags,
        }
    }
}

impl TableRow<'_> {
    /// Returns the approximate size of the row before it is converted to columns.
    pub(super) fn bytes(&self) -> usize {
        /// The size of a row without its long texts.
        const SMALL: usize = 256;
        let length = |text: Option<&str>| text.map_or(0, str::len);
        SMALL
            + match self {
                Self::Commits(row) => length(row.message),
                Self::Items(row) => row.key.len(),
                Self::Versions(row) => {
                    let classes = length(row.class_changes.as_deref());
                    let activity = length(row.activity) + length(row.activity_parameters);
                    SMALL * 2 + row.attributes.len() + classes + activity + length(row.message)
                }
                Self::Derivations(row) => length(row.reason),
                Self::Members(_) | Self::Tags(_) => 0,
                Self::Statements(row) => {
                    row.reason.len() + length(row.activity_parameters) + length(row.message)
                }
            }
    }
}

const NUMBER: DataType = DataType::Int64;
const TEXT: DataType = DataType::Utf8;
const FLAG: DataType = DataType::Boolean;

/// Returns the columns of a table.
pub(super) fn schema(table: Table) -> SchemaRef {
    // A fixed offset needs no time zone database.
    let time = || DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()));
    let is = |name: &str, kind: DataType| Field::new(name, kind, false);
    let maybe = |name: &str, kind: DataType| Field::new(name, kind, true);
    let columns = match table {
        Table::Commits => vec![
            is("seq", NUMBER),
            is("committed_at", time()),
            is("author", TEXT),
            maybe("message", TEXT),
            is("digest", TEXT),
        ],
        Table::Items => vec![
            is("seq", NUMBER),
            is("item", NUMBER),
            is("item_id", TEXT),
            is("namespace", TEXT),
            is("kind", TEXT),
            is("key", TEXT),
        ],
        Table::Versions => vec![
            is("seq", NUMBER),
            is("version", NUMBER),
            is("version_id", TEXT),
            is("item", NUMBER),
            is("kind", TEXT),
            is("number", NUMBER),
            maybe("parent", NUMBER),
            is("content", TEXT),
            maybe("payload", TEXT),
            maybe("payload_sha256", TEXT),
            maybe("payload_size", NUMBER),
            maybe("media_type", TEXT),
            is("attributes", TEXT),
            maybe("ontology", NUMBER),
            maybe("class_changes", TEXT),
            maybe("complete", FLAG),
            maybe("member_count", NUMBER),
            maybe("activity", TEXT),
            maybe("activity_code", TEXT),
            maybe("activity_parameters", TEXT),
            maybe("activity_started_at", time()),
            maybe("activity_ended_at", time()),
            maybe("message", TEXT),
        ],
        Table::Derivations => vec![
            is("seq", NUMBER),
            is("derived", NUMBER),
            is("source", NUMBER),
            is("role", TEXT),
            is("asserted", FLAG),
            maybe("reason", TEXT),
        ],
        Table::Members => vec![
            is("seq", NUMBER),
            is("training_set", NUMBER),
            is("item", NUMBER),
            is("number", NUMBER),
            is("member", NUMBER),
            is("added", FLAG),
            maybe("split", TEXT),
            maybe("weight", DataType::Float64),
        ],
        Table::Statements => vec![
            is("seq", NUMBER),
            is("place", NUMBER),
            is("kind", TEXT),
            is("version", NUMBER),
            maybe("corrected_to", NUMBER),
            is("reason", TEXT),
            maybe("activity", TEXT),
            maybe("activity_code", TEXT),
            maybe("activity_parameters", TEXT),
            maybe("activity_started_at", time()),
            maybe("activity_ended_at", time()),
            maybe("message", TEXT),
        ],
        Table::Tags => vec![
            is("seq", NUMBER),
            is("place", NUMBER),
            is("name", TEXT),
            is("alias", FLAG),
            is("item", NUMBER),
            is("version", NUMBER),
            is("present", FLAG),
        ],
    };
    Arc::new(Schema::new(columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A column without a field in the struct would be empty without an error.
    #[test]
    fn the_columns_of_a_table_are_the_fields_of_its_row() {
        let moment = RowTime(0);
        let rows = [
            TableRow::Commits(CommitRow {
                seq: 1,
                committed_at: moment,
                author: "a",
                message: None,
                digest: String::new(),
            }),
            TableRow::Items(ItemRow {
                seq: 1,
                item: 0,
                item_id: String::new(),
                namespace: "n",
                kind: "LABEL",
                key: "k",
            }),
            TableRow::Versions(Box::new(VersionRow {
                seq: 1,
                version: 0,
                version_id: String::new(),
                item: 0,
                kind: "LABEL",
                number: 1,
                parent: None,
                content: String::new(),
                payload: None,
                payload_sha256: None,
                payload_size: None,
                media_type: None,
                attributes: "{}",
                ontology: None,
                class_changes: None,
                complete: None,
                member_count: None,
                activity: None,
                activity_code: None,
                activity_parameters: None,
                activity_started_at: Some(moment),
                activity_ended_at: None,
                message: None,
            })),
            TableRow::Derivations(DerivationRow {
                seq: 1,
                derived: 1,
                source: 0,
                role: "INPUT",
                asserted: false,
                reason: None,
            }),
            TableRow::Members(MemberRow {
                seq: 1,
                training_set: 1,
                item: 1,
                number: 1,
                member: 0,
                added: true,
                split: None,
                weight: None,
            }),
            TableRow::Statements(StatementRow {
                seq: 1,
                place: 0,
                kind: "RETRACTS",
                version: 0,
                corrected_to: None,
                reason: "r",
                activity: None,
                activity_code: None,
                activity_parameters: None,
                activity_started_at: None,
                activity_ended_at: Some(moment),
                message: None,
            }),
            TableRow::Tags(TagRow {
                seq: 1,
                place: 0,
                name: "t",
                alias: true,
                item: 0,
                version: 0,
                present: true,
            }),
        ];
        assert_eq!(rows.each_ref().map(TableRow::table), Table::ALL);
        for row in rows {
            let mut said = serde_json::to_value(&row).unwrap();
            let fields = said.as_object_mut().unwrap();
            assert_eq!(fields.remove("table").unwrap(), row.table().name());
            let schema = schema(row.table());
            let mut columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            columns.sort_unstable();
            assert_eq!(fields.keys().collect::<Vec<_>>(), columns, "{}", row.table());
        }
    }
}
