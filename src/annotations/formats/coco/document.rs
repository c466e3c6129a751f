//! One JSON document: its elements in order, and any of them again by its position.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::annotations::elements::{Elements, LONGEST, SplitError};
use crate::annotations::fault::RecordPlace;
use crate::annotations::reader::ReadStop;

const BUFFER: usize = 256 * 1024;

/// A JSON document. Must not change while it is read.
pub(super) struct CocoDocument {
    system: PathBuf,
    /// The path in places; empty if the input is one document.
    path: String,
    file: RefCell<File>,
    size: u64,
}

/// The position of an element in a document, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByteExtent {
    pub start: u64,
    pub end: u64,
}

impl CocoDocument {
    /// Opens a document; `path` begins its places.
    pub(super) fn open(system: &Path, path: &str) -> Result<Self, ReadStop> {
        let opened = || -> io::Result<Self> {
            let file = File::open(system)?;
            let size = file.metadata()?.len();
            Ok(Self { system: system.to_owned(), path: path.to_owned(), file: RefCell::new(file), size })
        };
        let document = opened().map_err(|error| unreadable(path, error))?;
        let mut head = [0; 4];
        let found = document.read_at(0, &mut head).map_err(|error| unreadable(path, error))?;
        let encoding = match &head[..found] {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16",
            [0x1f, 0x8b, ..] => "a gzip file",
            [b'P', b'K', 3, 4] => "a zip file",
            _ => return Ok(document),
        };
        let hint = if encoding == "UTF-16" { "save it as UTF-8" } else { "unpack it" };
        Err(unreadable(path, format!("expected a JSON document in UTF-8, found {encoding}; {hint}")))
    }

    /// Returns its length, in bytes.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// Begins to read its elements.
    pub(super) fn elements(&self) -> Result<Elements<BufReader<File>>, ReadStop> {
        let file = File::open(&self.system).map_err(|error| unreadable(&self.path, error))?;
        Ok(Elements::new(BufReader::with_capacity(BUFFER, file)))
    }

    /// Returns the place of an element for messages.
    pub(super) fn place(&self, section: &str, index: u64) -> RecordPlace {
        let path = &self.path;
        let between = if path.is_empty() { "" } else { ": " };
        RecordPlace::Element(format!("{path}{between}{section}[{index}]"))
    }

    /// Returns the place of one of its fields, or of the document itself if `field` is empty.
    pub(super) fn field(&self, field: &str) -> RecordPlace {
        RecordPlace::Element(match (self.path.as_str(), field) {
            ("", "") => "the document".to_owned(),
            ("", field) => field.to_owned(),
            (path, "") => path.to_owned(),
            (path, field) => format!("{path}: {field}"),
        })
    }

    /// Returns the reason why a document cannot be split.
    pub(super) fn stopped(&self, error: SplitError) -> ReadStop {
        unreadable(&self.path, error)
    }

    /// Reads the element at a position. The position may end with the comma after it.
    pub(super) fn text(&self, extent: ByteExtent) -> Result<Vec<u8>, ReadStop> {
        let length = usize::try_from(extent.end.saturating_sub(extent.start)).unwrap_or(LONGEST);
        let mut text = vec![0; length.min(LONGEST + 1)];
        let read = self.read_at(extent.start, &mut text).map_err(|error| unreadable(&self.path, error))?;
        text.truncate(read);
        let trim = |text: &mut Vec<u8>| {
            let blank = text.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
            text.truncate(text.len() - blank);
        };
        trim(&mut text);
        if text.last() == Some(&b',') {
            text.pop();
            trim(&mut text);
        }
        Ok(text)
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.borrow_mut();
        file.seek(SeekFrom::Start(at))?;
        let mut read = 0;
        while read < buffer.len() {
            match file.read(&mut buffer[read..]) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }
}

fn unreadable(path: &str, why: impl ToString) -> ReadStop {
    let why = why.to_string();
    ReadStop::Unreadable(if path.is_empty() { why } else { format!("{path}: {why}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_encodings_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        for (bytes, said) in [(&[0xff, 0xfe, b'{', 0][..], "UTF-16"), (&[0x1f, 0x8b, 8], "gzip")] {
            std::fs::write(&path, bytes).unwrap();
            let Err(ReadStop::Unreadable(why)) = CocoDocument::open(&path, "") else { panic!() };
            assert!(why.contains(said), "{why}");
        }
    }
}
