//! Receives a stream under a size limit.
//!
//! Stores nothing, and hashes only what it gathers. The limit is checked before the bytes beyond it
//! are used.

use bytes::Bytes;
use futures_util::StreamExt;

use super::verify::Hasher;
use super::{BlobError, CHUNK, Chunks};

/// An incoming stream, and the number of bytes that it may still bring.
pub(super) struct IncomingStream {
    /// `None` once the stream has ended: it must not be polled again, and its source can be
    /// dropped.
    chunks: Option<Chunks>,
    room: u64,
    limit: u64,
    /// Bytes that arrived with the last gathered piece and did not fit: hashed, not returned yet.
    left: Bytes,
}

/// Bytes in one piece.
pub(super) struct IncomingPiece {
    pub(super) bytes: Bytes,
    /// True if no bytes follow.
    pub(super) last: bool,
}

impl IncomingStream {
    /// Creates an intake of at most `limit` bytes from these chunks.
    pub(super) fn new(chunks: Chunks, limit: u64) -> Self {
        Self { chunks: Some(chunks), room: limit, limit, left: Bytes::new() }
    }

    /// Returns the next chunks, together about [`CHUNK`] bytes if the stream has as many; none at
    /// its end.
    ///
    /// Networks deliver a few KiB at a time, and switching to a blocking thread costs more than
    /// writing those.
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

    /// Returns the next `size` bytes in one piece, fewer only at the end. `hasher` receives all
    /// bytes as they arrive.
    pub(super) async fn gather(
        &mut self,
        size: usize,
        hasher: &mut Hasher,
    ) -> Result<IncomingPiece, BlobError> {
        let mut bytes = Vec::new();
        loop {
            let taken = self.left.split_to(self.left.len().min(size - bytes.len()));
            bytes.extend_from_slice(&taken);
            if !self.left.is_empty() {
                return Ok(IncomingPiece { bytes: bytes.into(), last: false });
            }
            let Some(chunk) = self.next().await? else {
                return Ok(IncomingPiece { bytes: bytes.into(), last: true });
            };
            hasher.update(&chunk);
            if bytes.len() + chunk.len() > CHUNK {
                // Many bytes are expected: one allocation, instead of repeated growth.
                bytes.reserve_exact(size - bytes.len());
            }
            self.left = chunk;
        }
    }

    /// Returns the next chunk that is not empty.
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
