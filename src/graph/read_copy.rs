//! The copy through which the files of the engine are read.
//!
//! SurrealKV 0.21 repairs, truncates and deletes its write-ahead log while it opens, before
//! anything can be compared with the checkpoint (`docs/upstream.md`). On a copy that does no harm.
//! Tables and full value logs never change, so they are links; the log, the list of tables and the
//! newest value log are copied. The file of an interrupted repair is left out.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::STORE;
use crate::domain::id::Digest;

/// The name of a store of format 1 during an exchange by its copy, which a kill may have interrupted.
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

/// Returns the store of a directory: after an interrupted exchange it has another name.
pub(super) fn current(dir: &Path) -> PathBuf {
    let (store, before) = (dir.join(STORE), dir.join(BEFORE));
    if before.exists() && !store.exists() { before } else { store }
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

/// Returns the path of the engine's list of tables.
fn list(store: &Path) -> PathBuf {
    store.join(LISTS).join(format!("{:020}.manifest", 0))
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
    copy(store, made.path()).map_err(failed)?;
    Ok(made)
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
fn free(dir: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(dir)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Copies a store so that changes to the copy do not affect it.
fn copy(store: &Path, to: &Path) -> io::Result<()> {
    for folder in FOLDERS {
        fs::create_dir_all(to.join(folder))?;
    }
    for table in files(&store.join(TABLES))? {
        symlink(&table, path_in(to, TABLES, &table))?;
    }
    let mut values = files(&store.join(VALUES))?;
    values.sort_unstable();
    let newest = values.pop();
    for log in values {
        symlink(&log, path_in(to, VALUES, &log))?;
    }
    if let Some(newest) = newest {
        let place = path_in(to, VALUES, &newest);
        match next(&place).filter(|_| newest.metadata().is_ok_and(|found| found.len() > LARGEST_COPY)) {
            Some(next) => {
                symlink(&newest, &place)?;
                File::create(next)?;
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

/// Copies only the bytes of a file: the copy of a read-only file must be writable.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    io::copy(&mut File::open(from)?, &mut File::create(to)?).map(drop)
}

/// Returns the files of a directory, without directories; none if there is no such directory.
fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// Returns true if a file has the name of a part of the log: a number, and optionally an extension.
fn is_log(file: &Path) -> bool {
    let name = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.split('.').next().is_some_and(|number| number.parse::<u64>().is_ok())
}
