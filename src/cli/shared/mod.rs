//! Code that several commands use. Commands import nothing of each other.

pub(super) mod affected;
pub(super) mod blobs;
pub(super) mod client;
pub(super) mod complete_file;
pub(super) mod failure;
pub(super) mod folder;
pub(super) mod moment;
pub(super) mod output;
pub(super) mod page;
pub(super) mod payloads;
pub(super) mod placing;
pub(super) mod progress;
pub(super) mod serving;
pub(super) mod store;
pub(super) mod telemetry;
pub(super) mod store_options;
pub(super) mod version;
