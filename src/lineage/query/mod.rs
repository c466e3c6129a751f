//! Queries about lineage, one file each. None of them changes the index.

pub mod ancestry;
pub mod contents;
pub mod drawing;
pub mod impact;
pub mod leakage;
pub mod paths;
pub mod refresh;
pub mod resolve;
pub mod search;
pub mod sets;
pub mod stale;
pub mod statements;
pub mod summary;
