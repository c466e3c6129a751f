//! Uploads by clients into the bucket, and their publication as blobs.
//!
//! The keys are `staging/<64 hex>` (the upload) and the same with `.done` (the digest of the
//! completed blob).
//!
//! A client's URL has a staging name and never a blob's. The bytes are read back, hashed, and put
//! as if they had come through the server. They are not copied inside the bucket: this way the
//! hashed bytes are the published ones, whatever is sent to the staging name in the meantime.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::bucket::{Metadata, NameCondition, ObjectBody};
use super::download::ObjectDownload;
use super::fault::{FaultKind, S3Fault, while_doing};
use super::staging::Leftover;
use super::{LINE, S3Store, key};
use crate::blob::uploads::{Sending, Ticket, Uploads};
use crate::blob::verify::Hasher;
use crate::blob::{BlobError, BlobStore, Chunks, Fut, Stored};
use crate::domain::id::Digest;

/// The maximum size of an upload in one request, and the size of most parts: 64 MiB.
const SINGLE: u64 = 64 << 20;

/// The maximum number of parts of an upload.
const MOST_PARTS: u64 = 10_000;

impl Uploads for S3Store {
    fn begin(&self, ticket: Ticket, expires: Duration) -> Fut<'_, Result<(Ticket, Vec<Sending>), BlobError>> {
        self.home.run(Box::pin(async move {
            self.sign(ticket, expires).await.map_err(while_doing("begin an upload"))
        }))
    }

    fn complete(&self, ticket: Ticket) -> Fut<'_, Result<Stored, BlobError>> {
        self.home.run(Box::pin(async move { self.publish_staged(&ticket).await }))
    }

    fn clear(&self, before: i64) -> Fut<'_, Result<usize, BlobError>> {
        self.home.run(Box::pin(async move {
            self.clear_staged(before).await.map_err(while_doing("remove uploads that were never completed"))
        }))
    }
}

impl S3Store {
    async fn sign(&self, mut ticket: Ticket, expires: Duration) -> Result<(Ticket, Vec<Sending>), S3Fault> {
        let name = key::staged(&ticket.nonce);
        if ticket.size <= SINGLE {
            let sha256 = ticket.sha256.map(|sha256| STANDARD.encode(sha256));
            let sending = self.bucket.sign_put(&name, ticket.size, sha256, expires).await?;
            return Ok((ticket, vec![sending]));
        }
        let upload = self.bucket.begin_for_client(&name).await?;
        let mut sendings = Vec::new();
        for (number, part) in (1..).zip(cut(ticket.size)) {
            sendings.push(self.bucket.sign_part(&name, &upload, number, part, expires).await?);
        }
        ticket.parts = Some(upload);
        Ok((ticket, sendings))
    }

    async fn publish_staged(&self, ticket: &Ticket) -> Result<Stored, BlobError> {
        if let Some(stored) = self.published(ticket).await? {
            return Ok(stored);
        }
        let name = key::staged(&ticket.nonce);
        if let Some(upload) = &ticket.parts {
            self.assemble(&name, upload, ticket.size).await?;
        }
        let body = match self.bucket.get(&name, None).await {
            Ok(body) => body,
            Err(fault) if fault.kind == FaultKind::Absent => return self.known(ticket).await,
            Err(fault) => return Err(fault.into_error("read an upload")),
        };
        let stored = self.take_staged(ticket, &name, body).await;
        if let Ok(stored) = &stored {
            let line = Bytes::from(stored.meta.digest.hex());
            let told =
                self.bucket.put(&key::done(&ticket.nonce), &line, &Metadata::new(), NameCondition::Any).await;
            told.map_err(while_doing("note the digest of an upload"))?;
        }
        let settled =
            matches!(stored, Ok(_) | Err(BlobError::Mismatch { .. } | BlobError::OtherFacts { .. }));
        if settled && let Err(fault) = self.bucket.delete(&name).await {
            tracing::warn!(%fault, "a completed upload could not be removed; a later clean-up removes it");
        }
        stored
    }

    /// Returns the blob of an upload that was completed before.
    async fn published(&self, ticket: &Ticket) -> Result<Option<Stored>, BlobError> {
        let done = self.bucket.read(&key::done(&ticket.nonce), LINE).await;
        let Some((_, line)) = done.map_err(while_doing("find an upload"))? else { return Ok(None) };
        let digest = std::str::from_utf8(&line).ok().and_then(|text| Digest::from_hex(text.trim_end()).ok());
        let Some(digest) = digest else { return Ok(None) };
        let found = self.find(digest).await?;
        Ok(found.map(|(meta, _)| Stored { meta, created: false }))
    }

