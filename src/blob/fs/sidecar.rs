//! The small file beside a blob that keeps its size and SHA-256, so that asking for them does not read the blob.
//!
//! One line: `1 <size> <SHA-256> <check>`, where the check is the BLAKE3 of the digest and the words before it. The file
//! can always be made again from the blob, so a garbled one is treated as a missing one.

use std::fs;
use std::io;

use super::staged::Staged;
use super::tree::Tree;
use crate::blob::{BlobError, BlobMeta};
use crate::domain::id::{Digest, hex, unhex};

/// What the sidecar says, or none where it is missing or garbled.
pub(super) fn read(tree: &Tree, digest: Digest) -> Result<Option<BlobMeta>, BlobError> {
    match fs::read(tree.sidecar(digest)) {
        Ok(line) => Ok(parse(digest, &line)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BlobError::io("read the facts of a blob")(error)),
    }
}

/// Sees to it that the sidecar says this. Its content is durable before it has its name; whoever publishes the blob makes
/// the name durable together with the blob's.
pub(super) fn keep(tree: &Tree, meta: &BlobMeta) -> Result<(), BlobError> {
    if read(tree, meta.digest)? == Some(*meta) {
        return Ok(());
    }
    write(tree, meta).map_err(BlobError::io("write the facts of a blob"))
}

fn write(tree: &Tree, meta: &BlobMeta) -> io::Result<()> {
    let mut staged = Staged::create(&tree.staging(), meta.digest)?;
    staged.write(line(meta).as_bytes())?;
    staged.seal()?;
    staged.replace(&tree.sidecar(meta.digest))
}

fn line(meta: &BlobMeta) -> String {
    let facts = format!("1 {} {}", meta.size, hex(&meta.sha256));
    let check = Digest::of(format!("{} {facts}", meta.digest.hex()).as_bytes());
    format!("{facts} {}\n", check.hex())
}

/// Reads what [`line()`] wrote, and nothing else: the facts must give the same line again.
fn parse(digest: Digest, text: &[u8]) -> Option<BlobMeta> {
    let text = std::str::from_utf8(text).ok()?;
    let mut words = text.split(' ').skip(1);
    let size = words.next()?.parse().ok()?;
    let sha256 = unhex(words.next()?)?;
    let meta = BlobMeta { digest, sha256, size };
    (line(&meta) == text).then_some(meta)
}
