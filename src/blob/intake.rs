//! The way in: takes an incoming stream apart under a size limit.
//!
//! Does not store, and hashes only what it gathers. The limit is met before the bytes beyond it are touched.

use bytes::Bytes;
use futures_util::StreamExt;

use super::verify::Hasher;
use super::{BlobError, CHUNK, Chunks};

/// An incoming stream, and how much it may still bring.
pub(super) struct Intake {
    /// None once the stream has ended: it must not be asked again, and what feeds it can go.
    chunks: Option<Chunks>,
    room: u64,
    limit: u64,
    /// What came with the last bytes that were gathered and had no room there: hashed, not handed on yet.
    left: Bytes,
}

/// Bytes in one piece.
pub(super) struct Gathered {
    pub(super) bytes: Bytes,
    /// Whether nothing comes after them.
    pub(super) last: bool,
}

impl Intake {
    /// Takes at most `limit` bytes from these chunks.
    pub(super) fn new(chunks: Chunks, limit: u64) -> Self {
        Self { chunks: Some(chunks), room: limit, limit, left: Bytes::new() }
    }

    /// The next chunks, together about [`CHUNK`] bytes where the stream has as many; none at its end.
    ///
    /// Networks deliver a few KiB at a time, and every trip to a thread that may block costs more than writing those.
    pub(super) async fn batch(&mut self) -> Result<Vec<Bytes>, BlobError> {
        let mut batch = Vec::new();
        let mut gathered = 0;
        while gathered < CHUNK
            && let Some(chunk) = self.next().await?
        {
            gathered += chunk.len();
            batch.push(chunk);
        }
        Ok(batch)
    }

    /// The next `size` bytes in one piece, fewer only at the end; `hasher` sees all bytes as they come.
    pub(super) async fn gather(&mut self, size: usize, hasher: &mut Hasher) -> Result<Gathered, BlobError> {
        let mut bytes = Vec::new();
        loop {
            let taken = self.left.split_to(self.left.len().min(size - bytes.len()));
            bytes.extend_from_slice(&taken);
            if !self.left.is_empty() {
                return Ok(Gathered { bytes: bytes.into(), last: false });
            }
            let Some(chunk) = self.next().await? else {
                return Ok(Gathered { bytes: bytes.into(), last: true });
            };
            hasher.update(&chunk);
            if bytes.len() + chunk.len() > CHUNK {
                // Much comes: one piece of memory, and not one after another while it grows.
                bytes.reserve_exact(size - bytes.len());
            }
            self.left = chunk;
        }
    }

    /// The next chunk that holds something.
    async fn next(&mut self) -> Result<Option<Bytes>, BlobError> {
        while let Some(chunks) = &mut self.chunks {
            let Some(chunk) = chunks.next().await.transpose()? else {
                self.chunks = None;
                break;
            };
            self.room =
                self.room.checked_sub(chunk.len() as u64).ok_or(BlobError::TooLarge { limit: self.limit })?;
            if !chunk.is_empty() {
                return Ok(Some(chunk));
            }
        }
        Ok(None)
    }
}
