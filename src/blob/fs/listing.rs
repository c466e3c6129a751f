//! Lists blobs with their ages, and deletes them.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::tree::Tree;
use crate::blob::{Deletion, Listed};
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;

/// Returns the blobs of one directory.
pub(super) fn list(tree: &Tree, first: u8) -> io::Result<Vec<Listed>> {
    let mut listed = Vec::new();
    for entry in fs::read_dir(tree.shard(first))? {
        let name = entry?.file_name();
        let digest = name.to_str().and_then(|name| Digest::from_hex(name).ok());
        // Other files are sidecars, or not ours.
        let Some(digest) = digest.filter(|digest| digest.as_bytes()[0] == first) else { continue };
        // It may have been deleted in the meantime.
        listed.extend(list_one(tree, digest)?);
    }
    listed.sort_by_key(|blob| blob.digest);
    Ok(listed)
}

/// Deletes a blob that was last put before a moment, with its sidecar.
pub(super) fn delete(tree: &Tree, digest: Digest, before: Timestamp) -> io::Result<Deletion> {
    let _no_publishing = tree.deleting();
    match list_one(tree, digest)? {
        None => return Ok(Deletion::Absent),
        Some(blob) if blob.touched >= before => return Ok(Deletion::Young),
        Some(_) => {}
    }
    // The blob goes first: a blob without a sidecar is valid, and a sidecar without a blob is
    // ignored.
    fs::remove_file(tree.blob(digest))?;
    match fs::remove_file(tree.sidecar(digest)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    tree.sync_shard(digest)?;
    Ok(Deletion::Done)
}

/// Returns one blob as the listing shows it.
pub(super) fn list_one(tree: &Tree, digest: Digest) -> io::Result<Option<Listed>> {
    let Some(blob) = metadata(&tree.blob(digest))? else { return Ok(None) };
    let beside = metadata(&tree.sidecar(digest))?;
    let touched = beside.map_or(Ok(Timestamp::MIN), |beside| modified(&beside))?.max(modified(&blob)?);
    Ok(Some(Listed { digest, size: blob.len(), touched }))
}

fn metadata(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn modified(metadata: &Metadata) -> io::Result<Timestamp> {
    let since = metadata.modified()?.duration_since(UNIX_EPOCH);
    // A file from before 1970 is an old one.
    Ok(since.map_or(0, |since| Timestamp::try_from(since.as_micros()).unwrap_or(Timestamp::MAX)))
}
