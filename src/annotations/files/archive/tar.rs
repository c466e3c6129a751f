//! Tar files, read as a stream.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use tar::{Archive, Entry, EntryType};

use super::unpack::{EntryKind, Unpacker, damaged};
use crate::annotations::fault::Reason;

/// The most bytes of headers between two entries: long names and properties are kept in memory.
const HEADERS: u64 = 16 * 1024 * 1024;

/// Unpacks a tar.
pub(super) fn unpack(input: impl Read, to: &mut Unpacker<'_>) -> Result<(), Reason> {
    let allowance = Allowance::default();
    let mut archive = Archive::new(Guarded::new(input, &allowance));
    archive.set_ignore_zeros(true);
    let mut entries = archive.entries().map_err(|error| damaged(&error))?;
    loop {
        allowance.headers();
        let Some(entry) = entries.next() else { return Ok(()) };
        let mut entry = entry.map_err(|error| damaged(&error))?;
        allowance.all();
        let name = entry.path_bytes().into_owned();
        match kind_of(&entry, &name).map(|kind| to.admitted(&name, kind)).transpose()?.flatten() {
            Some(path) => to.write(&path, &mut entry)?,
            None => to.discard(&String::from_utf8_lossy(&name), &mut entry)?,
        }
    }
}

/// Returns the kind of an entry; `None` for properties of the archive.
fn kind_of(entry: &Entry<'_, impl Read>, name: &[u8]) -> Option<EntryKind> {
    Some(match entry.header().entry_type() {
        EntryType::XGlobalHeader => return None,
        EntryType::Directory => EntryKind::Folder,
        // Old programs write folders as files with a slash.
        EntryType::Regular | EntryType::Continuous if name.ends_with(b"/") => EntryKind::Folder,
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => EntryKind::File,
        EntryType::Link | EntryType::Symlink => EntryKind::Link,
        _ => EntryKind::Special,
    })
}

/// The bytes that may still be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowance(Rc<Cell<u64>>);

impl Allowance {
    /// Allows the headers of one entry.
    pub(crate) fn headers(&self) {
        self.0.set(HEADERS);
    }

    fn all(&self) {
        self.0.set(u64::MAX);
    }
}

/// An input of which only some bytes may be read.
pub(crate) struct Guarded<R> {
    input: R,
    left: Allowance,
}

impl<R> Guarded<R> {
    /// Creates an input that is guarded by an allowance.
    pub(crate) fn new(input: R, left: &Allowance) -> Self {
        Self { input, left: left.clone() }
    }
}

impl<R: Seek> Seek for Guarded<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.input.seek(to)
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.0.get();
        if left == 0 {
            return Err(io::Error::other(format!("a header of more than {HEADERS} bytes")));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.input.read(&mut buffer[..most])?;
        self.left.0.set(left - read as u64);
        Ok(read)
    }
}
