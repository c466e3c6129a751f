//! OpenLineage: what schedulers and engines say of their runs, taken into the lineage.
//!
//! An [`Event`] is read leniently: what the lineage needs is taken out, all of it is kept as it came. [`subject`] puts together
//! what several events say of one run or job, in whatever order they came, and [`changes`] says what that comes to in the
//! world as it is. Both are pure, and no version's id depends on what came first: so repetition and order do no harm. [`Intake`]
//! keeps the bytes, looks up what was said before, and commits. `docs/openlineage.md` has the mapping.

mod changes;
mod event;
mod intake;
mod names;
mod subject;
#[cfg(test)]
mod tests;

pub use changes::{Drawn, changes};
pub use event::{BadEvent, Dataset, Event, Name, What};
pub use intake::{Intake, IntakeError, Taken};
pub use subject::Subject;
