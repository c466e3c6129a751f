//! A running server over HTTP.

mod feed;
mod hooks;
mod openlineage;
pub(crate) mod server;
mod uploads;
