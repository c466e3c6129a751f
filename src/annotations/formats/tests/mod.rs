//! Tests over all formats.

mod held;
