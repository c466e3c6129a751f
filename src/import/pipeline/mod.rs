//! The pipeline of an import: records are batched, translated to changes and committed.

mod batching;
mod lookup;
mod read_ahead;
pub(crate) mod refuse;
pub(crate) mod run;
mod translate;
