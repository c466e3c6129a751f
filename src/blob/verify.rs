//! Hashing while streaming: a blob's facts from its bytes, and the check of a whole read.
//!
//! Owns what "these bytes are that blob" means. Knows no place where blobs are kept.

use std::io::{self, Read};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use sha2::{Digest as _, Sha256};

use super::media::{HEAD, sniff};
use super::{BlobError, BlobMeta, CHUNK, Chunks};
use crate::domain::id::Digest;

/// BLAKE3, SHA-256, size and kind of bytes that come piece by piece.
#[derive(Clone, Default)]
pub struct Hasher {
    blake3: blake3::Hasher,
    sha256: Sha256,
    size: u64,
    /// As many of the first bytes as tell an image.
    head: Vec<u8>,
}

impl Hasher {
    /// Takes the next bytes. How the bytes are cut makes no difference.
    pub fn update(&mut self, bytes: &[u8]) {
        self.blake3.update(bytes);
        self.sha256.update(bytes);
        self.size += bytes.len() as u64;
        self.head.extend_from_slice(&bytes[..bytes.len().min(HEAD - self.head.len())]);
    }

    /// The facts of all bytes taken.
    #[must_use]
    pub fn finish(self) -> BlobMeta {
        let digest = Digest::from_bytes(*self.blake3.finalize().as_bytes());
        let (sha256, tells) = (self.sha256.finalize().into(), sniff(&self.head));
        BlobMeta { digest, sha256, size: self.size, tells }
    }

    /// The facts of all bytes taken, provided that they are the blob `expected`.
    ///
    /// # Errors
    /// [`BlobError::Mismatch`] where they are another.
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
    /// The facts of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::default();
        hasher.update(bytes);
        hasher.finish()
    }

    /// The facts of everything that is left to read. Blocks.
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

/// A whole read of the blob `meta` that is checked on the way: each chunk is handed out when the next has come, and the
/// last one only when size and BLAKE3 of everything agree. Else the stream ends with [`BlobError::Corrupt`].
#[must_use]
pub fn checked(meta: BlobMeta, chunks: Chunks) -> Chunks {
    let start = Outgoing { chunks, meta, blake3: blake3::Hasher::new(), seen: 0, held: None };
    Box::pin(stream::try_unfold(Some(start), step))
}

/// A whole read under way.
struct Outgoing {
    chunks: Chunks,
    meta: BlobMeta,
    blake3: blake3::Hasher,
    seen: u64,
    /// The newest chunk: hashed, not handed out yet, never empty.
    held: Option<Bytes>,
}

/// The next chunk that may be handed out, and what is left after it: nothing after the last.
async fn step(left: Option<Outgoing>) -> Result<Option<(Bytes, Option<Outgoing>)>, BlobError> {
    let Some(mut read) = left else { return Ok(None) };
    while let Some(chunk) = read.chunks.next().await.transpose()? {
        if chunk.is_empty() {
            continue;
        }
        read.seen += chunk.len() as u64;
        if read.seen > read.meta.size {
            return Err(read.corrupt("there are more bytes than there were"));
        }
        read.blake3.update(&chunk);
        if let Some(ready) = read.held.replace(chunk) {
            return Ok(Some((ready, Some(read))));
        }
    }
    if read.seen < read.meta.size {
        return Err(read.corrupt("there are fewer bytes than there were"));
    }
    if read.blake3.finalize() != *read.meta.digest.as_bytes() {
        return Err(read.corrupt("the bytes do not hash to it"));
    }
    Ok(read.held.map(|last| (last, None)))
}

impl Outgoing {
    fn corrupt(&self, why: &'static str) -> BlobError {
        BlobError::Corrupt { digest: self.meta.digest, why }
    }
}
