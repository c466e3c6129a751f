//! Lines of a file or stream, one at a time.

use std::io::{self, BufRead};

/// The longest line, in bytes.
pub(crate) const LONGEST: usize = 16 * 1024 * 1024;

/// Reads lines. Holds one of them at a time.
pub(crate) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
    bytes: u64,
}

/// A line that is not blank.
pub(crate) struct TextLine<'a> {
    /// The number of the line, from 1.
    pub number: u64,
    /// The text without white space around it.
    pub text: &'a [u8],
}

/// A line that could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LineError {
    /// It is longer than [`LONGEST`].
    #[error("line {0} is longer than 16 MiB; split the record")]
    TooLong(u64),
    /// The input cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl<R: BufRead> Lines<R> {
    /// Reads the lines of an input.
    pub(crate) fn new(input: R) -> Self {
        Self { input, line: Vec::new(), number: 0, bytes: 0 }
    }

    /// Returns the next line that is not blank.
    pub(crate) fn next(&mut self) -> Result<Option<TextLine<'_>>, LineError> {
        loop {
            self.line.clear();
            if !self.fill()? {
                return Ok(None);
            }
            self.number += 1;
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        let text = self.line.trim_ascii();
        // Some editors write a byte order mark.
        let text = if self.number == 1 { text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text) } else { text };
        Ok(Some(TextLine { number: self.number, text }))
    }

    /// Returns the number of bytes read.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads through the next line break. Returns false at the end of the input.
    fn fill(&mut self) -> Result<bool, LineError> {
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            let end = available.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(available.len(), |end| end + 1);
            if self.line.len() + taken > LONGEST {
                return Err(LineError::TooLong(self.number + 1));
            }
            self.line.extend_from_slice(&available[..taken]);
            self.input.consume(taken);
            self.bytes += taken as u64;
            if end.is_some() || taken == 0 {
                return Ok(!self.line.is_empty());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(u64, String)> {
        let mut lines = Lines::new(text.as_bytes());
        let mut found = Vec::new();
        while let Some(TextLine { number, text }) = lines.next().unwrap() {
            found.push((number, String::from_utf8(text.to_vec()).unwrap()));
        }
        found
    }

    #[test]
    fn blank_lines_are_skipped_and_counted() {
        let found = all("a\n\n  b \r\nc");
        assert_eq!(found, [(1, "a".to_owned()), (3, "b".to_owned()), (4, "c".to_owned())]);
        assert_eq!(all(""), []);
        assert_eq!(all("\u{feff}a\nb"), all("a\nb"));
    }

    #[test]
    fn a_line_that_is_too_long_is_refused() {
        let long = vec![b'x'; LONGEST + 1];
        let mut lines = Lines::new(long.as_slice());
        assert_eq!(lines.next().err().unwrap().to_string(), "line 1 is longer than 16 MiB; split the record");
    }
}
