//! The edge of the server: connections, limits, who may come in, and what answers look like on the wire.
//!
//! Reading order: [`server`] (start and stop), `graphql` (the main route, with `negotiate`, `params` and `body`), `blobs`
//! (bytes, with `range` and `bridge`), `batch` (many files of bytes, with `archive`), `feed` (subscriptions), `export` (what the
//! log holds, for tools of analysis), `auth` and `origin` (who may come in), `connections` (which are open, and which are closed when they run short), `errors` (one table from codes to statuses).
//!
//! The only layer that names actix-web. Knows no database and no GraphQL: a request goes to `api` as four parameters and
//! comes back as bytes and a class.

pub mod stream;
pub mod transfer;
pub mod identity;
mod blobs;
mod connections;
mod descriptors;
mod errors;
mod feed;
mod graphql;
mod health;
mod hooks;
pub mod limits;
mod log;
mod openlineage;
pub mod server;
mod state;
mod ui;

pub use descriptors::raise_open_files;
pub use identity::auth::{Exposed, Token, WeakToken};
pub use identity::origin::{Origins, is_local_url};
pub use limits::{FeedLimits, HttpLimits};
pub use server::{Serve, run, run_until};

#[cfg(test)]
mod tests;
