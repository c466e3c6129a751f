//! OpenLineage: events of schedulers and engines become lineage.
//!
//! An [`Event`] is read leniently: the fields that the lineage needs are extracted, and all bytes
//! are stored. [`subject`] combines the events of one run or job in any order, and [`changes`]
//! derives the changes of the store. Both are pure, and no version's id depends on the order of
//! events, so repeated and reordered events are harmless. [`Intake`] stores the bytes, reads
//! earlier events and commits. `docs/openlineage.md` has the mapping.

mod changes;
mod event;
mod intake;
mod names;
mod subject;
#[cfg(test)]
mod tests;

pub use changes::{Drawn, changes};
pub use event::{BadEvent, Dataset, Event, EventSubject, QualifiedName};
pub use intake::{Intake, IntakeError, LARGEST_EVENT, Taken};
pub use subject::Subject;
