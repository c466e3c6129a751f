//! The copy of a store that is opened in its place while it is not known to be sound (decision 028).
//!
//! SurrealKV 0.21 repairs, truncates and deletes its write-ahead log while it opens, before anything can be compared with the
//! checkpoint. On a copy that does no harm. Tables and full value logs never change, so they are links; the log, the list of
//! tables and the newest value log are copied. A leftover of an interrupted repair is not.
//!
//! A copy that is found sound takes the place of the store by rename; any other is removed, and the store is as it was.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::STORE;
use crate::domain::id::Digest;

/// The copy, and what the store is called while they are exchanged.
const TRIAL: &str = "graph.trial";
const BEFORE: &str = "graph.before";

/// The directories of SurrealKV.
const LOG: &str = "wal";
const TABLES: &str = "sstables";
const VALUES: &str = "vlog";
const LISTS: &str = "manifest";
const FOLDERS: [&str; 4] = [LOG, TABLES, VALUES, LISTS];

/// The file that says that the engine was closed in the usual way since it was opened last. It holds the digest of the list
/// of tables.
const CLOSED: &str = "CLOSED";

/// The largest value log that is copied. After a larger one an empty one is begun, which the engine then appends to.
const LARGEST_COPY: u64 = 16 << 20;

/// How many times the log fits into what opening a copy takes: the log itself, its repaired form, and its tables.
const TIMES: u64 = 3;
/// What else it takes.
const BESIDE: u64 = 4 << 20;

/// Returns true if the engine was closed in the usual way, so that its log is empty.
pub(super) fn is_closed(store: &Path) -> io::Result<bool> {
    Ok(store.join(CLOSED).exists() && log_is_empty(store)?)
}

