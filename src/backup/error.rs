//! What can go wrong with a backup folder.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::id::Seq;
use crate::domain::write::portable_entry::Untrue;

/// Why a backup cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no backup.
    #[error("there is no backup in {}", .0.display())]
    Absent(PathBuf),
    /// Another process writes into the folder.
    #[error("{} is in use by another backup", .0.display())]
    Locked(PathBuf),
    /// A backup of a release that this one does not understand.
    #[error(
        "the backup has format {found}, this release reads format {known}; use the release that wrote it"
    )]
    Format {
        /// What it says.
        found: u64,
        /// What this release reads.
        known: u64,
    },
    /// A file of the backup is not what was written.
    #[error("the backup is damaged: {}: {why}", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A commit in the backup is not what was written.
    #[error("the backup is damaged: {0}")]
    Untrue(#[from] Untrue),
    /// The backup does not go as far as was asked for.
    #[error("the backup ends at commit {newest}; ask for that or an earlier one")]
    TooLate {
        /// Its newest commit.
        newest: Seq,
    },
    /// A file cannot be read or written.
    #[error("{}: {error}", .file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl BackupError {
    pub(super) fn io(file: &Path) -> impl FnOnce(io::Error) -> Self {
        let file = file.to_owned();
        move |error| Self::Io { file, error }
    }

    pub(super) fn damaged(file: &Path, why: impl Into<String>) -> Self {
        Self::Damaged { file: file.to_owned(), why: why.into() }
    }

    /// What to do about it, where the message alone does not say.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Io { error, .. } if error.kind() == io::ErrorKind::StorageFull => {
                Some("the disk is full; the backup is as it was before: make room and run it again")
            }
            Self::Io { .. } => Some("what was in the backup before is still in it; run it again"),
            Self::Damaged { .. } | Self::Untrue(_) => {
                Some("keep it as it is, and make a new backup in another folder")
            }
            Self::Absent(_) => Some("`stemma backup FOLDER` makes one"),
            _ => None,
        }
    }
}
