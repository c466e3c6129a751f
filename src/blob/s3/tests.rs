//! Tests of the bucket store, in addition to those for every store.

mod faults;
mod flawed;
mod objects;
mod proxy;
pub(crate) mod server;
mod shelf;
mod uploads;
mod waits;
