//! Bytes by digest: the payloads that versions name.
//!
//! This layer owns the [`BlobStore`] trait and its stores: a bucket ([`S3Store`]), a local directory ([`FsStore`]) and
//! memory ([`MemStore`]). A blob is named by the BLAKE3 of its bytes; its SHA-256, its size and what kind of image its first
//! bytes tell of are kept beside it. Bytes are hashed on the way in, before they are published, and on the way out, before the last of them is handed over.
//!
//! Deliberately absent: what people call a blob, access rules and references. What a blob means, and whether a commit names it, is known
//! above; so is which one may be deleted. No time limit is kept here either: whoever feeds a slow stream gives up on it by dropping the
//! future, and nothing is left behind.

mod error;
mod facts;
pub mod fs;
mod intake;
mod key;
mod media;
pub mod mem;
pub mod s3;
pub mod shelf;
mod spool;
#[cfg(test)]
mod tests;
pub mod uploads;
pub mod verify;

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};

use crate::domain::id::Digest;
use crate::domain::media::Media;
use crate::domain::version::Timestamp;

pub use error::{BlobError, Cause};
pub use fs::FsStore;
pub(crate) use key::of as key_of;
pub use mem::MemStore;
pub use s3::S3Store;
pub use shelf::Shelf;
use spool::Spooled;
pub use uploads::Uploads;

/// Bytes on their way in or out, in order. After an error nothing more comes.
pub type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, BlobError>> + Send>>;

/// What the methods of a store return, so that the trait can be used as `dyn BlobStore`.
pub type Fut<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How many bytes the stores hand out, write and hash at a time: 256 KiB.
const CHUNK: usize = 256 * 1024;

/// What is known of a blob without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobMeta {
    /// BLAKE3 of the bytes: the blob's name.
    pub digest: Digest,
    /// SHA-256 of the same bytes, which exchange formats ask for.
    pub sha256: [u8; 32],
    /// How many bytes.
    pub size: u64,
    /// What the first of them tell, where it is an image.
    pub tells: Option<Media>,
}

/// A blob that was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What was put.
    pub meta: BlobMeta,
    /// Whether this call brought the bytes; false where they were there already.
    pub created: bool,
}

/// A blob as a listing shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub digest: Digest,
    /// How many bytes.
    pub size: u64,
    /// When it was last put, whether or not it was there already: in microseconds of Unix time, by the place's own clock,
    /// which may count in seconds.
    pub touched: Timestamp,
}

/// What came of deleting a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It is not there any more.
    Done,
    /// It was put too lately, and is still there.
    Young,
    /// It was not there.
    Absent,
}

/// Part of a blob: bytes `start..end`, both absolute. A range holds at least one byte and ends inside the blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// The first byte.
    pub start: u64,
    /// The byte after the last.
    pub end: u64,
}

impl ByteRange {
    /// Returns true if the range is all of a blob of `size` bytes. Such a read is verified as a whole one is.
    #[must_use]
    pub const fn covers(self, size: u64) -> bool {
        self.start == 0 && self.end == size && size > 0
    }

    /// The range's length in a blob of `size` bytes.
    ///
    /// # Errors
    /// [`BlobError::BadRange`] where the range is empty or ends after the blob.
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
    /// The whole blob's facts, also where only a range was asked for.
    pub meta: BlobMeta,
    /// The bytes asked for.
    pub chunks: Chunks,
}

