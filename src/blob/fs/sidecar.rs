//! The sidecar: a small file next to a blob with its size and SHA-256, so that they are known
//! without reading the blob.
//!
//! It contains one line, which `blob/facts.rs` writes and reads.

use std::fs;
use std::io;

use super::staged::Staged;
use super::tree::Tree;
use crate::blob::{BlobError, BlobMeta, facts};
use crate::domain::id::Digest;

/// Returns the facts in the sidecar; `None` if it is missing or malformed.
pub(super) fn read(tree: &Tree, digest: Digest) -> Result<Option<BlobMeta>, BlobError> {
    match fs::read(tree.sidecar(digest)) {
        Ok(text) => Ok(parse(digest, &text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BlobError::io("read the facts of a blob")(error)),
    }
}

/// Writes the sidecar unless it contains these facts. Its content is durable before it has its
/// name; publishing the blob makes both names durable.
pub(super) fn keep(tree: &Tree, meta: &BlobMeta) -> Result<(), BlobError> {
    if read(tree, meta.digest)? == Some(*meta) {
        return Ok(());
    }
    write(tree, meta).map_err(BlobError::io("write the facts of a blob"))
}

/// Writes the sidecar unconditionally.
pub(super) fn write(tree: &Tree, meta: &BlobMeta) -> io::Result<()> {
    let mut staged = Staged::create(&tree.staging(), meta.digest)?;
    staged.write(format!("{}\n", facts::line(meta)).as_bytes())?;
    staged.seal()?;
    staged.replace(&tree.sidecar(meta.digest))
}

fn parse(digest: Digest, text: &[u8]) -> Option<BlobMeta> {
    facts::parse(digest, std::str::from_utf8(text).ok()?.strip_suffix('\n')?)
}
