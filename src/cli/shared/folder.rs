//! A folder that is written to: compares existing files, and publishes complete new ones.
//!
//! Nothing is written outside of it: no folder of a path may be a link. A file is written to
//! `.partial` and renamed when it is complete. It is not synced: after a power failure the next run
//! finds damage by its hash.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::blob::verify::Hasher;
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::Digest;

/// The folder of incomplete files. No key becomes a path that begins with a dot.
const PARTIAL: &str = ".partial";

/// The size of a read, in bytes.
const CHUNK: usize = 256 * 1024;

/// The state of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileState {
    /// It has the right bytes.
    Right,
    /// It is something else.
    Wrong,
    /// It does not exist.
    Absent,
}

/// A folder that is written to or compared.
pub(crate) struct OutputFolder {
    root: PathBuf,
    /// Held while files are written.
    _lock: Option<File>,
}

/// A new file under a temporary name. It is removed unless it is published.
pub(crate) struct Partial {
    pub file: File,
    nameless: Nameless,
}

/// A closed [`Partial`]: many of them may wait without open files.
pub(crate) struct Nameless(PathBuf);

impl Drop for Nameless {
    fn drop(&mut self) {
        // After it is published, nothing has this name.
        let _ = fs::remove_file(&self.0);
    }
}

impl Partial {
    /// Closes the file.
    pub(crate) fn closed(self) -> Nameless {
        self.nameless
    }
}

impl Nameless {
    /// Opens the file for reading.
    pub(crate) fn open(&self) -> io::Result<File> {
        File::open(&self.0)
    }
}

/// Refuses a file in place of a folder.
pub(crate) fn refuse_file(root: &Path) -> Result<()> {
    match root.exists() && !root.is_dir() {
        true => Err(Failure::new(format!("expected a folder, found the file {}", root.display()))
            .hint("name another folder")),
        false => Ok(()),
    }
}

impl OutputFolder {
    /// Opens an existing folder for comparison.
    pub(crate) fn existing(root: &Path) -> Result<Self> {
        if root.is_dir() {
            return Ok(Self { root: root.to_owned(), _lock: None });
        }
        refuse_file(root)?;
        Err(Failure::new(format!("there is no folder {}", root.display()))
            .hint("run it without --verify to write it"))
    }

