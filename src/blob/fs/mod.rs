//! Blobs in a local directory. For Unix file systems with hard links.
//!
//! ```text
//! <root>/blobs/b3/<aa>/<64 hex>        a blob, read-only
//! <root>/blobs/b3/<aa>/<64 hex>.meta   its SHA-256, size and kind of image, read-only
//! <root>/staging/<64 hex>.<pid>.<n>    a file being written
//! ```
//!
//! A file appears under its final name complete, verified and fsynced, or not at all: it is written
//! in `staging` and published by `link(2)`. Files of crashes are removed from `staging` after an
//! hour. The age of a blob is that of its youngest file: putting it again rewrites its `.meta`.

mod listing;
mod sidecar;
mod staged;
#[cfg(test)]
mod tests;
mod tree;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::stream;

use self::staged::Staged;
use self::tree::Tree;
use super::incoming::IncomingStream;
use super::verify::{Hasher, checked};
use super::{
    BlobError, BlobMeta, BlobStore, ByteRange, CHUNK, Chunks, Deletion, Fut, Listed, Opened, Stored,
};
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;

/// A blob store in a local directory.
#[derive(Clone, Debug)]
pub struct FsStore {
    tree: Tree,
}

impl FsStore {
    /// Opens the store in the directory `root`, which is created if it is missing, and removes
    /// files in `staging` that crashes left more than an hour ago.
    ///
    /// # Errors
    /// Returns [`BlobError::Denied`] or [`BlobError::Unavailable`] if the directory cannot be
    /// created or written.
    pub async fn open(root: impl Into<PathBuf>) -> Result<Self, BlobError> {
        let root = root.into();
        let tree = blocking(move || Tree::open(&root)).await?;
        Ok(Self { tree })
    }

    /// Opens the store read-only: nothing is created, written or removed, so it may be on read-only
    /// media.
    #[must_use]
    pub fn read_only(root: impl Into<PathBuf>) -> Self {
        Self { tree: Tree::read_only(&root.into()) }
    }

    /// Returns the facts in the `.meta` file of a blob; `None` if it is missing or damaged. It is
    /// not repaired.
    ///
    /// # Errors
    /// Returns [`BlobError::Denied`] or [`BlobError::Unavailable`] if it cannot be read.
    pub async fn recorded(&self, digest: Digest) -> Result<Option<BlobMeta>, BlobError> {
        self.run(move |tree| sidecar::read(tree, digest)).await
    }

    /// Runs file operations on a blocking thread of tokio, so a store works on any runtime, even
    /// one with a single thread.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tree) -> Result<T, BlobError> + Send + 'static,
    ) -> Result<T, BlobError> {
        let tree = self.tree.clone();
        blocking(move || work(&tree)).await
    }
}

impl FsStore {
    /// Receives a stream and publishes it under `expected`; if that is `None`, under the digest of
    /// the bytes.
    async fn store(&self, expected: Option<Digest>, chunks: Chunks, limit: u64) -> Result<Stored, BlobError> {
        let mut incoming = IncomingStream::new(chunks, limit);
        let mut upload = self.run(move |tree| StagedUpload::begin(tree, expected)).await?;
        loop {
            let batch = incoming.batch().await?;
            if batch.is_empty() {
                break;
            }
            // The upload is moved into its task, so that dropping the future also removes its file.
            upload = blocking(move || upload.append(&batch)).await?;
        }
        self.run(move |tree| upload.publish(tree, expected)).await
    }
}

impl BlobStore for FsStore {
    fn put(&self, expected: Digest, chunks: Chunks, limit: u64) -> Fut<'_, Result<Stored, BlobError>> {
        Box::pin(self.store(Some(expected), chunks, limit))
    }

    fn take_in(&self, chunks: Chunks, limit: u64) -> Fut<'_, Result<Stored, BlobError>> {
        Box::pin(self.store(None, chunks, limit))
    }

    fn stat(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
        Box::pin(async move {
            let found = self.run(move |tree| find(tree, digest)).await?;
            Ok(found.map(|(_, meta)| meta))
        })
    }

    fn renew(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
        Box::pin(self.run(move |tree| {
            let _no_deletion = tree.publishing();
            let Some((_, meta)) = find(tree, digest)? else { return Ok(None) };
            let renewed = sidecar::write(tree, &meta).and_then(|()| tree.sync_shard(digest));
            renewed.map_err(BlobError::io("write the facts of a blob"))?;
            Ok(Some(meta))
        }))
    }

    fn open(&self, digest: Digest, range: Option<ByteRange>) -> Fut<'_, Result<Opened, BlobError>> {
        Box::pin(self.run(move |tree| {
            let (mut file, meta) = find(tree, digest)?.ok_or(BlobError::NotFound { digest })?;
            let chunks = match range.filter(|range| !range.covers(meta.size)) {
                None => checked(meta, read(FileDownload { file, digest, left: meta.size })),
                Some(range) => {
                    let left = range.length_in(meta.size)?;
                    file.seek(SeekFrom::Start(range.start)).map_err(BlobError::io("read a blob"))?;
                    read(FileDownload { file, digest, left })
                }
            };
            Ok(Opened { meta, chunks })
        }))
    }

    fn list(&self, first: u8) -> Fut<'_, Result<Vec<Listed>, BlobError>> {
        Box::pin(self.run(move |tree| listing::list(tree, first).map_err(BlobError::io("list blobs"))))
    }

    fn list_one(&self, digest: Digest) -> Fut<'_, Result<Option<Listed>, BlobError>> {
        Box::pin(self.run(move |tree| listing::list_one(tree, digest).map_err(BlobError::io("find a blob"))))
    }

    fn delete(&self, digest: Digest, before: Timestamp) -> Fut<'_, Result<Deletion, BlobError>> {
        Box::pin(
            self.run(move |tree| {
                listing::delete(tree, digest, before).map_err(BlobError::io("delete a blob"))
            }),
        )
    }
}

