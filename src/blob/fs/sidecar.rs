//! The small file beside a blob that keeps its size and SHA-256, so that asking for them does not read the blob.
//!
//! It holds one line, which `blob/facts.rs` writes and reads.

use std::fs;
use std::io;

use super::staged::Staged;
use super::tree::Tree;
use crate::blob::{BlobError, BlobMeta, facts};
use crate::domain::id::Digest;

/// What the sidecar says, or none where it is missing or garbled.
pub(super) fn read(tree: &Tree, digest: Digest) -> Result<Option<BlobMeta>, BlobError> {
    match fs::read(tree.sidecar(digest)) {
        Ok(text) => Ok(parse(digest, &text)),
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

/// Writes it, whatever is there.
pub(super) fn write(tree: &Tree, meta: &BlobMeta) -> io::Result<()> {
    let mut staged = Staged::create(&tree.staging(), meta.digest)?;
    staged.write(format!("{}\n", facts::line(meta)).as_bytes())?;
    staged.seal()?;
    staged.replace(&tree.sidecar(meta.digest))
}

fn parse(digest: Digest, text: &[u8]) -> Option<BlobMeta> {
    facts::parse(digest, std::str::from_utf8(text).ok()?.strip_suffix('\n')?)
}
