//! Tests of the domain: ids that never change, encodings that cannot be confused, messages of
//! refusals, and the rules compared with a naive model.
//!
//! [`rules::agree::agrees`] tests every implementation of [`World`](super::write::world::World): the small
//! one here, and the lineage index.

pub(crate) mod rules;
mod asking;
mod attributes;
mod canon;
mod commands;
pub(crate) mod desk;
mod facts;
mod golden;
mod golden_rows;
mod keys;
mod model;
mod names;
mod samples;
mod searchable;
mod story;
mod log_entries;
mod proofs;
mod words;
