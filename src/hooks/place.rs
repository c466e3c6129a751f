//! How far a hook is: the position of the last commit that was dealt with, in a file of the data directory. Releases that did
//! not know of marks kept a plain seq.
//!
//! It is written after a delivery and before the next, so that a crash repeats one event at most.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::domain::log::position::Position;

/// The file of one hook.
pub(super) struct Place {
    dir: PathBuf,
    path: PathBuf,
}

impl Place {
    /// The place of a hook whose name can be that of a file.
    pub(super) fn of(dir: &Path, hook: &str) -> Self {
        Self { dir: dir.to_owned(), path: dir.join(hook) }
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What was kept; none where nothing was.
    pub(super) fn read(&self) -> io::Result<Option<Position>> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let position = text.trim().parse().map_err(|_| {
            let why = format!("{} does not hold the position of a commit", self.path.display());
            io::Error::new(io::ErrorKind::InvalidData, why)
        });
        position.map(Some)
    }

    /// Keeps a position, durably.
    pub(super) fn write(&self, position: Position) -> io::Result<()> {
        fs::create_dir_all(&self.dir)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        writeln!(file, "{position}")?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        File::open(&self.dir)?.sync_all()
    }
}
