//! stemma: a lineage server for machine-learning data.

pub mod domain;
pub mod blob;
