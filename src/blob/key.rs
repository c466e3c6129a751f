//! Where a blob lies in a store: the one place that makes keys.
//!
//! Made of hex digits alone, so a key can neither climb out of its folder nor meet another in a file system that ignores case.

use crate::domain::id::Digest;

/// What every key begins with.
pub(super) const ROOT: &str = "blobs/b3";

/// What the key of what is known of a blob ends with.
pub(super) const SIDECAR: &str = ".meta";

/// The key of a blob: `blobs/b3/<aa>/<64 hex>`, where `aa` is how the hex begins.
pub(super) fn of(digest: Digest) -> String {
    format!("{}/{}", shard(digest.as_bytes()[0]), digest.hex())
}

/// The key of what is known of a blob: the same with `.meta` after it.
pub(super) fn sidecar(digest: Digest) -> String {
    of(digest) + SIDECAR
}

/// The folder of all blobs whose digest begins with this byte: `blobs/b3/<aa>`.
pub(super) fn shard(first: u8) -> String {
    format!("{ROOT}/{first:02x}")
}
