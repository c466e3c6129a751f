//! The lineage index: derivations, membership and statements, as of any moment. In memory, pure.
//!
//! Versions have dense numbers in commit order, so a version is visible at a seq if its number is
//! below the number of versions after that commit. The index only grows; a reader at an older seq
//! reads the same arrays with a lower bound. It is built from the facts of commits and has what
//! traversals, counts, membership and search need: complete texts and attributes are in the store.
//!
//! [`Index`] owns the columns; [`At`] reads them as of one seq; long traversals are methods of
//! [`Walker`], which releases the index lock between steps while a writer waits.

pub mod query;
pub mod walk;
pub mod index;
pub mod world;
pub mod at;

pub use at::At;
pub use index::adjacency::DerivationEdge;
pub use index::loading::Loading;
pub use index::{InconsistentFacts, Index};
pub use walk::walker::{IndexLock, Walker};

#[cfg(test)]
mod tests;
