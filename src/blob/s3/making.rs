//! How a blob is made: as one object, or of parts that are sent while it comes in.

use bytes::Bytes;

use super::bucket::{Made, Metadata, Name};
use super::fault::{Fault, while_doing};
use super::upload::Upload;
use super::{BLAKE3, COMPLETING, FACTS, S3Store};
use crate::blob::intake::{Gathered, Intake};
use crate::blob::verify::Hasher;
use crate::blob::{BlobError, BlobMeta, Stored, facts, key};
use crate::domain::id::{Digest, hex};

impl S3Store {
    /// Stores what is one request.
    pub(super) async fn put_whole(&self, meta: BlobMeta, bytes: &Bytes) -> Result<Stored, BlobError> {
        let said = [(FACTS, facts::line(&meta)), ("sha256", hex(&meta.sha256))];
        let metadata = said.map(|(name, text)| (name.to_owned(), text)).into();
        let _no_deletion = self.names.read().await;
        let made = self.bucket.put(&key::of(meta.digest), bytes, &metadata, Name::Free).await;
        if made.map_err(while_doing("write a blob"))? == Made::Created {
            return Ok(Stored { meta, created: true });
        }
        self.promise(meta).await
    }

    /// Stores what is too large for one request. `hasher` has seen `first` already.
    pub(super) async fn put_parts(
        &self,
        digest: Digest,
        first: Bytes,
        mut hasher: Hasher,
        mut intake: Intake,
    ) -> Result<Stored, BlobError> {
        let name = key::of(digest);
        let there = self.bucket.head(&name).await.map_err(while_doing("find a blob"))?.is_some();
        if there {
            // Nothing is sent, but the bytes must be the right ones all the same.
            drop(first);
            loop {
                let batch = intake.batch().await?;
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
        let mut upload =
            Upload::begin(&self.bucket, &name, &metadata).await.map_err(while_doing("begin an upload"))?;
        match self.fill(&mut upload, digest, first, hasher, intake).await {
            Ok(meta) => self.publish(upload, meta).await,
            Err(error) => {
                upload.abort().await;
                Err(error)
            }
        }
    }

    /// Sends all parts, and gives the facts of what was sent.
    async fn fill(
        &self,
        upload: &mut Upload,
        digest: Digest,
        first: Bytes,
        mut hasher: Hasher,
        mut intake: Intake,
    ) -> Result<BlobMeta, BlobError> {
        upload.push(first).await.map_err(while_doing("write a blob"))?;
        loop {
            let Gathered { bytes, last } = intake.gather(upload.next_size(), &mut hasher).await?;
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

    /// Makes an object of what was uploaded, once.
    async fn publish(&self, mut upload: Upload, meta: BlobMeta) -> Result<Stored, BlobError> {
        let _no_deletion = self.names.read().await;
        let made = match self.keep_sidecar(&meta).await {
            // First, so that a blob that can be seen has its sidecar.
            Ok(()) => self.complete(&mut upload, meta.digest).await,
            Err(fault) => Err(fault),
        };
        let created = matches!(made, Ok(Made::Created | Made::Gone));
        let there = match made {
            Err(fault) if !fault.passes() => Err(fault.into_error("publish a blob")),
            // It was carried out, or was not: what is there tells.
            Err(fault) => match self.confirm(&meta).await {
                Err(BlobError::Unavailable { .. }) => Err(fault.into_error("publish a blob")),
                other => other,
            },
            Ok(_) => self.confirm(&meta).await,
        };
        if created && there.is_ok() {
            upload.is_complete();
        } else {
            upload.abort().await;
        }
        there.map(|()| Stored { meta, created })
    }

    /// One at a time for equal bytes, and only where nothing has the name: the condition on a completion is not known to every
    /// server, and those that know it may let two pass at once. From two processes, both may; both have hashed their bytes.
    async fn complete(&self, upload: &mut Upload, digest: Digest) -> Result<Made, Fault> {
        let _alone = self.completing[usize::from(digest.as_bytes()[0]) % COMPLETING].lock().await;
        if self.bucket.head(&key::of(digest)).await?.is_some() {
            return Ok(Made::Exists);
        }
        let name = if self.abilities.conditional_completion { Name::Free } else { Name::Any };
        upload.complete(name).await
    }
}
