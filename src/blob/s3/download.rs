//! Reads an object; after a lost connection, requests the rest again.
//!
//! Only verifies that all bytes arrive, and from the same object: complete reads are hashed by
//! `verify`.

use aws_sdk_s3::primitives::ByteStream;
use backon::{BackoffBuilder, ExponentialBackoff};
use bytes::Bytes;
use futures_util::stream;
use tokio::time::{sleep, timeout};

use super::bucket::{Bucket, ObjectBody, ObjectRange};
use super::fault::{FaultKind, S3Fault, chain};
use crate::blob::{BlobError, Chunks, key};
use crate::domain::id::Digest;

/// A download in progress.
pub(super) struct ObjectDownload {
    bucket: Bucket,
    key: String,
    digest: Digest,
    etag: Option<String>,
    /// The next byte.
    at: u64,
    /// The byte after the last one.
    end: u64,
    /// `None` if the rest must be requested.
    body: Option<ByteStream>,
    /// The pauses before further attempts; begun again with every byte.
    pauses: ExponentialBackoff,
}

impl ObjectDownload {
    /// Reads `length` bytes of a blob from a body that has begun.
    pub(super) fn new(bucket: &Bucket, digest: Digest, body: ObjectBody, length: u64) -> Self {
        Self::of_key(bucket, key::of(digest), Some(digest), body, length)
    }

    /// Reads any object likewise. Errors name the digest, if there is one.
    pub(super) fn of_key(
        bucket: &Bucket,
        key: String,
        digest: Option<Digest>,
        body: ObjectBody,
        length: u64,
    ) -> Self {
        let end = body.start + length;
        let (bucket, etag) = (bucket.clone(), body.head.etag);
        let pauses = bucket.retries.pauses().build();
        let digest = digest.unwrap_or_else(|| Digest::of(b""));
        Self { bucket, key, digest, etag, at: body.start, end, body: Some(body.bytes), pauses }
    }

    /// Returns the bytes as a stream.
    pub(super) fn chunks(self) -> Chunks {
        Box::pin(stream::try_unfold(self, |mut reading| async move {
            let chunk = reading.next().await?;
            Ok(chunk.map(|chunk| (chunk, reading)))
        }))
    }

    async fn next(&mut self) -> Result<Option<Bytes>, BlobError> {
        while self.at < self.end {
            let fault = match self.receive().await {
                Ok(chunk) if chunk.len() as u64 > self.end - self.at => {
                    let why = "it has more bytes than its recorded size";
                    return Err(BlobError::Corrupt { digest: self.digest, why });
                }
                Ok(chunk) => {
                    self.at += chunk.len() as u64;
                    self.pauses = self.bucket.retries.pauses().build();
                    return Ok(Some(chunk));
                }
                Err(fault) => fault,
            };
            self.body = None;
            let Some(pause) = self.pauses.next().filter(|_| fault.is_temporary()) else {
                return Err(self.explain(fault));
            };
            tracing::debug!(%fault, at = self.at, "requesting the rest of a blob again");
            sleep(pause).await;
        }
        Ok(None)
    }

    /// Returns the next bytes, at least one.
    async fn receive(&mut self) -> Result<Bytes, S3Fault> {
        if self.body.is_none() {
            let part = ObjectRange { start: self.at, end: self.end, etag: self.etag.as_deref() };
            let body = self.bucket.get(&self.key, Some(part)).await?;
            if (body.start, body.length) != (self.at, self.end - self.at) {
                return Err(S3Fault::new(
                    FaultKind::Refused,
                    "the server returned another range than requested",
                ));
            }
            self.body = Some(body.bytes);
        }
        let Some(body) = &mut self.body else {
            return Err(S3Fault::new(FaultKind::Passing, "nothing is read"));
        };
        loop {
            match timeout(self.bucket.retries.request, body.next()).await {
                Ok(Some(Ok(chunk))) if chunk.is_empty() => {}
                Ok(Some(Ok(chunk))) => return Ok(chunk),
                Ok(Some(Err(error))) => return Err(S3Fault::new(FaultKind::Passing, chain(&error))),
                Ok(None) => return Err(S3Fault::new(FaultKind::Passing, "the bytes ended too early")),
                Err(_) => return Err(S3Fault::new(FaultKind::Slow, "the bytes stopped coming")),
            }
        }
    }

    fn explain(&self, fault: S3Fault) -> BlobError {
        let digest = self.digest;
        match fault.kind {
            FaultKind::Absent => BlobError::NotFound { digest },
            FaultKind::Condition => {
                BlobError::Corrupt { digest, why: "its object was replaced while it was read" }
            }
            FaultKind::Range => {
                BlobError::Corrupt { digest, why: "its object was truncated while it was read" }
            }
            _ => fault.into_error("read a blob"),
        }
    }
}
