//! What is known of a blob, as one line of text that is kept beside it: its size and SHA-256, bound to its name.
//!
//! The line: `1 <size> <SHA-256> <check>`, where the check is the BLAKE3 of the digest and the words before it. It can
//! always be made again from the blob, so a garbled line is treated as a missing one.

use super::BlobMeta;
use crate::domain::id::{Digest, hex, unhex};

/// The line, without an end of line.
pub(super) fn line(meta: &BlobMeta) -> String {
    let facts = format!("1 {} {}", meta.size, hex(&meta.sha256));
    let check = Digest::of(format!("{} {facts}", meta.digest.hex()).as_bytes());
    format!("{facts} {}", check.hex())
}

/// Reads what [`line()`] wrote of this blob, and nothing else: the facts must give the same line again.
pub(super) fn parse(digest: Digest, text: &str) -> Option<BlobMeta> {
    let mut words = text.split(' ').skip(1);
    let size = words.next()?.parse().ok()?;
    let sha256 = unhex(words.next()?)?;
    let meta = BlobMeta { digest, sha256, size };
    (line(&meta) == text).then_some(meta)
}
