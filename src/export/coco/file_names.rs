//! Names of files: tools tell images by them, and images of several imports can have the same one.

use std::collections::HashSet;

use super::super::memory::{ExportMemory, HeldMemory};
use crate::domain::id::Digest;
use crate::domain::item::ItemKey;
use crate::ledger::LedgerError;

/// The memory of a name, in bytes.
const ENTRY: usize = 32;

/// The names that images of a document have, by their hashes.
pub(super) struct FileNames {
    taken: HashSet<[u8; 16]>,
    memory: HeldMemory,
}

impl FileNames {
    pub(super) fn new(memory: &ExportMemory) -> Self {
        Self { taken: HashSet::new(), memory: memory.hold() }
    }

    /// Takes the memory of more names.
    pub(super) fn expect(&mut self, more: usize) -> Result<(), LedgerError> {
        self.memory.grow(more * ENTRY)
    }

    /// Takes the name of an image. Returns another one if an earlier image has it: the key of the
    /// item, else with namespace and kind.
    pub(super) fn other(&mut self, name: &str, item: &ItemKey) -> Option<String> {
        if self.take(name) {
            return None;
        }
        let key = item.key();
        if self.take(key) {
            return Some(key.to_owned());
        }
        let whole = item.to_string();
        self.take(&whole);
        Some(whole)
    }

    fn take(&mut self, name: &str) -> bool {
        let mut hash = [0; 16];
        hash.copy_from_slice(&Digest::of(name.as_bytes()).as_bytes()[..16]);
        self.taken.insert(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::item::Kind;

    #[test]
    fn a_name_that_is_taken_becomes_the_key() {
        let mut names = FileNames::new(&ExportMemory::unlimited());
        let item = |key: &str| ItemKey::new("n".parse().unwrap(), Kind::Source, key).unwrap();
        assert_eq!(names.other("1.jpg", &item("a/1.jpg")), None);
        assert_eq!(names.other("1.jpg", &item("b/1.jpg")).as_deref(), Some("b/1.jpg"));
        assert_eq!(names.other("b/1.jpg", &item("b/1.jpg")).as_deref(), Some("n/SOURCE/b/1.jpg"));
        assert_eq!(names.other("2.jpg", &item("b/2.jpg")), None);
    }
}
