//! The store whose garbage is collected: the ledger of this process, or a running server.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::cli::shared::client::RemoteServer;
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::Digest;
use crate::ledger::Ledger;

/// The store whose garbage is collected.
pub(super) enum Collector {
    /// The store that this process has open.
    Here(Ledger),
    /// A running server.
    Server(RemoteServer),
}

/// Payloads that no version names.
pub(super) struct GarbagePage {
    pub blobs: Vec<GarbageBlob>,
    /// The first byte of the last digests that were looked at.
    pub last: u8,
}

/// A payload that no version names.
pub(super) struct GarbageBlob {
    pub digest: Digest,
    pub size: u64,
    pub age: Duration,
}

/// The state of a payload.
pub(super) struct PayloadState {
    /// Its size and age; `None` if it is not stored.
    pub stored: Option<(u64, Duration)>,
    /// The number of versions that name it.
    pub versions: u64,
}

impl Collector {
    /// Returns one page of the unreferenced payloads that are old enough, and deletes them on
    /// request. It begins with the digests whose first byte is `first`.
    pub(super) async fn page(&self, first: u8, grace: Duration, delete: bool) -> Result<GarbagePage> {
        match self {
            Self::Here(ledger) => {
                let found = ledger.unreferenced_payloads(first, grace).await?;
                let digests: Vec<Digest> = found.iter().map(|blob| blob.digest).collect();
                let listed = if delete { ledger.sweep(&digests, grace).await? } else { digests };
                let listed = found.into_iter().filter(|blob| listed.contains(&blob.digest));
                let listed =
                    listed.map(|blob| GarbageBlob { digest: blob.digest, size: blob.size, age: blob.age });
                Ok(GarbagePage { blobs: listed.collect(), last: first })
            }
            Self::Server(remote) => {
                let body = json!({
                    "first": first, "last": u8::MAX, "graceSeconds": grace.as_secs(), "delete": delete,
                });
                let page: ListedPage = read(remote.route("/garbage", Some(&body))?)?;
                if page.last < first {
                    return Err(
                        Failure::new("unexpected response").hint("use the stemma version of the server")
                    );
                }
                let blobs = page.blobs.into_iter().map(ListedBlob::parsed).collect::<Result<_>>()?;
                Ok(GarbagePage { blobs, last: page.last })
            }
        }
    }

    /// Returns the state of one payload.
    pub(super) async fn state(&self, digest: Digest) -> Result<PayloadState> {
        match self {
            Self::Here(ledger) => {
                let state = ledger.payload_state(digest).await?;
                Ok(PayloadState { stored: state.stored, versions: state.versions as u64 })
            }
            Self::Server(remote) => {
                let found: FoundState = read(remote.route(&format!("/garbage/{digest}"), None)?)?;
                let stored = match (found.size, found.age_seconds) {
                    (Some(size), Some(age)) => Some((number(&size)?, Duration::from_secs(age))),
                    _ => None,
                };
                Ok(PayloadState { stored, versions: found.versions })
            }
        }
    }
}

#[derive(Deserialize)]
struct ListedPage {
    blobs: Vec<ListedBlob>,
    last: u8,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedBlob {
    digest: String,
    size: String,
    age_seconds: u64,
}

impl ListedBlob {
    fn parsed(self) -> Result<GarbageBlob> {
        let digest =
            self.digest.parse().map_err(|error| Failure::because("cannot read the response", &error))?;
        Ok(GarbageBlob { digest, size: number(&self.size)?, age: Duration::from_secs(self.age_seconds) })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FoundState {
    size: Option<String>,
    age_seconds: Option<u64>,
    versions: u64,
}

fn read<T: DeserializeOwned>(said: Value) -> Result<T> {
    serde_json::from_value(said).map_err(|error| {
        Failure::because("unexpected response", &error).hint("use the stemma version of the server")
    })
}

fn number(text: &str) -> Result<u64> {
    text.parse()
        .map_err(|error: std::num::ParseIntError| Failure::because("cannot read the response", &error))
}
