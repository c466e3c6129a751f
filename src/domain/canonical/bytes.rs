//! Canonical bytes: turns a list of fields into the input of a hash.
//!
//! Every encoding starts with a domain tag, so that the bytes of an item and of a version always
//! differ, and every field is preceded by its length, so that two different lists of fields never
//! have the same bytes. An absent field and an empty one differ. Nothing here depends on a
//! serialisation library: an id must never change between releases. The golden ids in the tests
//! check it.

/// Builds the canonical bytes of one record, field by field, and hashes them.
#[derive(Debug)]
pub struct Canon {
    bytes: Vec<u8>,
}

impl Canon {
    /// Starts a record. `tag` names its type and the version of its encoding, for instance
    /// `stemma item v1`.
    #[must_use]
    pub fn new(tag: &str) -> Self {
        let mut canon = Self { bytes: Vec::with_capacity(256) };
        canon.field(tag.as_bytes());
        canon
    }

    /// Adds a field that is always present: its length as 8 bytes little-endian, then its bytes.
    pub fn field(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Adds a field that may be absent: one byte, 0 if absent and 1 if present, then the field.
    pub fn optional(&mut self, bytes: Option<&[u8]>) -> &mut Self {
        match bytes {
            None => self.bytes.push(0),
            Some(bytes) => {
                self.bytes.push(1);
                self.field(bytes);
            }
        }
        self
    }

    /// Adds a number, 8 bytes little-endian. It also opens a list: the count, then the fields of
    /// each element.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.bytes.extend_from_slice(&number.to_le_bytes());
        self
    }

    /// Returns the bytes so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Returns BLAKE3 of the bytes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.bytes).as_bytes()
    }
}
