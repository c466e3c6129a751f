//! The resources of an open database in its directory: the lock, and the copy for readers.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use tempfile::TempDir;

use super::GraphError;

/// The file whose lock shows which process uses the directory.
const LOCK: &str = "LOCK";

/// The directory of an open database. It is released on drop.
#[derive(Debug)]
pub struct DirectoryHold {
    /// `None` if the directory is read-only and has no lock file: it was never opened here.
    lock: Option<File>,
    /// The copy for readers. It is removed on drop.
    _copy: Option<TempDir>,
}

impl DirectoryHold {
    /// Locks the directory for this process alone.
    ///
    /// # Errors
    /// [`GraphError::Locked`], [`GraphError::Open`].
    pub fn take(dir: &Path) -> Result<Self, GraphError> {
        let failed = |error: io::Error| GraphError::not_opened(dir, error);
        let options = File::options().create(true).truncate(false).write(true).open(dir.join(LOCK));
        let lock = options.map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { lock: Some(lock), _copy: None }),
            Err(TryLockError::WouldBlock) => Err(GraphError::Locked { dir: dir.to_path_buf() }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Locks the directory together with other readers. Creates no file.
    ///
    /// # Errors
    /// Returns [`GraphError::Locked`] if a process writes to it; [`GraphError::Open`].
    pub fn share(dir: &Path) -> Result<Self, GraphError> {
        let failed = |error: io::Error| GraphError::not_opened(dir, error);
        let lock = match File::open(dir.join(LOCK)) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { lock: None, _copy: None });
            }
            Err(error) => return Err(failed(error)),
        };
        match lock.try_lock_shared() {
            Ok(()) => Ok(Self { lock: Some(lock), _copy: None }),
            Err(TryLockError::WouldBlock) => Err(GraphError::Locked { dir: dir.to_path_buf() }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Returns a hold of nothing: the ledger holds the directory.
    pub(super) const fn none() -> Self {
        Self { lock: None, _copy: None }
    }

    /// Adds the copy for readers.
    pub(super) fn reading(self, copy: TempDir) -> Self {
        Self { _copy: Some(copy), ..self }
    }

    /// Creates another hold of the directory. The lock ends with the last hold.
    pub(super) fn again(&self) -> io::Result<Self> {
        let lock = self.lock.as_ref().map(File::try_clone).transpose()?;
        Ok(Self { lock, _copy: None })
    }
}
