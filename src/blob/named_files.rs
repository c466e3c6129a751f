//! Named files next to the blobs, each replaced as a whole: exports in the bucket of the payloads.

use std::fs::File;

use bytes::Bytes;

use super::{BlobError, Fut};

/// Storage for such files. They are not blobs: no version names them, and `stemma gc` ignores them.
pub trait NamedFiles: Send + Sync {
    /// Returns the size of a file in bytes; `None` if it does not exist.
    ///
    /// # Errors
    /// Returns the error of the backend.
    fn size<'a>(&'a self, name: &'a str) -> Fut<'a, Result<Option<u64>, BlobError>>;

    /// Returns a small file; `None` if it does not exist.
    ///
    /// # Errors
    /// Returns an error if it has more than `limit` bytes, or the error of the backend.
    fn read<'a>(&'a self, name: &'a str, limit: u64) -> Fut<'a, Result<Option<Bytes>, BlobError>>;

    /// Writes a file and replaces the previous one. Readers get either of the two, complete.
    ///
    /// # Errors
    /// Returns the error of the backend; the previous file then still exists.
    fn write<'a>(&'a self, name: &'a str, file: File) -> Fut<'a, Result<(), BlobError>>;
}
