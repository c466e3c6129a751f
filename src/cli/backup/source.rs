//! The log to copy: that of a store in this process, or of a running server.

use std::sync::Arc;

use serde_json::json;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use crate::blob::BlobStore;
use crate::cli::shared::client::RemoteServer;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::payloads::CopySource;
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;
use crate::domain::write::log_entry::LogEntry;
use crate::ledger::Ledger;

/// The approximate size of one read of commits, in bytes.
const PAGE: usize = 4 * 1024 * 1024;

/// The source of a backup.
#[derive(Clone)]
pub(super) enum BackupSource {
    /// The store that this process has open, and its payloads.
    Here(Ledger, Arc<dyn BlobStore>),
    /// A running server.
    Server(RemoteServer),
}

/// A running read of commits.
pub(super) struct CommitPage(JoinHandle<Result<Vec<LogEntry>>>);

impl BackupSource {
    /// Returns the source of the payloads.
    pub(super) fn payloads(&self) -> CopySource {
        match self {
            Self::Here(_, blobs) => CopySource::Store(Arc::clone(blobs)),
            Self::Server(remote) => CopySource::Server(remote.clone()),
        }
    }

    /// Returns the seq and digest of a commit, or of the newest.
    pub(super) async fn head(&self, at: Option<Seq>) -> Result<Head> {
        match self {
            Self::Here(ledger, _) => Ok(ledger.head_at(at).await?),
            Self::Server(remote) => remote.log_head(at),
        }
    }

    /// Starts to read the commits after one, up to another.
    pub(super) fn page(&self, after: Seq, until: Seq) -> CommitPage {
        CommitPage(match self.clone() {
            _ if after >= until => tokio::spawn(async { Ok(Vec::new()) }),
            Self::Here(ledger, _) => {
                tokio::spawn(async move { Ok(ledger.log_entries(after, until, PAGE).await?) })
            }
            Self::Server(remote) => spawn_blocking(move || {
                let asked = json!({"after": after.to_string(), "until": until.to_string()});
                let bytes = remote.bytes("/backup", &asked)?;
                LogEntry::unpack_all(&bytes).map_err(|error| {
                    Failure::because("cannot read the server's commits", &error)
                        .hint("use the stemma version of the server")
                })
            }),
        })
    }
}

impl CommitPage {
    /// Waits for the commits.
    pub(super) async fn read(self) -> Result<Vec<LogEntry>> {
        self.0
            .await
            .unwrap_or_else(|error: JoinError| Err(Failure::because("reading the commits stopped", &error)))
    }
}