    /// Handles an upload without bytes, which succeeds if the blob exists.
    async fn known(&self, ticket: &Ticket) -> Result<Stored, BlobError> {
        if let Some(digest) = ticket.digest
            && let Some((meta, _)) = self.find(digest).await?
        {
            return Ok(Stored { meta, created: false });
        }
        Err(BlobError::Unsent { why: "nothing has arrived: send the bytes, then complete it" })
    }

    /// Completes the object from the parts that a client has sent. Does nothing if that happened
    /// before.
    async fn assemble(&self, name: &str, upload: &str, size: u64) -> Result<(), BlobError> {
        let parts = self.bucket.parts(name, upload).await.map_err(while_doing("find an upload"))?;
        let Some(parts) = parts else { return Ok(()) };
        if parts.size != size {
            return Err(BlobError::Unsent { why: "not all parts have arrived: send them, then complete it" });
        }
        let made = self.bucket.complete(name, upload, parts.parts, NameCondition::Any).await;
        made.map(drop).map_err(while_doing("assemble an upload"))
    }

    /// Puts the uploaded bytes, if they are the announced ones.
    async fn take_staged(&self, ticket: &Ticket, name: &str, body: ObjectBody) -> Result<Stored, BlobError> {
        let size = body.head.size;
        if size != ticket.size {
            return Err(BlobError::OtherFacts { why: "its size is not the announced one" });
        }
        let chunks =
            ObjectDownload::of_key(&self.bucket, name.to_owned(), ticket.digest, body, size).chunks();
        let chunks = match ticket.sha256 {
            Some(sha256) => agreeing(chunks, sha256),
            None => chunks,
        };
        match ticket.digest {
            Some(digest) => self.put(digest, chunks, size).await,
            None => self.take_in(chunks, size).await,
        }
    }

    async fn clear_staged(&self, before: i64) -> Result<usize, S3Fault> {
        let mut left = self.bucket.left_objects(key::STAGING).await?;
        left.extend(self.bucket.left_uploads(key::STAGING).await?);
        let mut removed = 0;
        for Leftover { key, since, upload } in left {
            if since >= before || !key::is_staged(&key) {
                continue;
            }
            match upload {
                Some(upload) => self.bucket.abort(&key, &upload).await?,
                None => self.bucket.delete(&key).await?,
            }
            removed += 1;
        }
        Ok(removed)
    }
}

/// Returns the same bytes, which end in an error if their SHA-256 differs: then they are not
/// published.
fn agreeing(chunks: Chunks, sha256: [u8; 32]) -> Chunks {
    let start = (chunks, Hasher::default());
    Box::pin(stream::try_unfold(start, move |(mut chunks, mut hasher)| async move {
        match chunks.next().await.transpose()? {
            Some(chunk) => {
                hasher.update(&chunk);
                Ok(Some((chunk, (chunks, hasher))))
            }
            None if hasher.finish().sha256 == sha256 => Ok(None),
            None => Err(BlobError::OtherFacts { why: "its SHA-256 is not the announced one" }),
        }
    }))
}

/// Splits this number of bytes into parts: the first byte and size of each.
fn cut(size: u64) -> impl Iterator<Item = (u64, u64)> {
    let part = SINGLE.max(size.div_ceil(MOST_PARTS));
    (0..size.div_ceil(part)).map(move |number| (number * part, part.min(size - number * part)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::s3::LARGEST;

    #[test]
    fn parts_cover_the_upload() {
        for size in [SINGLE + 1, 2 * SINGLE, 10 * SINGLE - 1, 16 << 30, LARGEST - 1, LARGEST] {
            let parts: Vec<_> = cut(size).collect();
            assert!(parts.len() as u64 <= MOST_PARTS, "{size}");
            let mut next = 0;
            for (number, (start, length)) in parts.iter().enumerate() {
                assert_eq!(*start, next);
                assert!(number + 1 == parts.len() || (SINGLE..=5 << 30).contains(length), "{size}: {length}");
                next += length;
            }
            assert_eq!(next, size);
        }
    }
}
