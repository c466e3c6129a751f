//! The byte form of packed facts: LEB128 numbers, a text table, ascending lists as differences.

use std::collections::HashMap;

/// Bytes that are not a packed record, with the name of the part that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("packed facts are broken at: {0}")]
pub struct Broken(pub &'static str);

/// Writes a packed record. Texts are collected in a table in front of the body.
#[derive(Debug, Default)]
pub struct Writer {
    body: Vec<u8>,
    texts: Vec<String>,
    places: HashMap<String, u64>,
}

impl Writer {
    /// Writes an unsigned number.
    pub fn number(&mut self, number: u64) {
        leb128(&mut self.body, number);
    }

    /// Writes a number that may be absent.
    pub fn optional_number(&mut self, number: Option<u64>) {
        self.number(number.map_or(0, |number| number + 1));
    }

    /// Writes a boolean as one byte.
    pub fn flag(&mut self, flag: bool) {
        self.body.push(u8::from(flag));
    }

    /// Writes bytes of a length that the reader knows.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.body.extend_from_slice(bytes);
    }

    /// Writes bytes of any length, after their length.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.raw(bytes);
    }

    /// Writes a text that may be erased later: its length plus 1, then its bytes. The hash of an
    /// erased one follows a 0.
    pub fn part(&mut self, text: &str) {
        self.number(text.len() as u64 + 1);
        self.raw(text.as_bytes());
    }

    /// Writes a value that may be absent.
    pub fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    /// Writes a text as its index in the table.
    pub fn text(&mut self, text: &str) {
        let place = match self.places.get(text) {
            Some(place) => *place,
            None => {
                let place = self.texts.len() as u64;
                self.texts.push(text.to_owned());
                self.places.insert(text.to_owned(), place);
                place
            }
        };
        self.number(place);
    }

    /// Writes a list: its length, then each element.
    pub fn list<T>(&mut self, elements: &[T], mut element: impl FnMut(&mut Self, &T)) {
        self.number(elements.len() as u64);
        for each in elements {
            element(self, each);
        }
    }

    /// Writes ascending numbers: the first, then the differences.
    pub fn ascending(&mut self, numbers: impl ExactSizeIterator<Item = u32>) {
        self.number(numbers.len() as u64);
        let mut last = 0;
        for number in numbers {
            self.number(u64::from(number.wrapping_sub(last)));
            last = number;
        }
    }

    /// Returns the number of bytes of the body so far.
    #[must_use]
    pub fn position(&self) -> usize {
        self.body.len()
    }

    /// Returns the record, and the offset of the body in it.
    #[must_use]
    pub fn finish_with_offset(self) -> (Vec<u8>, usize) {
        let body = self.body.len();
        let bytes = self.finish();
        let offset = bytes.len() - body;
        (bytes, offset)
    }

    /// Returns the record: the text table, then the body.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.body.len() + 64);
        leb128(&mut bytes, self.texts.len() as u64);
        for text in &self.texts {
            leb128(&mut bytes, text.len() as u64);
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

fn leb128(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The longest text of a table, in bytes: that of an item's key. A text is copied at each use, so a
/// long one in damaged bytes could cost any amount of memory.
pub(in crate::domain) const MAX_TEXT: usize = 512;

/// Reads a packed record. Every length is checked against the bytes that are left, so damaged bytes
/// cannot allocate much memory.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    texts: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    /// Opens a record and reads its text table.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn new(bytes: &'a [u8]) -> Result<Self, Broken> {
        let mut reader = Self { rest: bytes, texts: Vec::new() };
        let count = reader.length(1)?;
        for _ in 0..count {
            let length = reader.length(1)?;
            if length > MAX_TEXT {
                return Err(Broken("text"));
            }
            let (text, rest) = reader.rest.split_at(length);
            reader.texts.push(std::str::from_utf8(text).map_err(|_| Broken("text"))?);
            reader.rest = rest;
        }
        Ok(reader)
    }

    /// Reads an unsigned number.
    ///
    /// # Errors
    /// [`Broken`].
    #[inline]
    pub fn number(&mut self) -> Result<u64, Broken> {
        match self.rest {
            // Most numbers are small.
            [byte @ 0..=0x7f, rest @ ..] => {
                self.rest = rest;
                Ok((*byte).into())
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Result<u64, Broken> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or(Broken("number"))?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                // One form per number: no leading zeros, nothing beyond 64 bits.
                let plain = shift == 0 || byte != 0 && (shift < 63 || byte == 1);
                return if plain { Ok(number) } else { Err(Broken("number")) };
            }
        }
        Err(Broken("number"))
    }

    /// Reads a number of 32 bits.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn small(&mut self) -> Result<u32, Broken> {
        u32::try_from(self.number()?).map_err(|_| Broken("number of 32 bits"))
    }

    /// Reads a 32-bit number that may be absent.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn optional_small(&mut self) -> Result<Option<u32>, Broken> {
        match self.number()? {
            0 => Ok(None),
            number => u32::try_from(number - 1).map(Some).map_err(|_| Broken("number of 32 bits")),
        }
    }

    /// Reads a boolean.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn flag(&mut self) -> Result<bool, Broken> {
        match self.raw::<1>()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(Broken("flag")),
        }
    }

    /// Reads bytes of a known length.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn raw<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        self.slice().copied()
    }

    /// Reads bytes of a known length without a copy.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn slice<const N: usize>(&mut self) -> Result<&'a [u8; N], Broken> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Broken("bytes"))?;
        self.rest = rest;
        Ok(bytes)
    }

    /// Reads bytes of any length.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn bytes(&mut self) -> Result<&'a [u8], Broken> {
        let length = self.length(1)?;
        let (bytes, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(bytes)
    }

    /// Reads a long text, which is not in the table.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn prose(&mut self) -> Result<&'a str, Broken> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Broken("text"))
    }

    /// Reads a text of [`Writer::part`].
    ///
    /// # Errors
    /// [`Broken`], also if it was erased: this release does not erase anything.
    pub fn part(&mut self) -> Result<&'a str, Broken> {
        let length = match self.number()?.checked_sub(1) {
            None => return Err(Broken("a part that a later release erased")),
            Some(length) => usize::try_from(length).map_err(|_| Broken("length"))?,
        };
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Broken("length"))?;
        self.rest = rest;
        std::str::from_utf8(bytes).map_err(|_| Broken("text"))
    }

    /// Reads a value that may be absent.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Broken>,
    ) -> Result<Option<T>, Broken> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    /// Reads a text of the table.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn text(&mut self) -> Result<&'a str, Broken> {
        let place = usize::try_from(self.number()?).map_err(|_| Broken("text"))?;
        self.texts.get(place).copied().ok_or(Broken("text"))
    }

    /// Reads a list.
    ///
    /// # Errors
    /// [`Broken`], of the list or of an element.
    pub fn list<T>(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<T, Broken>,
    ) -> Result<Vec<T>, Broken> {
        let length = self.length(1)?;
        let mut elements = Vec::with_capacity(length.min(4_096));
        for _ in 0..length {
            elements.push(element(self)?);
        }
        Ok(elements)
    }

    /// Reads ascending numbers and converts each one.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn ascending<T>(&mut self, of: impl Fn(u32) -> T) -> Result<Vec<T>, Broken> {
        let mut last = 0_u32;
        self.list(|r| {
            last = last.checked_add(r.small()?).ok_or(Broken("ascending numbers"))?;
            Ok(of(last))
        })
    }

    /// Continues at another part of the same record, of which these are the bytes up to its end.
    pub fn go_to(&mut self, rest: &'a [u8]) {
        self.rest = rest;
    }

    /// Checks that no bytes are left.
    ///
    /// # Errors
    /// [`Broken`] if some are.
    pub fn end(&self) -> Result<(), Broken> {
        if self.rest.is_empty() { Ok(()) } else { Err(Broken("end")) }
    }

    /// Reads a length, which is at most what is left at `least` bytes per element.
    fn length(&mut self, least: usize) -> Result<usize, Broken> {
        let length = usize::try_from(self.number()?).map_err(|_| Broken("length"))?;
        if length.saturating_mul(least) > self.rest.len() { Err(Broken("length")) } else { Ok(length) }
    }
}
