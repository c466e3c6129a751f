//! The files of an input: one file, a folder, or an archive that was unpacked.

pub(crate) mod archive;
pub mod damage;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::fault::{Reason, RecordFault, RecordPlace};
use super::reader::Skipped;

/// The largest file that is read into memory, in bytes.
pub const MAX_TEXT: u64 = 64 * 1024 * 1024;

/// The deepest nesting of folders.
const MAX_DEPTH: usize = 64;

/// The files of an input by their paths: relative to its root, with `/` as separator, sorted.
///
/// A clone is cheap, and an archive that was unpacked remains until the last one is dropped.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
    paths: Arc<BTreeMap<String, PathBuf>>,
    is_one_file: bool,
    /// The archive of the files.
    archive: Option<PathBuf>,
    /// The folder of the files of the archive.
    _unpacked: Option<Arc<TempDir>>,
    /// A folder outside the root that links may lead into.
    follow: Option<PathBuf>,
    skipped: Skipped,
}

impl Files {
    /// Lists the files of a folder, those of its folders included, or takes one file. Hidden files,
    /// special files and names that are not UTF-8 are skipped and counted.
    ///
    /// A zip, tar or gzip file is unpacked into a temporary folder. Folders around all files are left
    /// out of their paths, and a single document in an archive is one file. A tar that is a shard of
    /// a WebDataset is not unpacked.
    ///
    /// # Errors
    /// Returns the reason if a folder cannot be read or is nested too deeply, if a link leads out of
    /// the folder, or if an archive is damaged, encrypted, too large or of another compression.
    pub fn open(path: &Path) -> Result<Self, Reason> {
        Self::open_following(path, None)
    }

    /// Lists files as [`open`](Self::open) does; links may also lead into the folder `follow`.
    ///
    /// # Errors
    /// As [`open`](Self::open), and if `follow` is not a folder.
    pub fn open_following(path: &Path, follow: Option<&Path>) -> Result<Self, Reason> {
        let unreadable = |error: io::Error| Reason::record(format!("cannot be read: {error}"));
        let root = path.canonicalize().map_err(unreadable)?;
        let follow = follow
            .map(Path::canonicalize)
            .transpose()
            .map_err(|error| Reason::new("--follow-links", format!("the folder cannot be read: {error}")))?;
        let is_one_file = root.is_file();
        let mut files = Self {
            root,
            paths: Arc::default(),
            is_one_file,
            archive: None,
            _unpacked: None,
            follow,
            skipped: Skipped::default(),
        };
        let mut name = path.file_name().or(files.root.file_name()).and_then(|name| name.to_str());
        if files.is_one_file {
            let archived = name.ok_or_else(|| Reason::record("expected a name in UTF-8; rename the file"))?;
            if let Some(kind) = archive::kind_of(&files.root, archived)? {
                let unpacked = archive::unpack(&files.root, archived, kind)?;
                files.skipped = unpacked.skipped;
                files.is_one_file = unpacked.root.is_file();
                files.archive = Some(std::mem::replace(&mut files.root, unpacked.root));
                files._unpacked = Some(Arc::new(unpacked.folder));
                name = files.root.file_name().and_then(|name| name.to_str());
            }
        }
        let root = files.root.clone();
        let mut paths = BTreeMap::new();
        match name.filter(|_| files.is_one_file) {
            Some(name) => drop(paths.insert(name.to_owned(), root)),
            None => files.list(&root, "", &mut vec![root.clone()], &mut paths)?,
        }
        files.paths = Arc::new(paths);
        Ok(files)
    }

    /// Lists the folder of the one file, following links as this list does.
    ///
    /// # Errors
    /// As [`open_following`](Self::open_following).
    pub fn folder(&self) -> Result<Self, Reason> {
        let folder = if self.is_one_file { self.root.parent().unwrap_or(&self.root) } else { &self.root };
        Self::open_following(folder, self.follow.as_deref())
    }

