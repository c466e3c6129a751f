//! What the words mean. Pure: no async, no I/O, no clock, no randomness.
//!
//! A writer's [`Proposal`](crate::domain::write::proposal::Proposal) meets the [`World`](crate::domain::write::world::World) of what was committed before;
//! [`plan`] applies the rules and yields an [`Entry`](crate::domain::log::entry::Entry): the rows of one commit, and the
//! [`Facts`](crate::domain::log::facts::Facts) that the lineage index takes from it. Read in the order below.

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
pub mod moment;
pub mod reference;
pub mod role;
pub mod invalid;
pub mod text;
pub mod signed_url;
pub mod pins;
pub mod naming;
pub mod principal;

#[cfg(test)]
pub(crate) mod tests;
