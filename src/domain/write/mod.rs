//! Writes: proposals, and the rules that make a commit of them.

pub mod plan;
pub mod log_entry;
pub mod proposal;
pub mod request_hash;
pub mod world;
