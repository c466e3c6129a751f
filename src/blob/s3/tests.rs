//! What is tested of the store beyond what every store must do.

pub(super) mod server;
mod waits;
