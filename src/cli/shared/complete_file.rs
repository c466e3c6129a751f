//! A file that appears under its name when it is complete.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::NamedTempFile;

use super::failure::{Failure, Result};

/// A file under a temporary name. It is removed unless it is renamed.
pub(crate) struct CompleteFile(NamedTempFile);

impl CompleteFile {
    /// Creates an empty file in the folder of `path`.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        // A device would be replaced by a file.
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(Failure::new(format!("expected a file or a new name, found {}", path.display()))
                .hint("name a file, or - for the standard output"));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let made = tempfile::Builder::new().prefix(".stemma-").tempfile_in(folder);
        Ok(Self(made.map_err(|error| unwritten(path, &error))?))
    }

    pub(crate) fn as_file_mut(&mut self) -> &mut File {
        self.0.as_file_mut()
    }

    /// Renames the file to `path`, replacing an existing one.
    pub(crate) fn name(self, path: &Path) -> Result<()> {
        // Only the owner can read a temporary file; a result has the usual rights.
        let readable = fs::Permissions::from_mode(0o644);
        self.0.as_file().set_permissions(readable).map_err(|error| unwritten(path, &error))?;
        self.0.as_file().sync_all().map_err(|error| unwritten(path, &error))?;
        self.0.persist(path).map(drop).map_err(|error| unwritten(path, &error.error))
    }
}

/// Returns the failure of writing to `path`.
pub(crate) fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure::because(format!("cannot write {}", path.display()), error)
}
