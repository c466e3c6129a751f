//! Hashes while streaming: the facts of a blob from its bytes, and the check of a complete read.
//!
//! Knows no backend.

use std::io::{self, Read};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use sha2::{Digest as _, Sha256};

use super::media::{HEAD, sniff};
use super::{BlobError, BlobMeta, CHUNK, Chunks};
use crate::domain::id::Digest;

/// BLAKE3, SHA-256, size and media facts of bytes that arrive in pieces.
#[derive(Clone, Default)]
pub struct Hasher {
    blake3: blake3::Hasher,
    sha256: Sha256,
    size: u64,
    /// The first bytes, as many as are needed to detect an image.
    head: Vec<u8>,
}

impl Hasher {
    /// Adds the next bytes. It makes no difference how the bytes are split.
    pub fn update(&mut self, bytes: &[u8]) {
        self.blake3.update(bytes);
        self.sha256.update(bytes);
        self.size += bytes.len() as u64;
        self.head.extend_from_slice(&bytes[..bytes.len().min(HEAD - self.head.len())]);
    }

    /// Returns the facts of all bytes.
    #[must_use]
    pub fn finish(self) -> BlobMeta {
        let digest = Digest::from_bytes(*self.blake3.finalize().as_bytes());
        let (sha256, media) = (self.sha256.finalize().into(), sniff(&self.head));
        BlobMeta { digest, sha256, size: self.size, media }
    }

    /// Returns the facts of all bytes if they are the blob `expected`.
    ///
    /// # Errors
    /// Returns [`BlobError::Mismatch`] if they are another blob.
    pub fn agree(self, expected: Digest) -> Result<BlobMeta, BlobError> {
        let meta = self.finish();
        if meta.digest == expected {
            Ok(meta)
        } else {
            Err(BlobError::Mismatch { expected, actual: meta.digest })
        }
    }
}

impl BlobMeta {
    /// Returns the facts of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::default();
        hasher.update(bytes);
        hasher.finish()
    }

    /// Returns the facts of everything that is left to read. Blocks.
    pub(super) fn measure(mut source: impl Read) -> io::Result<Self> {
        let mut hasher = Hasher::default();
        let mut buffer = vec![0; CHUNK];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => return Ok(hasher.finish()),
                Ok(n) => hasher.update(&buffer[..n]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Checks a complete read of the blob `meta` on the way: each chunk is returned when the next one
/// has arrived, and the last one only if size and BLAKE3 of everything agree. Otherwise the stream
/// ends with [`BlobError::Corrupt`].
#[must_use]
pub fn checked(meta: BlobMeta, chunks: Chunks) -> Chunks {
    let start = Outgoing { chunks, meta, blake3: blake3::Hasher::new(), seen: 0, held: None };
    Box::pin(stream::try_unfold(Some(start), step))
}

/// A complete read in progress.
struct Outgoing {
    chunks: Chunks,
    meta: BlobMeta,
    blake3: blake3::Hasher,
    seen: u64,
    /// The newest chunk: hashed, not returned yet, never empty.
    held: Option<Bytes>,
}

/// Returns the next chunk that may be returned, and the state after it: `None` after the last
/// chunk.
async fn step(left: Option<Outgoing>) -> Result<Option<(Bytes, Option<Outgoing>)>, BlobError> {
    let Some(mut read) = left else { return Ok(None) };
    while let Some(chunk) = read.chunks.next().await.transpose()? {
        if chunk.is_empty() {
            continue;
        }
        read.seen += chunk.len() as u64;
        if read.seen > read.meta.size {
            return Err(read.corrupt("it has more bytes than its recorded size"));
        }
        read.blake3.update(&chunk);
        if let Some(ready) = read.held.replace(chunk) {
            return Ok(Some((ready, Some(read))));
        }
    }
    if read.seen < read.meta.size {
        return Err(read.corrupt("it has fewer bytes than its recorded size"));
    }
    if read.blake3.finalize() != *read.meta.digest.as_bytes() {
        return Err(read.corrupt("its bytes have another digest"));
    }
    Ok(read.held.map(|last| (last, None)))
}

impl Outgoing {
    fn corrupt(&self, why: &'static str) -> BlobError {
        BlobError::Corrupt { digest: self.meta.digest, why }
    }
}
