//! Backups: the log in a folder, in files that are only added.
//!
//! ```text
//! <folder>/manifest.json                    the segments and their digests; replaced after each one
//! <folder>/log/<first>-<last>.segment.gz    commits with their rows
//! <folder>/blobs/…                          payloads, if requested, as in a directory of payloads
//! ```
//!
//! Only files in the manifest belong to the backup, so an interrupted run leaves the former backup
//! unchanged. A segment is one gzip stream: a line with the format, then length-prefixed commits.
//! Each commit's digest covers its content and the digest before it, so the last one verifies all.
//! Owns the files; reading and writing stores and payloads is above.

mod error;
mod folder;
mod manifest;
mod segment;
#[cfg(test)]
mod tests;

pub use error::BackupError;
pub use folder::Folder;
pub use manifest::{BackupManifest, Payloads, Segment};
pub use segment::{SegmentWriter, Segments};
