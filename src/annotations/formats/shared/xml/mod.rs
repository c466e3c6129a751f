//! XML as labelling tools write it: elements of bounded size, with their lines.
//!
//! Names are read with their prefixes, comments and processing instructions are left out, and the
//! white space around a text is no part of it. Entities of a document type are refused. Text is
//! UTF-8, or ISO-8859-1 if the declaration says so.

mod counted;
mod element;
mod reader;
mod text;

pub(crate) use element::XmlElement;
pub(crate) use reader::XmlReader;
pub(crate) use text::{XmlText, is_xml_name, is_xml_text};

use crate::annotations::fault::{Reason, RecordFault, RecordPlace};

/// The longest element that is read as a whole, in bytes.
pub(crate) const LONGEST: u64 = 64 * 1024 * 1024;

/// The deepest nesting of elements.
const MAX_DEPTH: usize = 64;

/// The reason why a document cannot be read, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct XmlFault {
    /// The line, from 1.
    pub line: u64,
    /// The expectation and the finding.
    pub why: String,
}

impl XmlFault {
    /// Adds the path of the file.
    pub(crate) fn of_file(self, path: &str) -> RecordFault {
        Reason::record(self.why).at(RecordPlace::FileLine(path.to_owned(), self.line))
    }
}

#[cfg(test)]
mod tests;
