//! Uploads by the client: directly into a bucket, or through the server if the blob store has no
//! upload URLs. Both have a beginning, requests to send, and a completion.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{BlobError, Ledger, LedgerError, Stored};
use crate::blob::uploads::{Sending, Ticket};
use crate::domain::id::Digest;
use crate::domain::invalid::Invalid;

/// The maximum time to wait for a completion. It continues after that, and the next request for it
/// waits again.
const MAX_WAIT: Duration = Duration::from_secs(20);

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// The announced facts of the bytes to be sent.
#[derive(Debug, Clone, Copy)]
pub struct AnnouncedUpload {
    /// Their size.
    pub size: u64,
    /// Their digest, if it is known.
    pub digest: Option<Digest>,
    /// Their SHA-256, if it is known.
    pub sha256: Option<[u8; 32]>,
}

/// An upload that has begun.
#[derive(Debug)]
pub struct StartedUpload {
    /// The id that completes it.
    pub id: String,
    /// The requests to send, in any order; none if the bytes are stored already.
    pub requests: Vec<ClientRequest>,
}

/// One request that a client has to send.
#[derive(Debug)]
pub struct ClientRequest {
    /// `PUT` or `POST`.
    pub method: &'static str,
    /// The URL, its headers, and the range of the bytes.
    pub sending: Sending,
}

type Completing = Arc<tokio::sync::Mutex<Option<JoinHandle<Result<Stored, BlobError>>>>>;

/// The completions in progress.
pub(crate) struct UploadCompletions {
    /// The maximum size of an upload in bytes.
    largest: AtomicU64,
    completing: Mutex<BTreeMap<String, Completing>>,
    runtime: Handle,
}

impl UploadCompletions {
    /// Creates the state. Completions run on the current runtime.
    pub(super) fn here() -> Self {
        Self { largest: AtomicU64::new(u64::MAX), completing: Mutex::default(), runtime: Handle::current() }
    }

    /// Returns the task that completes an upload, and starts it if there is none. Dropping a waiter
    /// does not cancel it.
    fn completing(
        &self,
        id: &str,
        begin: impl FnOnce() -> JoinHandle<Result<Stored, BlobError>>,
    ) -> Completing {
        let mut completing = self.completing.lock().unwrap_or_else(PoisonError::into_inner);
        // A completion that has ended and was not asked for again is forgotten: completing again
        // has the same result.
        completing.retain(|other, task| {
            let ended = |task: &Option<JoinHandle<_>>| task.as_ref().is_none_or(JoinHandle::is_finished);
            other == id || !task.try_lock().is_ok_and(|task| ended(&task))
        });
        let begun = || Arc::new(tokio::sync::Mutex::new(Some(begin())));
        Arc::clone(completing.entry(id.to_owned()).or_insert_with(begun))
    }

