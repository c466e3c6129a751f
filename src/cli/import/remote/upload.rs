//! The upload of one payload.

use crate::cli::shared::client::RemoteServer;
use crate::cli::shared::failure::{Failure, Result};
use crate::import::record::payload::ImportPayload;

/// The number of attempts to upload a payload.
const ATTEMPTS: usize = 3;

/// Uploads a payload, and returns true if the server did not have it.
pub(super) fn uploaded(server: &RemoteServer, payload: &ImportPayload) -> Result<bool> {
    let digest = payload.meta.digest;
    let mut attempts = ATTEMPTS;
    loop {
        attempts -= 1;
        if server.has_blob(digest)? {
            // It may be there because an attempt has arrived whose response was lost.
            return Ok(attempts < ATTEMPTS - 1);
        }
        let opened = payload.open();
        let opened =
            opened.map_err(|error| Failure::because(format!("cannot read {}", payload.name()), &error))?;
        let Some(bytes) = opened else { return Ok(false) };
        match server.put_blob(digest, payload.meta.size, bytes) {
            Err(_) if attempts > 0 => {}
            Err(failure) => return Err(failure.about(format!("cannot upload {}", payload.name()))),
            Ok(created) => return Ok(created),
        }
    }
}
