//! The folder into which an archive is unpacked: no entry leaves it, and limits hold.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use super::super::MAX_DEPTH;
use crate::annotations::fault::Reason;
use crate::annotations::reader::Skipped;

/// The folder that macOS adds to a zip, with the properties of its files.
const MACOS: &str = "__MACOSX";

const GIB: u64 = 1024 * 1024 * 1024;

/// The limits of an archive.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnpackLimits {
    /// The most entries, folders included.
    pub entries: u64,
    /// The most bytes after unpacking.
    pub bytes: u64,
    /// The most bytes after unpacking for each byte of the archive …
    pub ratio: u64,
    /// … if there are more than these.
    pub free: u64,
}

impl UnpackLimits {
    pub(super) const DEFAULT: Self = Self { entries: 10_000_000, bytes: 1024 * GIB, ratio: 200, free: GIB };
}

/// The type of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Folder,
    Link,
    Special,
}

/// Writes the entries of an archive to a folder.
pub(super) struct Unpacker<'a> {
    folder: &'a Path,
    archive: &'a str,
    /// The size of the archive, in bytes.
    packed: u64,
    limits: UnpackLimits,
    entries: u64,
    bytes: u64,
    files: u64,
    /// The folder of the last file, which exists.
    last: PathBuf,
    /// Hidden files and folders, each of which is counted once.
    hidden: HashSet<String>,
    skipped: Skipped,
    buffer: Vec<u8>,
}

impl<'a> Unpacker<'a> {
    pub(super) fn new(folder: &'a Path, archive: &'a str, packed: u64, limits: UnpackLimits) -> Self {
        Self {
            folder,
            archive,
            packed,
            limits,
            entries: 0,
            bytes: 0,
            files: 0,
            last: folder.to_owned(),
            hidden: HashSet::new(),
            skipped: Skipped::default(),
            buffer: vec![0; 128 * 1024],
        }
    }

    /// Refuses an archive that declares more entries or bytes than the limits.
    pub(super) fn declared(&self, entries: u64, bytes: u64) -> Result<(), Reason> {
        self.check_entries(entries)?;
        self.check_bytes(bytes)
    }

    /// Returns the path of an entry that is to be unpacked; `None` if it is left out. Folders are
    /// made for the files in them.
    pub(super) fn admitted(&mut self, name: &[u8], kind: EntryKind) -> Result<Option<String>, Reason> {
        self.entries += 1;
        self.check_entries(self.entries)?;
        let shown = || String::from_utf8_lossy(name).into_owned();
        let Ok(text) = std::str::from_utf8(name) else {
            self.skipped.note("file whose name is not UTF-8 (rename it)", shown);
            return Ok(None);
        };
        let path = safe(text)?;
        let hidden = |part: &str| part.starts_with('.') || part == MACOS;
        let mut end = 0;
        for part in path.split('/') {
            end += part.len();
            if hidden(part) {
                let outermost = path.get(..end).unwrap_or(&path).to_owned();
                if kind != EntryKind::Folder && self.hidden.insert(outermost.clone()) {
                    self.skipped.note("hidden file", || outermost);
                }
                return Ok(None);
            }
            end += 1;
        }
        match kind {
            EntryKind::File if path.is_empty() => {
                Err(Reason::record("expected names of files, found an empty one"))
            }
            EntryKind::File if is_archive(&path) => {
                self.skipped.note("archive in the archive (unpack it, and import it by itself)", || path);
                Ok(None)
            }
            EntryKind::File => Ok(Some(path)),
            EntryKind::Folder => Ok(None),
            EntryKind::Link => {
                self.skipped.note("link in the archive (pack the file itself)", || path);
                Ok(None)
            }
            EntryKind::Special => {
                self.skipped.note("special file", || path);
                Ok(None)
            }
        }
    }

