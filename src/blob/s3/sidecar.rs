//! The small object beside a blob: its size and SHA-256 where its own metadata could not hold them, and how young it is.
//!
//! It holds one line, which `blob/facts.rs` writes and reads. Here is, too, what has to be made sure of before a blob that
//! was there already is promised.

use bytes::Bytes;

use super::bucket::{Made, Metadata, Name};
use super::fault::{Fault, while_doing};
use super::{BLAKE3, LINE, S3Store, own_facts};
use crate::blob::{BlobError, BlobMeta, Stored, facts, key};
use crate::domain::id::Digest;

impl S3Store {
    /// What the sidecar says, or none where it is missing or garbled.
    pub(super) async fn sidecar(&self, digest: Digest) -> Result<Option<BlobMeta>, Fault> {
        let found = self.bucket.read(&key::sidecar(digest), LINE).await?;
        Ok(found.and_then(|(_, bytes)| facts::parse(digest, std::str::from_utf8(&bytes).ok()?.trim_end())))
    }

    /// Sees to it that the sidecar says this, and is new: that makes the blob young.
    pub(super) async fn keep_sidecar(&self, meta: &BlobMeta) -> Result<(), Fault> {
        let (name, line) = (key::sidecar(meta.digest), Bytes::from(format!("{}\n", facts::line(meta))));
        if self.bucket.put(&name, &line, &Metadata::new(), Name::Free).await? == Made::Created {
            return Ok(());
        }
        if self.sidecar(meta.digest).await? != Some(*meta) {
            tracing::warn!(digest = %meta.digest, "the garbled facts of a blob are written anew");
        }
        self.bucket.put(&name, &line, &Metadata::new(), Name::Any).await.map(|_| ())
    }

    /// Promises a blob that was there already: it is the right one, and young from now on.
    pub(super) async fn promise(&self, meta: BlobMeta) -> Result<Stored, BlobError> {
        self.confirm(&meta).await?;
        self.keep_sidecar(&meta).await.map_err(while_doing("write the facts of a blob"))?;
        Ok(Stored { meta, created: false })
    }

    /// Makes sure that the object that has the blob's name is the blob: only then is "it exists" a success.
    pub(super) async fn confirm(&self, meta: &BlobMeta) -> Result<(), BlobError> {
        let digest = meta.digest;
        let head = self.bucket.head(&key::of(digest)).await.map_err(while_doing("find a blob"))?;
        let Some(head) = head else {
            let source = "an object has its name, and cannot be found".into();
            return Err(BlobError::Unavailable { doing: "find a blob", source });
        };
        if head.size != meta.size {
            return Err(BlobError::Corrupt { digest, why: "an object of another size has its name" });
        }
        // Who wrote this hashed the bytes before.
        let ours = own_facts(digest, &head) == Some(*meta)
            || head.metadata.get(BLAKE3).is_some_and(|text| *text == digest.hex());
        if ours || self.measure(digest, &head).await? == Some(*meta) {
            return Ok(());
        }
        Err(BlobError::Corrupt { digest, why: "another object has its name" })
    }
}
