//! The files of images, which exports name in many ways.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::fault::Reason;
use super::payload::{ImportPayload, PayloadFolder};
use crate::annotations::files::Files;
use crate::annotations::names::{Found, Resolver};

/// A folder of files that are found by the names in an export.
#[derive(Debug, Clone)]
pub(crate) struct PayloadFiles {
    folder: PayloadFolder,
    /// All paths below the folder, listed when the first name is not a path.
    resolver: Arc<OnceLock<Resolver>>,
}

impl PayloadFiles {
    /// Creates the files of a folder.
    pub(crate) fn new(folder: PayloadFolder) -> Self {
        Self { folder, resolver: Arc::default() }
    }

    /// Finds and hashes the file of a name.
    pub(crate) fn payload(&self, field: &str, name: &str) -> Result<ImportPayload, Reason> {
        let file = self.find(field, name)?;
        ImportPayload::of_file(file)
            .map_err(|error| Reason::new(field, format!("cannot read the file {name}: {error}")))
    }

    /// Returns the file at this exact path; `None` if there is none.
    pub(crate) fn file(&self, path: &str) -> Option<PathBuf> {
        self.folder.file(path).ok()
    }

    /// Returns the file of a name.
    pub(crate) fn find(&self, field: &str, name: &str) -> Result<PathBuf, Reason> {
        let exact = match self.folder.file(name) {
            Ok(file) => return Ok(file),
            Err(why) => why,
        };
        let refused = |why: String| Reason::new(field, why);
        let resolver = self.resolver()?;
        match resolver.find(name) {
            Found::One(path, _) => self.folder.file(path).map_err(refused),
            Found::Several(paths) => {
                let shown = paths.iter().take(3).map(|path| format!("{path:?}")).collect::<Vec<_>>();
                Err(refused(format!(
                    "expected one file for {name:?}, found {}: {}; name it by its path",
                    paths.len(),
                    shown.join(", ")
                )))
            }
            Found::None => Err(refused(format!("{exact}, nor a file whose path ends in it"))),
        }
    }

    fn resolver(&self) -> Result<&Resolver, Reason> {
        if let Some(resolver) = self.resolver.get() {
            return Ok(resolver);
        }
        let files = Files::open(self.root()).map_err(|reason| {
            let why = reason.after_a_name();
            Reason::new("--payloads", format!("the folder {}{why}", self.root().display()))
        })?;
        let resolver = Resolver::new(files.paths().map(str::to_owned));
        Ok(self.resolver.get_or_init(|| resolver))
    }

    fn root(&self) -> &Path {
        self.folder.root()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails if the message does not have the folder.
    #[test]
    fn a_folder_that_cannot_be_read_is_named() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("pictures");
        std::fs::create_dir(&path).unwrap();
        let files = PayloadFiles::new(PayloadFolder::open(&path).unwrap());
        std::fs::remove_dir(&path).unwrap();
        let why = files.find("file_name", "a.png").unwrap_err().at(1).to_string();
        assert!(
            why.contains("--payloads: the folder ") && why.contains("/pictures: cannot be read: "),
            "{why}"
        );
    }
}
