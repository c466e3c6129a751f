//! The copy of a store that is opened in place of the store until it is known to be sound (decision
//! 028).
//!
//! SurrealKV 0.21 repairs, truncates and deletes its write-ahead log while it opens, before
//! anything can be compared with the checkpoint (`docs/upstream.md`). On a copy that does no harm.
//! Tables and full value logs never change, so they are links; the log, the list of tables and the
//! newest value log are copied. The file of an interrupted repair is left out.
//!
//! A sound copy replaces the store by rename; any other is removed, and the store is unchanged.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::STORE;
use crate::domain::id::Digest;

/// The name of the copy.
const TRIAL: &str = "graph.trial";
/// The name of the store during an exchange.
pub(super) const BEFORE: &str = "graph.before";

/// The directories of SurrealKV.
const LOG: &str = "wal";
const TABLES: &str = "sstables";
const VALUES: &str = "vlog";
const LISTS: &str = "manifest";
const FOLDERS: [&str; 4] = [LOG, TABLES, VALUES, LISTS];

/// The file that notes a clean close of the engine since it was last opened. It contains the digest
/// of the list of tables.
const CLOSED: &str = "CLOSED";

/// The maximum size of a value log that is copied. After a larger one an empty one is created, to
/// which the engine appends.
const LARGEST_COPY: u64 = 16 << 20;

/// The space for opening a copy, in sizes of the log: the log itself, its repaired form, and its
/// tables.
const LOG_COPIES: u64 = 3;
/// The additional space in bytes.
const FIXED_SPACE: u64 = 4 << 20;

/// Returns true if the engine was cleanly closed, so that its log is empty.
pub(super) fn is_closed(store: &Path) -> io::Result<bool> {
    Ok(store.join(CLOSED).exists() && log_is_empty(store)?)
}

