//! Payloads that an import brings: measured when their record is read, stored before its commit.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::io::AsyncReadExt as _;

use super::fault::Reason;
use crate::blob::verify::Hasher;
use crate::blob::{self, BlobError, BlobMeta, BlobStore, Chunks};

/// How many bytes are read at a time.
const CHUNK: usize = 256 * 1024;

/// Payloads on their way at once: each waits for the disk.
const PUTS: usize = 16;

/// Bytes that a record names.
#[derive(Debug, Clone)]
pub(in crate::cli::import) struct Payload {
    /// What the bytes were when the record was read.
    pub meta: BlobMeta,
    from: From,
}

#[derive(Debug, Clone)]
enum From {
    File(PathBuf),
    Memory(Bytes),
}

/// A folder that payloads come from. Nothing outside it is ever read.
#[derive(Debug, Clone)]
pub(in crate::cli::import) struct Folder {
    /// Without links.
    root: PathBuf,
}

/// What came of storing payloads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::cli::import) struct Stored {
    /// Payloads that were not there.
    pub made: u64,
    /// How many bytes those have.
    pub bytes: u64,
    /// Payloads that were there.
    pub found: u64,
}

impl Folder {
    /// A folder that is there.
    pub(in crate::cli::import) fn open(path: &Path) -> io::Result<Self> {
        let root = path.canonicalize()?;
        if root.is_dir() { Ok(Self { root }) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// Its path, without links.
    pub(in crate::cli::import) fn root(&self) -> &Path {
        &self.root
    }

    /// The file at a path below the folder, whose links lead nowhere else.
    pub(in crate::cli::import) fn file(&self, path: &str) -> Result<PathBuf, String> {
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if path.is_empty() || !Path::new(path).components().all(plain) {
            return Err(format!("{path:?} is no path below the folder of payloads"));
        }
        let file = self.root.join(path);
        let whole = file.canonicalize().map_err(|error| format!("cannot read the file {path}: {error}"))?;
        if !whole.starts_with(&self.root) {
            return Err(format!("the file {path} is a link out of the folder; copy what it leads to"));
        }
        if !whole.is_file() {
            return Err(format!("{path} is no file"));
        }
        Ok(whole)
    }

    /// The payload in the file at a path below the folder.
    pub(in crate::cli::import) fn payload(&self, field: &str, path: &str) -> Result<Payload, Reason> {
        let refused = |why: String| Reason::new(field, why);
        let file = self.file(path).map_err(refused)?;
        Payload::of_file(file).map_err(|error| refused(format!("cannot read the file {path}: {error}")))
    }
}

impl Payload {
    /// Measures a file.
    pub(in crate::cli::import) fn of_file(path: PathBuf) -> io::Result<Self> {
        let mut file = File::open(&path)?;
        let mut hasher = Hasher::default();
        let mut buffer = vec![0; CHUNK];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(Self { meta: hasher.finish(), from: From::File(path) }),
                Ok(read) => hasher.update(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// These bytes.
    pub(in crate::cli::import) fn of_bytes(bytes: Vec<u8>) -> Self {
        Self { meta: BlobMeta::of(&bytes), from: From::Memory(bytes.into()) }
    }

    /// Stores it, unless it is there; whether it was not. A file that has changed since it was measured is refused.
    async fn store(&self, blobs: &dyn BlobStore) -> Result<bool, BlobError> {
        if blobs.stat(self.meta.digest).await?.is_some() {
            return Ok(false);
        }
        let chunks = match &self.from {
            From::File(path) => chunks(path.clone()),
            From::Memory(bytes) => blob::once(bytes.clone()),
        };
        Ok(blobs.put(self.meta.digest, chunks, self.meta.size).await?.created)
    }
}

/// Stores payloads; with the place of the one that could not be.
pub(in crate::cli::import) async fn store(
    blobs: &dyn BlobStore,
    payloads: impl Iterator<Item = &Payload>,
) -> Result<Stored, (usize, BlobError)> {
    stream::iter(payloads.enumerate())
        .map(|(place, payload)| async move {
            match payload.store(blobs).await {
                Ok(true) => Ok(Stored { made: 1, bytes: payload.meta.size, found: 0 }),
                Ok(false) => Ok(Stored { found: 1, ..Stored::default() }),
                Err(error) => Err((place, error)),
            }
        })
        .buffer_unordered(PUTS)
        .try_fold(Stored::default(), |mut sum, one| async move {
            sum.add(one);
            Ok(sum)
        })
        .await
}

impl Stored {
    /// Adds what came of storing others.
    pub(in crate::cli::import) const fn add(&mut self, other: Self) {
        self.made += other.made;
        self.bytes += other.bytes;
        self.found += other.found;
    }
}

/// The bytes of a file as they are read.
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
        let folder = Folder::open(dir.path()).unwrap();
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