/// A place that keeps bytes by digest. Blobs never change, and whatever is published is whole and verified.
pub trait BlobStore: Send + Sync + 'static {
    /// Streams in, verifies, publishes once. When it answers, the blob is durable.
    ///
    /// Storing what is there already is a success (`created` is false), provided that the bytes given are the right ones.
    /// It then counts as put now: see [`Listed::touched`].
    /// (`created` is also false where a network lost the answer to the request that brought them.)
    /// After a refusal the rest of `chunks` is dropped unread. Dropping the future leaves nothing behind.
    ///
    /// # Errors
    /// [`Mismatch`](BlobError::Mismatch) where the bytes hash to something else; [`TooLarge`](BlobError::TooLarge) as soon
    /// as there are more than `limit` of them; an error of `chunks` as it came; else what the place itself had to say.
    fn put(&self, expected: Digest, chunks: Chunks, limit: u64) -> Fut<'_, Result<Stored, BlobError>>;

    /// Streams in bytes whose name is not known, and publishes them once under the one they have.
    ///
    /// Else as [`put`](Self::put).
    ///
    /// # Errors
    /// As [`put`](Self::put), but never [`Mismatch`](BlobError::Mismatch).
    fn take_in(&self, chunks: Chunks, limit: u64) -> Fut<'_, Result<Stored, BlobError>> {
        Box::pin(async move {
            let spooled = Spooled::of(chunks, limit).await?;
            self.put(spooled.meta.digest, spooled.chunks(), limit).await
        })
    }

    /// The blob's facts, or none where it is not here. Does not read the blob, so it proves presence and not health.
    ///
    /// # Errors
    /// [`Corrupt`](BlobError::Corrupt) where damage shows without reading; else what the place itself had to say.
    fn stat(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>>;

    /// As [`stat`](Self::stat), and the blob counts as put now.
    ///
    /// # Errors
    /// As [`stat`](Self::stat).
    fn renew(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>>;

    /// Opens a blob for reading.
    ///
    /// A whole read (`range` is none) is hashed on the way: where the bytes are not the digest's, the stream ends with
    /// [`Corrupt`](BlobError::Corrupt) in place of its last chunk, so a damaged blob is never handed out complete.
    /// **A range cannot be verified**: its bytes are as good as the medium.
    ///
    /// # Errors
    /// [`NotFound`](BlobError::NotFound); [`BadRange`](BlobError::BadRange) (see [`ByteRange`]); `Corrupt` as for
    /// [`stat`](Self::stat); else what the place itself had to say.
    fn open(&self, digest: Digest, range: Option<ByteRange>) -> Fut<'_, Result<Opened, BlobError>>;

    /// All blobs whose digest begins with this byte, in the order of their digests: the 256 pages of a store.
    ///
    /// What is put meanwhile may be in it or not.
    ///
    /// # Errors
    /// What the place itself had to say.
    fn list(&self, first: u8) -> Fut<'_, Result<Vec<Listed>, BlobError>>;

    /// One blob as [`list`](Self::list) shows it, or none where it is not here.
    ///
    /// # Errors
    /// What the place itself had to say.
    fn look(&self, digest: Digest) -> Fut<'_, Result<Option<Listed>, BlobError>>;

    /// Deletes a blob that was last put before a moment. A put that ends before this begins, or after it ends, finds what it
    /// was promised: through one store value and its clones, both are never half-way at once.
    ///
    /// Whether a commit names the blob is not known here.
    ///
    /// # Errors
    /// What the place itself had to say; the blob is there then, or is not.
    fn delete(&self, digest: Digest, before: Timestamp) -> Fut<'_, Result<Deletion, BlobError>>;

    /// An address under which anybody can read the blob for a while, past this server; none where the place has no such.
    ///
    /// Whether the blob is there is not looked at, and what comes from there is not verified.
    ///
    /// # Errors
    /// Where the place cannot make one, for instance for so long a time.
    fn url(&self, digest: Digest, expires: Duration) -> Fut<'_, Result<Option<String>, BlobError>> {
        let _ = (digest, expires);
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Where files with names can be put beside the blobs; none where the place is a folder of this machine.
    fn shelf(&self) -> Option<&dyn Shelf> {
        None
    }

    /// The way by which clients send bytes past this server; none where the place has no such.
    fn uploads(&self) -> Option<&dyn Uploads> {
        None
    }
}

/// These bytes as a stream of one chunk.
#[must_use]
pub fn once(bytes: Bytes) -> Chunks {
    Box::pin(stream::iter([Ok(bytes)]))
}