/// Bytes being received: a staged file and the hash of its contents.
struct StagedUpload {
    staged: Staged,
    hasher: Hasher,
}

impl StagedUpload {
    fn begin(tree: &Tree, expected: Option<Digest>) -> Result<Self, BlobError> {
        if tree.is_read_only() {
            let denied = io::Error::new(io::ErrorKind::PermissionDenied, "the store was opened read-only");
            return Err(BlobError::io("stage a blob")(denied));
        }
        // The number distinguishes staged files; an unknown digest is replaced by that of no bytes.
        let name = expected.unwrap_or_else(|| Digest::of(b""));
        let staged = Staged::create(&tree.staging(), name).map_err(BlobError::io("stage a blob"))?;
        Ok(Self { staged, hasher: Hasher::default() })
    }

    fn append(mut self, batch: &[Bytes]) -> Result<Self, BlobError> {
        for chunk in batch {
            self.hasher.update(chunk);
            self.staged.write(chunk).map_err(BlobError::io("write a blob"))?;
        }
        Ok(self)
    }

    /// Gives the file its final name, once.
    fn publish(self, tree: &Tree, expected: Option<Digest>) -> Result<Stored, BlobError> {
        let Self { mut staged, hasher } = self;
        let meta = match expected {
            Some(expected) => hasher.agree(expected)?,
            None => hasher.finish(),
        };
        let digest = meta.digest;
        staged.seal().map_err(BlobError::io("write a blob"))?;
        let _no_deletion = tree.publishing();
        // The sidecar comes first, so that a visible blob has one. It is rewritten even if it is
        // unchanged: that makes the blob young.
        sidecar::write(tree, &meta).map_err(BlobError::io("write the facts of a blob"))?;
        let path = tree.blob(digest);
        let created = match staged.link(&path) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let damaged = !is_intact(tree, digest)?;
                if damaged {
                    tracing::warn!(%digest, "a damaged blob is replaced by correct bytes");
                    staged.replace(&path).map_err(BlobError::io("publish a blob"))?;
                }
                damaged
            }
            Err(error) => return Err(BlobError::io("publish a blob")(error)),
        };
        // This is needed even if another call created the name: its sync may be incomplete, and
        // this call promises the blob.
        tree.sync_shard(digest).map_err(BlobError::io("publish a blob"))?;
        Ok(Stored { meta, created })
    }
}

/// Returns true if the published blob has the right digest. Reads all of it.
fn is_intact(tree: &Tree, digest: Digest) -> Result<bool, BlobError> {
    let measured = File::open(tree.blob(digest)).and_then(BlobMeta::measure);
    Ok(measured.map_err(BlobError::io("read a blob"))?.digest == digest)
}

/// Returns the blob's file, from its beginning, and its facts.
///
/// The facts come from the sidecar. If that is missing or malformed, they are recomputed from the
/// bytes and the sidecar is rewritten.
fn find(tree: &Tree, digest: Digest) -> Result<Option<(File, BlobMeta)>, BlobError> {
    let mut file = match File::open(tree.blob(digest)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(BlobError::io("read a blob")(error)),
    };
    if let Some(meta) = sidecar::read(tree, digest)? {
        let size = file.metadata().map_err(BlobError::io("read a blob"))?.len();
        if size != meta.size {
            return Err(BlobError::Corrupt { digest, why: "its file has another size" });
        }
        return Ok(Some((file, meta)));
    }
    let meta = BlobMeta::measure(&mut file).map_err(BlobError::io("read a blob"))?;
    if meta.digest != digest {
        return Err(BlobError::Corrupt { digest, why: "its bytes have another digest" });
    }
    file.rewind().map_err(BlobError::io("read a blob"))?;
    if !tree.is_read_only()
        && let Err(error) = sidecar::keep(tree, &meta)
    {
        // The answer is correct anyway, and the next reader retries.
        tracing::warn!(%digest, %error, "the facts of a blob were recomputed but could not be stored");
    }
    Ok(Some((file, meta)))
}

/// A file being read, and the number of bytes that remain.
struct FileDownload {
    file: File,
    digest: Digest,
    left: u64,
}

/// Returns the remaining bytes, in chunks. Only verifies that all of them arrive.
fn read(reading: FileDownload) -> Chunks {
    Box::pin(stream::try_unfold(reading, |mut reading| async move {
        if reading.left == 0 {
            return Ok(None);
        }
        blocking(move || {
            let wanted = reading.left.min(CHUNK as u64);
            let mut bytes = Vec::new();
            (&mut reading.file).take(wanted).read_to_end(&mut bytes).map_err(BlobError::io("read a blob"))?;
            if bytes.len() as u64 != wanted {
                return Err(BlobError::Corrupt { digest: reading.digest, why: "its file was truncated" });
            }
            reading.left -= wanted;
            Ok(Some((Bytes::from(bytes), reading)))
        })
        .await
    }))
}

/// Runs file operations on a blocking thread.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(lost) => Err(BlobError::Unavailable { doing: "finish its work", source: lost.into() }),
    }
}
