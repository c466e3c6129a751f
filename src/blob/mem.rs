//! Blobs in memory, for tests and experiments. Nothing survives the process, and the total size is
//! not limited.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::stream;

use super::incoming::IncomingStream;
use super::verify::{Hasher, checked};
use super::{
    BlobError, BlobMeta, BlobStore, ByteRange, CHUNK, Chunks, Deletion, Fut, Listed, Opened, Stored,
};
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;

/// A blob store in memory. It has no clock: its time is the number of puts.
#[derive(Default)]
pub struct MemStore {
    blobs: Mutex<BTreeMap<Digest, StoredBlob>>,
    puts: AtomicI64,
}

#[derive(Clone)]
struct StoredBlob {
    meta: BlobMeta,
    bytes: Bytes,
    touched: Timestamp,
}

impl StoredBlob {
    fn listed(&self) -> Listed {
        Listed { digest: self.meta.digest, size: self.meta.size, touched: self.touched }
    }
}

impl MemStore {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Locks the blobs. An insertion is one step, so a panic elsewhere cannot have left one
    /// incomplete.
    fn blobs(&self) -> MutexGuard<'_, BTreeMap<Digest, StoredBlob>> {
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, digest: Digest) -> Option<StoredBlob> {
        self.blobs().get(&digest).cloned()
    }
}

impl BlobStore for MemStore {
    fn put(&self, expected: Digest, chunks: Chunks, limit: u64) -> Fut<'_, Result<Stored, BlobError>> {
        Box::pin(async move {
            let mut incoming = IncomingStream::new(chunks, limit);
            let mut hasher = Hasher::default();
            let mut bytes = Vec::new();
            loop {
                let batch = incoming.batch().await?;
                if batch.is_empty() {
                    break;
                }
                for chunk in batch {
                    hasher.update(&chunk);
                    bytes.extend_from_slice(&chunk);
                }
            }
            let meta = hasher.agree(expected)?;
            let touched = self.puts.fetch_add(1, Ordering::Relaxed);
            let previous = self.blobs().insert(expected, StoredBlob { meta, bytes: bytes.into(), touched });
            Ok(Stored { meta, created: previous.is_none() })
        })
    }

    fn stat(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
        Box::pin(async move { Ok(self.find(digest).map(|blob| blob.meta)) })
    }

    fn renew(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
        Box::pin(async move {
            let now = self.puts.fetch_add(1, Ordering::Relaxed);
            Ok(self.blobs().get_mut(&digest).map(|blob| {
                blob.touched = now;
                blob.meta
            }))
        })
    }

    fn open(&self, digest: Digest, range: Option<ByteRange>) -> Fut<'_, Result<Opened, BlobError>> {
        Box::pin(async move {
            let StoredBlob { meta, bytes, .. } = self.find(digest).ok_or(BlobError::NotFound { digest })?;
            let chunks = match range.filter(|range| !range.covers(meta.size)) {
                None => checked(meta, cut(bytes)),
                Some(range) => cut(part(&bytes, range)?),
            };
            Ok(Opened { meta, chunks })
        })
    }

    fn list(&self, first: u8) -> Fut<'_, Result<Vec<Listed>, BlobError>> {
        Box::pin(async move {
            let blobs = self.blobs();
            let page = blobs.iter().filter(|(digest, _)| digest.as_bytes()[0] == first);
            Ok(page.map(|(_, blob)| blob.listed()).collect())
        })
    }

    fn list_one(&self, digest: Digest) -> Fut<'_, Result<Option<Listed>, BlobError>> {
        Box::pin(async move { Ok(self.find(digest).map(|blob| blob.listed())) })
    }

    fn delete(&self, digest: Digest, before: Timestamp) -> Fut<'_, Result<Deletion, BlobError>> {
        Box::pin(async move {
            let mut blobs = self.blobs();
            Ok(match blobs.get(&digest).map(|blob| blob.touched < before) {
                None => Deletion::Absent,
                Some(false) => Deletion::Young,
                Some(true) => {
                    blobs.remove(&digest);
                    Deletion::Done
                }
            })
        })
    }
}

/// Returns the bytes of a range.
fn part(bytes: &Bytes, range: ByteRange) -> Result<Bytes, BlobError> {
    let size = bytes.len() as u64;
    range.length_in(size)?;
    // A range inside the blob fits into the address space.
    match (usize::try_from(range.start), usize::try_from(range.end)) {
        (Ok(start), Ok(end)) => Ok(bytes.slice(start..end)),
        _ => Err(BlobError::BadRange { size }),
    }
}

/// Returns the bytes in chunks, without copying them.
fn cut(mut bytes: Bytes) -> Chunks {
    Box::pin(stream::iter(std::iter::from_fn(move || {
        let length = bytes.len().min(CHUNK);
        (length > 0).then(|| Ok(bytes.split_to(length)))
    })))
}
