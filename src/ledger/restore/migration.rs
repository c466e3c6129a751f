//! Converts a store of an earlier format: of format 1, whose log is rows of SurrealDB in the data
//! directory, or of format 2, whose log has entries of format 1.
//!
//! The log is written, read back and compared in a separate directory, and then renamed into place,
//! after what it replaces was renamed. Each of these steps may be interrupted; the next run continues.
//! The former store is kept: as `graph.v1` and `HEAD.v1`, or as `log.v2` and `HEAD.v2`.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::{Restore, RestoreError};
use crate::domain::id::{Digest, Seq};
use crate::domain::log::entry::Head;
use crate::domain::write::log_entry::LogEntry;
use crate::graph::{DirectoryHold, Graph, GraphError};
use crate::ledger::LedgerError;
use crate::ledger::log_entries::LogEntryReader;
use crate::ledger::store::place::{MIGRATING, OtherStore, has_former_log, refuse_other};
use crate::ledger::store::{CheckpointMode, SegmentStore, Store, broken, is_marked, marked};
use crate::log::{DIRECTORY, Disk, HEAD_FILE, LocalDisk, LogReader};

/// The file that exists when the log is complete, so that only renames are left. As long as the former
/// store has its name, an earlier release may append to it, so the log is written again then.
const COMPLETE: &str = "COMPLETE";
/// The names that a store of format 1 may have. If both exist, the second is a leftover of an
/// interrupted exchange.
const ROWS: [&str; 2] = ["graph", "graph.before"];
const KEPT_ROWS: &str = "graph.v1";
const LEFTOVER: &str = "graph.before.v1";
/// The name that a log of format 2 gets.
const KEPT_LOG: &str = "log.v2";
/// A copy of the former store that an interrupted start left.
const TRIAL: &str = "graph.trial";
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

/// A directory whose store was converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// The newest commit.
    pub head: Head,
    /// The names of the former store, log and HEAD.
    pub kept: [&'static str; 2],
}

/// The former store of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormerStore {
    /// Rows of SurrealDB (format 1).
    Rows,
    /// A log of files with entries of format 1 (format 2).
    Log,
}

