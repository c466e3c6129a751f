//! Blobs in a bucket of any S3-compatible server (decision 014).
//!
//! The keys below the prefix are `blobs/b3/<aa>/<64 hex>` (a blob), the same with `.meta` (its
//! facts, if its metadata cannot contain them), `exports/…` (files of `stemma export`), `staging/…`
//! (uploads by clients: `uploads.rs`) and `probe/…` (objects of the start-up check). An object
//! appears under its name complete and verified, or not at all, and is never overwritten: every
//! creating request has `If-None-Match: *`. A blob of up to [`PART`] bytes is sent as one object; a
//! larger one in parts while it arrives. Only this module names the AWS crates.

mod bucket;
mod client;
mod download;
mod fault;
mod home;
mod listing;
mod making;
mod probe;
mod retry;
mod settings;
mod named_files;
mod sidecar;
mod staging;
#[cfg(test)]
pub(crate) mod tests;
mod upload;
mod uploads;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use tokio::sync::{Mutex, RwLock};

use self::bucket::{Bucket, ObjectBody, ObjectHead, ObjectRange};
use self::download::ObjectDownload;
use self::fault::{FaultKind, while_doing};
use self::home::HomeRuntime;
use self::probe::Abilities;
use self::retry::RetryPolicy;
pub use self::settings::{Addressing, Checksums, S3Settings, UnusableBucket};
use super::incoming::{IncomingPiece, IncomingStream};
use super::verify::{Hasher, checked};
use super::{
    BlobError, BlobMeta, BlobStore, ByteRange, Deletion, Fut, Listed, Opened, Stored, Uploads, facts, key,
};
use crate::blob::Chunks;
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;

/// The size of the first parts of a large blob, and the maximum size of a blob in one request: 8
/// MiB.
const PART: usize = 8 << 20;

/// The maximum size of an object: 5 TiB.
const LARGEST: u64 = 5 << 40;

/// The maximum number of concurrent completions of multipart uploads.
const COMPLETING: usize = 32;

/// The maximum size of a sidecar; its line is shorter.
const LINE: u64 = 1024;

/// The metadata key for all facts of a blob, in the format of [`facts`].
const FACTS: &str = "stemma-facts";

/// The metadata key for the digest of an object from a multipart upload, whose SHA-256 was not
/// known at its beginning.
const BLAKE3: &str = "blake3";

/// A blob store in a bucket.
#[derive(Clone, Debug)]
pub struct S3Store {
    bucket: Bucket,
    abilities: Abilities,
    home: HomeRuntime,
    /// Shared by requests that create blobs; held exclusively by deletions. Not held while bytes
    /// arrive.
    names: Arc<RwLock<()>>,
    /// Locks for completions of multipart uploads, by the first byte of the digest.
    completing: Arc<[Mutex<()>; COMPLETING]>,
}

impl S3Store {
    /// Opens the store, and checks that the bucket supports it: reads, writes, conditional
    /// creation.
    ///
    /// # Errors
    /// Returns [`UnusableBucket`] with the missing ability and a remedy.
    pub async fn open(settings: &S3Settings) -> Result<Self, UnusableBucket> {
        let environment = client::environment(settings).await;
        client::find_credentials(&environment).await?;
        let reached = |settings: &S3Settings| bucket(client::client(&environment, settings), settings);
        let bucket = reached(settings);
        let plain = reached(&S3Settings { checksums: Checksums::WhenRequired, ..settings.clone() });
        let abilities = probe::probe(&bucket, &plain).await?;
        Ok(Self::over(bucket, abilities))
    }

    /// Opens the store without the check, for callers that will rarely use it and must not wait.
    pub async fn unchecked(settings: &S3Settings) -> Self {
        let environment = client::environment(settings).await;
        let bucket = bucket(client::client(&environment, settings), settings);
        Self::over(bucket, Abilities::default())
    }

    fn over(bucket: Bucket, abilities: Abilities) -> Self {
        Self {
            bucket,
            abilities,
            home: HomeRuntime::here(),
            names: Arc::default(),
            completing: Arc::default(),
        }
    }

    /// Returns the blob's facts and the entity tag of its object.
    async fn find(&self, digest: Digest) -> Result<Option<(BlobMeta, Option<String>)>, BlobError> {
        let head = self.bucket.head(&key::of(digest)).await.map_err(while_doing("find a blob"))?;
        let Some(head) = head else { return Ok(None) };
        let meta = self.facts(digest, &head).await?;
        Ok(meta.map(|meta| (meta, head.etag)))
    }

