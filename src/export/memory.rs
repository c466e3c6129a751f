//! The memory of an export: pages of the log, lists of members and columns in progress. The caller
//! counts it and may refuse more.

use std::error::Error;
use std::sync::Arc;

use crate::domain::log::facts::Facts;
use crate::ledger::{LedgerError, Weight};

/// Counts bytes of memory.
pub trait MemoryMeter: Send + Sync {
    /// Takes more bytes. A refusal takes none of them.
    ///
    /// # Errors
    /// Returns the limit that would be exceeded.
    fn take(&self, bytes: u64) -> Result<(), Box<dyn Error + Send + Sync>>;

    /// Returns bytes that were taken.
    fn give_back(&self, bytes: u64);
}

/// The memory that an export may use; clones share it.
#[derive(Clone)]
pub struct ExportMemory(Option<Arc<dyn MemoryMeter>>);

/// Bytes of an export that are returned when this is dropped.
pub(super) struct HeldMemory {
    memory: ExportMemory,
    bytes: u64,
}

impl ExportMemory {
    /// Creates the memory that a meter counts.
    #[must_use]
    pub fn of(meter: impl MemoryMeter + 'static) -> Self {
        Self(Some(Arc::new(meter)))
    }

    /// Creates memory that is not counted, for the only user of a process.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self(None)
    }

    /// Begins with 0 bytes.
    pub(super) fn hold(&self) -> HeldMemory {
        HeldMemory { memory: self.clone(), bytes: 0 }
    }
}

impl HeldMemory {
    /// Takes more bytes.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), LedgerError> {
        self.take(bytes as u64)
    }

    /// Takes or returns bytes until exactly this many are held.
    pub(super) fn set(&mut self, bytes: usize) -> Result<(), LedgerError> {
        let bytes = bytes as u64;
        if bytes > self.bytes {
            return self.take(bytes - self.bytes);
        }
        self.shrink(self.bytes - bytes);
        Ok(())
    }

    fn take(&mut self, bytes: u64) -> Result<(), LedgerError> {
        if let Some(meter) = &self.memory.0 {
            meter.take(bytes).map_err(LedgerError::Memory)?;
        }
        self.bytes += bytes;
        Ok(())
    }

    fn shrink(&mut self, bytes: u64) {
        self.bytes -= bytes;
        if let Some(meter) = &self.memory.0 {
            meter.give_back(bytes);
        }
    }
}

impl Drop for HeldMemory {
    fn drop(&mut self) {
        self.shrink(self.bytes);
    }
}

/// The approximate size of the entry of a record in a map, without the record.
pub(super) const ENTRY: usize = 64;

/// Returns the approximate size of records with their entries in a map.
pub(super) fn records<'r, R: Weight + 'r>(found: impl IntoIterator<Item = &'r R>) -> usize {
    found.into_iter().map(|record| ENTRY + record.weight()).sum()
}

/// Returns the approximate size of unpacked facts.
pub(super) fn facts(facts: &Facts) -> usize {
    /// The approximate size of a text without its bytes.
    const TEXT: usize = 40;
    let text = |text: &String| TEXT + text.len();
    let versions = facts.versions.iter().map(|version| {
        let attributes = version.attributes.iter().map(|(path, value)| text(path) + size_of_val(value));
        size_of_val(version)
            + version.sources.iter().map(|(role, _)| text(role) + 8).sum::<usize>()
            + attributes.sum::<usize>()
            + version.words.iter().map(text).sum::<usize>()
            + size_of_val(version.classes.as_slice())
            + size_of_val(version.stale_classes.as_slice())
    });
    let memberships = facts
        .memberships
        .iter()
        .map(|fact| size_of_val(fact) + size_of_val(fact.removed.as_slice()) + PIN * fact.added.len());
    let moves = facts.class_moves.iter();
    let moves = moves.map(|fact| size_of_val(fact.made.as_slice()) + size_of_val(fact.renamed.as_slice()));
    facts.items.iter().map(|item| TEXT * 2 + item.namespace.as_str().len() + item.key().len()).sum::<usize>()
        + versions.sum::<usize>()
        + memberships.sum::<usize>()
        + moves.sum::<usize>()
        + facts.asserted.iter().map(|fact| TEXT + text(&fact.role)).sum::<usize>()
        + size_of_val(facts.statements.as_slice())
        + facts.tags.iter().map(|tag| TEXT + text(&tag.name)).sum::<usize>()
}

/// The approximate size of a pin in facts.
const PIN: usize = 16;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    struct Limited(Arc<AtomicU64>);

    impl MemoryMeter for Limited {
        fn take(&self, bytes: u64) -> Result<(), Box<dyn Error + Send + Sync>> {
            let more = |held: u64| Some(held + bytes).filter(|sum| *sum <= 100);
            let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
            taken.map(|_| ()).map_err(|held| format!("{held} and {bytes}").into())
        }

        fn give_back(&self, bytes: u64) {
            self.0.fetch_sub(bytes, Ordering::Relaxed);
        }
    }

    #[test]
    fn memory_is_taken_and_returned_exactly() {
        let held = Arc::new(AtomicU64::new(0));
        let memory = ExportMemory::of(Limited(Arc::clone(&held)));
        let (mut page, mut other) = (memory.hold(), memory.hold());
        page.grow(40).unwrap();
        other.set(30).unwrap();
        other.set(60).unwrap();
        assert_eq!(held.load(Ordering::Relaxed), 100);
        let refused = page.grow(1).unwrap_err();
        assert!(
            matches!(&refused, LedgerError::Memory(_)) && refused.to_string() == "100 and 1",
            "{refused}"
        );
        assert!(other.set(70).is_err());
        other.set(10).unwrap();
        assert_eq!(held.load(Ordering::Relaxed), 50);
        drop(page);
        assert_eq!(held.load(Ordering::Relaxed), 10);
        drop(other);
        assert_eq!(held.load(Ordering::Relaxed), 0);
    }
}
