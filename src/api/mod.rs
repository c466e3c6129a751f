//! The GraphQL API: types, inputs, pages, error codes, and what a request may cost.
//!
//! The only layer that names async-graphql. Knows no HTTP: a request comes in as an [`crate::api::engine::request::Ask`] and leaves as an
//! [`crate::api::engine::outcome::Outcome`], which says what kind of answer it is and holds its bytes.

pub mod engine;
mod result_cache;

pub mod scalars;
pub mod enums;
pub mod errors;
pub mod scope;
pub mod loaders;
mod charged;
pub mod cursor;
pub mod page;
pub mod types;
pub mod inputs;
pub mod find;
pub mod schema;
#[cfg(test)]
mod tests;

pub use engine::execute::BadSchema;
pub use schema::{over, sdl};
