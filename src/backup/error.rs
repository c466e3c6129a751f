//! Errors of backup folders.

use std::io;
use std::path::{Path, PathBuf};

use super::manifest;
use crate::domain::id::Seq;
use crate::domain::write::log_entry::InconsistentLogEntry;

/// The reason why a backup cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The folder has no backup.
    #[error("expected a backup (the file {}), found none in {}", manifest::FILE, .0.display())]
    Absent(PathBuf),
    /// The folder does not exist.
    #[error("there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    /// The folder is for something else.
    #[error("expected a backup or an empty folder, found other files in {}", .0.display())]
    OtherFolder(PathBuf),
    /// The manifest is that of something else.
    #[error("expected the manifest of a backup, found another file: {}", .0.display())]
    OtherFile(PathBuf),
    /// Another process writes into the folder.
    #[error("{} is in use by another backup", .0.display())]
    Locked(PathBuf),
    /// The format of the backup is unknown to this release.
    #[error(
        "the backup has format {found}, this release reads format {known}; use the release that wrote it"
    )]
    Format {
        /// The format of the backup.
        found: u64,
        /// The format that this release reads.
        known: u64,
    },
    /// A file of the backup does not have its digest or form.
    #[error("the backup is damaged: {}: {why}", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// The fault.
        why: String,
    },
    /// A commit in the backup does not match its digest.
    #[error("the backup is damaged: {0}")]
    Inconsistent(#[from] InconsistentLogEntry),
    /// The requested commit is newer than the backup.
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
        /// The error of the system.
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

    /// Returns what to do, if the message does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Io { error, .. } if error.kind() == io::ErrorKind::StorageFull => {
                Some("the disk is full and the backup is unchanged; free some space and run it again")
            }
            Self::Io { .. } => Some("the earlier content of the backup is unchanged; run it again"),
            Self::Damaged { .. } | Self::Inconsistent(_) => {
                Some("keep it as it is, and make a new backup in another folder")
            }
            Self::Absent(_) | Self::NoFolder(_) | Self::OtherFile(_) => {
                Some("check the path; `stemma backup FOLDER` makes a backup")
            }
            Self::OtherFolder(_) => Some("check the path, or use another folder"),
            _ => None,
        }
    }
}
