//! The resources of an open database in its directory: the lock, the note that the engine is open,
//! and the copy for readers.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{GraphError, trial};

/// The file whose lock shows which process uses the directory.
const LOCK: &str = "LOCK";

/// The directory of an open database. It is released on drop.
#[derive(Debug)]
pub struct DirectoryHold {
    /// `None` if the directory is read-only and has no lock file: it was never opened here.
    lock: Option<File>,
    /// The store of the engine, in which a clean close is noted. `None` if a server has the store,
    /// or if it is a copy.
    store: Option<PathBuf>,
    /// The copy for readers. It is removed on drop.
    _copy: Option<TempDir>,
}

impl DirectoryHold {
    /// Locks the directory for this process alone.
    ///
    /// # Errors
    /// [`GraphError::Locked`], [`GraphError::Open`].
    pub fn take(dir: &Path) -> Result<Self, GraphError> {
        let failed = |error: io::Error| GraphError::Open { dir: dir.to_path_buf(), why: error.to_string() };
        let options = File::options().create(true).truncate(false).write(true).open(dir.join(LOCK));
        let lock = options.map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { lock: Some(lock), store: None, _copy: None }),
            Err(TryLockError::WouldBlock) => Err(GraphError::Locked { dir: dir.to_path_buf() }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Locks the directory together with other readers. Creates no file.
    ///
    /// # Errors
    /// Returns [`GraphError::Locked`] if a process writes to it; [`GraphError::Open`].
    pub fn share(dir: &Path) -> Result<Self, GraphError> {
        let failed = |error: io::Error| GraphError::Open { dir: dir.to_path_buf(), why: error.to_string() };
        let lock = match File::open(dir.join(LOCK)) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { lock: None, store: None, _copy: None });
            }
            Err(error) => return Err(failed(error)),
        };
        match lock.try_lock_shared() {
            Ok(()) => Ok(Self { lock: Some(lock), store: None, _copy: None }),
            Err(TryLockError::WouldBlock) => Err(GraphError::Locked { dir: dir.to_path_buf() }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Returns a hold of nothing: the ledger holds the directory.
    pub(super) const fn none() -> Self {
        Self { lock: None, store: None, _copy: None }
    }

    /// Adds the copy for readers.
    pub(super) fn reading(self, copy: TempDir) -> Self {
        Self { _copy: Some(copy), ..self }
    }

    /// Creates another hold of the directory, for an engine that opens this store in it. The lock
    /// ends with the last hold.
    pub(super) fn of(&self, store: Option<PathBuf>) -> io::Result<Self> {
        if let Some(store) = &store {
            trial::note_open(store)?;
        }
        let lock = self.lock.as_ref().map(File::try_clone).transpose()?;
        Ok(Self { lock, store, _copy: None })
    }

    /// Returns a hold that notes no clean close: the engine did not open, and its effects are unknown.
    pub(super) fn unnoted(self) -> Self {
        Self { store: None, ..self }
    }

    /// Notes that the engine was closed, while the directory is still locked.
    pub(super) fn ended(&self) {
        if let Some(store) = &self.store
            && let Err(error) = trial::note_closed(store)
        {
            tracing::warn!(%error, "the clean close of the graph's engine could not be noted; the next start checks \
                                    the store on a copy");
        }
    }
}
