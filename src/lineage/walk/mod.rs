//! Traversals over the index, with visited sets and budgets. Queries are built from them.

pub mod closure;
pub mod edges;
pub mod flow;
pub mod inflow;
mod meter;
pub(super) mod region;
pub mod resumed;
pub(super) mod shortest;
pub mod visited;
pub mod walker;
