//! The one integration binary.

mod support;

mod audits;
mod caches;
mod cli;
mod copies;

mod examples;
mod feed;
mod hooks;
mod idle;
mod kill;
mod language;
mod limits;
mod openlineage;
mod oracle;
mod persisted;
mod processes;
mod races;
mod s3;
mod scenarios;
mod schema;
mod server;
mod soak;
mod tidy;
mod uploads;
