//! What is tested of the store beyond what every store must do.

mod faults;
mod flawed;
mod objects;
mod proxy;
pub(crate) mod server;
mod shelf;
mod uploads;
mod waits;
