//! Searches: conditions, and the values and words that they are compared with.

pub mod conditions;
pub mod searchable;
pub mod selection;
pub mod words;