/// Converts the store of an earlier format in a directory; seqs and ids are the same as before, the
/// digests of commits are not. Returns `None` if the directory has a store of this format. `progress`
/// receives the stage, the last commit of which it is done, and the newest one.
///
/// # Errors
/// [`RestoreError::Ledger`]; the former store is unchanged, and another run continues.
pub async fn migrate(
    dir: &Path,
    progress: impl Fn(MigrationStage, u64, u64),
) -> Result<Option<Migrated>, RestoreError> {
    let failed = |error: io::Error| LedgerError::from(GraphError::not_opened(dir, error));
    let dir = dir.canonicalize().map_err(failed)?;
    let hold = DirectoryHold::take(&dir).map_err(LedgerError::from)?;
    let side = dir.join(MIGRATING);
    if !side.exists() {
        match refuse_other(&dir) {
            Ok(()) => return Ok(None),
            Err(LedgerError::OtherStore(OtherStore::Former { .. })) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // The rename of the log is the last one; after it only leftovers have to be removed.
    if !dir.join(DIRECTORY).exists() || has_former_log(&dir)? {
        let former = FormerStore::of(&dir)?;
        if let Some(former) = former {
            former.convert(&dir, &hold, &side, progress).await?;
            mark_complete(&side).map_err(failed)?;
        } else if !side.join(COMPLETE).exists() {
            return Err(LedgerError::OtherStore(OtherStore::NoLog(dir)).into());
        }
        put_in_place(&dir, &side, former).map_err(failed)?;
    }
    remove_leftovers(&dir, &side).map_err(failed)?;
    drop(hold);
    let store = SegmentStore::read(&dir)?;
    let head = store.reader().head();
    Store::Segments(store).close().await?;
    Ok(Some(Migrated { head, kept: kept(&dir) }))
}

/// Returns the names that the former store of a directory has, or gets, when it is renamed.
fn kept(dir: &Path) -> [&'static str; 2] {
    if dir.join(KEPT_LOG).exists() { [KEPT_LOG, "HEAD.v2"] } else { [KEPT_ROWS, "HEAD.v1"] }
}

impl FormerStore {
    /// Returns the former store of a directory; `None` if it has been renamed.
    fn of(dir: &Path) -> Result<Option<Self>, LedgerError> {
        if has_former_log(dir)? {
            return Ok(Some(Self::Log));
        }
        // Next to a renamed log, the folder `graph` is its projection.
        let has_rows = !dir.join(KEPT_LOG).exists() && ROWS.iter().any(|name| dir.join(name).exists());
        Ok(has_rows.then_some(Self::Rows))
    }

    /// Writes the log into `side`, and reads it back.
    pub(super) async fn convert(
        self,
        dir: &Path,
        hold: &DirectoryHold,
        side: &Path,
        progress: impl Fn(MigrationStage, u64, u64),
    ) -> Result<(), RestoreError> {
        match self {
            Self::Rows => convert_rows(dir, hold, side, progress).await,
            Self::Log => convert_log(dir, side, progress).await,
        }
    }
}

/// Converts the log of format 2.
async fn convert_log(
    dir: &Path,
    side: &Path,
    progress: impl Fn(MigrationStage, u64, u64),
) -> Result<(), RestoreError> {
    let former = LogReader::open_former(&LocalDisk, dir).map_err(LedgerError::from)?;
    let former = former.ok_or_else(|| LedgerError::OtherStore(OtherStore::NoLog(dir.to_owned())))?;
    let until = former.head();
    refuse_marked(until, marked(dir)?)?;
    let store = Store::Segments(begun(side, until)?);
    let mut restore = Restore::begun(store, until, |_, _| ()).await?;
    let filled = async {
        for frame in former.frames_after(Seq::ZERO) {
            let frame = frame.map_err(LedgerError::from)?;
            for (seq, bytes) in frame.entries() {
                restore.add(LogEntry::unpack_any(bytes).map_err(|error| broken(seq, error))?).await?;
            }
            progress(MigrationStage::Copying, frame.last().seq.0, until.seq.0);
        }
        Ok(())
    };
    finish(filled.await, restore, progress).await
}

/// Writes the log of the rows of a directory into `side`, and reads it back.
async fn convert_rows(
    dir: &Path,
    hold: &DirectoryHold,
    side: &Path,
    progress: impl Fn(MigrationStage, u64, u64),
) -> Result<(), RestoreError> {
    let former = Graph::read_former(dir, hold).await.map_err(LedgerError::from)?;
    let converted = copy_rows(&former, side, progress).await;
    // The first error is returned.
    let _ = former.close().await;
    converted
}

async fn copy_rows(
    former: &Graph,
    side: &Path,
    progress: impl Fn(MigrationStage, u64, u64),
) -> Result<(), RestoreError> {
    let until = former.head();
    refuse_marked(until, former.restoring().await.map_err(LedgerError::from)?)?;
    let store = Store::Segments(begun(side, until)?);
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
    finish(filled.await, restore, progress).await
}

/// Refuses a former store whose restore is incomplete.
fn refuse_marked(head: Head, marked: Option<Head>) -> Result<(), LedgerError> {
    match marked {
        None => Ok(()),
        Some(until) => Err(GraphError::Restoring { at: head.seq, until: until.seq }.into()),
    }
}

/// Reads back what was copied, or keeps it for the next run.
async fn finish(
    filled: Result<(), RestoreError>,
    restore: Restore,
    progress: impl Fn(MigrationStage, u64, u64),
) -> Result<(), RestoreError> {
    match filled {
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
pub(super) fn begun(side: &Path, former: Head) -> Result<SegmentStore, RestoreError> {
    let failed = |error: io::Error| LedgerError::from(GraphError::not_opened(side, error));
    if side.exists() && !is_marked(side) {
        fs::remove_dir_all(side).map_err(failed)?;
    }
    Ok(SegmentStore::open_converting(side, CheckpointMode::Soon, former)?)
}

pub(super) fn mark_complete(side: &Path) -> io::Result<()> {
    File::create(side.join(COMPLETE))?.sync_all()?;
    LocalDisk.sync_directory(side)
}

/// Renames the former store and puts the log in its place. HEAD comes before the log: a directory
/// without a log is refused.
fn put_in_place(dir: &Path, side: &Path, former: Option<FormerStore>) -> io::Result<()> {
    match former {
        Some(FormerStore::Rows) => {
            let [store, before] = ROWS.map(|name| dir.join(name));
            if store.exists() {
                rename(&before, &dir.join(LEFTOVER))?;
            }
            rename(&store, &dir.join(KEPT_ROWS))?;
            rename(&before, &dir.join(KEPT_ROWS))?;
        }
        Some(FormerStore::Log) => rename(&dir.join(DIRECTORY), &dir.join(KEPT_LOG))?,
        None => {}
    }
    if side.join(HEAD_FILE).exists() {
        let [_, head] = kept(dir);
        rename(&dir.join(HEAD_FILE), &dir.join(head))?;
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
