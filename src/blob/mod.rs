//! Bytes by digest: the payloads that versions name.
//!
//! This layer owns the [`BlobStore`] trait and its backends: a bucket ([`S3Store`]), a local
//! directory ([`FsStore`]) and memory ([`MemStore`]). The name of a blob is the BLAKE3 of its
//! bytes; its SHA-256, size and kind of image are stored next to it. Bytes are hashed on the way
//! in, before they are published, and on the way out, before the last of them is returned. This
//! layer does not know file names, access rules and references, nor which blobs may be deleted. It
//! has no time limits: the caller drops the future of a slow stream, and nothing is left behind.

mod error;
mod facts;
pub mod fs;
mod incoming;
mod key;
pub mod media;
pub mod mem;
pub mod s3;
pub mod named_files;
mod spool;
#[cfg(test)]
mod tests;
pub mod uploads;
pub mod verify;

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _, stream};

use crate::domain::id::Digest;
use crate::domain::media::Media;
use crate::domain::version::Timestamp;

pub use error::{BlobError, ErrorSource};
pub use fs::FsStore;
pub(crate) use key::of as key_of;
pub use mem::MemStore;
pub use named_files::NamedFiles;
pub use s3::S3Store;
use spool::Spooled;
pub use uploads::Uploads;

/// Bytes on their way in or out, in sequence. Nothing follows an error.
pub type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, BlobError>> + Send>>;

/// The return type of the methods of a store, so that the trait can be used as `dyn BlobStore`.
pub type Fut<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The number of bytes that stores return, write and hash at a time: 256 KiB.
const CHUNK: usize = 256 * 1024;

/// The facts of a blob that are known without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobMeta {
    /// The BLAKE3 of the bytes: the blob's name.
    pub digest: Digest,
    /// The SHA-256 of the same bytes, which exchange formats need.
    pub sha256: [u8; 32],
    /// The size in bytes.
    pub size: u64,
    /// The media facts, if it is an image.
    pub media: Option<Media>,
}

/// The result of a put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The facts of the blob.
    pub meta: BlobMeta,
    /// True if this call created the blob; false if it existed.
    pub created: bool,
}

/// A blob as a listing shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// The time of the last put, also if it existed before: in microseconds of Unix time, by the
    /// backend's clock, which may have a resolution of seconds.
    pub touched: Timestamp,
}

/// The outcome of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It is deleted.
    Done,
    /// It was put too recently, and is still there.
    Young,
    /// It did not exist.
    Absent,
}

/// Part of a blob: bytes `start..end`, both absolute. A range contains at least one byte and ends
/// inside the blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// The first byte.
    pub start: u64,
    /// The byte after the last one.
    pub end: u64,
}

impl ByteRange {
    /// Returns true if the range is all of a blob of `size` bytes. Such a read is verified like a
    /// complete one.
    #[must_use]
    pub const fn covers(self, size: u64) -> bool {
        self.start == 0 && self.end == size && size > 0
    }

    /// Returns the range's length in a blob of `size` bytes.
    ///
    /// # Errors
    /// Returns [`BlobError::BadRange`] if the range is empty or ends after the blob.
    pub fn length_in(self, size: u64) -> Result<u64, BlobError> {
        if self.start < self.end && self.end <= size {
            Ok(self.end - self.start)
        } else {
            Err(BlobError::BadRange { size })
        }
    }
}

/// A blob being read.
pub struct Opened {
    /// The facts of the complete blob, also for a range.
    pub meta: BlobMeta,
    /// The requested bytes.
    pub chunks: Chunks,
}

