//! What the words mean. Pure: no async, no I/O, no clock, no randomness.

pub mod attributes;
pub mod canon;
pub mod entry;
pub mod facts;
pub mod id;
pub mod item;
pub mod proposal;
pub mod statement;
pub mod version;
pub mod wire;
