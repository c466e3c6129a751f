//! The sidecar: a small object next to a blob with its size and SHA-256, if its metadata could not
//! contain them, and its age.
//!
//! It contains one line, which `blob/facts.rs` writes and reads. This module also checks an
//! existing object before a put succeeds without writing it.

use bytes::Bytes;

use super::bucket::{CreateOutcome, Metadata, NameCondition};
use super::fault::{S3Fault, while_doing};
use super::{BLAKE3, LINE, S3Store, own_facts};
use crate::blob::{BlobError, BlobMeta, Stored, facts, key};
use crate::domain::id::Digest;

impl S3Store {
    /// Returns the facts in the sidecar; `None` if it is missing or malformed.
    pub(super) async fn sidecar(&self, digest: Digest) -> Result<Option<BlobMeta>, S3Fault> {
        let found = self.bucket.read(&key::sidecar(digest), LINE).await?;
        Ok(found.and_then(|(_, bytes)| facts::parse(digest, std::str::from_utf8(&bytes).ok()?.trim_end())))
    }

    /// Writes the sidecar, so that it has these facts and makes the blob young.
    pub(super) async fn keep_sidecar(&self, meta: &BlobMeta) -> Result<(), S3Fault> {
        let (name, line) = (key::sidecar(meta.digest), Bytes::from(format!("{}\n", facts::line(meta))));
        if self.bucket.put(&name, &line, &Metadata::new(), NameCondition::Free).await?
            == CreateOutcome::Created
        {
            return Ok(());
        }
        if self.sidecar(meta.digest).await? != Some(*meta) {
            tracing::warn!(digest = %meta.digest, "the malformed facts of a blob are rewritten");
        }
        self.bucket.put(&name, &line, &Metadata::new(), NameCondition::Any).await.map(|_| ())
    }

    /// Completes a put of an existing blob: checks it and makes it young.
    pub(super) async fn promise(&self, meta: BlobMeta) -> Result<Stored, BlobError> {
        self.confirm(&meta).await?;
        self.keep_sidecar(&meta).await.map_err(while_doing("write the facts of a blob"))?;
        Ok(Stored { meta, created: false })
    }

    /// Checks that the object with the blob's name is the blob: only then is "it exists" a success.
    pub(super) async fn confirm(&self, meta: &BlobMeta) -> Result<(), BlobError> {
        let digest = meta.digest;
        let head = self.bucket.head(&key::of(digest)).await.map_err(while_doing("find a blob"))?;
        let Some(head) = head else {
            let source = "an object has its name, but was not found".into();
            return Err(BlobError::Unavailable { doing: "find a blob", source });
        };
        if head.size != meta.size {
            return Err(BlobError::Corrupt { digest, why: "an object of another size has its name" });
        }
        // The writer of this metadata hashed the bytes before.
        let ours = own_facts(digest, &head) == Some(*meta)
            || head.metadata.get(BLAKE3).is_some_and(|text| *text == digest.hex());
        if ours || self.measure(digest, &head).await? == Some(*meta) {
            return Ok(());
        }
        Err(BlobError::Corrupt { digest, why: "another object has its name" })
    }
}
