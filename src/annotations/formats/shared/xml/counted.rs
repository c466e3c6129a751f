//! A reader that counts bytes and lines, and limits how much is read at once.

use std::io::{self, BufRead, Read};

/// Counts what is consumed of a reader.
pub(super) struct Counted<R> {
    input: R,
    /// The position of the next byte, from 0.
    pub position: u64,
    /// The line of the next byte, from 1.
    pub line: u64,
    /// The position at which reading fails.
    pub limit: u64,
}

impl<R> Counted<R> {
    pub(super) const fn new(input: R) -> Self {
        Self { input, position: 0, line: 1, limit: u64::MAX }
    }

    /// Returns true if the limit was reached.
    pub(super) const fn is_at_limit(&self) -> bool {
        self.position >= self.limit
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let read = available.len().min(buffer.len());
        buffer[..read].copy_from_slice(&available[..read]);
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.is_at_limit() {
            return Err(io::Error::other("the element is too long"));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        let consumed = self.input.fill_buf().ok().and_then(|available| available.get(..amount));
        let lines = consumed.map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count());
        self.line += lines as u64;
        self.position += amount as u64;
        self.input.consume(amount);
    }
}