    /// Returns the facts of a blob whose object has this description.
    ///
    /// They come from its metadata, else from the sidecar. If both are missing, they are recomputed
    /// from the bytes and the sidecar is rewritten.
    async fn facts(&self, digest: Digest, head: &ObjectHead) -> Result<Option<BlobMeta>, BlobError> {
        if let Some(meta) = own_facts(digest, head) {
            return Ok(Some(meta));
        }
        let meta = match self.sidecar(digest).await.map_err(while_doing("read the facts of a blob"))? {
            Some(meta) => meta,
            None => {
                let Some(meta) = self.measure(digest, head).await? else { return Ok(None) };
                if meta.digest != digest {
                    return Err(BlobError::Corrupt { digest, why: "its bytes have another digest" });
                }
                if let Err(error) = self.keep_sidecar(&meta).await {
                    // The answer is correct anyway, and the next reader retries.
                    tracing::warn!(%digest, %error, "the facts of a blob were recomputed but could not be stored");
                }
                meta
            }
        };
        if meta.size != head.size {
            return Err(BlobError::Corrupt { digest, why: "its object has another size" });
        }
        Ok(Some(meta))
    }

    /// Returns the facts of the stored bytes; `None` if there are none any more.
    async fn measure(&self, digest: Digest, head: &ObjectHead) -> Result<Option<BlobMeta>, BlobError> {
        let body = match self.bucket.get(&key::of(digest), None).await {
            Ok(body) => body,
            Err(fault) if fault.kind == FaultKind::Absent => return Ok(None),
            Err(fault) => return Err(fault.into_error("read a blob")),
        };
        if body.head.size != head.size {
            return Err(other_answer("the server returned another object than requested"));
        }
        let mut chunks = ObjectDownload::new(&self.bucket, digest, body, head.size).chunks();
        let mut hasher = Hasher::default();
        while let Some(chunk) = futures_util::TryStreamExt::try_next(&mut chunks).await? {
            hasher.update(&chunk);
        }
        Ok(Some(hasher.finish()))
    }
}

