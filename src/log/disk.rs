//! The few calls of the file system that the log makes, as an interface: tests replace it by one
//! that fails at any call, or loses what was not synchronised.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

/// The access to a file that is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reads a file that exists.
    Read,
    /// Reads and writes a file that exists.
    Write,
    /// Reads and writes a file that is created, or emptied if it exists.
    Create,
}

/// A file system.
pub trait Disk: Debug + Send + Sync {
    /// Returns the names in a directory; none if there is no such directory.
    ///
    /// # Errors
    /// Those of the file system.
    fn names(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// Opens a file.
    ///
    /// # Errors
    /// Those of the file system.
    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>>;

    /// Creates a directory and those above it, unless they exist.
    ///
    /// # Errors
    /// Those of the file system.
    fn create_directory(&self, dir: &Path) -> io::Result<()>;

    /// Gives a file another name, at once; a file of that name is replaced.
    ///
    /// # Errors
    /// Those of the file system.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// Those of the file system.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes created, renamed and removed names of a directory durable.
    ///
    /// # Errors
    /// Those of the file system.
    fn sync_directory(&self, dir: &Path) -> io::Result<()>;
}

/// An open file. All positions are explicit, so readers and a writer share it.
pub trait DiskFile: Debug + Send + Sync {
    /// Returns the size in bytes.
    ///
    /// # Errors
    /// Those of the file system.
    fn size(&self) -> io::Result<u64>;

    /// Reads bytes at an offset; fewer than asked for only at the end of the file.
    ///
    /// # Errors
    /// Those of the file system.
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Writes bytes at an offset, perhaps not all of them. Returns the number of written bytes.
    ///
    /// # Errors
    /// Those of the file system; then nothing was written.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize>;

    /// Sets the size.
    ///
    /// # Errors
    /// Those of the file system.
    fn set_size(&self, size: u64) -> io::Result<()>;

    /// Makes the content and the size durable.
    ///
    /// # Errors
    /// Those of the file system. It is then unknown what is durable, also after another call that
    /// succeeds.
    fn sync(&self) -> io::Result<()>;
}

/// The file system of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalDisk;

impl LocalDisk {
    /// Returns the number of free bytes where a directory is.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn free(&self, dir: &Path) -> io::Result<u64> {
        let found = rustix::fs::statvfs(dir)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }
}

impl Disk for LocalDisk {
    fn names(&self, dir: &Path) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        // A name that is not UTF-8 is not ours.
        let names = entries.map(|entry| Ok(entry?.file_name().into_string().ok()));
        names.filter_map(Result::transpose).collect()
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        let writes = access != Access::Read;
        let creates = access == Access::Create;
        // Of new files, only the owner reads and writes.
        let options =
            File::options().read(true).write(writes).create(creates).truncate(creates).mode(0o600).open(path);
        Ok(Arc::new(options?))
    }

    fn create_directory(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir_all(dir)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_directory(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }
}

impl DiskFile for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut read = 0;
        while read < bytes.len() {
            match FileExt::read_at(self, &mut bytes[read..], offset + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        loop {
            match FileExt::write_at(self, bytes, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn set_size(&self, size: u64) -> io::Result<()> {
        self.set_len(size)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}
