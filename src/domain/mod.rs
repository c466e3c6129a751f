//! The rules of the model. Pure: no async, no I/O, no clock, no randomness.
//!
//! [`plan`](write::plan::plan) applies the rules to a writer's
//! [`Proposal`](write::proposal::Proposal) and the [`World`](write::world::World) of earlier
//! commits. The result is an [`Entry`](log::entry::Entry): the rows of one commit, and the
//! [`Facts`](log::facts::Facts) for the lineage index. Read the modules in the order below.

pub mod names;
pub mod write;
pub mod log;
pub mod search;
pub mod canonical;
pub mod id;
pub mod item;
pub mod class_change;
pub mod version;
pub mod media;
pub mod numbers;
pub mod statement;
pub mod role;
pub mod invalid;
pub mod text;
pub mod signed_url;
pub mod pins;
pub mod principal;

#[cfg(test)]
pub(crate) mod tests;
