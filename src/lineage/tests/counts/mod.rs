//! Counts, against plain loops.

mod groups;
mod log;
