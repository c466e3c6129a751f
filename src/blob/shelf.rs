//! Files with names beside the blobs, each replaced as a whole: exports in the bucket that holds the payloads.

use std::fs::File;

use bytes::Bytes;

use super::{BlobError, Fut};

/// A place for such files. They are nobody's blobs: no version names them, and `stemma gc` does not know them.
pub trait Shelf: Send + Sync {
    /// How many bytes a file has; none where there is none.
    ///
    /// # Errors
    /// What the place itself had to say.
    fn size<'a>(&'a self, name: &'a str) -> Fut<'a, Result<Option<u64>, BlobError>>;

    /// A small file; none where there is none.
    ///
    /// # Errors
    /// Where it has more than `limit` bytes; else what the place itself had to say.
    fn read<'a>(&'a self, name: &'a str, limit: u64) -> Fut<'a, Result<Option<Bytes>, BlobError>>;

    /// Puts a file, in the place of what has its name. Whoever reads finds the one or the other, whole.
    ///
    /// # Errors
    /// What the place itself had to say; then the former file is there still.
    fn write<'a>(&'a self, name: &'a str, file: File) -> Fut<'a, Result<(), BlobError>>;
}
