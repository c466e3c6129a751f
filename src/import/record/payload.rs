//! Payloads of an import: hashed when their record is read, stored before its commit.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::io::AsyncReadExt as _;

use super::fault::Reason;
use crate::annotations::exif;
use crate::blob::verify::Hasher;
use crate::blob::{self, BlobError, BlobMeta, BlobStore, Chunks};

/// The size of reads, in bytes.
const CHUNK: usize = 256 * 1024;

/// The number of first bytes that are kept to name the kind of a file.
const HEAD: usize = 132;

/// The number of payloads that are stored concurrently.
const PUTS: usize = 16;

/// The bytes of a record's payload.
#[derive(Debug, Clone)]
pub(crate) struct ImportPayload {
    /// The digest, size and format when the record was read.
    pub meta: BlobMeta,
    /// The orientation in EXIF, from 1 to 8; `None` if the payload has none.
    pub orientation: Option<u8>,
    /// The first bytes, at most [`HEAD`].
    pub head: Box<[u8]>,
    from: PayloadOrigin,
}

#[derive(Debug, Clone)]
enum PayloadOrigin {
    File(PathBuf),
    Memory(Bytes),
    /// A client has uploaded it: in this import, or before.
    Uploaded {
        is_new: bool,
    },
}

/// A folder of payloads. Files outside it are never read.
#[derive(Debug, Clone)]
pub(crate) struct PayloadFolder {
    /// The canonical path.
    root: PathBuf,
}

/// The result of storing payloads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct StoredPayloads {
    /// The number of new payloads.
    pub made: u64,
    /// The size of the new payloads, in bytes.
    pub bytes: u64,
    /// The number of existing payloads.
    pub found: u64,
}

