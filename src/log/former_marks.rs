//! The marks that the commits of a converted log had before: cursors, positions of webhooks and
//! exports of that log remain valid.
//!
//! ```text
//! <data>/log/former.marks    magic 16 · number of commits 8 · mark 8 for each · checksum 4
//! ```
//!
//! Numbers are little-endian. Without the file, or with a damaged one, these positions are refused
//! as those of another log are.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::{DIRECTORY, Disk, LocalDisk};
use crate::domain::log::position::LogMark;

const FILE: &str = "former.marks";
const NEXT: &str = "former.marks.next";
const MAGIC: [u8; 16] = *b"stemma marks 1\n\0";

/// Writes the marks of the log from which that of a data directory was converted. Durable when this
/// returns.
///
/// # Errors
/// Those of the file system.
pub fn write_former_marks(dir: &Path, marks: &[LogMark]) -> io::Result<()> {
    let dir = dir.join(DIRECTORY);
    let next = dir.join(NEXT);
    fs::write(&next, encoded(marks))?;
    File::open(&next)?.sync_all()?;
    fs::rename(&next, dir.join(FILE))?;
    LocalDisk.sync_directory(&dir)
}

/// Returns the marks of the log from which that of a data directory was converted; none if it was
/// not.
#[must_use]
pub fn former_marks(dir: &Path) -> Vec<LogMark> {
    let refused = "positions of the log before its conversion are refused";
    match fs::read(dir.join(DIRECTORY).join(FILE)) {
        Ok(bytes) => decoded(&bytes).unwrap_or_else(|| {
            tracing::warn!("the file log/{FILE} is damaged, so {refused}");
            Vec::new()
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            tracing::warn!(%error, "the file log/{FILE} cannot be read, so {refused}");
            Vec::new()
        }
    }
}

fn encoded(marks: &[LogMark]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&(marks.len() as u64).to_le_bytes());
    for mark in marks {
        bytes.extend_from_slice(&mark.to_bytes());
    }
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

fn decoded(bytes: &[u8]) -> Option<Vec<LogMark>> {
    let (content, checksum) = bytes.split_last_chunk::<4>()?;
    if crc32fast::hash(content).to_le_bytes() != *checksum {
        return None;
    }
    let (count, marks) = content.strip_prefix(&MAGIC)?.split_first_chunk::<8>()?;
    let (marks, rest) = marks.as_chunks::<8>();
    let is_complete = rest.is_empty() && marks.len() as u64 == u64::from_le_bytes(*count);
    is_complete.then(|| marks.iter().copied().map(LogMark::from_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_marks_are_none() {
        let marks: Vec<LogMark> = (1..=3_u8).map(|n| LogMark::of(&[n; 32])).collect();
        let bytes = encoded(&marks);
        assert_eq!(decoded(&bytes), Some(marks));
        assert_eq!(decoded(&encoded(&[])), Some(Vec::new()));
        for place in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1;
            assert_eq!((decoded(&flipped), decoded(&bytes[..place])), (None, None), "byte {place}");
        }
    }
}