/// Returns true if the log holds nothing, neither records nor a repair that was interrupted.
pub(super) fn log_is_empty(store: &Path) -> io::Result<bool> {
    for entry in entries(&store.join(LOG))? {
        let found = entry.metadata()?;
        if found.is_dir() || found.len() > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Notes that the engine was closed, and the digest of the list of tables that it left, durably.
pub(super) fn note_closed(store: &Path) -> io::Result<()> {
    let mut note = File::create(store.join(CLOSED))?;
    if let Some(digest) = list_digest(store)? {
        writeln!(note, "{digest}")?;
    }
    note.sync_all()?;
    sync(store)
}

/// Returns true if the engine was closed in the usual way and left the list of tables that is there. Earlier releases did
/// not note the list.
pub(super) fn is_as_closed(store: &Path) -> io::Result<bool> {
    Ok(is_closed(store)? && noted_list(store)?.is_some_and(|noted| !noted.is_empty()))
}

/// The digest of the list of tables; `None` if there is none.
fn list_digest(store: &Path) -> io::Result<Option<String>> {
    match fs::read(list(store)) {
        Ok(bytes) => Ok(Some(Digest::of(&bytes).to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The digest that was noted when the engine was closed, empty in the note of an earlier release; `None` without a note.
fn noted_list(store: &Path) -> io::Result<Option<String>> {
    match fs::read(store.join(CLOSED)) {
        Ok(note) => Ok(Some(String::from_utf8_lossy(&note).trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Notes that the engine is about to be opened, durably.
pub(super) fn note_open(store: &Path) -> io::Result<()> {
    match fs::remove_file(store.join(CLOSED)) {
        Ok(()) => sync(store),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Returns a message if the list of tables is missing although there are tables, or is not the one that the engine left when
/// it was closed. The engine deletes every table that is not in the list that it finds.
pub(super) fn wrong_list(store: &Path) -> io::Result<Option<String>> {
    let list = list(store);
    let found = list_digest(store)?;
    let noted = noted_list(store)?.filter(|noted| !noted.is_empty());
    let wrong = match (found, noted) {
        (None, _) if !files(&store.join(TABLES))?.is_empty() => "is missing",
        (Some(found), Some(noted)) if found != noted => {
            "is damaged: it is not the one that was written when the store was closed"
        }
        _ => return Ok(None),
    };
    Ok(Some(format!("its list of tables, {}, {wrong}; restore the directory from a backup", list.display())))
}

/// The engine's list of its tables.
fn list(store: &Path) -> PathBuf {
    store.join(LISTS).join(format!("{:020}.manifest", 0))
}

/// Returns a message if the log's directory holds a file that is none of the engine's, which does not open with it there.
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

/// Returns true if a file has the name of a part of the log: a number, and perhaps an extension.
fn is_log(file: &Path) -> bool {
    let name = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.split('.').next().is_some_and(|number| number.parse::<u64>().is_ok())
}

/// The store of a directory: after an exchange that was cut off it has another name.
pub(super) fn current(dir: &Path) -> PathBuf {
    let (store, before) = (dir.join(STORE), dir.join(BEFORE));
    if before.exists() && !store.exists() { before } else { store }
}

/// Makes a copy of the store to be read, in the directory for temporary files. Nothing is written beside the store.
///
/// # Errors
/// Says what failed, and what to do where the disk is too full.
pub(super) fn borrow(store: &Path) -> Result<TempDir, String> {
    let failed = |error: io::Error| format!("it could not be copied to be read: {error}");
    let made = tempfile::Builder::new().prefix("stemma-").tempdir().map_err(failed)?;
    enough(store, made.path())?;
    copy(store, made.path(), |from, to| symlink(from, to)).map_err(failed)?;
    Ok(made)
}

/// Completes or undoes an exchange that was cut off, and removes the copy of a start that did not come to its end.
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

/// Makes a copy of the store that may take its place.
///
/// # Errors
/// Says what failed, and what to do where the disk is too full.
pub(super) fn make(dir: &Path) -> Result<PathBuf, String> {
    let (store, trial) = (dir.join(STORE), dir.join(TRIAL));
    let made = enough(&store, dir).and_then(|()| {
        let failed = |error: io::Error| format!("it could not be copied to be checked: {error}");
        copy(&store, &trial, |from, to| fs::hard_link(from, to).or_else(|_| copy_file(from, to)))
            .map_err(failed)
    });
    if made.is_err() {
        // The first error is the one to report.
        let _ = discard(dir);
    }
    made.map(|()| trial)
}

/// Puts the copy in the place of the store, durably.
pub(super) fn exchange(dir: &Path) -> io::Result<()> {
    let (store, trial, before) = (dir.join(STORE), dir.join(TRIAL), dir.join(BEFORE));
    for folder in FOLDERS {
        sync(&trial.join(folder))?;
    }
    sync(&trial)?;
    fs::rename(&store, &before)?;
    if let Err(error) = fs::rename(&trial, &store) {
        // The first error is the one to report; `tidy` does the same at the next start.
        let _ = fs::rename(&before, &store);
        return Err(error);
    }
    sync(dir)?;
    fs::remove_dir_all(before)
}

/// Refuses to begin what the disk has no space for. `place` is where the copy is made.
fn enough(store: &Path, place: &Path) -> Result<(), String> {
    let unknown = |error: io::Error| format!("its size could not be determined: {error}");
    let mut needed = BESIDE;
    for file in files(&store.join(LOG)).map_err(unknown)? {
        needed += TIMES * file.metadata().map_err(unknown)?.len();
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

/// Copies a store in such a way that nothing that happens to the copy changes it.
fn copy(store: &Path, to: &Path, link: impl Fn(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    for folder in FOLDERS {
        fs::create_dir_all(to.join(folder))?;
    }
    for table in files(&store.join(TABLES))? {
        link(&table, &beside(to, TABLES, &table))?;
    }
    let mut values = files(&store.join(VALUES))?;
    values.sort_unstable();
    let newest = values.pop();
    for log in values {
        link(&log, &beside(to, VALUES, &log))?;
    }
    if let Some(newest) = newest {
        let place = beside(to, VALUES, &newest);
        match next(&place).filter(|_| newest.metadata().is_ok_and(|found| found.len() > LARGEST_COPY)) {
            Some(next) => {
                link(&newest, &place)?;
                File::create(next)?.sync_all()?;
            }
            None => copy_file(&newest, &place)?,
        }
    }
    for folder in [LOG, LISTS] {
        // A file that is none of the engine's would keep it from opening the copy.
        for file in files(&store.join(folder))?.iter().filter(|file| folder != LOG || is_log(file)) {
            copy_file(file, &beside(to, folder, file))?;
        }
    }
    Ok(())
}

/// The value log after one.
fn next(log: &Path) -> Option<PathBuf> {
    let number: u64 = log.file_stem()?.to_str()?.parse().ok()?;
    Some(log.with_file_name(format!("{:020}.vlog", number + 1)))
}

fn beside(to: &Path, folder: &str, file: &Path) -> PathBuf {
    to.join(folder).join(file.file_name().unwrap_or_default())
}

/// Copies the bytes of a file and nothing else, durably: the copy of a file that may only be read is written to.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let mut copy = File::create(to)?;
    io::copy(&mut File::open(from)?, &mut copy)?;
    copy.sync_all()
}

/// The files of a directory, without directories; none if there is no such directory.
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

/// Makes durable which names a directory holds.
fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