impl BlobStore for S3Store {
    fn put(&self, expected: Digest, chunks: Chunks, limit: u64) -> Fut<'_, Result<Stored, BlobError>> {
        self.home.run(Box::pin(async move {
            let mut incoming = IncomingStream::new(chunks, limit.min(LARGEST));
            let mut hasher = Hasher::default();
            let IncomingPiece { bytes, last } = incoming.gather(PART, &mut hasher).await?;
            if last {
                return self.put_object(hasher.agree(expected)?, &bytes).await;
            }
            self.put_parts(expected, bytes, hasher, incoming).await
        }))
    }

    fn stat(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
        self.home.run(Box::pin(async move { Ok(self.find(digest).await?.map(|(meta, _)| meta)) }))
    }

    fn renew(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
        self.home.run(Box::pin(async move {
            let _no_deletion = self.names.read().await;
            let Some((meta, _)) = self.find(digest).await? else { return Ok(None) };
            self.keep_sidecar(&meta).await.map_err(while_doing("write the facts of a blob"))?;
            Ok(Some(meta))
        }))
    }

    fn open(&self, digest: Digest, range: Option<ByteRange>) -> Fut<'_, Result<Opened, BlobError>> {
        self.home.run(Box::pin(async move {
            let part = match range {
                // The size is needed for the refusal.
                Some(range) if range.start >= range.end => return Err(self.bad_range(digest).await),
                Some(ByteRange { start, end }) => Some(ObjectRange { start, end, etag: None }),
                None => None,
            };
            let body = match self.bucket.get(&key::of(digest), part).await {
                Ok(body) => body,
                Err(fault) if fault.kind == FaultKind::Absent => return Err(BlobError::NotFound { digest }),
                Err(fault) if fault.kind == FaultKind::Range => return Err(self.bad_range(digest).await),
                Err(fault) => return Err(fault.into_error("read a blob")),
            };
            let meta = self.meta_of(digest, &body).await?;
            let Some(range) = range else {
                let chunks = ObjectDownload::new(&self.bucket, digest, body, meta.size).chunks();
                return Ok(Opened { meta, chunks: self.home.chunks(checked(meta, chunks)) });
            };
            let length = range.length_in(meta.size)?;
            if (body.start, body.length) != (range.start, length) {
                return Err(other_answer("the server returned another range than requested"));
            }
            let mut chunks = ObjectDownload::new(&self.bucket, digest, body, length).chunks();
            if range.covers(meta.size) {
                chunks = checked(meta, chunks);
            }
            Ok(Opened { meta, chunks: self.home.chunks(chunks) })
        }))
    }

    fn named_files(&self) -> Option<&dyn crate::blob::NamedFiles> {
        Some(self)
    }

    fn uploads(&self) -> Option<&dyn Uploads> {
        Some(self)
    }

    fn list(&self, first: u8) -> Fut<'_, Result<Vec<Listed>, BlobError>> {
        self.home.run(Box::pin(async move {
            listing::blobs(&self.bucket, first).await.map_err(while_doing("list blobs"))
        }))
    }

    fn list_one(&self, digest: Digest) -> Fut<'_, Result<Option<Listed>, BlobError>> {
        self.home.run(Box::pin(async move {
            listing::list_one(&self.bucket, digest).await.map_err(while_doing("find a blob"))
        }))
    }

    fn delete(&self, digest: Digest, before: Timestamp) -> Fut<'_, Result<Deletion, BlobError>> {
        self.home.run(Box::pin(async move {
            let _no_publishing = self.names.write().await;
            match listing::list_one(&self.bucket, digest).await.map_err(while_doing("find a blob"))? {
                None => return Ok(Deletion::Absent),
                Some(blob) if blob.touched >= before => return Ok(Deletion::Young),
                Some(_) => {}
            }
            // The blob goes first: a blob without a sidecar is valid, and a sidecar without a blob
            // is ignored.
            for key in [key::of(digest), key::sidecar(digest)] {
                self.bucket.delete(&key).await.map_err(while_doing("delete a blob"))?;
            }
            Ok(Deletion::Done)
        }))
    }

    fn url(&self, digest: Digest, expires: Duration) -> Fut<'_, Result<Option<String>, BlobError>> {
        self.home.run(Box::pin(async move {
            let address = self.bucket.address(&key::of(digest), expires).await;
            address.map(Some).map_err(while_doing("sign an address"))
        }))
    }
}

impl S3Store {
    /// Returns the facts of a blob whose download has begun, after checking as far as possible that
    /// it is this blob.
    async fn meta_of(&self, digest: Digest, body: &ObjectBody) -> Result<BlobMeta, BlobError> {
        if let Some(meta) = own_facts(digest, &body.head) {
            return Ok(meta);
        }
        let (meta, etag) = self.find(digest).await?.ok_or(BlobError::NotFound { digest })?;
        let differs = |other: &String| body.head.etag.as_ref().is_some_and(|etag| etag != other);
        if meta.size != body.head.size || etag.as_ref().is_some_and(differs) {
            return Err(other_answer("the server returned another object than requested"));
        }
        Ok(meta)
    }

    async fn bad_range(&self, digest: Digest) -> BlobError {
        match self.find(digest).await {
            Ok(Some((meta, _))) => BlobError::BadRange { size: meta.size },
            Ok(None) => BlobError::NotFound { digest },
            Err(error) => error,
        }
    }
}

fn bucket(client: Client, settings: &S3Settings) -> Bucket {
    let prefix = match settings.prefix.trim_matches('/') {
        "" => String::new(),
        prefix => format!("{prefix}/"),
    };
    Bucket {
        client,
        name: Arc::from(settings.bucket.as_str()),
        prefix: prefix.into(),
        retries: RetryPolicy {
            request: settings.timeout,
            attempts: settings.attempts.max(1),
            wait: settings.wait,
        },
        checksums: settings.checksums,
    }
}

/// Returns the facts in an object's metadata; `None` if there are none, or if they are of another
/// blob or size.
fn own_facts(digest: Digest, head: &ObjectHead) -> Option<BlobMeta> {
    let meta = facts::parse(digest, head.metadata.get(FACTS)?)?;
    (meta.size == head.size).then_some(meta)
}

fn other_answer(why: &'static str) -> BlobError {
    BlobError::Unavailable { doing: "read a blob", source: why.into() }
}
