//! The question about affected training sets: its requests, its answer and the tables of it.

pub(in crate::cli) mod answer;
pub(in crate::cli) mod ask;
pub(in crate::cli) mod report;
mod consumers;
mod parts;

/// The operations of `stemma trace`.
pub(in crate::cli) const DOCUMENT: &str = include_str!("affected.graphql");

#[cfg(test)]
mod tests;