    fn forget(&self, id: &str) {
        self.completing.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

impl Ledger {
    /// Refuses larger uploads from now on.
    pub fn limit_uploads(&self, bytes: u64) {
        self.shared.uploads.largest.store(bytes, Ordering::Relaxed);
    }

    /// Returns random bytes for a name that no client can guess.
    ///
    /// # Errors
    /// Returns [`LedgerError::Unavailable`] if there is no randomness.
    pub fn nonce() -> Result<[u8; 32], LedgerError> {
        let mut nonce = [0; 32];
        getrandom::fill(&mut nonce).map_err(|error| LedgerError::unavailable(&error.to_string()))?;
        Ok(nonce)
    }

    /// Begins an upload, whose requests are valid for `expires`. There are none if the bytes are
    /// stored already.
    ///
    /// # Errors
    /// Returns [`LedgerError::Blob`]; [`LedgerError::Unavailable`] if there is no randomness for
    /// its name.
    pub async fn begin_upload(
        &self,
        announced: AnnouncedUpload,
        expires: Duration,
    ) -> Result<StartedUpload, LedgerError> {
        let limit = self.shared.uploads.largest.load(Ordering::Relaxed);
        if announced.size > limit {
            return Err(BlobError::TooLarge { limit }.into());
        }
        let AnnouncedUpload { size, digest, sha256 } = announced;
        let nonce = Self::nonce()?;
        let ticket = Ticket { nonce, size, digest, sha256, parts: None };
        if let Some(digest) = digest
            // This keeps it from being collected until a version names it.
            && self.shared.blobs.renew(digest).await?.is_some()
        {
            return Ok(StartedUpload { id: ticket.to_string(), requests: Vec::new() });
        }
        let Some(uploads) = self.shared.blobs.uploads() else {
            return Ok(StartedUpload {
                id: ticket.to_string(),
                requests: vec![self.through_the_server(&ticket)],
            });
        };
        let (ticket, sendings) = uploads.begin(ticket, expires).await?;
        let requests = sendings.into_iter().map(|sending| ClientRequest { method: "PUT", sending });
        Ok(StartedUpload { id: ticket.to_string(), requests: requests.collect() })
    }

    /// Completes an upload: verifies and publishes the bytes. `None` if that takes longer than the
    /// maximum wait: it continues, and the client asks again. `digest` is the answer of the server
    /// to bytes that were sent through it.
    ///
    /// # Errors
    /// Returns [`LedgerError::Invalid`] if the id is malformed; [`LedgerError::Blob`].
    pub async fn complete_upload(
        &self,
        id: &str,
        digest: Option<Digest>,
    ) -> Result<Option<Stored>, LedgerError> {
        self.complete_within(MAX_WAIT, id, digest).await
    }

    async fn complete_within(
        &self,
        max_wait: Duration,
        id: &str,
        digest: Option<Digest>,
    ) -> Result<Option<Stored>, LedgerError> {
        let mut ticket: Ticket = id.parse().map_err(|error| Invalid::refused(format!("{error}")))?;
        ticket.digest = ticket.digest.or(digest);
        let limit = self.shared.uploads.largest.load(Ordering::Relaxed);
        if ticket.size > limit {
            return Err(BlobError::TooLarge { limit }.into());
        }
        if self.shared.blobs.uploads().is_none() {
            return self.sent_through(&ticket).await.map(Some);
        }
        let (uploads, blobs) = (&self.shared.uploads, Arc::clone(&self.shared.blobs));
        let completing = uploads.completing(id, || {
            uploads.runtime.spawn(async move {
                match blobs.uploads() {
                    Some(uploads) => uploads.complete(ticket).await,
                    None => Err(BlobError::Unsent { why: "this blob store takes no direct uploads" }),
                }
            })
        });
        let waiting = async {
            let mut task = completing.lock().await;
            let ended = task.as_mut()?.await;
            *task = None;
            uploads.forget(id);
            Some(ended)
        };
        match timeout(max_wait, waiting).await {
            Ok(Some(Ok(stored))) => Ok(Some(stored?)),
            Ok(Some(Err(lost))) => {
                Err(LedgerError::unavailable(&format!("the upload was not completed: {lost}")))
            }
            // Another request got the result, or it takes long: the client asks again.
            Ok(None) | Err(_) => Ok(None),
        }
    }

    /// Checks that the bytes that were sent through the server are stored.
    async fn sent_through(&self, ticket: &Ticket) -> Result<Stored, LedgerError> {
        let why = "its digest is unknown; pass as `digest` the one that `POST /blobs` returned";
        let digest = ticket.digest.ok_or(BlobError::Unsent { why })?;
        let meta = self.shared.blobs.stat(digest).await?;
        let meta =
            meta.ok_or(BlobError::Unsent { why: "nothing has arrived: send the bytes, then complete it" })?;
        if meta.size != ticket.size || ticket.sha256.is_some_and(|sha256| sha256 != meta.sha256) {
            return Err(BlobError::OtherFacts { why: "its size or SHA-256 is not the announced one" }.into());
        }
        Ok(Stored { meta, created: false })
    }

    /// Removes uploads that were begun more than `grace` ago and never completed. Returns their
    /// number.
    ///
    /// # Errors
    /// [`LedgerError::Blob`].
    pub async fn clear_uploads(&self, grace: Duration) -> Result<usize, LedgerError> {
        let Some(uploads) = self.shared.blobs.uploads() else { return Ok(0) };
        let grace = i64::try_from(grace.as_secs()).unwrap_or(i64::MAX);
        Ok(uploads.clear((self.shared.clock.now() / SECOND).saturating_sub(grace)).await?)
    }
}

impl Ledger {
    /// Returns the one request of an upload through the server.
    fn through_the_server(&self, ticket: &Ticket) -> ClientRequest {
        let (method, path) = match ticket.digest {
            Some(digest) => ("PUT", format!("/blobs/{digest}")),
            None => ("POST", "/blobs".to_owned()),
        };
        let url = self.shared.url_signer.here(&path);
        ClientRequest { method, sending: Sending { url, headers: Vec::new(), start: 0, size: ticket.size } }
    }
}
