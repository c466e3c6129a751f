//! OpenLineage: events of schedulers and engines become lineage.
//!
//! An [`Event`] is read leniently: the fields that the lineage needs are extracted, [`notes`] count
//! what is irregular, and all bytes are stored. [`subject`] combines the events of one run in any
//! order, and [`changes`] derives the changes of the store. Both are pure, and no version's id
//! depends on the order of events, so repeated and reordered events are harmless. [`Intake`] stores
//! the bytes and commits; [`earlier`] reads what is needed of earlier events. `docs/openlineage.md` has
//! the mapping.

mod changes;
mod describe;
mod earlier;
mod error;
mod event;
mod intake;
mod join;
mod names;
mod notes;
mod read;
mod subject;
mod time;
#[cfg(test)]
mod tests;

pub use changes::{Drawn, changes};
pub use error::IntakeError;
pub use event::{BadEvent, Dataset, Event, EventSubject, LARGEST_EVENT, QualifiedName};
pub use intake::{Intake, Taken};
pub use notes::Notes;
pub use subject::{Earlier, Subject};
