//! Tests of the bucket store, in addition to those for every store.

mod faults;
mod flawed;
mod objects;
mod proxy;
pub(crate) mod server;
mod named_files;
mod uploads;
mod waits;
