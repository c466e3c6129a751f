//! The documents of an input: their detection, their elements, and the tasks of these.

pub(super) mod detect;
pub(super) mod documents;
pub(super) mod ids;
pub(super) mod index;
pub(super) mod other_files;
