//! Files before they are published. They have a temporary name and are removed unless they get
//! another one.

use std::fs::{self, DirEntry, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::domain::id::Digest;

/// The time after which an unchanged staged file counts as left by a crash. An upload in progress
/// changes its file, and only a start checks.
const LEFTOVER: Duration = Duration::from_secs(60 * 60);

/// A counter that distinguishes the staged files of this process.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A file in the staging directory. Dropping it removes that name, and therefore the file unless it
/// was published.
pub(super) struct Staged {
    path: PathBuf,
    file: File,
}

impl Staged {
    /// Creates an empty file.
    pub(super) fn create(staging: &Path, digest: Digest) -> io::Result<Self> {
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = staging.join(format!("{}.{}.{number}", digest.hex(), std::process::id()));
            match File::create_new(&path) {
                Ok(file) => return Ok(Self { path, file }),
                // Process ids are reused, especially in containers: a crash left this name.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Appends bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Makes the file read-only and durable. Its names are not durable yet.
    pub(super) fn seal(&mut self) -> io::Result<()> {
        let mut permissions = self.file.metadata()?.permissions();
        permissions.set_readonly(true);
        self.file.set_permissions(permissions)?;
        self.file.sync_all()
    }

    /// Publishes the file under a name that must be free.
    pub(super) fn link(&self, path: &Path) -> io::Result<()> {
        fs::hard_link(&self.path, path)
    }

    /// Publishes the file under a name that may be taken. The previous file remains only for
    /// readers that have it open.
    pub(super) fn replace(self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)
    }
}

impl Drop for Staged {
    /// Makes one system call, so it may run wherever an upload is dropped. A file that cannot be
    /// removed is removed by a later start.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes files of crashes: files with names of ours that are unchanged for an hour.
///
/// The current time is that of a new file, so the clock of the file system is compared with itself,
/// even over a network.
pub(super) fn clear(staging: &Path) -> io::Result<()> {
    let now = Staged::create(staging, Digest::of(b""))?.file.metadata()?.modified()?;
    for entry in fs::read_dir(staging)? {
        let entry = entry?;
        if !is_ours(&entry) {
            continue;
        }
        let written = entry.metadata()?.modified()?;
        if now.duration_since(written).is_ok_and(|age| age > LEFTOVER) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Returns true if [`Staged::create`] gives such names: a wrong `root` must not cost anyone their
/// files.
fn is_ours(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let parts: Option<Vec<&str>> = name.to_str().map(|name| name.split('.').collect());
    match parts.as_deref() {
        Some([hex, process, number]) => {
            Digest::from_hex(hex).is_ok() && process.parse::<u32>().is_ok() && number.parse::<u64>().is_ok()
        }
        _ => false,
    }
}