/// A store of bytes by digest. Blobs never change, and every published blob is complete and
/// verified.
pub trait BlobStore: Send + Sync + 'static {
    /// Receives a stream, verifies it and publishes it once. The blob is durable when this returns.
    ///
    /// Storing an existing blob succeeds (`created` is false) if the bytes are the right ones. It
    /// then counts as put now: see [`Listed::touched`]. (`created` is also false if the answer to
    /// the request that stored it was lost.) After a refusal the rest of `chunks` is dropped
    /// unread. Dropping the future leaves nothing behind.
    ///
    /// # Errors
    /// Returns [`Mismatch`](BlobError::Mismatch) if the bytes have another digest;
    /// [`TooLarge`](BlobError::TooLarge) as soon as there are more than `limit` of them; an error
    /// of `chunks` unchanged; or the error of the backend.
    fn put(&self, expected: Digest, chunks: Chunks, limit: u64) -> Fut<'_, Result<Stored, BlobError>>;

    /// Receives bytes whose digest is not known, and publishes them once under their digest.
    /// Otherwise as [`put`](Self::put).
    ///
    /// # Errors
    /// Returns the errors of [`put`](Self::put), except [`Mismatch`](BlobError::Mismatch).
    fn take_in(&self, chunks: Chunks, limit: u64) -> Fut<'_, Result<Stored, BlobError>> {
        Box::pin(async move {
            let spooled = Spooled::of(chunks, limit).await?;
            self.put(spooled.meta.digest, spooled.chunks(), limit).await
        })
    }

    /// Returns the blob's facts; `None` if it is not stored. Does not read the blob, so it does not
    /// verify its bytes.
    ///
    /// # Errors
    /// Returns [`Corrupt`](BlobError::Corrupt) if damage is visible without reading, or the error
    /// of the backend.
    fn stat(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>>;

    /// Returns the blob's facts as [`stat`](Self::stat) does; the blob then counts as put now.
    ///
    /// # Errors
    /// Returns the errors of [`stat`](Self::stat).
    fn renew(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>>;

    /// Opens a blob for reading.
    ///
    /// A complete read (`range` is `None`) is hashed on the way: if the digest differs, the stream
    /// ends with [`Corrupt`](BlobError::Corrupt) instead of its last chunk, so a damaged blob is
    /// never returned completely. **A range cannot be verified**: its bytes are as good as the
    /// medium.
    ///
    /// # Errors
    /// Returns [`NotFound`](BlobError::NotFound); [`BadRange`](BlobError::BadRange) (see
    /// [`ByteRange`]); `Corrupt` as [`stat`](Self::stat) does; or the error of the backend.
    fn open(&self, digest: Digest, range: Option<ByteRange>) -> Fut<'_, Result<Opened, BlobError>>;

    /// Returns all blobs whose digest begins with this byte, by digest: one of the 256 pages of a
    /// store. A blob that is put in the meantime may be included or not.
    ///
    /// # Errors
    /// Returns the error of the backend.
    fn list(&self, first: u8) -> Fut<'_, Result<Vec<Listed>, BlobError>>;

    /// Returns one blob as [`list`](Self::list) shows it; `None` if it is not stored.
    ///
    /// # Errors
    /// Returns the error of the backend.
    fn list_one(&self, digest: Digest) -> Fut<'_, Result<Option<Listed>, BlobError>>;

    /// Deletes a blob that was last put before a moment. The caller checks that no commit names it.
    ///
    /// A put that ends before this begins, or begins after it ends, keeps its promise: through one
    /// store value and its clones, the two never overlap.
    ///
    /// # Errors
    /// Returns the error of the backend; the blob may or may not be deleted then.
    fn delete(&self, digest: Digest, before: Timestamp) -> Fut<'_, Result<Deletion, BlobError>>;

    /// Returns a pre-signed URL for the blob, past this server; `None` if the backend has none.
    /// Does not check that the blob exists; a download from the URL is not verified.
    ///
    /// # Errors
    /// Returns an error if the backend cannot create it, for example for so long a time.
    fn url(&self, digest: Digest, expires: Duration) -> Fut<'_, Result<Option<String>, BlobError>> {
        let _ = (digest, expires);
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Returns the storage for named files next to the blobs; `None` if the backend is a folder of
    /// this machine.
    fn named_files(&self) -> Option<&dyn NamedFiles> {
        None
    }

    /// Returns the interface for uploads past this server; `None` if the backend has none.
    fn uploads(&self) -> Option<&dyn Uploads> {
        None
    }
}

/// Returns these bytes as a stream of one chunk.
#[must_use]
pub fn once(bytes: Bytes) -> Chunks {
    Box::pin(stream::iter([Ok(bytes)]))
}

/// Reads a complete blob into memory.
///
/// # Errors
/// Returns the errors of [`open`](BlobStore::open), and [`TooLarge`](BlobError::TooLarge) if it has
/// more than `limit` bytes.
pub async fn read_all(blobs: &dyn BlobStore, digest: Digest, limit: u64) -> Result<Vec<u8>, BlobError> {
    let mut opened = blobs.open(digest, None).await?;
    if opened.meta.size > limit {
        return Err(BlobError::TooLarge { limit });
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = opened.chunks.try_next().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
