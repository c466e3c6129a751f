//! Identity: the caller of a request, the sites it may come from, and its share of the server.

pub mod auth;
pub(super) mod callers;
pub(super) mod origin;
