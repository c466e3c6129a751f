//! The HTTP server: connections, limits, authentication, and the format of answers.
//!
//! Reading order: [`server`] (start and stop), `graphql` (the main route), `blobs` (payloads),
//! `feed` (subscriptions), `transfer` (exports and backups), `identity` (authentication and
//! origins), `connections` (the policy for open connections), `errors` (the table from codes to
//! statuses).
//!
//! The only layer that names actix-web. Knows no database and no GraphQL: a request goes to `api`
//! as four parameters and comes back as bytes and a class.

pub mod status;
pub mod stream;
pub mod transfer;
pub mod identity;
mod blobs;
mod connections;
mod errors;
mod feed;
mod graphql;
pub mod limits;
mod log;
mod intake;
pub mod server;
mod state;
mod thumbnails;
mod ui;

pub use connections::descriptors::raise_open_files;
pub use identity::auth::{Exposed, Token, WeakToken};
pub use identity::origin::{Origins, is_local_url};
pub use limits::{FeedLimits, HttpLimits, ThumbnailLimits};
pub use server::{Serve, run, run_until};

#[cfg(test)]
mod tests;
