//! A JSON document of the input: its elements in order, and any of them again by its position.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::object::object;
use crate::annotations::elements::{Elements, LONGEST, SplitError};
use crate::annotations::fault::RecordPlace;
use crate::annotations::files::Files;
use crate::annotations::reader::ReadStop;

const BUFFER: usize = 256 * 1024;
/// The bytes at the beginning of a document that are examined.
const HEAD: u64 = 256 * 1024;

/// A JSON document. Must not change while it is read.
pub(crate) struct JsonDocument {
    /// The path below the input.
    pub path: String,
    system: PathBuf,
    file: RefCell<File>,
    /// The length, in bytes.
    pub size: u64,
}

/// The position of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ElementPosition {
    /// The number in its list, from 0.
    pub index: u64,
    /// The first byte.
    pub start: u64,
    /// The first byte after it.
    pub end: u64,
}

impl JsonDocument {
    /// Opens a document.
    pub(crate) fn open(files: &Files, path: &str) -> Result<Self, ReadStop> {
        let unreadable = |why: String| ReadStop::Unreadable(format!("{path}: {why}"));
        let system = files.get(path).ok_or_else(|| unreadable("there is no such file".to_owned()))?;
        let opened = File::open(system).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (size, file) = opened.map_err(|error| unreadable(error.to_string()))?;
        Ok(Self { path: path.to_owned(), system: system.to_owned(), file: RefCell::new(file), size })
    }

    /// Begins to read its elements.
    pub(crate) fn elements(&self) -> Result<Elements<BufReader<File>>, ReadStop> {
        let file = File::open(&self.system);
        let file = file.map_err(|error| ReadStop::Unreadable(format!("{}: {error}", self.path)))?;
        Ok(Elements::new(BufReader::with_capacity(BUFFER, file)))
    }

    /// Returns the place of an element for messages.
    pub(crate) fn place(&self, section: &str, index: u64) -> RecordPlace {
        RecordPlace::FileElement(self.path.clone(), format!("{section}[{index}]"))
    }

    /// Returns the reason why the document cannot be split.
    pub(crate) fn stopped(&self, error: &SplitError) -> ReadStop {
        ReadStop::Unreadable(format!("{}: {error}", self.path))
    }

    /// Reads the element at a position.
    pub(crate) fn text(&self, position: ElementPosition) -> Result<Vec<u8>, ReadStop> {
        let length = usize::try_from(position.end.saturating_sub(position.start)).unwrap_or(LONGEST);
        let mut text = vec![0; length.min(LONGEST)];
        let read = || -> io::Result<()> {
            let mut file = self.file.borrow_mut();
            file.seek(SeekFrom::Start(position.start))?;
            file.read_exact(&mut text)
        };
        let mut read = read;
        read().map_err(|error| ReadStop::Unreadable(format!("{}: {error}", self.path)))?;
        Ok(text)
    }
}

/// Reads the first bytes of a file as text, without a byte order mark; `None` if it is no UTF-8.
pub(crate) fn head_of(system: &Path) -> Option<String> {
    let mut head = Vec::new();
    File::open(system).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    let text = match std::str::from_utf8(&head) {
        Ok(text) => text.to_owned(),
        // The last character may be incomplete.
        Err(error) if error.valid_up_to() + 4 > head.len() => {
            String::from_utf8_lossy(&head[..error.valid_up_to()]).into_owned()
        }
        Err(_) => return None,
    };
    Some(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

/// Returns the names of the fields of the outermost object in the first bytes of a document, with
/// the positions of their first quotes.
pub(crate) fn fields_of(head: &str) -> Vec<(&str, usize)> {
    let (mut fields, mut depth, mut text, mut escaped) = (Vec::new(), 0_u32, None, false);
    for (place, byte) in head.bytes().enumerate() {
        if let Some(start) = text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    let is_name = head[place + 1..].trim_start().starts_with(':');
                    if depth == 1 && is_name {
                        fields.push((&head[start + 1..place], start));
                    }
                    text = None;
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => text = Some(place),
            b'{' => depth += 1,
            b'[' if depth == 0 => break,
            b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => break,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    fields
}

/// Reads the fields of a document before its list `list`; `None` if the head ends before it.
pub(crate) fn fields_before(head: &str, list: &str) -> Option<Map<String, Value>> {
    let (_, end) = fields_of(head).into_iter().find(|(name, _)| *name == list)?;
    let start = head[..end].trim_end().trim_end_matches(',');
    object(format!("{start}}}").as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_head() {
        let head = r#"{"a": {"b": [1, "x:"]}, "c" : "a\"b", "list": [{"d": 1"#;
        let names: Vec<_> = fields_of(head).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "c", "list"]);
        assert_eq!(fields_before(head, "list").unwrap().len(), 2);
        assert!(fields_before(r#"{"list": []}"#, "list").unwrap().is_empty());
        assert_eq!(fields_before(head, "e"), None);
        assert_eq!(fields_of("[{\"a\": 1}]"), []);
    }
}
