//! Stores a blob: as one object, or in parts that are sent while it arrives.

use bytes::Bytes;

use super::bucket::{CreateOutcome, Metadata, NameCondition};
use super::fault::{S3Fault, while_doing};
use super::upload::MultipartUpload;
use super::{BLAKE3, COMPLETING, FACTS, S3Store};
use crate::blob::incoming::{IncomingPiece, IncomingStream};
use crate::blob::verify::Hasher;
use crate::blob::{BlobError, BlobMeta, Stored, facts, key};
use crate::domain::id::{Digest, hex};

impl S3Store {
    /// Stores a blob with one request.
    pub(super) async fn put_object(&self, meta: BlobMeta, bytes: &Bytes) -> Result<Stored, BlobError> {
        let said = [(FACTS, facts::line(&meta)), ("sha256", hex(&meta.sha256))];
        let metadata = said.map(|(name, text)| (name.to_owned(), text)).into();
        let _no_deletion = self.names.read().await;
        let made = self.bucket.put(&key::of(meta.digest), bytes, &metadata, NameCondition::Free).await;
        if made.map_err(while_doing("write a blob"))? == CreateOutcome::Created {
            return Ok(Stored { meta, created: true });
        }
        self.promise(meta).await
    }

    /// Stores a blob that is too large for one request. `hasher` has received `first` already.
    pub(super) async fn put_parts(
        &self,
        digest: Digest,
        first: Bytes,
        mut hasher: Hasher,
        mut incoming: IncomingStream,
    ) -> Result<Stored, BlobError> {
        let name = key::of(digest);
        let there = self.bucket.head(&name).await.map_err(while_doing("find a blob"))?.is_some();
        if there {
            // Nothing is sent, but the bytes must be the right ones anyway.
            drop(first);
            loop {
                let batch = incoming.batch().await?;
                if batch.is_empty() {
                    break;
                }
                batch.iter().for_each(|chunk| hasher.update(chunk));
            }
            let meta = hasher.agree(digest)?;
            let _no_deletion = self.names.read().await;
            return self.promise(meta).await;
        }
        let metadata = Metadata::from([(BLAKE3.to_owned(), digest.hex())]);
        let mut upload = MultipartUpload::begin(&self.bucket, &name, &metadata)
            .await
            .map_err(while_doing("begin an upload"))?;
        match self.fill(&mut upload, digest, first, hasher, incoming).await {
            Ok(meta) => self.publish(upload, meta).await,
            Err(error) => {
                upload.abort().await;
                Err(error)
            }
        }
    }

    /// Sends all parts, and returns the facts of the bytes.
    async fn fill(
        &self,
        upload: &mut MultipartUpload,
        digest: Digest,
        first: Bytes,
        mut hasher: Hasher,
        mut incoming: IncomingStream,
    ) -> Result<BlobMeta, BlobError> {
        upload.push(first).await.map_err(while_doing("write a blob"))?;
        loop {
            let IncomingPiece { bytes, last } = incoming.gather(upload.next_size(), &mut hasher).await?;
            if !bytes.is_empty() {
                upload.push(bytes).await.map_err(while_doing("write a blob"))?;
            }
            if last {
                break;
            }
        }
        upload.join().await.map_err(while_doing("write a blob"))?;
        hasher.agree(digest)
    }

    /// Completes the object from its parts, once.
    async fn publish(&self, mut upload: MultipartUpload, meta: BlobMeta) -> Result<Stored, BlobError> {
        let _no_deletion = self.names.read().await;
        let made = match self.keep_sidecar(&meta).await {
            // The sidecar comes first, so that a visible blob has one.
            Ok(()) => self.complete(&mut upload, meta.digest).await,
            Err(fault) => Err(fault),
        };
        let created = matches!(made, Ok(CreateOutcome::Created | CreateOutcome::Gone));
        let there = match made {
            Err(fault) if !fault.is_temporary() => Err(fault.into_error("publish a blob")),
            // The request may have taken effect; the object shows it.
            Err(fault) => match self.confirm(&meta).await {
                Err(BlobError::Unavailable { .. }) => Err(fault.into_error("publish a blob")),
                other => other,
            },
            Ok(_) => self.confirm(&meta).await,
        };
        if created && there.is_ok() {
            upload.forget();
        } else {
            upload.abort().await;
        }
        there.map(|()| Stored { meta, created })
    }

    /// Runs one completion at a time for equal bytes, and only if the name is free: not every
    /// server supports the condition on a completion, and others may let two concurrent ones pass.
    /// Two processes may both complete; both have hashed their bytes.
    async fn complete(&self, upload: &mut MultipartUpload, digest: Digest) -> Result<CreateOutcome, S3Fault> {
        let _alone = self.completing[usize::from(digest.as_bytes()[0]) % COMPLETING].lock().await;
        if self.bucket.head(&key::of(digest)).await?.is_some() {
            return Ok(CreateOutcome::Exists);
        }
        let name =
            if self.abilities.conditional_completion { NameCondition::Free } else { NameCondition::Any };
        upload.complete(name).await
    }
}
