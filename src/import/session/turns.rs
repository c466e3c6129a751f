//! The turns of imports that must not run at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Mutex as AsyncMutex;

/// The turns of the imports of a server.
#[derive(Default)]
pub(super) struct Turns {
    /// The turn of batches of exports.
    pub exports: Arc<AsyncMutex<()>>,
    /// The turns of files of records, by the digests of their first records.
    files: Mutex<HashMap<[u8; 32], Weak<AsyncMutex<()>>>>,
}

impl Turns {
    /// Returns the turn of a file of records. Imports of one file run one after the other, because
    /// the later one recognises the commits of the earlier one.
    pub(super) fn of_file(&self, first: [u8; 32]) -> Arc<AsyncMutex<()>> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|_, turn| turn.strong_count() > 0);
        let turn = files.get(&first).and_then(Weak::upgrade).unwrap_or_default();
        files.insert(first, Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_turn() {
        let turns = Turns::default();
        let (one, same, other) = (turns.of_file([1; 32]), turns.of_file([1; 32]), turns.of_file([2; 32]));
        assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &other));
        let held = one.try_lock().unwrap();
        assert!(same.try_lock().is_err() && other.try_lock().is_ok());
        drop(held);
        drop((one, same, other));
        turns.of_file([3; 32]);
        assert_eq!(turns.files.lock().unwrap().len(), 1);
    }
}
