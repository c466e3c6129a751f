//! HEAD: the newest acknowledged commit, in a small file next to the log.
//!
//! By the log alone, rot of the last frame looks like an unfinished write. This file is
//! written soon after a commit was acknowledged, and compared at open: a log that ends before it
//! has lost acknowledged commits.
//!
//! It has two lines, each padded to a sector and with its own checksum, written alternately and in
//! place. A crash during a write damages at most the older line.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::LogError;
use super::disk::{Access, Disk, DiskFile};
use super::frame::StoreId;
use crate::domain::id::{Digest, Seq, hex, unhex};
use crate::domain::log::entry::Head;

/// The name of the file.
pub const HEAD_FILE: &str = "HEAD";

/// The prefix of every line: the name and version of its format.
const MARK: &str = "stemma-head-2";

/// The length of a line in bytes, including its end.
const LINE: usize = 512;

/// The content of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadContent {
    Missing,
    Damaged,
    Names { head: Head, store: StoreId },
}

/// Reads the file.
pub(super) fn read(disk: &dyn Disk, dir: &Path) -> Result<HeadContent, LogError> {
    let unread = LogError::io(HEAD_FILE);
    let file = match disk.open(&dir.join(HEAD_FILE), Access::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(HeadContent::Missing),
        Err(error) => return Err(unread(error)),
    };
    let newest = newest(&*file).map_err(unread)?;
    Ok(newest.map_or(HeadContent::Damaged, |(_, head, store)| HeadContent::Names { head, store }))
}

/// Returns true if a directory has the file of a log, in whatever state.
///
/// # Errors
/// Those of the file system.
pub fn has_head(dir: &Path) -> io::Result<bool> {
    match std::fs::read(dir.join(HEAD_FILE)) {
        Ok(bytes) => Ok(bytes.chunks(LINE).any(|line| line.starts_with(MARK.as_bytes()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The open file.
#[derive(Debug)]
pub(super) struct HeadFile {
    file: Arc<dyn DiskFile>,
    store: StoreId,
    /// The offset of the older line.
    older: u64,
    /// The commit in the newer line.
    written: Head,
}

impl HeadFile {
    /// Opens the file, or creates it, durably under its name.
    pub(super) fn open(disk: &dyn Disk, dir: &Path, store: StoreId, head: Head) -> io::Result<Self> {
        let path = dir.join(HEAD_FILE);
        match disk.open(&path, Access::Write) {
            Ok(file) => {
                let (newest, written, _) = newest(&*file)?.ok_or(io::ErrorKind::InvalidData)?;
                let older = if newest == 0 { LINE as u64 } else { 0 };
                Ok(Self { file, store, older, written })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create(disk, &path, store, head)?;
                let file = disk.open(&path, Access::Write)?;
                Ok(Self { file, store, older: 0, written: head })
            }
            Err(error) => Err(error),
        }
    }

    /// Overwrites the older line, durably, unless the newer one names this commit or a later one.
    /// After a failure it may be called again and overwrites the same line.
    pub(super) fn advance(&mut self, head: Head) -> io::Result<()> {
        if head.seq <= self.written.seq {
            return Ok(());
        }
        write_all(&*self.file, line(self.store, head).as_bytes(), self.older)?;
        self.file.sync()?;
        self.older = LINE as u64 - self.older;
        self.written = head;
        Ok(())
    }
}

fn create(disk: &dyn Disk, path: &Path, store: StoreId, head: Head) -> io::Result<()> {
    let next: PathBuf = path.with_extension("next");
    let file = disk.open(&next, Access::Create)?;
    write_all(&*file, line(store, head).repeat(2).as_bytes(), 0)?;
    file.sync()?;
    drop(file);
    disk.rename(&next, path)?;
    match path.parent() {
        Some(dir) => disk.sync_directory(dir),
        None => Ok(()),
    }
}

/// Writes all bytes, or fails.
pub(super) fn write_all(file: &dyn DiskFile, bytes: &[u8], offset: u64) -> io::Result<()> {
    let mut written = 0;
    while written < bytes.len() {
        match file.write_at(&bytes[written..], offset + written as u64)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            more => written += more,
        }
    }
    Ok(())
}

fn line(store: StoreId, Head { seq, digest }: Head) -> String {
    let text = format!("{MARK} {store} {seq} {}", hex(&digest));
    let text = format!("{text} {}", Digest::of(text.as_bytes()).hex());
    format!("{text:<width$}\n", width = LINE - 1)
}

/// Returns the index and contents of the newest valid line.
fn newest(file: &dyn DiskFile) -> io::Result<Option<(usize, Head, StoreId)>> {
    let mut bytes = [0; 2 * LINE];
    let read = file.read_at(&mut bytes, 0)?;
    let lines = bytes[..read].chunks_exact(LINE).map(parse).enumerate();
    let valid = lines.filter_map(|(at, line)| line.map(|(head, store)| (at, head, store)));
    Ok(valid.max_by_key(|(_, head, _)| head.seq))
}

fn parse(line: &[u8]) -> Option<(Head, StoreId)> {
    let (text, sum) = std::str::from_utf8(line).ok()?.trim_end().rsplit_once(' ')?;
    let mut words = text.split(' ');
    let (mark, store, seq, digest) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if mark != MARK || Digest::of(text.as_bytes()).hex() != sum {
        return None;
    }
    let head = Head { seq: seq.parse::<Seq>().ok()?, digest: unhex(digest)? };
    Some((head, StoreId::parse(store)?))
}