    /// Writes a file.
    pub(super) fn write(&mut self, path: &str, content: &mut impl Read) -> Result<(), Reason> {
        let target: PathBuf = self.folder.join(path);
        let folder = target.parent().unwrap_or(self.folder);
        if folder != self.last {
            fs::create_dir_all(folder).map_err(|error| self.unwritable(path, &error))?;
            folder.clone_into(&mut self.last);
        }
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .open(&target)
            .map_err(|error| self.unwritable(path, &error))?;
        loop {
            let read = self.read(path, content)?;
            let Some(some) = self.buffer.get(..read).filter(|some| !some.is_empty()) else { break };
            file.write_all(some).map_err(|error| self.unwritable(path, &error))?;
        }
        self.files += 1;
        Ok(())
    }

    /// Reads the content of an entry that is left out.
    pub(super) fn discard(&mut self, path: &str, content: &mut impl Read) -> Result<(), Reason> {
        while self.read(path, content)? > 0 {}
        Ok(())
    }

    fn read(&mut self, path: &str, content: &mut impl Read) -> Result<usize, Reason> {
        loop {
            match content.read(&mut self.buffer) {
                Ok(read) => {
                    self.bytes += read as u64;
                    self.check_bytes(self.bytes)?;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(damaged(&error).within(path)),
            }
        }
    }

    /// Returns the entries that were left out.
    pub(super) fn finish(self) -> Result<Skipped, Reason> {
        if self.files > 0 {
            return Ok(self.skipped);
        }
        let left_out =
            self.skipped.all().map(|(what, count, first)| format!("; left out: {count} {what} ({first})"));
        Err(Reason::record(format!(
            "expected files in the archive, found none{}",
            left_out.collect::<String>()
        )))
    }

    fn check_entries(&self, entries: u64) -> Result<(), Reason> {
        let most = self.limits.entries;
        if entries <= most {
            return Ok(());
        }
        Err(self.too_large(&format!("at most {most} entries, found more")))
    }

    fn check_bytes(&self, bytes: u64) -> Result<(), Reason> {
        let UnpackLimits { bytes: most, ratio, free, .. } = self.limits;
        if bytes > most {
            return Err(self.too_large(&format!("at most {most} bytes after unpacking, found more")));
        }
        let most = self.packed.saturating_mul(ratio).max(free);
        if bytes > most {
            return Err(self.too_large(&format!(
                "at most {ratio} times the {} bytes of the archive after unpacking, found more",
                self.packed
            )));
        }
        Ok(())
    }

    fn too_large(&self, expected: &str) -> Reason {
        let name = self.archive;
        Reason::record(format!(
            "expected {expected}; if you trust {name}, unpack it yourself and import the folder"
        ))
    }

    /// Returns the reason why a file cannot be written.
    fn unwritable(&self, path: &str, error: &io::Error) -> Reason {
        let why = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => format!(
                "no space is left on the disk of {}, into which the archive is unpacked; set TMPDIR to a folder of a \
                 larger disk",
                std::env::temp_dir().display()
            ),
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                "duplicate name in the archive; pack each file once".to_owned()
            }
            io::ErrorKind::InvalidFilename => {
                "the name is too long for a file; pack it under a shorter one".to_owned()
            }
            _ => format!("cannot be unpacked: {error}"),
        };
        Reason::new(path, why)
    }
}

/// Returns the reason why an archive cannot be read.
pub(super) fn damaged(error: &dyn std::error::Error) -> Reason {
    Reason::record(format!("the archive is damaged or incomplete: {error}; get it again"))
}

/// Returns true if the name of an entry is that of an archive.
fn is_archive(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| {
        ["zip", "tar", "tgz", "gz", "xz", "bz2", "zst", "7z", "rar"].contains(&ending.as_str())
    })
}

/// Returns the path of a name, with `/` between its parts.
pub(super) fn safe(name: &str) -> Result<String, Reason> {
    let refused = |expected: &str| {
        Err(Reason::record(format!("expected {expected}, found the entry {name:?}; pack the folder again")))
    };
    if name.contains('\0') {
        return refused("names without null characters");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let path = parts.join("/");
    let has_drive = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let leaves = name.starts_with('/') || path.starts_with('\\') || has_drive;
    if leaves || path.split(['/', '\\']).any(|part| part == "..") {
        return refused("relative paths that remain in the folder");
    }
    if parts.len() > MAX_DEPTH {
        return refused(&format!("at most {MAX_DEPTH} nested folders"));
    }
    Ok(path)
}
