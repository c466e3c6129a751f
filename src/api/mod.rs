//! The GraphQL API: types, inputs, pages, error codes, and what a request may cost.
//!
//! The only layer that names async-graphql. Knows no HTTP: a request comes in as an [`ask::Ask`] and leaves as an
//! [`outcome::Outcome`], which says what kind of answer it is and holds its bytes.

mod answers;
pub mod ask;
mod asking;
pub mod at_least;
pub mod code;
pub mod cost;
pub mod execute;
pub mod failure;
mod language;
pub mod outcome;
pub mod sdl;
pub mod variables;

pub mod scalars;
pub mod enums;
pub mod errors;
pub mod scope;
pub mod spending;
pub mod loaders;
pub mod cursor;
pub mod page;
pub mod types;
pub mod inputs;
pub mod closure;
pub mod find;
pub mod items;
pub mod feed;
pub mod payloads;
pub mod query;
pub mod questions;
pub mod pedigree;
pub mod cycle;
pub mod uploads;
pub mod mutation;
pub mod subscription;
mod stale;
pub mod schema;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

pub use execute::BadSchema;
pub use schema::{over, sdl};
