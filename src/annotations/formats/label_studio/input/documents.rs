//! The documents of an export: a list of tasks, objects one after another (one task, JSON lines),
//! or the files of a target storage, which has one for each annotation.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::annotations::elements::{Elements, SplitError};
use crate::annotations::fault::RecordPlace;
use crate::annotations::files::Files;
use crate::annotations::reader::ReadStop;
use crate::annotations::splits::split_of;

const BUFFER: usize = 256 * 1024;

/// The position of an element in the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ElementAt {
    pub start: u64,
    pub length: u32,
    /// The number of the document.
    pub document: u32,
    /// The position in the document, from 0.
    pub index: u32,
    /// The position in a page of the API; [`UNREAD`] if the ids of the element cannot be read.
    pub page: u32,
}

/// The position of an element whose ids cannot be read.
pub(crate) const UNREAD: u32 = u32::MAX;

/// A document.
struct Document {
    system: PathBuf,
    path: String,
    split: Option<&'static str>,
}

/// The documents of an input, which must not change while they are read.
pub(crate) struct Documents {
    list: Vec<Document>,
    is_one_file: bool,
    open: Option<(u32, File)>,
}

impl Documents {
    /// Finds the documents of an input.
    pub(crate) fn of(files: &Files) -> Self {
        let is_one_file = files.is_one_file();
        let document = |path: &str| {
            let system = files.get(path)?.to_owned();
            let split = if is_one_file { None } else { split_of(path) };
            Some(Document { system, path: path.to_owned(), split })
        };
        let list = candidates(files).into_iter().filter_map(document).collect();
        Self { list, is_one_file, open: None }
    }

    /// Returns the number of documents.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.list.len()).unwrap_or(u32::MAX)
    }

    /// Returns the length of all documents, in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.list.iter().filter_map(|document| document.system.metadata().ok()).map(|about| about.len()).sum()
    }

    /// Returns the split that the name of a document says.
    pub(crate) fn split(&self, document: u32) -> Option<&'static str> {
        self.list.get(document as usize)?.split
    }

    /// Begins to read the elements of a document.
    pub(crate) fn elements(&self, document: u32) -> Result<Elements<BufReader<File>>, ReadStop> {
        let path = self.list.get(document as usize).map_or(Path::new(""), |document| &document.system);
        let file = File::open(path).map_err(|error| self.unreadable(document, &error.to_string()))?;
        Ok(Elements::values(BufReader::with_capacity(BUFFER, file)))
    }

    /// Returns the reason why a document cannot be split.
    pub(crate) fn stopped(&self, document: u32, error: &SplitError, hint: &str) -> ReadStop {
        self.unreadable(document, &format!("{error}{hint}"))
    }

    /// Returns the place of an element for messages.
    pub(crate) fn place(&self, at: ElementAt) -> RecordPlace {
        let element = format!("[{}]", at.index);
        match self.list.get(at.document as usize) {
            Some(Document { path, .. }) if !self.is_one_file => {
                if Path::new(path).extension().is_none() {
                    return RecordPlace::File(path.clone());
                }
                RecordPlace::FileElement(path.clone(), element)
            }
            _ => RecordPlace::Element(element),
        }
    }

    /// Reads the text of an element.
    pub(crate) fn text(&mut self, at: ElementAt) -> Result<Vec<u8>, ReadStop> {
        let mut read = || -> io::Result<Vec<u8>> {
            let file = match &mut self.open {
                Some((document, file)) if *document == at.document => file,
                open => {
                    let path =
                        self.list.get(at.document as usize).map_or(Path::new(""), |found| &found.system);
                    &mut open.insert((at.document, File::open(path)?)).1
                }
            };
            file.seek(SeekFrom::Start(at.start))?;
            let mut text = vec![0; at.length as usize];
            file.read_exact(&mut text)?;
            Ok(text)
        };
        read().map_err(|error| self.unreadable(at.document, &error.to_string()))
    }

    fn unreadable(&self, document: u32, why: &str) -> ReadStop {
        match self.list.get(document as usize) {
            Some(Document { path, .. }) if !self.is_one_file => {
                ReadStop::Unreadable(format!("{path}: {why}"))
            }
            _ => ReadStop::Unreadable(why.to_owned()),
        }
    }
}

/// Returns the files that may be documents: the one file, or the files at the top of a folder whose
/// names end with `.json` or `.jsonl` or have no ending, in the order of their numbers.
pub(crate) fn candidates(files: &Files) -> Vec<&str> {
    if files.is_one_file() {
        return files.paths().collect();
    }
    let is_document = |path: &&str| {
        let ending = Path::new(path).extension().map(|ending| ending.to_ascii_lowercase());
        !path.contains('/') && ending.is_none_or(|ending| ending == "json" || ending == "jsonl")
    };
    let mut found: Vec<&str> = files.paths().filter(is_document).collect();
    found.sort_by_key(|path| {
        let stem = Path::new(path).file_stem().and_then(|stem| stem.to_str());
        stem.and_then(|stem| stem.parse::<u64>().ok()).unwrap_or(u64::MAX)
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_storage_are_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["12", "9", "100.json", ".hidden", "a.jpg", "train.JSON"] {
            std::fs::write(folder.path().join(name), "{}").unwrap();
        }
        std::fs::create_dir(folder.path().join("7")).unwrap();
        std::fs::write(folder.path().join("7/8"), "{}").unwrap();
        let files = Files::open(folder.path()).unwrap();
        assert_eq!(candidates(&files), ["9", "12", "100.json", "train.JSON"]);
    }
}
