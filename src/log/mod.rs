//! The log of a store in files: its commits, in groups. A group is durable when its append returns.
//!
//! ```text
//! <data>/log/<20 digits: first seq>.seg    segments: files of frames (`segment`, `frame`)
//! <data>/HEAD                              the newest acknowledged commit (`head`)
//! ```
//!
//! A group of commits is one frame: one write and one synchronisation. A segment that is full is
//! sealed by a footer and never changes; the next one is created under another name, and renamed
//! when it is durable. An open finds the segments and judges them before it changes anything
//! (`recovery`).
//!
//! The log does not interpret its entries. It knows their seqs and digests, which chain them, and
//! the places of their rows. The calls of the file system are an interface (`disk`), so that tests
//! can fail each of them, and lose everything that was not synchronised.

mod disk;
mod error;
mod former_marks;
mod frame;
mod head;
mod reader;
mod recovery;
mod scan;
mod segment;
#[cfg(test)]
pub(crate) mod tests;
mod writer;

pub use disk::{Access, Disk, DiskFile, LocalDisk};
pub use error::{LogAppendError, LogError};
pub use former_marks::{former_marks, write_former_marks};
pub use frame::{Frame, PackedEntry, StoreId};
pub use head::{HEAD_FILE, has_head};
pub use reader::{Frames, LogReader};
pub use segment::LogFormat;
pub use writer::{Acknowledged, SEGMENT, SegmentLog};

use std::io;
use std::path::Path;

use crate::domain::id::Seq;
use crate::domain::log::entry::Head;
use head::HeadContent;
use recovery::Found;

/// The directory of the segments, in the data directory.
pub const DIRECTORY: &str = "log";

/// The result of comparing a log with HEAD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadState {
    /// It names the newest commit.
    Agrees,
    /// It names an earlier commit. Later ones were written, but perhaps not acknowledged.
    Earlier {
        /// The commit.
        seq: Seq,
    },
    /// It names a commit behind the end of the log: acknowledged commits are lost.
    Later {
        /// The commit.
        seq: Seq,
    },
    /// Its commit is another one in the log, or it names another store.
    Other {
        /// The commit.
        seq: Seq,
    },
    /// There is no such file.
    Missing,
    /// Neither of its lines can be read.
    Damaged,
}

/// Returns the format of the log in a data directory, by its first segment; `None` if there is no
/// log, or none whose format is known.
///
/// # Errors
/// Those of the file system.
pub fn format_of(dir: &Path) -> io::Result<Option<LogFormat>> {
    let dir = dir.join(DIRECTORY);
    let disk = LocalDisk;
    let first = disk.names(&dir)?.iter().filter_map(|name| segment::first_of(name)).min();
    let Some(first) = first else { return Ok(None) };
    let mut bytes = [0; segment::HEADER];
    let read = disk.open(&dir.join(segment::name(first)), Access::Read)?.read_at(&mut bytes, 0)?;
    Ok(LogFormat::of(&bytes[..read]))
}

/// Finds a log of this format; `None` if there is none.
fn find(disk: &dyn Disk, dir: &Path, format: LogFormat) -> Result<Option<Found>, LogError> {
    let Some(found) = recovery::find(disk, dir)? else { return Ok(None) };
    if found.format == format {
        return Ok(Some(found));
    }
    let file = segment::name(found.segments.first().map_or(Seq::ZERO, |segment| segment.header.first));
    let (expected, other) = (format.number(), found.format.number());
    Err(LogError::Format { expected, file, found: format!("stemma log {other}") })
}

/// Compares a log with HEAD.
fn state(found: &Found, head: &HeadContent) -> Result<HeadState, LogError> {
    let (acknowledged, store) = match head {
        HeadContent::Missing => return Ok(HeadState::Missing),
        HeadContent::Damaged => return Ok(HeadState::Damaged),
        HeadContent::Names { head, store } => (*head, *store),
    };
    let (newest, seq) = (found.tail.head, acknowledged.seq);
    if store != found.store {
        return Ok(HeadState::Other { seq });
    }
    if newest == acknowledged {
        return Ok(HeadState::Agrees);
    }
    if newest.seq < seq {
        return Ok(HeadState::Later { seq });
    }
    let durable = reader::Durable { segments: found.segments.clone(), head: newest };
    let is_in_it = acknowledged == Head::default()
        || durable.digest_at(seq, found.store)?.is_some_and(|digest| digest == acknowledged.digest);
    Ok(if is_in_it { HeadState::Earlier { seq } } else { HeadState::Other { seq } })
}

/// Refuses a log that lacks what HEAD names. Returns true if there is a HEAD.
fn compare(found: &Found, head: &HeadContent) -> Result<bool, LogError> {
    match state(found, head)? {
        HeadState::Agrees | HeadState::Earlier { .. } => Ok(true),
        HeadState::Missing => Ok(false),
        HeadState::Later { seq } => Err(LogError::Behind { newest: found.tail.head.seq, acknowledged: seq }),
        HeadState::Other { seq } => {
            Err(LogError::OtherHistory { why: format!("it names a commit {seq} that is not in the log") })
        }
        HeadState::Damaged => Err(LogError::DamagedHead),
    }
}
