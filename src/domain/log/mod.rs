//! Commits as they are stored, sealed and moved between stores; the Merkle tree of a log, its tiles
//! and its signed checkpoints.

pub mod entry;
pub mod facts;
pub mod position;
pub mod tree;
pub mod tiles;
pub mod signed_note;
pub mod tree_checkpoint;
