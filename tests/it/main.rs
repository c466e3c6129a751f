//! The one integration binary.

mod support;

mod audits;

mod kill;
mod limits;
mod races;
mod scenarios;
mod schema;
mod server;
mod tidy;
