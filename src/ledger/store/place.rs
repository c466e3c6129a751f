//! The stores that a data directory may have, and the refusal of those that are not opened.

use std::io;
use std::path::{Path, PathBuf};

use crate::graph::{checkpoint_engine, has_rows};
use crate::ledger::LedgerError;
use crate::log::{self, LogFormat};

/// The directory in which a migration writes the log.
pub(in crate::ledger) const MIGRATING: &str = "log.migrating";

/// A directory whose store is not opened. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OtherStore {
    /// It is of an earlier format: 1, whose log is in the graph, or 2, whose entries have another
    /// format.
    #[error(
        "expected a store of format 3, found one of format {format} in {dir}; run `stemma migrate {dir}` once",
        dir = .dir.display()
    )]
    Former {
        /// The data directory.
        dir: PathBuf,
        /// Its format.
        format: u8,
    },
    /// A migration was interrupted.
    #[error("the migration of {dir} was interrupted; run `stemma migrate {dir}` again to finish it", dir = .0.display())]
    Migrating(PathBuf),
    /// It belongs to a process whose store is on a server.
    #[error(
        "{} belongs to a process whose graph is on a server; pass that server with --graph, or use another directory",
        .0.display()
    )]
    OfServer(PathBuf),
    /// It has a store of its own, and the store on a server is wanted.
    #[error(
        "{} contains a store of its own; use another directory for a process whose graph is on a server",
        .0.display()
    )]
    Embedded(PathBuf),
    /// It has HEAD, but no log.
    #[error(
        "the file HEAD in {} names an acknowledged commit, but there is no log. Nothing was changed; restore the \
         store from a backup, or move HEAD away to begin an empty store", .0.display()
    )]
    NoLog(PathBuf),
}

impl OtherStore {
    /// Returns true if acknowledged commits are missing.
    pub(in crate::ledger) const fn is_damage(&self) -> bool {
        matches!(self, Self::NoLog(_))
    }
}

/// Returns true if a directory has a store of any format, or the part of one that an interrupted
/// command left.
#[must_use]
pub fn has_store(dir: &Path) -> bool {
    dir.join(log::DIRECTORY).exists() || dir.join(MIGRATING).exists() || has_rows(dir)
}

/// Refuses a directory unless its log is in files, or it has no store.
pub(in crate::ledger) fn refuse_other(dir: &Path) -> Result<(), LedgerError> {
    let other = |other: fn(PathBuf) -> OtherStore| Err(LedgerError::OtherStore(other(dir.to_owned())));
    let former = |format| Err(LedgerError::OtherStore(OtherStore::Former { dir: dir.to_owned(), format }));
    if dir.join(MIGRATING).exists() {
        return other(OtherStore::Migrating);
    }
    if has_former_log(dir)? {
        return former(2);
    }
    if dir.join(log::DIRECTORY).is_dir() || !has_rows(dir) {
        return Ok(());
    }
    match checkpoint_engine(dir).as_deref() {
        Some("server") => other(OtherStore::OfServer),
        None => refuse_head(dir).and_then(|()| former(1)),
        Some(_) => former(1),
    }
}

/// Returns true if the log of a directory has entries of format 1.
pub(in crate::ledger) fn has_former_log(dir: &Path) -> Result<bool, LedgerError> {
    let unread = |error| crate::graph::GraphError::not_opened(dir, format!("its folder log: {error}"));
    Ok(log::format_of(dir).map_err(unread)? == Some(LogFormat::Former))
}

/// Refuses a directory that has no log, but HEAD of one.
pub(super) fn refuse_head(dir: &Path) -> Result<(), LedgerError> {
    if log::has_head(dir).map_err(|error| unread(dir, &error))? {
        return Err(LedgerError::OtherStore(OtherStore::NoLog(dir.to_owned())));
    }
    Ok(())
}

/// Refuses a directory that has a store of its own, for a process whose store is on a server.
pub(in crate::ledger) fn refuse_embedded(dir: &Path) -> Result<(), LedgerError> {
    if dir.join(log::DIRECTORY).exists() || dir.join(MIGRATING).exists() {
        return Err(LedgerError::OtherStore(OtherStore::Embedded(dir.to_owned())));
    }
    Ok(())
}

fn unread(dir: &Path, error: &io::Error) -> LedgerError {
    crate::graph::GraphError::not_opened(dir, format!("its file HEAD: {error}")).into()
}
