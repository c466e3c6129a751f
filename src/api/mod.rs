//! The GraphQL API: types, inputs, pages, error codes, and what a request may cost.
//!
//! The only layer that names async-graphql. Knows no HTTP: a request comes in as an [`ask::Ask`] and leaves as an
//! [`outcome::Outcome`], which says what kind of answer it is and holds its bytes.

pub mod ask;
pub mod code;
pub mod cost;
pub mod execute;
pub mod failure;
pub mod outcome;
mod sdl;
mod variables;

mod scalars;
mod enums;
mod errors;
mod scope;
mod loaders;
mod page;
mod types;
mod inputs;
mod closure;
mod payloads;
mod query;
mod mutation;
mod schema;

pub use execute::BadSchema;
pub use schema::{over, sdl};
