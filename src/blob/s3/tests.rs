//! What is tested of the store beyond what every store must do.

pub(crate) mod server;
mod waits;
