//! Tests of the rules of writes.

pub(crate) mod agree;
mod answered;
mod corrections;
mod cost;
mod expected;
pub(super) mod naive;
mod ordered;
mod refusals;
pub(super) mod requests;
mod sets;
