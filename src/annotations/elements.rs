//! A splitter of a JSON document of any length into elements.
//!
//! The document is an object of lists, or a list. Finds only the beginning and end of each element;
//! the strict parser reads its content. Skips lists that are not requested without parsing them.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead};

use super::fault::RecordPlace;
use scan::Scan;

mod scan;

/// The longest element, in bytes.
pub const LONGEST: usize = 16 * 1024 * 1024;

/// The reason why a document cannot be split.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// An element is longer than [`LONGEST`].
    #[error("{0} is longer than 16 MiB; split it")]
    TooLong(RecordPlace),
    /// The document has something else than expected.
    #[error("expected {expected} at byte {at}, found {found}")]
    Unexpected {
        /// The syntax that the document must continue with.
        expected: &'static str,
        /// The position in the input, from 0.
        at: u64,
        /// The byte at this position.
        found: FoundByte,
    },
    /// A field name that is not a JSON string.
    #[error("expected a valid JSON string as a field name at byte {at}")]
    FieldName {
        /// The position of its first byte, from 0.
        at: u64,
    },
    /// An object has the same field twice.
    #[error("duplicate field `{name}` at byte {at} (first at byte {first}); remove one of them")]
    DuplicateField {
        /// The name of the field.
        name: String,
        /// The position of the duplicate, from 0.
        at: u64,
        /// The position of the first field with this name, from 0.
        first: u64,
    },
    /// The input cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The byte at a position of a document; `None` at its end.
#[derive(Debug)]
pub struct FoundByte(Option<u8>);

impl fmt::Display for FoundByte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(byte) if byte.is_ascii_graphic() => write!(f, "`{}`", char::from(byte)),
            Some(byte) => write!(f, "the byte 0x{byte:02x}"),
            None => f.write_str("the end of the document"),
        }
    }
}

/// An element of a list.
pub struct ListElement<'a> {
    /// The name of the list; empty if the document is a list.
    pub section: &'a str,
    /// The position in the list, from 0.
    pub index: u64,
    /// The JSON text.
    pub text: &'a [u8],
}

impl ListElement<'_> {
    /// Returns the place of the element for messages.
    pub fn place(&self) -> RecordPlace {
        place(self.section, self.index)
    }
}

fn place(section: &str, index: u64) -> RecordPlace {
    RecordPlace::Element(format!("{section}[{index}]"))
}

/// The part of the document that is expected next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Document,
    /// A field name; `first` if the object has had none.
    Name {
        first: bool,
    },
    Element {
        first: bool,
    },
    /// A list, or one value after another.
    Values,
    Value,
    End,
}

/// Splits a document. Holds one element at a time.
pub struct Elements<R> {
    input: R,
    next: Next,
    in_object: bool,
    section: String,
    index: u64,
    text: Vec<u8>,
    bytes: u64,
    /// The fields that the object has had, with their positions.
    names: HashMap<String, u64>,
    others: Vec<SkippedField>,
}

/// A field of the outermost object that is not one of the wanted lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedField {
    /// The name.
    pub name: String,
    /// The position of the value, in bytes.
    pub at: u64,
    /// The first byte of the value, which says its type.
    pub first: u8,
    /// The length of the value, in bytes.
    pub bytes: u64,
}

impl<R: BufRead> Elements<R> {
    /// Creates a splitter at the beginning of a document.
    pub fn new(input: R) -> Self {
        Self {
            input,
            next: Next::Document,
            in_object: false,
            section: String::new(),
            index: 0,
            text: Vec::new(),
            bytes: 0,
            names: HashMap::new(),
            others: Vec::new(),
        }
    }

    /// Creates a splitter of a list, or of objects one after another, such as lines.
    pub fn values(input: R) -> Self {
        Self { next: Next::Values, ..Self::new(input) }
    }

    /// Returns the number of bytes read.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the names of all fields of the outermost object that were read so far, and the
    /// positions of their names.
    pub const fn names(&self) -> &HashMap<String, u64> {
        &self.names
    }

    /// Returns the fields that were skipped so far, in the order of the document.
    pub fn skipped(&self) -> &[SkippedField] {
        &self.others
    }

