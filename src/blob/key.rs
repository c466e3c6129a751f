//! The keys of a store, which this module alone builds.
//!
//! The parts are hex digits, so a key can neither leave its folder nor collide with another in a
//! file system that ignores case.

use crate::domain::id::{Digest, hex, unhex};

/// The prefix of every blob key.
pub(super) const ROOT: &str = "blobs/b3";

/// The suffix of the key of a sidecar.
pub(super) const SIDECAR: &str = ".meta";

/// Returns the key of a blob: `blobs/b3/<aa>/<64 hex>`, where `aa` is the beginning of the hex.
pub(crate) fn of(digest: Digest) -> String {
    format!("{}/{}", shard(digest.as_bytes()[0]), digest.hex())
}

/// Returns the key of a sidecar: the key of the blob with `.meta` after it.
pub(super) fn sidecar(digest: Digest) -> String {
    of(digest) + SIDECAR
}

/// The prefix of the keys of uploads by clients.
pub(super) const STAGING: &str = "staging/";

/// Returns the key of an upload: `staging/<64 hex>`.
pub(super) fn staged(nonce: &[u8; 32]) -> String {
    format!("{STAGING}{}", hex(nonce))
}

/// Returns the key of the note on a completed upload: the key of the upload with `.done` after it.
pub(super) fn done(nonce: &[u8; 32]) -> String {
    staged(nonce) + ".done"
}

/// Returns true if one of these two functions made the key: other objects are not ours to remove.
pub(super) fn is_staged(key: &str) -> bool {
    let name = key.strip_prefix(STAGING).map(|name| name.strip_suffix(".done").unwrap_or(name));
    name.and_then(unhex).is_some()
}

/// Returns the key of a file of an export.
pub(super) fn export(name: &str) -> String {
    format!("exports/{name}")
}

/// Returns the folder of all blobs whose digest begins with this byte: `blobs/b3/<aa>`.
pub(super) fn shard(first: u8) -> String {
    format!("{ROOT}/{first:02x}")
}
