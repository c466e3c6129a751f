//! Canonical forms: the bytes that are hashed, and JSON in the one form that is stored.

pub mod attributes;
pub mod bytes;
pub mod json;
pub mod wire;
