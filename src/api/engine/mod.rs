//! The path from the text of a request to its outcome: parsing, validation, cost, execution. Knows
//! no type of the schema.

pub mod budget;
pub mod code;
pub mod cost;
pub mod execute;
pub mod failure;
mod language;
pub mod outcome;
pub mod request;
#[cfg(test)]
pub(crate) mod sample;
pub mod sdl;
pub mod variables;
