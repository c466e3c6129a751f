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
mod frame;
mod head;
mod reader;
mod recovery;
mod scan;
mod segment;
#[cfg(test)]
mod tests;
mod writer;

pub use disk::{Access, Disk, DiskFile, LocalDisk};
pub use error::{LogAppendError, LogError};
pub use frame::{Frame, PackedEntry, StoreId};
pub use head::HEAD_FILE;
pub use reader::{Frames, LogReader};
pub use writer::{Acknowledged, SEGMENT, SegmentLog};

use crate::domain::log::entry::Head;
use recovery::Found;

/// The directory of the segments, in the data directory.
pub const DIRECTORY: &str = "log";

/// Compares a log with the newest acknowledged commit.
fn compare(found: &Found, acknowledged: Option<Head>) -> Result<(), LogError> {
    let Some(acknowledged) = acknowledged.filter(|head| *head != Head::default()) else { return Ok(()) };
    let newest = found.tail.head;
    if newest.seq < acknowledged.seq {
        return Err(LogError::Behind { newest: newest.seq, acknowledged: acknowledged.seq });
    }
    if newest == acknowledged {
        return Ok(());
    }
    let durable = reader::Durable { segments: found.segments.clone(), head: newest };
    match durable.digest_at(acknowledged.seq, found.store)? {
        Some(digest) if digest == acknowledged.digest => Ok(()),
        _ => Err(LogError::OtherHistory { why: format!("its commit {} is another one", acknowledged.seq) }),
    }
}
