//! Whose log is copied: that of a store in this process, or a running server's.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use crate::blob::BlobStore;
use crate::cli::shared::client::Remote;
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::{Seq, unhex};
use crate::domain::log::entry::Head;
use crate::domain::write::portable_entry::Transcript;
use crate::ledger::Ledger;

/// About how many bytes of commits are read at a time.
const PAGE: usize = 4 * 1024 * 1024;

/// A store to copy.
#[derive(Clone)]
pub(super) enum Source {
    /// The store that this process has open, and its payloads.
    Here(Ledger, Arc<dyn BlobStore>),
    /// A running server.
    Server(Remote),
}

/// Commits that are being read.
pub(super) struct Page(JoinHandle<Result<Vec<Transcript>>>);

impl Source {
    /// The number and digest of a commit, or of the newest.
    pub(super) async fn head(&self, at: Option<Seq>) -> Result<Head> {
        match self {
            Self::Here(ledger, _) => Ok(ledger.head_at(at).await?),
            Self::Server(remote) => {
                #[derive(Deserialize)]
                struct Said {
                    seq: String,
                    digest: String,
                }
                let path = at.map_or_else(|| "/backup".to_owned(), |seq| format!("/backup?at={seq}"));
                let said: Option<Said> = serde_json::from_value(remote.route(&path, None)?).ok();
                let head = said.and_then(|said| {
                    Some(Head { seq: said.seq.parse().ok()?, digest: unhex(&said.digest)? })
                });
                head.ok_or_else(|| {
                    Failure::new("the answer is not what was asked for")
                        .hint("is the server of another version?")
                })
            }
        }
    }

    /// Begins to read the commits after one, up to another.
    pub(super) fn page(&self, after: Seq, until: Seq) -> Page {
        Page(match self.clone() {
            _ if after >= until => tokio::spawn(async { Ok(Vec::new()) }),
            Self::Here(ledger, _) => {
                tokio::spawn(async move { Ok(ledger.transcripts(after, until, PAGE).await?) })
            }
            Self::Server(remote) => spawn_blocking(move || {
                let asked = json!({"after": after.to_string(), "until": until.to_string()});
                let bytes = remote.bytes("/backup", &asked)?;
                Transcript::unpack_all(&bytes).map_err(|error| {
                    Failure::because("the server's commits cannot be read", &error)
                        .hint("is the server of another version?")
                })
            }),
        })
    }
}

impl Page {
    /// Waits for it.
    pub(super) async fn read(self) -> Result<Vec<Transcript>> {
        self.0
            .await
            .unwrap_or_else(|error: JoinError| Err(Failure::because("the reading of commits ended", &error)))
    }
}
