//! Where a blob lies in a store: the one place that makes keys.
//!
//! Made of hex digits alone, so a key can neither climb out of its folder nor meet another in a file system that ignores case.

use crate::domain::id::{Digest, hex, unhex};

/// What every key begins with.
pub(super) const ROOT: &str = "blobs/b3";

/// What the key of what is known of a blob ends with.
pub(super) const SIDECAR: &str = ".meta";

/// The key of a blob: `blobs/b3/<aa>/<64 hex>`, where `aa` is how the hex begins.
pub(crate) fn of(digest: Digest) -> String {
    format!("{}/{}", shard(digest.as_bytes()[0]), digest.hex())
}

/// The key of what is known of a blob: the same with `.meta` after it.
pub(super) fn sidecar(digest: Digest) -> String {
    of(digest) + SIDECAR
}

/// What the keys of uploads begin with that clients make themselves.
pub(super) const STAGING: &str = "staging/";

/// The key of what a client sends: `staging/<64 hex>`.
pub(super) fn staged(nonce: &[u8; 32]) -> String {
    format!("{STAGING}{}", hex(nonce))
}

/// The key of what is known of an upload that was completed: the same with `.done` after it.
pub(super) fn done(nonce: &[u8; 32]) -> String {
    staged(nonce) + ".done"
}

/// Whether one of these two made the key: nothing else there is ours to remove.
pub(super) fn is_staged(key: &str) -> bool {
    let name = key.strip_prefix(STAGING).map(|name| name.strip_suffix(".done").unwrap_or(name));
    name.and_then(unhex).is_some()
}

/// The key of an export's file.
pub(super) fn export(name: &str) -> String {
    format!("exports/{name}")
}

/// The folder of all blobs whose digest begins with this byte: `blobs/b3/<aa>`.
pub(super) fn shard(first: u8) -> String {
    format!("{ROOT}/{first:02x}")
}