/// Returns true if the log is empty: no records and no interrupted repair.
pub(super) fn log_is_empty(store: &Path) -> io::Result<bool> {
    for entry in entries(&store.join(LOG))? {
        let found = entry.metadata()?;
        if found.is_dir() || found.len() > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Notes durably that the engine was closed, with the digest of its list of tables.
pub(super) fn note_closed(store: &Path) -> io::Result<()> {
    let mut note = File::create(store.join(CLOSED))?;
    if let Some(digest) = list_digest(store)? {
        writeln!(note, "{digest}")?;
    }
    note.sync_all()?;
    sync(store)
}

/// Returns true if the engine was cleanly closed and its list of tables is unchanged since. Earlier
/// releases did not note the list.
pub(super) fn is_as_closed(store: &Path) -> io::Result<bool> {
    Ok(is_closed(store)? && noted_list(store)?.is_some_and(|noted| !noted.is_empty()))
}

/// Returns the digest of the list of tables; `None` if there is none.
fn list_digest(store: &Path) -> io::Result<Option<String>> {
    match fs::read(list(store)) {
        Ok(bytes) => Ok(Some(Digest::of(&bytes).to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the digest in the note of a clean close, which is empty in the note of an earlier
/// release; `None` if there is no note.
fn noted_list(store: &Path) -> io::Result<Option<String>> {
    match fs::read(store.join(CLOSED)) {
        Ok(note) => Ok(Some(String::from_utf8_lossy(&note).trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Notes durably that the engine is about to be opened.
pub(super) fn note_open(store: &Path) -> io::Result<()> {
    match fs::remove_file(store.join(CLOSED)) {
        Ok(()) => sync(store),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Returns a message if the list of tables is missing although there are tables, or has changed
/// since the clean close. The engine deletes every table that is not in its list.
pub(super) fn wrong_list(store: &Path) -> io::Result<Option<String>> {
    let list = list(store);
    let found = list_digest(store)?;
    let noted = noted_list(store)?.filter(|noted| !noted.is_empty());
    let wrong = match (found, noted) {
        (None, _) if !files(&store.join(TABLES))?.is_empty() => "is missing",
        (Some(found), Some(noted)) if found != noted => {
            "is damaged: it has changed since the store was closed"
        }
        _ => return Ok(None),
    };
    Ok(Some(format!("its list of tables, {}, {wrong}; restore the directory from a backup", list.display())))
}

/// Returns the path of the engine's list of tables.
fn list(store: &Path) -> PathBuf {
    store.join(LISTS).join(format!("{:020}.manifest", 0))
}

/// Returns a message if the log's directory contains a file that is not the engine's. The engine
/// does not open with such a file.
pub(super) fn stray_file(store: &Path) -> io::Result<Option<String>> {
    let stray = files(&store.join(LOG))?.into_iter().find(|file| !is_log(file));
    Ok(stray.map(|file| {
        format!(
            "its log holds the file {}, which is not one of the engine's; move it out of the directory and start again. \
             Nothing was changed",
            file.display()
        )
    }))
}

/// Returns true if a file has the name of a part of the log: a number, and optionally an extension.
fn is_log(file: &Path) -> bool {
    let name = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.split('.').next().is_some_and(|number| number.parse::<u64>().is_ok())
}

/// Returns the store of a directory: after an interrupted exchange it has another name.
pub(super) fn current(dir: &Path) -> PathBuf {
    let (store, before) = (dir.join(STORE), dir.join(BEFORE));
    if before.exists() && !store.exists() { before } else { store }
}

/// Creates a copy of the store for readers in the directory for temporary files. Nothing is written
/// next to the store.
///
/// # Errors
/// Returns a message that says what failed, with a remedy if the disk is too full.
pub(super) fn borrow(store: &Path) -> Result<TempDir, String> {
    let failed = |error: io::Error| format!("it could not be copied to be read: {error}");
    let made = tempfile::Builder::new().prefix("stemma-").tempdir().map_err(failed)?;
    check_space(store, made.path())?;
    copy(store, made.path(), |from, to| symlink(from, to)).map_err(failed)?;
    Ok(made)
}

/// Completes or undoes an interrupted exchange, and removes the copy of an interrupted start.
pub(super) fn tidy(dir: &Path) -> io::Result<()> {
    let (store, before) = (dir.join(STORE), dir.join(BEFORE));
    if before.exists() {
        if store.exists() {
            fs::remove_dir_all(&before)?;
        } else {
            fs::rename(&before, &store)?;
            sync(dir)?;
        }
    }
    discard(dir)
}

/// Removes the copy.
pub(super) fn discard(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir.join(TRIAL)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Creates a copy of the store that may replace it.
///
/// # Errors
/// Returns a message that says what failed, with a remedy if the disk is too full.
pub(super) fn make(dir: &Path) -> Result<PathBuf, String> {
    let (store, trial) = (dir.join(STORE), dir.join(TRIAL));
    let made = check_space(&store, dir).and_then(|()| {
        let failed = |error: io::Error| format!("it could not be copied to be checked: {error}");
        copy(&store, &trial, |from, to| fs::hard_link(from, to).or_else(|_| copy_file(from, to)))
            .map_err(failed)
    });
    if made.is_err() {
        // The first error is returned.
        let _ = discard(dir);
    }
    made.map(|()| trial)
}

/// Replaces the store by the copy, durably.
pub(super) fn exchange(dir: &Path) -> io::Result<()> {
    let (store, trial, before) = (dir.join(STORE), dir.join(TRIAL), dir.join(BEFORE));
    for folder in FOLDERS {
        sync(&trial.join(folder))?;
    }
    sync(&trial)?;
    fs::rename(&store, &before)?;
    if let Err(error) = fs::rename(&trial, &store) {
        // The first error is returned; `tidy` does the same at the next start.
        let _ = fs::rename(&before, &store);
        return Err(error);
    }
    sync(dir)?;
    fs::remove_dir_all(before)
}

/// Returns a message if the disk has too little space. `place` is the directory of the copy.
fn check_space(store: &Path, place: &Path) -> Result<(), String> {
    let unknown = |error: io::Error| format!("its size could not be determined: {error}");
    let mut needed = FIXED_SPACE;
    for file in files(&store.join(LOG)).map_err(unknown)? {
        needed += LOG_COPIES * file.metadata().map_err(unknown)?.len();
    }
    for file in files(&store.join(VALUES)).map_err(unknown)? {
        let bytes = file.metadata().map_err(unknown)?.len();
        needed += if bytes > LARGEST_COPY { 0 } else { bytes };
    }
    let free = free(place).map_err(unknown)?;
    if needed <= free {
        return Ok(());
    }
    let (needed, free) = (needed.div_ceil(1 << 20), free >> 20);
    Err(format!(
        "it is opened as a copy, which needs {needed} MiB of free space in {}, but there are {free} MiB; free some space and start \
         again. Nothing was changed",
        place.display()
    ))
}

/// Returns the number of bytes that may still be written in the file system of a directory.
pub(super) fn free(dir: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(dir)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Copies a store so that changes to the copy do not affect it.
fn copy(store: &Path, to: &Path, link: impl Fn(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    for folder in FOLDERS {
        fs::create_dir_all(to.join(folder))?;
    }
    for table in files(&store.join(TABLES))? {
        link(&table, &path_in(to, TABLES, &table))?;
    }
    let mut values = files(&store.join(VALUES))?;
    values.sort_unstable();
    let newest = values.pop();
    for log in values {
        link(&log, &path_in(to, VALUES, &log))?;
    }
    if let Some(newest) = newest {
        let place = path_in(to, VALUES, &newest);
        match next(&place).filter(|_| newest.metadata().is_ok_and(|found| found.len() > LARGEST_COPY)) {
            Some(next) => {
                link(&newest, &place)?;
                File::create(next)?.sync_all()?;
            }
            None => copy_file(&newest, &place)?,
        }
    }
    for folder in [LOG, LISTS] {
        // A file that is not the engine's would prevent opening the copy.
        for file in files(&store.join(folder))?.iter().filter(|file| folder != LOG || is_log(file)) {
            copy_file(file, &path_in(to, folder, file))?;
        }
    }
    Ok(())
}

/// Returns the value log after this one.
fn next(log: &Path) -> Option<PathBuf> {
    let number: u64 = log.file_stem()?.to_str()?.parse().ok()?;
    Some(log.with_file_name(format!("{:020}.vlog", number + 1)))
}

fn path_in(to: &Path, folder: &str, file: &Path) -> PathBuf {
    to.join(folder).join(file.file_name().unwrap_or_default())
}

/// Copies only the bytes of a file, durably: the copy of a read-only file must be writable.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let mut copy = File::create(to)?;
    io::copy(&mut File::open(from)?, &mut copy)?;
    copy.sync_all()
}

/// Returns the files of a directory, without directories; none if there is no such directory.
fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in entries(dir)? {
        if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

fn entries(dir: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(dir) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Makes the names in a directory durable.
fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