    /// Returns the next element of the wanted lists; `None` at the end of the document.
    pub fn next(&mut self, wanted: impl Fn(&str) -> bool) -> Result<Option<ListElement<'_>>, SplitError> {
        loop {
            match self.next {
                Next::Document => self.document(&wanted)?,
                Next::Name { first } => self.name(first, &wanted)?,
                Next::Element { first } => {
                    if self.element(first)? {
                        let (section, index) = (self.section.as_str(), self.index - 1);
                        return Ok(Some(ListElement { section, index, text: &self.text }));
                    }
                }
                Next::Values => self.values_begin()?,
                Next::Value => {
                    let Some(byte) = self.peek()? else { return Ok(None) };
                    if byte != b'{' {
                        return Err(self.unexpected("a JSON object", Some(byte)));
                    }
                    self.value(true)?;
                    self.index += 1;
                    let (section, index) = ("", self.index - 1);
                    return Ok(Some(ListElement { section, index, text: &self.text }));
                }
                Next::End => return self.end().map(|()| None),
            }
        }
    }

    /// Some editors write a byte order mark.
    fn skip_mark(&mut self) -> Result<(), SplitError> {
        if self.input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            self.consume(3);
        }
        Ok(())
    }

    fn values_begin(&mut self) -> Result<(), SplitError> {
        self.skip_mark()?;
        self.next = match self.peek()? {
            Some(b'[') => {
                self.consume(1);
                Next::Element { first: true }
            }
            Some(b'{') => Next::Value,
            found => return Err(self.unexpected("a JSON object or list", found)),
        };
        Ok(())
    }

    fn document(&mut self, wanted: impl Fn(&str) -> bool) -> Result<(), SplitError> {
        self.skip_mark()?;
        match self.peek()? {
            Some(b'{') => {
                self.in_object = true;
                self.next = Next::Name { first: true };
            }
            Some(b'[') if wanted("") => self.next = Next::Element { first: true },
            found if wanted("") => return Err(self.unexpected("a JSON object or list", found)),
            found => return Err(self.unexpected("a JSON object", found)),
        }
        self.consume(1);
        Ok(())
    }

    fn name(&mut self, first: bool, wanted: impl Fn(&str) -> bool) -> Result<(), SplitError> {
        if self.closes(b'}', first)? {
            self.next = Next::End;
            return Ok(());
        }
        match self.peek()? {
            Some(b'"') => {}
            found => return Err(self.unexpected("a field name in double quotes", found)),
        }
        let at = self.bytes;
        self.value(true)?;
        let name: String = serde_json::from_slice(&self.text).map_err(|_| SplitError::FieldName { at })?;
        if let Some(first) = self.names.insert(name.clone(), at) {
            return Err(SplitError::DuplicateField { name, at, first });
        }
        match self.peek()? {
            Some(b':') => {}
            found => return Err(self.unexpected("`:`", found)),
        }
        self.consume(1);
        self.next = Next::Name { first: false };
        self.section = name;
        self.index = 0;
        let found = self.peek()?;
        if found == Some(b'[') && wanted(&self.section) {
            self.consume(1);
            self.next = Next::Element { first: true };
            return Ok(());
        }
        let start = self.bytes;
        self.value(false)?;
        if let Some(first) = found {
            let (name, bytes) = (self.section.clone(), self.bytes - start);
            self.others.push(SkippedField { name, at: start, first, bytes });
        }
        Ok(())
    }

    /// Reads the next element of the list. Returns false at its end.
    fn element(&mut self, first: bool) -> Result<bool, SplitError> {
        if self.closes(b']', first)? {
            self.next = if self.in_object { Next::Name { first: false } } else { Next::End };
            return Ok(false);
        }
        self.value(true)?;
        self.next = Next::Element { first: false };
        self.index += 1;
        Ok(true)
    }

    fn end(&mut self) -> Result<(), SplitError> {
        match self.peek()? {
            None => Ok(()),
            found => Err(self.unexpected("the end of the document", found)),
        }
    }

    /// Returns true if the list or object ends here; else consumes the comma before its next part.
    fn closes(&mut self, bracket: u8, first: bool) -> Result<bool, SplitError> {
        match self.peek()? {
            Some(byte) if byte == bracket => {
                self.consume(1);
                Ok(true)
            }
            Some(b',') if !first => {
                self.consume(1);
                Ok(false)
            }
            Some(_) if first => Ok(false),
            found => {
                let expected = match (bracket, first) {
                    (b'}', true) => "a field name or `}`",
                    (b'}', false) => "`,` or `}`",
                    (_, true) => "a value or `]`",
                    (_, false) => "`,` or `]`",
                };
                Err(self.unexpected(expected, found))
            }
        }
    }

    /// Consumes one value. Stores its text if `keep` is true.
    fn value(&mut self, keep: bool) -> Result<(), SplitError> {
        self.text.clear();
        let found = self.peek()?;
        if matches!(found, None | Some(b',' | b']' | b'}' | b':')) {
            return Err(self.unexpected("a value", found));
        }
        let mut scan = Scan::default();
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            if available.is_empty() {
                return Err(self.unexpected("the end of the value", None));
            }
            let (taken, ends) = scan.over(available);
            if keep {
                if self.text.len() + taken > LONGEST {
                    return Err(SplitError::TooLong(place(&self.section, self.index)));
                }
                self.text.extend_from_slice(&available[..taken]);
            }
            self.consume(taken);
            if ends {
                return Ok(());
            }
        }
    }

    /// Returns the next byte after white space without consuming it.
    fn peek(&mut self) -> Result<Option<u8>, SplitError> {
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            if available.is_empty() {
                return Ok(None);
            }
            let blank = available.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let found = available.get(blank).copied();
            self.consume(blank);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn consume(&mut self, bytes: usize) {
        self.input.consume(bytes);
        self.bytes += bytes as u64;
    }

    const fn unexpected(&self, expected: &'static str, found: Option<u8>) -> SplitError {
        SplitError::Unexpected { expected, at: self.bytes, found: FoundByte(found) }
    }
}

#[cfg(test)]
mod tests;