    /// Opens a folder for writing, and creates it if it is missing. Removes what an interrupted run
    /// left.
    pub(crate) fn made(root: &Path) -> Result<Self> {
        refuse_file(root)?;
        let folder = Self { root: root.to_owned(), _lock: None };
        let made = fs::create_dir_all(root).and_then(|()| folder.create_folders(&[PARTIAL]));
        made.map_err(|error| folder.failed("make", root, &error))?;
        let partial = root.join(PARTIAL);
        let lock = File::options().create(true).append(true).open(partial.join("lock"));
        let lock = lock.map_err(|error| folder.failed("write to", root, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new(format!("another run writes to {}", root.display()))
                    .hint("wait until it has ended, or name another folder"));
            }
            Err(TryLockError::Error(error)) => return Err(folder.failed("lock", root, &error)),
        }
        for left in fs::read_dir(&partial).into_iter().flatten().flatten() {
            if left.file_name() != "lock" {
                let path = left.path();
                fs::remove_file(&path).map_err(|error| folder.failed("remove", &path, &error))?;
            }
        }
        Ok(Self { _lock: Some(lock), ..folder })
    }

    /// Returns the state of a file that should have this digest.
    pub(crate) fn state(&self, path: &str, digest: Digest) -> Result<FileState> {
        self.compare(path, |file| {
            let (mut hasher, mut buffer) = (Hasher::default(), vec![0; CHUNK]);
            loop {
                match file.read(&mut buffer) {
                    Ok(0) => return Ok(hasher.finish().digest == digest),
                    Ok(read) => hasher.update(&buffer[..read]),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        })
    }

    /// Returns the state of a file that should contain this text.
    pub(crate) fn state_of_text(&self, path: &str, text: &str) -> Result<FileState> {
        self.state(path, Digest::of(text.as_bytes()))
    }

    fn compare(&self, path: &str, is_right: impl FnOnce(&mut File) -> io::Result<bool>) -> Result<FileState> {
        let place = self.root.join(path);
        let judged = match fs::symlink_metadata(&place) {
            Ok(found) if found.is_file() && self.is_inside(path) => {
                File::open(&place).and_then(|mut file| is_right(&mut file)).map(|right| match right {
                    true => FileState::Right,
                    false => FileState::Wrong,
                })
            }
            Ok(_) => Ok(FileState::Wrong),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(FileState::Absent)
            }
            Err(error) => Err(error),
        };
        judged.map_err(|error| self.failed("read", &place, &error))
    }

    /// Returns true if no folder of a path is a link.
    fn is_inside(&self, path: &str) -> bool {
        let above = Path::new(path).ancestors().skip(1);
        above
            .filter(|folder| !folder.as_os_str().is_empty())
            .all(|folder| fs::symlink_metadata(self.root.join(folder)).is_ok_and(|found| found.is_dir()))
    }

    /// Creates a new file.
    pub(crate) fn begin(&self, number: usize) -> Result<Partial> {
        let path = self.root.join(PARTIAL).join(number.to_string());
        let file = File::create_new(&path).map_err(|error| self.failed("write", &path, &error))?;
        Ok(Partial { file, nameless: Nameless(path) })
    }

    /// Closes a file and renames it to `path`, replacing an existing one.
    pub(crate) fn publish(&self, partial: Partial, path: &str) -> Result<()> {
        self.name(partial.closed(), path)
    }

    /// Renames a file to `path`, replacing an existing one.
    pub(crate) fn name(&self, file: Nameless, path: &str) -> Result<()> {
        let place = self.root.join(path);
        let names: Vec<&str> = path.split('/').collect();
        let way = names.split_last().map_or(Ok(()), |(_, above)| self.create_folders(above));
        let placed = way.and_then(|()| fs::rename(&file.0, &place));
        placed.map_err(|error| self.failed("write", &place, &error))
    }

    /// Writes a text unless the file has it already. Returns true if it was written.
    pub(crate) fn write_text(&self, path: &str, text: &str) -> Result<bool> {
        if self.state_of_text(path, text)? == FileState::Right {
            return Ok(false);
        }
        let place = self.root.join(PARTIAL).join(path);
        let mut file = File::create_new(&place).map_err(|error| self.failed("write", &place, &error))?;
        file.write_all(text.as_bytes()).map_err(|error| self.failed("write", &place, &error))?;
        self.publish(Partial { file, nameless: Nameless(place) }, path)?;
        Ok(true)
    }

    /// Removes a file if it exists.
    pub(crate) fn forget(&self, path: &str) -> Result<()> {
        let place = self.root.join(path);
        match fs::remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(self.failed("remove", &place, &error))
            }
            _ => Ok(()),
        }
    }

    /// Ends writing: removes the folder of incomplete files.
    pub(crate) fn done(&self) -> Result<()> {
        let partial = self.root.join(PARTIAL);
        let removed = fs::remove_file(partial.join("lock")).and_then(|()| fs::remove_dir(&partial));
        removed.map_err(|error| self.failed("clear", &partial, &error))
    }

    /// Returns the paths of all files except these, ordered.
    pub(crate) fn others<'a>(&self, files: impl Iterator<Item = &'a str>) -> Result<Vec<String>> {
        let ours: HashSet<&str> = files.collect();
        let (mut open, mut others) = (vec![String::new()], Vec::new());
        while let Some(inner) = open.pop() {
            let folder = self.root.join(&inner);
            let entries = fs::read_dir(&folder).map_err(|error| self.failed("read", &folder, &error))?;
            for entry in entries.flatten() {
                let path = format!("{inner}{}", entry.file_name().to_string_lossy());
                match entry.file_type() {
                    _ if path == PARTIAL => {}
                    Ok(kind) if kind.is_dir() => open.push(path + "/"),
                    _ if ours.contains(path.as_str()) => {}
                    _ => others.push(path),
                }
            }
        }
        others.sort();
        Ok(others)
    }

    /// Creates the folders of a path.
    fn create_folders(&self, names: &[&str]) -> io::Result<()> {
        let mut folder = self.root.clone();
        for name in names {
            folder.push(name);
            match fs::create_dir(&folder) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if !fs::symlink_metadata(&folder)?.is_dir() {
                        let why =
                            format!("expected a folder at {}, found a file or a link", folder.display());
                        return Err(io::Error::new(io::ErrorKind::NotADirectory, why));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes the bytes of the file that will be published at a path.
    pub(crate) fn write(&self, partial: &mut Partial, path: &str, bytes: &[u8]) -> Result<()> {
        let written = partial.file.write_all(bytes);
        written.map_err(|error| self.failed("write", &self.root.join(path), &error))
    }

    fn failed(&self, doing: &str, path: &Path, error: &io::Error) -> Failure {
        Failure::because(format!("cannot {doing} {}", path.display()), error)
            .hint("files that are already written are kept: fix the cause and run the command again")
    }
}
