//! The place of a warehouse: a folder, or a prefix of the bucket that holds the payloads.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::file::{MANIFEST, WarehouseFile};
use crate::blob::{BlobStore, NamedFiles};
use crate::cli::shared::blobs::{self, BlobUse};
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::folder::{Nameless, OutputFolder, refuse_file};
use crate::config::{BlobPlace, Directory};

/// The largest manifest that is read, in bytes.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The place of a warehouse.
pub(super) enum WarehousePlace {
    Folder(PathBuf),
    Bucket { store: Arc<dyn BlobStore>, name: String },
}

/// A place that is open for writing, with the folder of incomplete files.
pub(super) struct OpenPlace<'a> {
    place: &'a WarehousePlace,
    folder: OutputFolder,
    _room: Option<TempDir>,
}

impl WarehousePlace {
    /// Returns the place `exports/name` in the bucket that the settings name.
    pub(super) async fn bucket(name: &str, directory: &Directory) -> Result<Self> {
        let is_plain = |part: &str| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
            !part.is_empty() && !part.starts_with('.') && part.bytes().all(fits)
        };
        if !name.split('/').all(is_plain) {
            return Err(Failure::usage(format!(
                "expected an export name of letters, digits, `.`, `_` and `-`, found {name}"
            ))
            .hint("separate parts with `/`; no part may be empty or begin with `.`"));
        }
        if !matches!(directory.blobs.blobs, Some(BlobPlace::Bucket { .. })) {
            return Err(Failure::usage("--bucket needs payloads in a bucket, and they are in a folder")
                .hint("name one with --blobs s3://BUCKET/PREFIX, or export into a folder with --dir"));
        }
        let store = blobs::open(&directory.blobs, &directory.data, BlobUse::Read).await?;
        Ok(Self::Bucket { store, name: name.to_owned() })
    }

    /// Opens the place for writing.
    pub(super) fn open(&self) -> Result<OpenPlace<'_>> {
        let (folder, room) = match self {
            Self::Folder(dir) => (OutputFolder::made(dir)?, None),
            Self::Bucket { .. } => {
                let room = tempfile::tempdir();
                let room =
                    room.map_err(|error| Failure::because("cannot create a temporary folder", &error))?;
                (OutputFolder::made(room.path())?, Some(room))
            }
        };
        Ok(OpenPlace { place: self, folder, _room: room })
    }

    /// The place in messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Folder(dir) => dir.display().to_string(),
            Self::Bucket { name, .. } => format!("exports/{name} of the bucket"),
        }
    }

    /// Reads the text of the manifest; `None` if there is none.
    pub(super) async fn manifest(&self) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Folder(dir) => match fs::read(dir.join(MANIFEST)) {
                Ok(text) => Ok(Some(text)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                    refuse_file(dir)?;
                    Ok(None)
                }
                Err(error) => Err(Failure::because(format!("cannot read {}", self.shown()), &error)),
            },
            Self::Bucket { store, name } => {
                let read = named_files(store.as_ref())?.read(&format!("{name}/{MANIFEST}"), LARGEST).await?;
                Ok(read.map(|bytes| bytes.to_vec()))
            }
        }
    }

    /// Returns true if a file exists with the expected size.
    pub(super) async fn has(&self, file: &WarehouseFile) -> Result<bool> {
        match self {
            Self::Folder(dir) => {
                let found = fs::symlink_metadata(dir.join(&file.path));
                Ok(found.is_ok_and(|found| found.is_file() && found.len() == file.bytes))
            }
            Self::Bucket { store, name } => {
                let size = named_files(store.as_ref())?.size(&format!("{name}/{}", file.path)).await?;
                Ok(size == Some(file.bytes))
            }
        }
    }
}

impl OpenPlace<'_> {
    pub(super) const fn folder(&self) -> &OutputFolder {
        &self.folder
    }

    /// Publishes a complete file under its path, replacing an existing one.
    pub(super) async fn publish(&self, file: Nameless, path: &str) -> Result<()> {
        match self.place {
            WarehousePlace::Folder(_) => self.folder.name(file, path),
            WarehousePlace::Bucket { store, name } => {
                let file = file.open().map_err(|error| unwritten(path, &error))?;
                Ok(named_files(store.as_ref())?.write(&format!("{name}/{path}"), file).await?)
            }
        }
    }

    /// Writes the manifest, replacing an existing one.
    pub(super) async fn write_manifest(&self, text: &str) -> Result<()> {
        match self.place {
            WarehousePlace::Folder(_) => self.folder.write_text(MANIFEST, text).map(drop),
            WarehousePlace::Bucket { store, name } => {
                let written = || -> io::Result<File> {
                    let mut file = tempfile::tempfile()?;
                    file.write_all(text.as_bytes())?;
                    Ok(file)
                };
                let file = written().map_err(|error| unwritten(MANIFEST, &error))?;
                Ok(named_files(store.as_ref())?.write(&format!("{name}/{MANIFEST}"), file).await?)
            }
        }
    }

    /// Ends writing: removes the folder of incomplete files.
    pub(super) fn done(&self) -> Result<()> {
        self.folder.done()
    }
}

fn named_files(store: &dyn BlobStore) -> Result<&dyn NamedFiles> {
    store.named_files().ok_or_else(|| Failure::new("the payloads are not in a bucket"))
}

fn unwritten(path: &str, error: &io::Error) -> Failure {
    Failure::because(format!("cannot write {}", Path::new(path).display()), error)
}
