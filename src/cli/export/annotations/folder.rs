//! The folder of an export as the output of a writer.

use std::io;

use crate::annotations::writer::Output;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::folder::{FileState, OutputFolder};
use crate::cli::shared::output;
use crate::domain::id::Digest;

/// Writes the files of a writer into a folder. A file that is right already is kept.
pub(super) struct FolderOutput<'a> {
    folder: &'a OutputFolder,
    paths: Vec<String>,
    /// The number of files that were new, that were replaced and that were right before.
    counts: [u64; 3],
}

impl<'a> FolderOutput<'a> {
    pub(super) const fn new(folder: &'a OutputFolder) -> Self {
        Self { folder, paths: Vec::new(), counts: [0; 3] }
    }

    /// Returns the paths of all files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Returns the numbers of files that were written, replaced and kept.
    pub(super) fn summary(&self) -> String {
        let [written, replaced, kept] = self.counts;
        format!(
            "{} written, {} replaced, {} kept",
            output::counted(written, "file"),
            output::count(replaced),
            output::count(kept)
        )
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        check(path)?;
        let state = self.folder.state(path, Digest::of(bytes))?;
        self.counts[match state {
            FileState::Absent => 0,
            FileState::Wrong => 1,
            FileState::Right => 2,
        }] += 1;
        if state != FileState::Right {
            let mut partial = self.folder.begin(self.paths.len())?;
            self.folder.write(&mut partial, path, bytes)?;
            self.folder.publish(partial, path)?;
        }
        self.paths.push(path.to_owned());
        Ok(())
    }
}

impl Output for FolderOutput<'_> {
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.write(path, bytes).map_err(io::Error::other)
    }
}

/// Refuses a path that may lead out of the folder, or to its own files.
pub(super) fn check(path: &str) -> Result<()> {
    let is_bad = |part: &str| matches!(part, "" | "." | ".." | ".partial") || part.contains(['\\', '\0']);
    if path.split('/').any(is_bad) {
        return Err(Failure::new(format!("expected a path below the folder, found {path:?}"))
            .hint("rename the image in the set, or use --no-images"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_folder() {
        for path in ["a.txt", "images/train/a b.jpg", "a/b/c..d.jpg", "..dots..png", ".a/b:c"] {
            assert!(check(path).is_ok(), "{path}");
        }
        for path in ["", "/a", "../a", "a/../../b", "a//b", "./a", "a/.partial/0", ".partial", "a\\b", "a/\0"]
        {
            assert!(check(path).is_err(), "{path}");
        }
    }
}
