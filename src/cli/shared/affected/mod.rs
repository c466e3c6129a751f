//! The question about affected training sets: its requests, its answer and the tables of it.

pub(crate) mod answer;
pub(crate) mod ask;
pub(crate) mod report;
mod consumers;
mod parts;

/// The operations of `stemma trace`.
pub(crate) const DOCUMENT: &str = include_str!("affected.graphql");

#[cfg(test)]
mod tests;
