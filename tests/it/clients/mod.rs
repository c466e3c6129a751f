//! Standard clients and the specification as judges of the API.

pub(crate) mod audits;
mod caches;
mod examples;
mod formats;
mod language;
mod oracle;
mod persisted;
mod proofs;
