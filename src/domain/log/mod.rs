//! Commits as they are stored, sealed and moved between stores.

pub mod entry;
pub mod facts;
pub mod position;
