//! The directories of a store: the paths of its files, and their durability after a power failure.

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
    /// Shared by publishers of blobs; held exclusively by deletions.
    names: Arc<RwLock<()>>,
    read_only: bool,
}

impl Tree {
    /// Creates missing directories, durably, and removes files of crashes.
    pub(super) fn open(root: &Path) -> Result<Self, BlobError> {
        let tree = Self { root: root.into(), names: Arc::default(), read_only: false };
        tree.make().map_err(BlobError::io("create its directories"))?;
        staged::clear(&tree.staging()).map_err(BlobError::io("clear its staging directory"))?;
        Ok(tree)
    }

    /// Opens a store read-only: creates nothing.
    pub(super) fn read_only(root: &Path) -> Self {
        Self { root: root.into(), names: Arc::default(), read_only: true }
    }

    pub(super) const fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Returns the directory of files that are not published yet. It is in the same file system,
    /// which `link(2)` requires.
    pub(super) fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    /// Returns the path of a blob.
    pub(super) fn blob(&self, digest: Digest) -> PathBuf {
        self.root.join(key::of(digest))
    }

    /// Returns the path of the facts of a blob.
    pub(super) fn sidecar(&self, digest: Digest) -> PathBuf {
        self.root.join(key::sidecar(digest))
    }

    /// Returns the directory of all blobs whose digest begins with this byte.
    pub(super) fn shard(&self, first: u8) -> PathBuf {
        self.root.join(key::shard(first))
    }

    /// Returns a guard that prevents deletions. (It guards no data that a panic could leave
    /// inconsistent.)
    pub(super) fn publishing(&self) -> RwLockReadGuard<'_, ()> {
        self.names.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a guard that prevents publishing.
    pub(super) fn deleting(&self) -> RwLockWriteGuard<'_, ()> {
        self.names.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the names in the directory of this blob durable.
    pub(super) fn sync_shard(&self, digest: Digest) -> io::Result<()> {
        sync_dir(&self.root.join(key::shard(digest.as_bytes()[0])))
    }

    /// Creates all 256 shards, so that no upload needs to check that its directory is durable.
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

/// Creates a directory and its missing parents, and makes their names durable, from the bottom up.
fn make_dir(dir: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = dir.ancestors().take_while(|dir| !here(dir).is_dir()).collect();
    fs::create_dir_all(dir)?;
    missing.into_iter().filter_map(Path::parent).try_for_each(sync_dir)
}

/// Makes the names in a directory durable.
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(here(dir))?.sync_all()
}

/// The parent of the first part of a relative path is the empty path, which system calls refuse.
fn here(dir: &Path) -> &Path {
    if dir.as_os_str().is_empty() { Path::new(".") } else { dir }
}
