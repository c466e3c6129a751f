//! The position of a hook: the last commit that was delivered or skipped, in a file of the data
//! directory. Earlier releases stored a plain seq.
//!
//! It is written after a delivery and before the next, so a crash repeats at most one event.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::domain::log::position::Position;

/// The file with the position of one hook.
pub(super) struct PositionFile {
    dir: PathBuf,
    path: PathBuf,
}

impl PositionFile {
    /// Returns the file of a hook. Its name must be a valid file name.
    pub(super) fn of(dir: &Path, hook: &str) -> Self {
        Self { dir: dir.to_owned(), path: dir.join(hook) }
    }

    /// Returns the path of the file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the position; `None` if none was written.
    pub(super) fn read(&self) -> io::Result<Option<Position>> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let position = text.trim().parse().map_err(|_| {
            let why =
                format!("expected the position of a commit in {}, found other text", self.path.display());
            io::Error::new(io::ErrorKind::InvalidData, why)
        });
        position.map(Some)
    }

    /// Writes a position durably.
    pub(super) fn write(&self, position: Position) -> io::Result<()> {
        fs::create_dir_all(&self.dir)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        writeln!(file, "{position}")?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        File::open(&self.dir)?.sync_all()
    }
}
