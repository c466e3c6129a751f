//! Commits as they are stored, sealed and moved between stores; the Merkle tree of a log and its
//! tiles.

pub mod entry;
pub mod facts;
pub mod position;
pub mod tree;
pub mod tiles;
