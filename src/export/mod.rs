//! Exports: what the log holds, as rows and documents that other tools read.
//!
//! Everything is read through a [`View`], so an export is of one seq, and equal questions at one seq give equal bytes. It
//! streams: a page of commits, or a page of members, is in memory at a time, never a whole export.
//!
//! Reading order: `rows` (the tables), `scope` (which rows), `page` (commits with the records that their rows need), `walk`
//! (pages to rows), `columns` (rows to Parquet), `tables` and `changes` (the two forms of tables), `members` (a training set
//! version, member by member), `coco`, `croissant`, `prov` (documents).
//!
//! Deliberately absent: files and folders, HTTP, and any question: what the rows mean is answered where they are read.

mod changes;
mod coco;
mod columns;
mod croissant;
mod document;
mod flow;
mod members;
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
use crate::domain::numbers::VersionNo;
use crate::domain::reference::Reference;
use crate::ledger::{LedgerError, View};

pub use columns::count_rows;
pub use croissant::Describe;
pub use scope::{Direction, Scope};
pub use tables::Tables;

/// Bytes of an export as they come. After an error nothing more comes, and what came is of no use.
pub type Outflow = Pin<Box<dyn Stream<Item = Result<Bytes, LedgerError>> + Send>>;

/// The tables of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// The log.
    Commits,
    /// Things with an identity.
    Items,
    /// Their states.
    Versions,
    /// What was made from what.
    Derivations,
    /// What training set versions pin otherwise than the version before.
    Members,
    /// What was said later.
    Statements,
    /// Tags put and taken away.
    Tags,
}

impl Table {
    /// Every table, in the order in which rows of one commit come.
    pub const ALL: [Self; 7] = [
        Self::Commits,
        Self::Items,
        Self::Versions,
        Self::Derivations,
        Self::Members,
        Self::Statements,
        Self::Tags,
    ];

    /// The table's name in paths, in rows and in SQL.
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

/// Commits after one seq and up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The last seq before them.
    pub after: Seq,
    /// The last of them.
    pub up_to: Seq,
}

impl View {
    /// The version that a text names.
    ///
    /// # Errors
    /// [`LedgerError::Invalid`] where it names none, or several.
    pub fn named(&self, text: &str) -> Result<VersionNo, LedgerError> {
        let reference: Reference =
            text.parse().map_err(|error: Malformed| Invalid::refused(error.to_string()))?;
        Ok(self.read(|at| at.resolve(&reference, text))?)
    }

    /// The training set version that a text names.
    ///
    /// # Errors
    /// [`LedgerError::Invalid`] where it names none, or something else.
    pub fn named_set(&self, text: &str) -> Result<VersionNo, LedgerError> {
        let set = self.named(text)?;
        match self.read(|at| at.kind(set)) {
            Kind::TrainingSet => Ok(set),
            _ => Err(Invalid::refused(format!("{text} is not a training set version")).into()),
        }
    }

    /// The span from after a seq up to this view's.
    ///
    /// # Errors
    /// [`LedgerError::AsOfUnavailable`] where the seq is after this view's.
    pub fn since(&self, after: Seq) -> Result<Span, LedgerError> {
        if after <= self.seq() {
            return Ok(Span { after, up_to: self.seq() });
        }
        Err(LedgerError::AsOfUnavailable(format!(
            "there is nothing after seq {after} yet: the newest that can be read here is {}",
            self.seq()
        )))
    }

    /// Part of what this view sees.
    ///
    /// # Errors
    /// [`LedgerError::Invalid`] where the span runs backwards; [`LedgerError::AsOfUnavailable`] where it ends after this view.
    pub fn span(&self, after: Seq, up_to: Seq) -> Result<Span, LedgerError> {
        if up_to > self.seq() {
            return Err(LedgerError::AsOfUnavailable(format!(
                "seq {up_to} is after the newest that can be read here, {}",
                self.seq()
            )));
        }
        if after > up_to {
            return Err(Invalid::refused(format!(
                "the span from after seq {after} to {up_to} runs backwards"
            ))
            .into());
        }
        Ok(Span { after, up_to })
    }
}

/// Size and digests of everything that comes.
///
/// # Errors
/// The first that comes.
pub async fn measured(mut outflow: Outflow) -> Result<BlobMeta, LedgerError> {
    let mut hasher = Hasher::default();
    while let Some(chunk) = outflow.next().await {
        hasher.update(&chunk?);
    }
    Ok(hasher.finish())
}

/// A text that cannot be written: rows are plain data, so this is a fault of ours.
fn unwritten(error: &dyn std::error::Error) -> LedgerError {
    LedgerError::unavailable(&format!("the export cannot be written: {error}"))
}
