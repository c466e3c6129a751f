//! Backups: the log in a folder, in files that are only ever added.
//!
//! ```text
//! <folder>/manifest.json                    what the backup holds, with all digests; replaced whole after each segment
//! <folder>/log/<first>-<last>.segment.gz    commits with their rows, in order
//! <folder>/blobs/…                          payloads, where they are wanted, as any directory of payloads has them
//! ```
//!
//! What is not in the manifest is not in the backup: a run that is cut off leaves the former backup as it was. A segment is
//! one gzip stream of a line that says what it is, and of commits, each with its length before it. Everything in a commit is
//! under its digest, and each digest covers the one before, so the last one vouches for all.
//!
//! This layer knows files and what is in them. Where commits come from and go to, and payloads, is known above.

mod error;
mod folder;
mod manifest;
mod segment;
#[cfg(test)]
mod tests;

pub use error::BackupError;
pub use folder::Folder;
pub use manifest::{Manifest, Payloads, Segment};
pub use segment::{Segments, Writer};
