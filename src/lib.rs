//! stemma: a lineage server for machine-learning data.
//!
//! Data for machine learning changes all the time: labels are corrected, images replaced, sets
//! rebuilt. stemma stores every version, its sources and the later statements about it, and answers
//! as of any moment: *which training sets include a label that was wrong, directly or through
//! anything derived from it?*
//!
//! A write is a [`Proposal`](domain::proposal::Proposal). The one sequencer of the
//! [`Ledger`](ledger::Ledger) applies the rules of [`domain::plan`], seals the result into an
//! [`Entry`](domain::entry::Entry), appends it to the [`log`] in one synchronised write and feeds its
//! facts to the [`Index`](lineage::Index) in memory. A read goes through a
//! [`View`](ledger::View), pinned to one commit; lineage queries are answered by the index alone,
//! and full records come from the log. The [`graph`] in SurrealDB is written behind the log, or is
//! the log, if several processes share it on a server.
//!
//! The modules are listed in reading order, and each uses only those above it (checked by
//! `tests/it/tidy.rs`). `docs/architecture.md` describes the layers.

pub mod domain;
pub mod annotations;
pub mod budget;
pub mod lineage;
pub mod blob;
pub mod thumbnails;
pub mod log;
pub mod graph;
pub mod backup;
pub mod ledger;
pub mod export;
pub mod import;
pub mod openlineage;
pub mod api;
pub mod hooks;
pub mod http;
pub mod config;
pub mod cli;

/// The allocator of the program, its tests and its benchmarks.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
