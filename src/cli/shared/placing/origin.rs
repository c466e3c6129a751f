//! The source of payloads: the blob store, or a running server. Both are verified by hash.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;

use futures_util::StreamExt as _;
use tokio::runtime::Handle;

use super::PlannedFile;
use crate::blob::verify::Hasher;
use crate::blob::{BlobError, BlobStore};
use crate::cli::shared::client::{PayloadResponse, RemoteServer};
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::payloads::PayloadFault;

/// The most requests for a payload if the transfer breaks off.
const ATTEMPTS: usize = 3;

/// The size of a read, in bytes.
const CHUNK: usize = 256 * 1024;

/// The source of payloads.
pub(crate) enum PayloadSource {
    /// The blob store of the settings.
    Store(Arc<dyn BlobStore>),
    /// A running server.
    Server(RemoteServer),
}

/// The outcome of copying a payload.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CopyOutcome {
    /// It is complete and has the right digest.
    Whole,
    /// It cannot be used.
    Failed(PayloadFault),
}

impl PayloadSource {
    /// Writes a payload to a new file. Blocks; asynchronous work runs on `threads`.
    pub(crate) fn copy(
        &self,
        threads: &Handle,
        wanted: &PlannedFile,
        file: &mut File,
    ) -> Result<CopyOutcome> {
        match self {
            Self::Store(store) => threads.block_on(from_store(store.as_ref(), wanted, file)),
            Self::Server(remote) => from_server(remote, wanted, file),
        }
    }
}

async fn from_store(store: &dyn BlobStore, wanted: &PlannedFile, file: &mut File) -> Result<CopyOutcome> {
    let mut chunks = match store.open(wanted.digest, None).await {
        Ok(opened) => opened.chunks,
        Err(error) => return judged(error),
    };
    while let Some(chunk) = chunks.next().await {
        match chunk {
            Ok(chunk) => file.write_all(&chunk).map_err(unwritten)?,
            Err(error) => return judged(error),
        }
    }
    Ok(CopyOutcome::Whole)
}

fn judged(error: BlobError) -> Result<CopyOutcome> {
    Ok(CopyOutcome::Failed(PayloadFault::of(error)?))
}

fn from_server(remote: &RemoteServer, wanted: &PlannedFile, file: &mut File) -> Result<CopyOutcome> {
    let mut broken = String::new();
    for _ in 0..ATTEMPTS {
        let mut body = match remote.blob(wanted.digest, wanted.size)? {
            PayloadResponse::Bytes(body) => body,
            PayloadResponse::Absent => return Ok(CopyOutcome::Failed(PayloadFault::Missing)),
            PayloadResponse::Broken(why) => {
                broken = why;
                continue;
            }
        };
        std::io::Seek::rewind(file).and_then(|()| file.set_len(0)).map_err(unwritten)?;
        let (mut hasher, mut buffer) = (Hasher::default(), vec![0; CHUNK]);
        loop {
            match body.read(&mut buffer) {
                Ok(0) if hasher.clone().finish().digest == wanted.digest => return Ok(CopyOutcome::Whole),
                Ok(0) => {
                    broken = "the received bytes have another digest".to_owned();
                    break;
                }
                Ok(read) => {
                    hasher.update(&buffer[..read]);
                    file.write_all(&buffer[..read]).map_err(unwritten)?;
                }
                Err(error) => {
                    broken = error.to_string();
                    break;
                }
            }
        }
    }
    let why = format!("its transfer from the server was incomplete: {broken}");
    Ok(CopyOutcome::Failed(PayloadFault::Damaged(why)))
}

fn unwritten(error: std::io::Error) -> Failure {
    Failure::because("cannot write a payload", &error)
        .hint("check the free disk space and run it again: correct files are kept")
}
