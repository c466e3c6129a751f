//! Tests over all formats.

mod fixtures;
mod held;
