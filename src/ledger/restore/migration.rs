//! Converts a store of format 1, whose log is rows of SurrealDB in the data directory, into one with a
//! log of files.
//!
//! The log is written, read back and compared in a separate directory, and then renamed into place,
//! after what it replaces was renamed. Each of these steps may be interrupted; the next run continues.
//! The former store is kept as `graph.v1` and `HEAD.v1`.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::{Restore, RestoreError};
use crate::domain::id::{Digest, Seq};
use crate::domain::log::entry::Head;
use crate::graph::{DirectoryHold, Graph, GraphError};
use crate::ledger::LedgerError;
use crate::ledger::log_entries::LogEntryReader;
use crate::ledger::store::place::{MIGRATING, OtherStore, refuse_other};
use crate::ledger::store::{CheckpointMode, SegmentStore, Store, is_marked};
use crate::log::{DIRECTORY, Disk, HEAD_FILE, LocalDisk};

/// The file that exists when the log is complete, so that only renames are left. As long as the former
/// store has its name, an earlier release may append to it, so the log is written again then.
const COMPLETE: &str = "COMPLETE";
/// The names that the former store may have, and the one that it gets. If both exist, the second is a
/// leftover of an interrupted exchange.
const FORMER: [&str; 2] = ["graph", "graph.before"];
const KEPT: &str = "graph.v1";
const LEFTOVER: &str = "graph.before.v1";
/// A copy of the former store that an interrupted start left.
const TRIAL: &str = "graph.trial";
/// The name of the former HEAD.
const FORMER_HEAD: &str = "HEAD.v1";
/// The approximate size of one read, in bytes.
const PAGE: usize = 4 << 20;

/// The part of a migration that is in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrationStage {
    /// Commits are copied.
    Copying,
    /// They are read back and compared.
    Comparing,
}

/// Converts the store of format 1 in a directory, and returns its newest commit, which is the same as
/// before. Returns `None` if the directory has a log of files already. `progress` receives the stage,
/// the last commit of which it is done, and the newest one.
///
/// # Errors
/// [`RestoreError::Ledger`]; the former store is unchanged, and another run continues.
pub async fn migrate(
    dir: &Path,
    progress: impl Fn(MigrationStage, u64, u64),
) -> Result<Option<Head>, RestoreError> {
    let failed = |error: io::Error| LedgerError::from(GraphError::not_opened(dir, error));
    let dir = dir.canonicalize().map_err(failed)?;
    let hold = DirectoryHold::take(&dir).map_err(LedgerError::from)?;
    let side = dir.join(MIGRATING);
    if !side.exists() {
        match refuse_other(&dir) {
            Ok(()) => return Ok(None),
            Err(LedgerError::OtherStore(OtherStore::Former(_))) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // The rename of the log is the last one; after it only leftovers have to be removed.
    if !dir.join(DIRECTORY).exists() {
        if !side.join(COMPLETE).exists() || FORMER.iter().any(|name| dir.join(name).exists()) {
            convert(&dir, &hold, &side, progress).await?;
            mark_complete(&side).map_err(failed)?;
        }
        put_in_place(&dir, &side).map_err(failed)?;
    }
    remove_leftovers(&dir, &side).map_err(failed)?;
    drop(hold);
    let store = SegmentStore::read(&dir)?;
    let head = store.reader().head();
    Store::Segments(store).close().await?;
    Ok(Some(head))
}

/// Writes the log into `side`, and reads it back.
pub(super) async fn convert(
    dir: &Path,
    hold: &DirectoryHold,
    side: &Path,
    progress: impl Fn(MigrationStage, u64, u64),
) -> Result<(), RestoreError> {
    let former = Graph::read_former(dir, hold).await.map_err(LedgerError::from)?;
    let converted = match former.restoring().await {
        Ok(None) => copy(&former, side, progress).await,
        Ok(Some(until)) => {
            let at = former.head().seq;
            Err(LedgerError::from(GraphError::Restoring { at, until: until.seq }).into())
        }
        Err(error) => Err(LedgerError::from(error).into()),
    };
    // The first error is returned.
    let _ = former.close().await;
    converted
}

async fn copy(
    former: &Graph,
    side: &Path,
    progress: impl Fn(MigrationStage, u64, u64),
) -> Result<(), RestoreError> {
    let until = former.head();
    let store = Store::Segments(begun(side)?);
    let mut restore = Restore::begun(store, until, |_, _| ()).await?;
    // Commits are read in their order, each once.
    let seen = Mutex::new(HashSet::new());
    let first =
        |payload: &Digest, _: Seq| seen.lock().unwrap_or_else(PoisonError::into_inner).insert(*payload);
    let reader = LogEntryReader::new(former, first);
    let filled = async {
        let mut seq = Seq::ZERO;
        while seq < until.seq {
            for log_entry in reader.read(seq, until.seq, PAGE).await? {
                seq = log_entry.commit.seq;
                restore.add(log_entry).await?;
            }
            progress(MigrationStage::Copying, seq.0, until.seq.0);
        }
        Ok(())
    };
    match filled.await {
        Ok(()) => restore.finish(|done, of| progress(MigrationStage::Comparing, done, of)).await.map(drop),
        Err(error) => {
            // The first error is returned.
            let _ = restore.leave().await;
            Err(error)
        }
    }
}

/// Opens the log of an interrupted run, or a new one. A run that was interrupted before it marked
/// the log, or after it was complete, begins again.
fn begun(side: &Path) -> Result<SegmentStore, RestoreError> {
    let failed = |error: io::Error| LedgerError::from(GraphError::not_opened(side, error));
    if side.exists() && !is_marked(side) {
        fs::remove_dir_all(side).map_err(failed)?;
    }
    Ok(SegmentStore::open(side, CheckpointMode::Soon)?)
}

pub(super) fn mark_complete(side: &Path) -> io::Result<()> {
    File::create(side.join(COMPLETE))?.sync_all()?;
    LocalDisk.sync_directory(side)
}

/// Renames the former store and puts the log in its place. HEAD comes before the log: a directory
/// without a log is refused.
fn put_in_place(dir: &Path, side: &Path) -> io::Result<()> {
    let [store, before] = FORMER.map(|name| dir.join(name));
    if store.exists() {
        rename(&before, &dir.join(LEFTOVER))?;
    }
    rename(&store, &dir.join(KEPT))?;
    rename(&before, &dir.join(KEPT))?;
    if side.join(HEAD_FILE).exists() {
        rename(&dir.join(HEAD_FILE), &dir.join(FORMER_HEAD))?;
        rename(&side.join(HEAD_FILE), &dir.join(HEAD_FILE))?;
    }
    rename(&side.join(DIRECTORY), &dir.join(DIRECTORY))?;
    LocalDisk.sync_directory(dir)
}

/// Removes the directory of the migration, and what an earlier program left.
fn remove_leftovers(dir: &Path, side: &Path) -> io::Result<()> {
    let trial = dir.join(TRIAL);
    if trial.exists() {
        fs::remove_dir_all(trial)?;
    }
    fs::remove_dir_all(side)?;
    LocalDisk.sync_directory(dir)
}

/// Renames a file or directory, if there is one. What has the new name is not replaced.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    if !from.exists() {
        return Ok(());
    }
    if to.exists() {
        let why = format!("{} exists already; move it away and run the command again", to.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
    }
    fs::rename(from, to)
}
