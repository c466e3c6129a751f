//! Thumbnails in a folder that may be deleted at any time.
//!
//! Each is a file with a check at its end, so that a file that a crash left incomplete, or that was
//! renamed, is made again. A file that cannot be read or written is only a missing one. When the
//! files have more bytes than the cache may have, the oldest are removed.

use std::fs::{self, DirEntry};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use tempfile::{NamedTempFile, SpooledTempFile};

use super::{RENDERING, Thumbnail, ThumbnailFormat, ThumbnailSize};
use crate::domain::id::Digest;

/// The size of the check.
const CHECK: usize = 32;

/// The space of a small file: file systems give whole blocks.
const BLOCK: u64 = 4096;

/// The number of bytes of an image that are in memory while it is copied; more are in a file.
const IN_MEMORY: usize = 256 * 1024;

/// The name of files that are being written.
const UNFINISHED: &str = ".unfinished-";

/// The thumbnails of a store.
#[derive(Debug)]
pub struct ThumbnailCache {
    folder: PathBuf,
    space: u64,
    /// The bytes of the files; `None` before they are counted.
    used: Mutex<Option<u64>>,
}

/// A thumbnail of an image in one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThumbnailKey {
    /// The image.
    pub digest: Digest,
    /// The size.
    pub size: ThumbnailSize,
}

impl ThumbnailKey {
    /// Returns a text that is equal only for equal thumbnails.
    #[must_use]
    pub fn tag(self) -> String {
        format!("{}-{}-{RENDERING}", self.digest, self.size)
    }

    fn check(self, content: &[u8]) -> Digest {
        Digest::of(&[self.tag().as_bytes(), content].concat())
    }
}

impl ThumbnailCache {
    /// Creates the cache in a folder, which need not exist, with at most `space` bytes.
    #[must_use]
    pub const fn new(folder: PathBuf, space: u64) -> Self {
        Self { folder, space, used: Mutex::new(None) }
    }

    /// Returns a thumbnail; `None` if it is not there.
    #[must_use]
    pub fn get(&self, key: ThumbnailKey) -> Option<Thumbnail> {
        let path = self.path(key);
        let content = fs::read(&path).ok()?;
        let found = unpacked(key, &content);
        if found.is_none() {
            tracing::warn!(file = %path.display(), "a thumbnail is damaged; it is made again");
            let _ = fs::remove_file(path);
        }
        found
    }

    /// Keeps a thumbnail.
    ///
    /// # Errors
    /// Returns the error of the file system. Nothing of the thumbnail is kept then.
    pub fn put(&self, key: ThumbnailKey, thumbnail: &Thumbnail) -> io::Result<()> {
        let content = packed(key, thumbnail);
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match *used {
            Some(counted) => counted,
            None => self.counted()?,
        };
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.folder)?;
        file.write_all(&content)?;
        persist(file, &path)?;
        let mut after = before + space_of(content.len() as u64);
        if after > self.space {
            after = self.shrink()?;
        }
        *used = Some(after);
        Ok(())
    }

    /// Returns a file for the bytes of an image, which disappears when it is dropped, or with the
    /// process.
    ///
    /// # Errors
    /// Returns the error of the file system.
    pub fn copy(&self) -> io::Result<SpooledTempFile> {
        fs::create_dir_all(&self.folder)?;
        Ok(tempfile::spooled_tempfile_in(IN_MEMORY, &self.folder))
    }

    fn path(&self, key: ThumbnailKey) -> PathBuf {
        let name = key.digest.hex();
        self.folder.join(&name[..2]).join(format!("{name}-{}", key.size))
    }

    /// Counts the bytes of the files, and removes those that a crash left unfinished.
    fn counted(&self) -> io::Result<u64> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(self.files()?.iter().map(|file| file.space).sum())
    }

    /// Removes the oldest files until a quarter of the space is free; returns the space in use.
    fn shrink(&self) -> io::Result<u64> {
        let mut files = self.files()?;
        files.sort_by_key(|file| file.made);
        let mut used: u64 = files.iter().map(|file| file.space).sum();
        for file in files {
            if used <= self.space - self.space / 4 {
                break;
            }
            fs::remove_file(&file.path)?;
            used -= file.space;
        }
        Ok(used)
    }

    fn files(&self) -> io::Result<Vec<CachedFile>> {
        let mut files = Vec::new();
        for folder in fs::read_dir(&self.folder)? {
            let folder = folder?;
            if folder.file_name().len() == 2 && folder.file_type()?.is_dir() {
                for entry in fs::read_dir(folder.path())? {
                    files.extend(CachedFile::of(&entry?));
                }
            }
        }
        Ok(files)
    }
}

struct CachedFile {
    path: PathBuf,
    space: u64,
    made: SystemTime,
}

impl CachedFile {
    /// `None` if the file is gone, or is none of the cache.
    fn of(entry: &DirEntry) -> Option<Self> {
        let name = entry.file_name().into_string().ok()?;
        let (digest, size) = name.split_once('-')?;
        let is_ours = Digest::from_hex(digest).is_ok() && size.parse::<ThumbnailSize>().is_ok();
        let found = entry.metadata().ok().filter(|found| is_ours && found.is_file())?;
        Some(Self { path: entry.path(), space: space_of(found.len()), made: found.modified().ok()? })
    }
}

