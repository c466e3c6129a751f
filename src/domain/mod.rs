//! What the words mean. Pure: no async, no I/O, no clock, no randomness.

pub mod id;
