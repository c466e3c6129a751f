//! The lineage index: who was made from whom, who pins whom, what is wrong, as of any moment. In memory, pure.
//!
//! Versions have dense numbers in commit order, so "visible at a seq" is one comparison: a version is visible
//! when its number is below the count of versions that the commit left behind. The index only grows; a reader
//! at an older seq reads the same arrays with a lower bound. It is fed with the facts of commits, in order, and
//! holds no more than traversals, counts, membership and search need: whole texts and attributes stay in the store.
//!
//! [`Index`] owns the columns; [`At`] reads them as of one seq; what walks far is a method of [`Walker`], which gives the
//! index away between steps while a writer waits.

pub mod names;
pub mod marks;
pub mod adjacency;
pub mod membership;
pub mod statements;
pub mod tags;
pub mod ontology;
pub mod table;
pub mod digests;
pub mod pool;
pub mod short;
pub mod flat;
pub mod sorted;
pub mod dictionary;
pub mod column;
pub mod postings;
pub mod items;
pub mod versions;
pub mod index;
pub mod loading;
pub mod world;
pub mod at;
pub mod walker;
pub mod flow;
pub mod impact;
pub mod refresh;
pub mod contents;
pub mod sets;
pub mod inflow;
pub mod newly;
pub mod leakage;
pub mod campaign;
pub mod closure;
pub mod resumed;
pub mod hops;
mod shortest;
mod region;
pub mod paths;
pub mod ancestry;
pub mod lines;
pub mod drawing;
pub mod summary;
pub mod resolve;
pub mod stale;
pub mod search;

pub use at::At;
pub use index::{Index, Misfit};
pub use loading::Loading;
pub use walker::{Hold, Walker};

#[cfg(test)]
mod tests;
