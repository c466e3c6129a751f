//! What the words mean. Pure: no async, no I/O, no clock, no randomness.
//!
//! A writer's [`Proposal`](proposal::Proposal) meets the [`World`](world::World) of what was committed before;
//! [`plan`] applies the rules and yields an [`Entry`](entry::Entry): the rows of one commit, and the
//! [`Facts`](facts::Facts) that the lineage index takes from it. Read in the order below.

pub mod id;
pub mod canon;
pub mod item;
pub mod attributes;
pub mod words;
pub mod searchable;
pub mod selection;
pub mod conditions;
pub mod class_change;
pub mod version;
pub mod media;
pub mod statement;
pub mod moment;
pub mod position;
pub mod reference;
pub mod proposal;
pub mod rules;
pub mod text;
pub mod world;
pub mod pass;
pub mod pins;
pub mod naming;
pub mod facts;
pub mod wire;
pub mod entry;
pub mod transcript;
pub mod plan;
pub mod asked;
pub mod json;
pub mod principal;

#[cfg(test)]
pub(crate) mod tests;
