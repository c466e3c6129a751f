//! Digests, each once, with dense numbers.

use std::ops::Deref;

use super::number_table::NumberTable;

/// Digests in the order in which they were added; a digest's number is its position.
#[derive(Debug)]
pub struct Digests<T> {
    all: Vec<T>,
    table: NumberTable,
}

impl<T> Default for Digests<T> {
    fn default() -> Self {
        Self { all: Vec::new(), table: NumberTable::default() }
    }
}

impl<T: AsRef<[u8; 32]> + PartialEq> Digests<T> {
    /// The digest's number; `None` if it is unknown.
    #[must_use]
    pub fn find(&self, digest: &T) -> Option<u32> {
        self.table.find(hash(digest), |number| self.all[number as usize] == *digest)
    }

    /// Adds a digest, which must be unknown, and returns its number.
    pub fn push(&mut self, digest: T) -> u32 {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let all = &mut self.all;
        let hash_of_new = hash(&digest);
        all.push(digest);
        self.table.insert(hash_of_new, |number| hash(&all[number as usize]));
        number
    }
}

impl<T> Deref for Digests<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.all
    }
}

/// Eight bytes of the digest, which is a good hash already.
fn hash(digest: &impl AsRef<[u8; 32]>) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *digest.as_ref();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}
