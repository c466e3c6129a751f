//! The bytes of a bundle: its leaves, each after its length in two bytes, big-endian.

use super::EntryBundle;

/// The longest leaf of a bundle, in bytes.
pub const MAX_LEAF_BYTES: usize = u16::MAX as usize;

/// Leaves or bytes that are no bundle. Leaves are counted from 0 within the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// A leaf is too long.
    #[error(
        "expected a leaf of at most {} bytes at place {place} of {bundle}, found {found}",
        MAX_LEAF_BYTES
    )]
    LeafLength {
        /// The bundle.
        bundle: EntryBundle,
        /// The place of the leaf.
        place: usize,
        /// Its length in bytes.
        found: usize,
    },
    /// The number of leaves is not the width of the bundle.
    #[error("expected {} leaves in {bundle}, found {found}; get the bundle of this width again", .bundle.width())]
    Count {
        /// The bundle.
        bundle: EntryBundle,
        /// The number of leaves found; one more than the width if there are more.
        found: usize,
    },
    /// The bytes end within a leaf.
    #[error(
        "expected {expected} more bytes at place {place} of {bundle}, found {found}; get the bundle again"
    )]
    Truncated {
        /// The bundle.
        bundle: EntryBundle,
        /// The place of the leaf.
        place: usize,
        /// The number of bytes of its length or of itself.
        expected: usize,
        /// The number of bytes that are left.
        found: usize,
    },
}

/// Returns the bytes of a bundle with these leaves.
///
/// # Errors
/// [`BundleError`] if a leaf is longer than [`MAX_LEAF_BYTES`], or if their number is not the width
/// of the bundle.
pub fn write_bundle<'a>(
    bundle: EntryBundle,
    leaves: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    let mut count = 0;
    for leaf in leaves {
        if count == usize::from(bundle.width()) {
            return Err(BundleError::Count { bundle, found: count + 1 });
        }
        let too_long = |_| BundleError::LeafLength { bundle, place: count, found: leaf.len() };
        bytes.extend_from_slice(&u16::try_from(leaf.len()).map_err(too_long)?.to_be_bytes());
        bytes.extend_from_slice(leaf);
        count += 1;
    }
    if count == usize::from(bundle.width()) {
        Ok(bytes)
    } else {
        Err(BundleError::Count { bundle, found: count })
    }
}

/// Returns the leaves of a bundle.
///
/// # Errors
/// [`BundleError`] if the bytes do not have exactly as many leaves as the bundle is wide.
pub fn read_bundle(bundle: EntryBundle, bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut leaves = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let place = leaves.len();
        if place == usize::from(bundle.width()) {
            return Err(BundleError::Count { bundle, found: place + 1 });
        }
        let truncated = |expected, found| BundleError::Truncated { bundle, place, expected, found };
        let (length, after) = rest.split_first_chunk().ok_or_else(|| truncated(2, rest.len()))?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (leaf, after) = after.split_at_checked(length).ok_or_else(|| truncated(length, after.len()))?;
        leaves.push(leaf);
        rest = after;
    }
    let found = leaves.len();
    if found == usize::from(bundle.width()) { Ok(leaves) } else { Err(BundleError::Count { bundle, found }) }
}
