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
#[cfg(test)]
pub(crate) mod sample;
mod sdl;
mod variables;
