//! The one integration binary.

mod support;

mod cli;
mod clients;
mod compat;
mod faults;
mod http;
mod processes;
mod s3;
mod scenarios;
mod schema;
mod tidy;