    /// Lists a folder. `open` are the real paths of the folders that contain it, and itself.
    fn list(
        &mut self,
        folder: &Path,
        prefix: &str,
        open: &mut Vec<PathBuf>,
        paths: &mut BTreeMap<String, PathBuf>,
    ) -> Result<(), Reason> {
        let refused = |path: &str, why: String| Reason::new(path, why);
        if open.len() > MAX_DEPTH {
            let why = format!("expected at most {MAX_DEPTH} nested folders, found more; move the folder up");
            return Err(refused(prefix, why));
        }
        let unreadable = |error: io::Error| refused(prefix, format!("the folder cannot be read: {error}"));
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                let shown = format!("{prefix}{}", name.to_string_lossy());
                self.skipped.note("file whose name is not UTF-8 (rename it)", || shown);
                continue;
            };
            let path = format!("{prefix}{name}");
            if name.starts_with('.') {
                self.skipped.note("hidden file", || path);
                continue;
            }
            let kind = entry.file_type().map_err(|error| refused(&path, error.to_string()))?;
            let mut target = entry.path();
            if kind.is_symlink() {
                target = self.followed(&path, &target)?;
            }
            if target.is_dir() {
                if open.contains(&target) {
                    self.skipped.note("link to a folder that contains it", || path);
                    continue;
                }
                open.push(target.clone());
                self.list(&target, &format!("{path}/"), open, paths)?;
                open.pop();
            } else if target.is_file() {
                paths.insert(path, target);
            } else {
                self.skipped.note("special file", || path);
            }
        }
        Ok(())
    }

    /// Returns the target of a link, which must be in the folder or in the one that is followed.
    fn followed(&self, path: &str, link: &Path) -> Result<PathBuf, Reason> {
        let refused = |why: String| Reason::new(path, why);
        let target = link
            .canonicalize()
            .map_err(|error| refused(format!("it is a link whose target cannot be read: {error}")))?;
        let is_below = |folder: &PathBuf| target.starts_with(folder);
        if is_below(&self.root) || self.follow.as_ref().is_some_and(is_below) {
            return Ok(target);
        }
        Err(refused(format!(
            "it is a link out of the folder, to {}; add --follow-links with the folder of its target, or remove it",
            target.display()
        )))
    }

    /// Takes the entries that were skipped since the last call.
    pub fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }

    /// Returns true if the input is one file and not a folder.
    #[must_use]
    pub const fn is_one_file(&self) -> bool {
        self.is_one_file
    }

    /// Returns the folder, or the path of the one file. Those of an archive are temporary.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the archive that was unpacked; `None` if the input is not one.
    #[must_use]
    pub fn archive(&self) -> Option<&Path> {
        self.archive.as_deref()
    }

    /// Returns all paths, sorted by bytes.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.keys().map(String::as_str)
    }

    /// Returns the paths with this ending, such as `.txt`, in upper or lower case.
    pub fn ending<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = &'a str> {
        let ends = |path: &str| {
            let start = path.len().checked_sub(ending.len());
            start.and_then(|start| path.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
        };
        self.paths().filter(move |path| ends(path))
    }

    /// Returns the file of the system at a path; `None` if there is no such file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Path> {
        self.paths.get(path).map(PathBuf::as_path)
    }

    /// Reads a text of at most [`MAX_TEXT`] bytes. A byte order mark is left out.
    ///
    /// # Errors
    /// Returns the fault if there is no such file, it cannot be read, is too large, or is not UTF-8.
    pub fn text(&self, path: &str) -> Result<String, RecordFault> {
        let refused = |why: String| Reason::record(why).at(RecordPlace::File(path.to_owned()));
        let bytes = self.bytes(path)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let other =
                || format!("expected text in UTF-8, found other bytes at byte {at}; save it as UTF-8");
            refused(damage::other_text(error.as_bytes()).map_or_else(other, damage::not_utf_8))
        })?;
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    /// Reads a file of at most [`MAX_TEXT`] bytes.
    ///
    /// # Errors
    /// Returns the fault if there is no such file, it cannot be read or is too large.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, RecordFault> {
        let refused = |why: String| Reason::record(why).at(RecordPlace::File(path.to_owned()));
        let file = self.get(path).ok_or_else(|| refused("there is no such file".to_owned()))?;
        let unreadable = |error: io::Error| refused(format!("cannot be read: {error}"));
        let length = fs::metadata(file).map_err(unreadable)?.len();
        if length > MAX_TEXT {
            return Err(refused(format!(
                "expected at most {MAX_TEXT} bytes, found {length}; split the file"
            )));
        }
        fs::read(file).map_err(unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_by_path() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("b/c")).unwrap();
        for name in ["a.TXT", "b/c/d.txt", ".hidden", "b.txt"] {
            fs::write(dir.path().join(name), "\u{feff}hello").unwrap();
        }
        let files = Files::open(dir.path()).unwrap();
        assert_eq!(files.paths().collect::<Vec<_>>(), ["a.TXT", "b.txt", "b/c/d.txt"]);
        assert_eq!(files.ending(".txt").count(), 3);
        assert_eq!(files.text("b/c/d.txt").unwrap(), "hello");
        assert!(files.text("gone").unwrap_err().to_string().contains("gone: there is no such file"));
        let one = Files::open(&dir.path().join("b.txt")).unwrap();
        assert!(one.is_one_file() && one.get("b.txt").is_some());
        fs::write(dir.path().join("b.txt"), [0xff, 0xfe, 0x41, 0]).unwrap();
        assert!(one.text("b.txt").unwrap_err().to_string().contains("found UTF-16"));
    }
}
