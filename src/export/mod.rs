//! Exports of the log as rows and documents for other tools.
//!
//! Everything is read through a [`View`], so an export has one seq, and equal requests at one seq
//! give equal bytes. It streams: one page of commits or members is in memory at a time, and the
//! caller counts its bytes. This layer knows no files, no HTTP and no queries.
//!
//! Reading order: `rows` (the tables), `scope` (a selection of rows), `page` (commits with the
//! records of their rows), `walk` (pages to rows), `columns` (rows to Parquet), `tables` and
//! `changes` (the two formats of tables), `members` (the contents of a training set version),
//! `described` (attributes with those in payloads), `coco`, `croissant`, `prov` (documents),
//! `memory` (the memory of all of them).

mod changes;
mod coco;
mod columns;
mod croissant;
mod described;
mod document;
mod flow;
mod members;
mod memory;
mod page;
mod prov;
mod rows;
mod scope;
mod tables;
mod walk;

use std::fmt;
use std::pin::Pin;
use std::str::FromStr;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};

use crate::blob::BlobMeta;
use crate::blob::verify::Hasher;
use crate::domain::id::{Malformed, Seq};
use crate::domain::invalid::Invalid;
use crate::domain::item::Kind;
use crate::domain::names::reference::Reference;
use crate::domain::numbers::VersionNo;
use crate::ledger::{LedgerError, View};

pub use columns::count_rows;
pub use croissant::Describe;
pub use memory::{ExportMemory, MemoryMeter};
pub use scope::{Direction, Scope};
pub use tables::Tables;

/// The bytes of an export. Nothing follows an error, and the bytes before it are of no use.
pub type Outflow = Pin<Box<dyn Stream<Item = Result<Bytes, LedgerError>> + Send>>;

/// The tables of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Commits.
    Commits,
    /// Items.
    Items,
    /// Versions of items.
    Versions,
    /// Derivations between versions.
    Derivations,
    /// The pins of training set versions that differ from the previous version.
    Members,
    /// Statements about versions.
    Statements,
    /// Tags set and removed.
    Tags,
}

impl Table {
    /// All tables, in the order of the rows of one commit.
    pub const ALL: [Self; 7] = [
        Self::Commits,
        Self::Items,
        Self::Versions,
        Self::Derivations,
        Self::Members,
        Self::Statements,
        Self::Tags,
    ];

    /// Returns the table's name in paths, in rows and in SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Commits => "commits",
            Self::Items => "items",
            Self::Versions => "versions",
            Self::Derivations => "derivations",
            Self::Members => "members",
            Self::Statements => "statements",
            Self::Tags => "tags",
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Table {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::ALL.into_iter().find(|table| table.name() == text).ok_or_else(|| {
            Malformed::new(
                text,
                "a table: commits, items, versions, derivations, members, statements or tags",
            )
        })
    }
}

/// The commits after one seq and up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The last seq before the span.
    pub after: Seq,
    /// The last seq of the span.
    pub up_to: Seq,
}

impl View {
    /// Returns the version that a reference names.
    ///
    /// # Errors
    /// Returns [`LedgerError::Invalid`] if it names none, or several.
    pub fn named(&self, text: &str) -> Result<VersionNo, LedgerError> {
        let reference: Reference =
            text.parse().map_err(|error: Malformed| Invalid::refused(error.to_string()))?;
        Ok(self.read(|at| at.resolve(&reference, text))?)
    }

    /// Returns the training set version that a reference names.
    ///
    /// # Errors
    /// Returns [`LedgerError::Invalid`] if it names none, or a version of another kind.
    pub fn named_set(&self, text: &str) -> Result<VersionNo, LedgerError> {
        let set = self.named(text)?;
        match self.read(|at| at.kind(set)) {
            Kind::TrainingSet => Ok(set),
            _ => Err(Invalid::refused(format!("{text} is not a training set version")).into()),
        }
    }

    /// Returns the span from after a seq up to this view's seq.
    ///
    /// # Errors
    /// Returns [`LedgerError::AsOfUnavailable`] if the seq is after this view's.
    pub fn since(&self, after: Seq) -> Result<Span, LedgerError> {
        if after <= self.seq() {
            return Ok(Span { after, up_to: self.seq() });
        }
        Err(LedgerError::AsOfUnavailable(format!(
            "there is nothing after seq {after} yet: the newest that can be read here is {}",
            self.seq()
        )))
    }

    /// Returns a span of this view.
    ///
    /// # Errors
    /// Returns [`LedgerError::Invalid`] if the span runs backwards, and
    /// [`LedgerError::AsOfUnavailable`] if it ends after this view.
    pub fn span(&self, after: Seq, up_to: Seq) -> Result<Span, LedgerError> {
        if up_to > self.seq() {
            return Err(LedgerError::AsOfUnavailable(format!(
                "seq {up_to} is after the newest that can be read here, {}",
                self.seq()
            )));
        }
        if after > up_to {
            return Err(Invalid::refused(format!(
                "expected the last seq of the span to be at least {after}, found {up_to}"
            ))
            .into());
        }
        Ok(Span { after, up_to })
    }
}

/// Returns the size and digests of a stream.
///
/// # Errors
/// Returns the first error of the stream.
pub async fn measured(mut outflow: Outflow) -> Result<BlobMeta, LedgerError> {
    let mut hasher = Hasher::default();
    while let Some(chunk) = outflow.next().await {
        hasher.update(&chunk?);
    }
    Ok(hasher.finish())
}

/// Converts a serialisation error: rows are plain data, so this is a bug.
fn unwritten(error: &dyn std::error::Error) -> LedgerError {
    LedgerError::unavailable(&format!("the export cannot be written: {error}"))
}
