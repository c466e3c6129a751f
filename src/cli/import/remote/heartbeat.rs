//! The sign that the client of an import is there, also while it reads or uploads.

use std::sync::mpsc;
use std::thread;

use ureq::http::Method;

use crate::cli::shared::client::RemoteServer;
use crate::cli::shared::failure::{Failure, Result};
use crate::import::session::HEARTBEAT;

/// A thread that tells the server that the client is there.
pub(super) struct Heartbeat {
    /// Dropped to end the thread.
    _alive: mpsc::Sender<()>,
}

impl Heartbeat {
    /// Starts the thread for the import at this path.
    pub(super) fn start(server: RemoteServer, path: String) -> Result<Self> {
        let (alive, ended) = mpsc::channel();
        thread::Builder::new()
            .name("stemma-heartbeat".to_owned())
            .spawn(move || {
                while ended.recv_timeout(HEARTBEAT) == Err(mpsc::RecvTimeoutError::Timeout) {
                    // The import itself finds out if the server does not answer.
                    let _ = server.try_exchange(&Method::GET, &format!("{path}?after=0"), None);
                }
            })
            .map_err(|error| Failure::because("cannot start a thread", &error))?;
        Ok(Self { _alive: alive })
    }
}