fn space_of(length: u64) -> u64 {
    length.next_multiple_of(BLOCK)
}

/// Gives the file its name at once, so that no reader sees a part of it. It is not synchronised:
/// the check finds what a crash of the machine lost.
fn persist(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// One byte for the format, the thumbnail, and the check.
fn packed(key: ThumbnailKey, thumbnail: &Thumbnail) -> Vec<u8> {
    let format = match thumbnail.format {
        ThumbnailFormat::Jpeg => b'j',
        ThumbnailFormat::Png => b'p',
    };
    let mut content = [&[format], &thumbnail.bytes[..]].concat();
    let check = key.check(&content);
    content.extend(check.as_bytes());
    content
}

fn unpacked(key: ThumbnailKey, content: &[u8]) -> Option<Thumbnail> {
    let (content, check) = content.split_at_checked(content.len().checked_sub(CHECK)?)?;
    if key.check(content).as_bytes() != check {
        return None;
    }
    let (format, bytes) = content.split_first()?;
    let format = match format {
        b'j' => ThumbnailFormat::Jpeg,
        b'p' => ThumbnailFormat::Png,
        _ => return None,
    };
    Some(Thumbnail { format, bytes: bytes.to_vec().into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> ThumbnailKey {
        ThumbnailKey { digest: Digest::of(&[n]), size: ThumbnailSize::Px64 }
    }

    fn thumbnail(length: usize) -> Thumbnail {
        Thumbnail { format: ThumbnailFormat::Png, bytes: vec![7; length].into() }
    }

    fn cache(space: u64) -> (tempfile::TempDir, ThumbnailCache) {
        let dir = tempfile::tempdir().unwrap();
        let cache = ThumbnailCache::new(dir.path().join("thumbnails"), space);
        (dir, cache)
    }

    #[test]
    fn a_kept_thumbnail_is_returned_for_its_image_and_size() {
        let (_dir, cache) = cache(1 << 20);
        assert_eq!(cache.get(key(1)), None);
        cache.put(key(1), &thumbnail(10)).unwrap();
        assert_eq!(cache.get(key(1)), Some(thumbnail(10)));
        assert_eq!(cache.get(key(2)), None);
        assert_eq!(cache.get(ThumbnailKey { size: ThumbnailSize::Px512, ..key(1) }), None);
        // The folder may be deleted at any time.
        fs::remove_dir_all(&cache.folder).unwrap();
        assert_eq!(cache.get(key(1)), None);
        cache.put(key(1), &thumbnail(11)).unwrap();
        assert_eq!(cache.get(key(1)), Some(thumbnail(11)));
    }

    #[test]
    fn a_damaged_or_renamed_file_is_not_returned() {
        let (_dir, cache) = cache(1 << 20);
        let damages: [fn(Vec<u8>) -> Vec<u8>; 3] = [
            |_| Vec::new(),
            |mut file| file.split_off(1),
            |mut file| {
                file[3] ^= 1;
                file
            },
        ];
        for damage in damages {
            cache.put(key(1), &thumbnail(100)).unwrap();
            let path = cache.path(key(1));
            fs::write(&path, damage(fs::read(&path).unwrap())).unwrap();
            assert_eq!(cache.get(key(1)), None);
            assert!(!path.exists(), "it is removed");
        }
        cache.put(key(1), &thumbnail(100)).unwrap();
        fs::create_dir_all(cache.path(key(2)).parent().unwrap()).unwrap();
        fs::rename(cache.path(key(1)), cache.path(key(2))).unwrap();
        assert_eq!(cache.get(key(2)), None);
    }

    #[test]
    fn the_oldest_are_removed_when_the_space_is_used() {
        let (_dir, cache) = cache(10 * BLOCK);
        fs::create_dir_all(&cache.folder).unwrap();
        fs::write(cache.folder.join("notes"), "of someone else").unwrap();
        for n in 0..100 {
            cache.put(key(n), &thumbnail(100)).unwrap();
            let used: u64 = cache.files().unwrap().iter().map(|file| file.space).sum();
            assert!(used <= cache.space, "{used}");
            assert!(cache.get(key(n)).is_some());
            if n >= 4 {
                assert!(cache.get(key(n - 4)).is_some(), "the newest are kept");
            }
            // Times of files have a resolution of milliseconds.
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert_eq!(cache.get(key(0)), None);
        assert!(cache.folder.join("notes").exists());
        // Another process counts what is there.
        let next = ThumbnailCache::new(cache.folder.clone(), cache.space);
        fs::write(next.folder.join(format!("{UNFINISHED}x")), "of a process that was killed").unwrap();
        next.put(key(200), &thumbnail(9 * 4096)).unwrap();
        let used: u64 = next.files().unwrap().iter().map(|file| file.space).sum();
        assert!(used <= next.space, "{used}");
        assert!(!next.folder.join(format!("{UNFINISHED}x")).exists());
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error_and_no_panic() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let cache = ThumbnailCache::new(file, 1 << 20);
        assert!(cache.put(key(1), &thumbnail(1)).is_err());
        assert!(cache.copy().is_err());
        assert_eq!(cache.get(key(1)), None);
    }
}
