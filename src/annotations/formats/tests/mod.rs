//! Tests over all formats.

mod damaged;
mod fixtures;
mod held;
mod places;
mod unlabelled;
