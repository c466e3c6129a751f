//! Writes tables as Parquet: several at once, from one reading of the log.

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::stream;

use super::columns::Columns;
use super::flow::{PIECE, apart};
use super::memory::{ExportMemory, HeldMemory};
use super::page::{LogPage, LogPages, Needs};
use super::{Outflow, Scope, Span, Table, walk};
use crate::domain::id::{Seq, hex};
use crate::ledger::{LedgerError, View};

/// Several tables in progress, each a Parquet file.
pub struct Tables {
    pages: LogPages,
    scope: Scope,
    files: TableFiles,
    ready: VecDeque<(Table, Bytes)>,
    /// The memory of `ready`.
    held: HeldMemory,
    read: u64,
}

impl View {
    /// Returns tables of a span, each as one Parquet file.
    ///
    /// # Errors
    /// Returns [`LedgerError::Unavailable`] if a file cannot be begun.
    pub fn tables(
        &self,
        tables: &[Table],
        span: Span,
        scope: Scope,
        memory: &ExportMemory,
    ) -> Result<Tables, LedgerError> {
        let files = tables.iter().map(|table| Ok((*table, Columns::new(*table, memory)?)));
        Ok(Tables {
            files: files.collect::<Result<_, LedgerError>>()?,
            pages: LogPages::new(self.clone(), span, scope.clone(), Needs::of(tables), memory.clone()),
            scope,
            ready: VecDeque::new(),
            held: memory.hold(),
            read: 0,
        })
    }

    /// Returns one table of a span as a Parquet file.
    ///
    /// # Errors
    /// Returns the errors of [`View::tables`].
    pub fn table(
        &self,
        table: Table,
        span: Span,
        scope: Scope,
        memory: &ExportMemory,
    ) -> Result<Outflow, LedgerError> {
        let tables = self.tables(&[table], span, scope, memory)?;
        Ok(Box::pin(stream::try_unfold(tables, |mut tables| async move {
            Ok(tables.next().await?.map(|(_, bytes)| (bytes, tables)))
        })))
    }

    /// Returns the digest of the commit of this view, which covers the complete log up to it: 64
    /// hex digits, or zeros for the empty store. Two stores with the same digest have the same
    /// contents.
    ///
    /// # Errors
    /// Returns [`LedgerError::Unavailable`] or [`LedgerError::Corrupt`].
    pub async fn log_digest(&self) -> Result<String, LedgerError> {
        let Some(before) = self.seq().0.checked_sub(1) else { return Ok(hex(&[0; 32])) };
        let commit = self.commits_after(Seq(before), 1).await?.pop();
        let missing = || LedgerError::Corrupt(format!("commit {} is missing from the log", self.seq()));
        Ok(hex(&commit.ok_or_else(missing)?.digest()))
    }
}

impl Tables {
    /// Returns the next bytes of one of the files; `None` when all of them are complete.
    ///
    /// # Errors
    /// Returns [`LedgerError::Unavailable`] or [`LedgerError::Corrupt`]; the files then remain
    /// incomplete.
    pub async fn next(&mut self) -> Result<Option<(Table, Bytes)>, LedgerError> {
        while self.ready.is_empty() {
            self.held.set(0)?;
            match self.pages.next().await? {
                Some(page) => {
                    self.read += page.commits.len() as u64;
                    let (files, scope) = (std::mem::take(&mut self.files), self.scope.clone());
                    let (files, written) = apart(move || encode(files, &page, &scope)).await?;
                    self.files = files;
                    self.take(written)?;
                }
                None if self.files.is_empty() => return Ok(None),
                None => {
                    for (table, columns) in std::mem::take(&mut self.files) {
                        self.take(vec![(table, columns.end()?)])?;
                    }
                }
            }
        }
        Ok(self.ready.pop_front())
    }

    /// Adds bytes to those that are ready.
    fn take(&mut self, written: ReadyBytes) -> Result<(), LedgerError> {
        for (table, bytes) in written {
            self.held.grow(bytes.capacity())?;
            cut(table, bytes, &mut self.ready);
        }
        Ok(())
    }

    /// Returns the number of commits that were read so far.
    #[must_use]
    pub const fn read(&self) -> u64 {
        self.read
    }
}

type TableFiles = Vec<(Table, Columns)>;
type ReadyBytes = Vec<(Table, Vec<u8>)>;

/// Adds the rows of a page to their files, and returns the bytes that are ready.
fn encode(
    mut files: TableFiles,
    page: &LogPage,
    scope: &Scope,
) -> Result<(TableFiles, ReadyBytes), LedgerError> {
    let tables: Vec<Table> = files.iter().map(|(table, _)| *table).collect();
    walk::rows(page, &tables, scope, |row| {
        let file = files.iter_mut().find(|(table, _)| *table == row.table());
        file.map_or(Ok(()), |(_, columns)| columns.push(&row))
    })?;
    let written = files.iter_mut().map(|(table, columns)| Ok((*table, columns.ready()?)));
    let written = written.collect::<Result<_, LedgerError>>()?;
    Ok((files, written))
}

/// Splits large writes into pieces that a slow reader takes one at a time.
fn cut(table: Table, bytes: Vec<u8>, ready: &mut VecDeque<(Table, Bytes)>) {
    let mut bytes = Bytes::from(bytes);
    while !bytes.is_empty() {
        let piece = bytes.split_to(bytes.len().min(PIECE));
        ready.push_back((table, piece));
    }
}
