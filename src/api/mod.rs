//! The GraphQL API: types, inputs, pages, error codes, and the cost limits of requests.
//!
//! The only layer that names async-graphql. Knows no HTTP: a request is an
//! [`engine::request::Ask`], and its answer is an [`engine::outcome::Outcome`] with the class of
//! the answer and its bytes.

pub mod engine;
mod result_cache;

pub mod scalars;
pub mod enums;
pub mod errors;
pub mod scope;
pub mod loaders;
mod charged;
mod edges;
pub mod cursor;
pub mod page;
pub mod types;
pub mod inputs;
pub mod schema;
#[cfg(test)]
mod tests;

pub use engine::execute::BadSchema;
pub use schema::{over, sdl};
