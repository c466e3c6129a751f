//! What an open database holds of its directory: the lock, the note that the engine is open, and the copy that is read.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{GraphError, trial};

/// The file whose lock says which process has the directory.
const LOCK: &str = "LOCK";

/// The directory of an open database. It is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Hold {
    /// None if the directory is read and has no file to lock: nothing has ever been opened in it here.
    lock: Option<File>,
    /// The store of the engine, whose orderly end is noted in it; none if a server has the store, or if it is a copy.
    store: Option<PathBuf>,
    /// The copy that is read. It is removed with this.
    _copy: Option<TempDir>,
}

impl Hold {
    /// Takes the directory for this process alone.
    ///
    /// # Errors
    /// [`GraphError::Locked`], [`GraphError::Open`].
    pub(super) fn take(dir: &Path) -> Result<Self, GraphError> {
        let failed = |error: io::Error| GraphError::Open { dir: dir.to_path_buf(), why: error.to_string() };
        let options = File::options().create(true).truncate(false).write(true).open(dir.join(LOCK));
        let lock = options.map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { lock: Some(lock), store: None, _copy: None }),
            Err(TryLockError::WouldBlock) => Err(GraphError::Locked { dir: dir.to_path_buf() }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Shares the directory with others that read it. No file is made.
    ///
    /// # Errors
    /// [`GraphError::Locked`] if a process writes to it; [`GraphError::Open`].
    pub(super) fn share(dir: &Path) -> Result<Self, GraphError> {
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

    /// The same with the copy that is read.
    pub(super) fn reading(self, copy: TempDir) -> Self {
        Self { _copy: Some(copy), ..self }
    }

    /// The same directory, for an engine that opens this store in it. The lock ends with the last of them.
    pub(super) fn of(&self, store: Option<PathBuf>) -> io::Result<Self> {
        if let Some(store) = &store {
            trial::note_open(store)?;
        }
        let lock = self.lock.as_ref().map(File::try_clone).transpose()?;
        Ok(Self { lock, store, _copy: None })
    }

    /// The same without the note: the engine did not open, and what it has done is not known.
    pub(super) fn unnoted(self) -> Self {
        Self { store: None, ..self }
    }

    /// Notes that the engine has ended, while the directory is still held.
    pub(super) fn ended(&self) {
        if let Some(store) = &self.store
            && let Err(error) = trial::note_closed(store)
        {
            tracing::warn!(%error, "the end of the graph's engine could not be noted; the next start checks the store on a copy");
        }
    }
}
