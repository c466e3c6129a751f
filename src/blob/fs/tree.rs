//! The directories of a store: where things lie, and that the directories outlive a power cut.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::staged;
use crate::blob::{BlobError, key};
use crate::domain::id::Digest;

/// The root of a store.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    root: Arc<Path>,
    /// Shared by those who publish blobs; held alone by whoever deletes one.
    names: Arc<RwLock<()>>,
    read_only: bool,
}

impl Tree {
    /// Makes what is missing, durably, and clears what crashes left.
    pub(super) fn open(root: &Path) -> Result<Self, BlobError> {
        let tree = Self { root: root.into(), names: Arc::default(), read_only: false };
        tree.make().map_err(BlobError::io("make its directories"))?;
        staged::clear(&tree.staging()).map_err(BlobError::io("clear its staging directory"))?;
        Ok(tree)
    }

    /// A store in which nothing is made.
    pub(super) fn read_only(root: &Path) -> Self {
        Self { root: root.into(), names: Arc::default(), read_only: true }
    }

    pub(super) const fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Where files are written before they are published: in the same file system, or `link(2)` could not move them.
    pub(super) fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    /// The file of a blob.
    pub(super) fn blob(&self, digest: Digest) -> PathBuf {
        self.root.join(key::of(digest))
    }

    /// The file of what is known of a blob.
    pub(super) fn sidecar(&self, digest: Digest) -> PathBuf {
        self.root.join(key::sidecar(digest))
    }

    /// The directory of all blobs whose digest begins with this byte.
    pub(super) fn shard(&self, first: u8) -> PathBuf {
        self.root.join(key::shard(first))
    }

    /// While this is held no blob is deleted. (It guards no data that a panic could leave half done.)
    pub(super) fn publishing(&self) -> RwLockReadGuard<'_, ()> {
        self.names.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// While this is held no blob is published.
    pub(super) fn deleting(&self) -> RwLockWriteGuard<'_, ()> {
        self.names.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes durable which names there are beside this blob.
    pub(super) fn sync_shard(&self, digest: Digest) -> io::Result<()> {
        sync_dir(&self.root.join(key::shard(digest.as_bytes()[0])))
    }

    /// All 256 shards are made now, so that no upload has to wonder whether its directory is durable already.
    fn make(&self) -> io::Result<()> {
        let all = self.root.join(key::ROOT);
        make_dir(&all)?;
        make_dir(&self.staging())?;
        for first in 0..=u8::MAX {
            fs::create_dir_all(self.root.join(key::shard(first)))?;
        }
        sync_dir(&all)
    }
}

/// Makes a directory and those missing above it, and makes their names durable, from the bottom up.
fn make_dir(dir: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = dir.ancestors().take_while(|dir| !here(dir).is_dir()).collect();
    fs::create_dir_all(dir)?;
    missing.into_iter().filter_map(Path::parent).try_for_each(sync_dir)
}

/// Makes durable which names a directory holds.
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(here(dir))?.sync_all()
}

/// The parent of a relative path's first part is the empty path, which no system call takes.
fn here(dir: &Path) -> &Path {
    if dir.as_os_str().is_empty() { Path::new(".") } else { dir }
}
