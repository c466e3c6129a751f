//! Tests of the domain: ids that never change, encodings that cannot be confused, messages of
//! refusals, and the rules compared with a naive model.
//!
//! [`agree::agrees`] tests every implementation of [`World`](super::write::world::World): the small
//! one here, and the lineage index.

pub(crate) mod agree;
mod asking;
mod answered;
mod attributes;
mod canon;
mod commands;
mod corrections;
mod cost;
pub(crate) mod desk;
mod expected;
mod facts;
mod golden;
mod golden_rows;
mod model;
mod names;
mod ordered;
mod refusals;
mod requests;
mod samples;
mod searchable;
mod sets;
mod story;
mod naive;
mod log_entries;
mod words;
