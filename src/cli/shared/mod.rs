//! Parts that several commands use.

pub(super) mod blobs;
pub(super) mod client;
pub(super) mod failure;
pub(super) mod moment;
pub(super) mod output;
pub(super) mod progress;
pub(super) mod store;
