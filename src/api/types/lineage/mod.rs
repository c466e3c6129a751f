//! Objects that answer questions about a lineage.

pub(super) mod closure;
pub(super) mod contrast;
pub(super) mod derivation;
pub(super) mod graph;
pub(super) mod paths;
pub(super) mod summary;
pub(super) mod uses;
