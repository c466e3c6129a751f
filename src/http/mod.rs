//! The edge of the server: connections, limits, who may come in, and what answers look like on the wire.
//!
//! Reading order: [`server`] (start and stop), `graphql` (the main route, with `negotiate`, `params` and `body`), `blobs`
//! (bytes, with `range` and `bridge`), `batch` (many files of bytes, with `archive`), `feed` (subscriptions), `export` (what the
//! log holds, for tools of analysis), `auth` and `origin` (who may come in), `errors` (one table from codes to statuses).
//!
//! The only layer that names actix-web. Knows no database and no GraphQL: a request goes to `api` as four parameters and
//! comes back as bytes and a class.

mod archive;
pub mod auth;
mod backup;
mod batch;
mod blobs;
mod body;
mod bridge;
mod callers;
mod compress;
mod descriptors;
mod errors;
mod export;
mod feed;
mod garbage;
mod graphql;
mod health;
mod hooks;
pub mod limits;
mod log;
mod negotiate;
mod openlineage;
mod origin;
mod paced;
mod params;
mod range;
pub mod server;
mod shared;
mod ui;
mod unread;

pub use auth::{Exposed, Token, WeakToken};
pub use descriptors::raise_open_files;
pub use limits::{FeedLimits, HttpLimits};
pub use origin::{Origins, is_local_url};
pub use server::{Serve, run, run_until};

#[cfg(test)]
mod tests;
