//! Statements by kind, version, reason and content, so that a repeated one is found without reading
//! all others about its version.

use std::cell::Cell;

use crate::domain::log::facts::Saying;
use crate::lineage::index::containers::number_table::NumberTable;

/// The positions of statements, by hash.
#[derive(Debug, Default)]
pub(super) struct Sayings {
    hashes: Vec<u64>,
    places: NumberTable,
}

impl Sayings {
    /// Adds the next statement.
    pub(super) fn push(&mut self, saying: &Saying) {
        let hash = hash(saying);
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.places.insert(hash, |place| hashes[place as usize]);
    }

    /// The newest position with an equal statement; `says` compares the statement at a position
    /// whose hash is equal.
    pub(super) fn newest(&self, saying: &Saying, says: impl Fn(u32) -> bool) -> Option<u32> {
        let hash = hash(saying);
        let newest = Cell::new(None);
        self.places.find(hash, |place| {
            if self.hashes[place as usize] == hash && says(place) {
                newest.set(newest.get().max(Some(place)));
            }
            // The same may be stated several times: look at all of them.
            false
        });
        newest.get()
    }
}

/// A hash of reason and content, which are good hashes already, with version and kind spread over
/// all bits.
fn hash(saying: &Saying) -> u64 {
    let word = |bytes: &[u8; 32]| {
        let [a, b, c, d, e, f, g, h, ..] = *bytes;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    };
    let about = u64::from(saying.version.0) << 8 | u64::from(saying.kind.code());
    let content = saying.content.as_ref().map_or(0, word);
    about.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word(&saying.reason) ^ content.rotate_left(32)
}