impl PayloadFolder {
    /// Opens an existing folder.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let root = path.canonicalize()?;
        if root.is_dir() { Ok(Self { root }) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// Returns the canonical path.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the file at a path below the folder. Links must not lead out of it.
    pub(crate) fn file(&self, path: &str) -> Result<PathBuf, String> {
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if path.is_empty() || !Path::new(path).components().all(plain) {
            return Err(format!("expected a path below the folder of payloads, found {path:?}"));
        }
        let file = self.root.join(path);
        let whole = file.canonicalize().map_err(|error| format!("cannot read the file {path}: {error}"))?;
        if !whole.starts_with(&self.root) {
            return Err(format!(
                "the file {path} is a link out of the folder; copy its target into the folder"
            ));
        }
        if !whole.is_file() {
            return Err(format!("{path} is not a file"));
        }
        Ok(whole)
    }

    /// Returns the payload in the file at a path below the folder.
    pub(crate) fn payload(&self, field: &str, path: &str) -> Result<ImportPayload, Reason> {
        let refused = |why: String| Reason::new(field, why);
        let file = self.file(path).map_err(refused)?;
        ImportPayload::of_file(file).map_err(|error| refused(format!("cannot read the file {path}: {error}")))
    }
}

impl ImportPayload {
    /// Hashes a file.
    pub(crate) fn of_file(path: PathBuf) -> io::Result<Self> {
        let mut file = File::open(&path)?;
        let mut hasher = Hasher::default();
        let (mut buffer, mut orientation, mut first) = (vec![0; CHUNK], None, true);
        let mut head = Box::default();
        loop {
            match file.read(&mut buffer) {
                Ok(0) => {
                    let (meta, from) = (hasher.finish(), PayloadOrigin::File(path));
                    return Ok(Self { meta, orientation, head, from });
                }
                Ok(read) => {
                    if std::mem::take(&mut first) {
                        orientation = exif::orientation(&buffer[..read]);
                        head = buffer[..read.min(HEAD)].into();
                    }
                    hasher.update(&buffer[..read]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Hashes bytes in memory.
    pub(crate) fn of_bytes(bytes: Vec<u8>) -> Self {
        let (meta, orientation) = (BlobMeta::of(&bytes), exif::orientation(&bytes));
        let head = bytes[..bytes.len().min(HEAD)].into();
        Self { meta, orientation, head, from: PayloadOrigin::Memory(bytes.into()) }
    }

    /// Describes bytes that a client has uploaded: in this import, or before.
    pub(crate) fn uploaded(meta: BlobMeta, orientation: Option<u8>, is_new: bool) -> Self {
        Self { meta, orientation, head: Box::default(), from: PayloadOrigin::Uploaded { is_new } }
    }

    /// Opens the bytes again; `None` if only the store has them.
    pub(crate) fn open(&self) -> io::Result<Option<Box<dyn io::Read>>> {
        Ok(match &self.from {
            PayloadOrigin::File(path) => Some(Box::new(File::open(path)?)),
            PayloadOrigin::Memory(bytes) => Some(Box::new(io::Cursor::new(bytes.clone()))),
            PayloadOrigin::Uploaded { .. } => None,
        })
    }

    /// Returns the name for messages.
    pub(crate) fn name(&self) -> String {
        match &self.from {
            PayloadOrigin::File(path) => path.display().to_string(),
            PayloadOrigin::Memory(_) | PayloadOrigin::Uploaded { .. } => {
                format!("the payload {}", self.meta.digest)
            }
        }
    }

    /// Returns the number of its bytes that are in memory.
    pub(crate) fn in_memory(&self) -> usize {
        match &self.from {
            PayloadOrigin::Memory(bytes) => bytes.len(),
            PayloadOrigin::File(_) | PayloadOrigin::Uploaded { .. } => 0,
        }
    }

    /// Returns true if the image is shown with its sides exchanged.
    pub(crate) fn is_turned(&self) -> bool {
        self.orientation.is_some_and(|orientation| orientation >= 5)
    }

    /// Returns true if a client has uploaded it in this import.
    pub(crate) const fn is_new_upload(&self) -> bool {
        matches!(self.from, PayloadOrigin::Uploaded { is_new: true })
    }

    /// Returns the same payload as one that was stored before.
    pub(crate) fn stored_before(&self) -> Self {
        Self { from: PayloadOrigin::Uploaded { is_new: false }, ..self.clone() }
    }

    /// Stores it, and returns true if it was not stored before. Fails if the file has changed since
    /// it was hashed.
    async fn store(&self, blobs: &dyn BlobStore) -> Result<bool, BlobError> {
        if blobs.stat(self.meta.digest).await?.is_some() {
            return Ok(self.is_new_upload());
        }
        let chunks = match &self.from {
            PayloadOrigin::File(path) => chunks(path.clone()),
            PayloadOrigin::Memory(bytes) => blob::once(bytes.clone()),
            // It was there when the client looked, and has been removed since.
            PayloadOrigin::Uploaded { .. } => return Err(BlobError::NotFound { digest: self.meta.digest }),
        };
        Ok(blobs.put(self.meta.digest, chunks, self.meta.size).await?.created)
    }
}

/// Stores payloads. An error has the position of the payload.
pub(crate) async fn store(
    blobs: &dyn BlobStore,
    payloads: impl Iterator<Item = &ImportPayload>,
) -> Result<StoredPayloads, (usize, BlobError)> {
    stream::iter(payloads.enumerate())
        .map(|(place, payload)| async move {
            match payload.store(blobs).await {
                Ok(true) => Ok(StoredPayloads { made: 1, bytes: payload.meta.size, found: 0 }),
                Ok(false) => Ok(StoredPayloads { found: 1, ..StoredPayloads::default() }),
                Err(error) => Err((place, error)),
            }
        })
        .buffer_unordered(PUTS)
        .try_fold(StoredPayloads::default(), |mut sum, one| async move {
            sum.add(one);
            Ok(sum)
        })
        .await
}

impl StoredPayloads {
    /// Adds another result.
    pub(crate) const fn add(&mut self, other: Self) {
        self.made += other.made;
        self.bytes += other.bytes;
        self.found += other.found;
    }
}

/// Returns the bytes of a file as a stream.
fn chunks(path: PathBuf) -> Chunks {
    let broken = |error: io::Error| BlobError::Source { source: error.into() };
    let opened = stream::once(tokio::fs::File::open(path)).map_err(broken);
    Box::pin(
        opened
            .map_ok(move |file| {
                stream::try_unfold(file, move |mut file| async move {
                    let mut chunk = vec![0; CHUNK];
                    let read = file.read(&mut chunk).await.map_err(broken)?;
                    chunk.truncate(read);
                    Ok((read > 0).then(|| (Bytes::from(chunk), file)))
                })
            })
            .try_flatten(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "s").unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("a")).unwrap();
        std::fs::write(dir.path().join("a/b.txt"), "hello").unwrap();
        let folder = PayloadFolder::open(dir.path()).unwrap();
        assert_eq!(folder.payload("file", "a/b.txt").unwrap().meta, BlobMeta::of(b"hello"));
        for path in ["", "/etc/passwd", "../x", "a/../../x", "a", "gone"] {
            assert!(folder.payload("file", path).is_err(), "{path}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outside.path().join("secret"), dir.path().join("out")).unwrap();
            std::os::unix::fs::symlink(outside.path(), dir.path().join("way")).unwrap();
            std::os::unix::fs::symlink(dir.path().join("a/b.txt"), dir.path().join("in")).unwrap();
            for path in ["out", "way/secret"] {
                assert!(folder.file(path).unwrap_err().contains("a link out of the folder"), "{path}");
            }
            assert!(folder.payload("file", "in").is_ok());
        }
    }
}
