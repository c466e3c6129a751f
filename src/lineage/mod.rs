//! The lineage index: who was made from whom, who pins whom, what is wrong, as of any moment. In memory, pure.
//!
//! Versions have dense numbers in commit order, so "visible at a seq" is one comparison: a version is visible
//! when its number is below the count of versions that the commit left behind. The index only grows; a reader
//! at an older seq reads the same arrays with a lower bound. It is fed with the facts of commits, in order, and
//! holds no more than traversals, counts, membership and search need: whole texts and attributes stay in the store.
//!
//! [`Index`] owns the columns; [`At`] reads them as of one seq; what walks far is a method of [`Walker`], which gives the
//! index away between steps while a writer waits.

pub mod query;
pub mod walk;
pub mod index;
pub mod world;
pub mod at;

pub use at::At;
pub use index::loading::Loading;
pub use index::{Index, Misfit};
pub use walk::walker::{Hold, Walker};

#[cfg(test)]
mod tests;
