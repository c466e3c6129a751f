//! Who knows which payloads are named: the ledger of this process, or a running server's.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::cli::shared::client::Remote;
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::Digest;
use crate::ledger::Ledger;

/// Somebody to ask.
pub(super) enum Keeper {
    /// The store that this process has open.
    Here(Ledger),
    /// A running server.
    Server(Remote),
}

/// A payload that no version names.
pub(super) struct Unnamed {
    pub digest: Digest,
    pub size: u64,
    pub age: Duration,
}

/// How a payload stands.
pub(super) struct Standing {
    /// Its size and age; none where it is not stored.
    pub stored: Option<(u64, Duration)>,
    /// How many versions name it.
    pub versions: u64,
}

impl Keeper {
    /// One page of the payloads that no version names and that are old enough; deleted where asked for.
    pub(super) async fn page(&self, first: u8, grace: Duration, delete: bool) -> Result<Vec<Unnamed>> {
        match self {
            Self::Here(ledger) => {
                let found = ledger.unnamed(first, grace).await?;
                let digests: Vec<Digest> = found.iter().map(|blob| blob.digest).collect();
                let told = if delete { ledger.sweep(&digests, grace).await? } else { digests };
                let told = found.into_iter().filter(|blob| told.contains(&blob.digest));
                Ok(told.map(|blob| Unnamed { digest: blob.digest, size: blob.size, age: blob.age }).collect())
            }
            Self::Server(remote) => {
                let body = json!({"first": first, "graceSeconds": grace.as_secs(), "delete": delete});
                let page: Page = read(remote.route("/garbage", Some(&body))?)?;
                page.blobs.into_iter().map(Listed::unnamed).collect()
            }
        }
    }

    /// How one payload stands.
    pub(super) async fn standing(&self, digest: Digest) -> Result<Standing> {
        match self {
            Self::Here(ledger) => {
                let standing = ledger.standing(digest).await?;
                Ok(Standing { stored: standing.stored, versions: standing.versions as u64 })
            }
            Self::Server(remote) => {
                let told: Told = read(remote.route(&format!("/garbage/{digest}"), None)?)?;
                let stored = match (told.size, told.age_seconds) {
                    (Some(size), Some(age)) => Some((number(&size)?, Duration::from_secs(age))),
                    _ => None,
                };
                Ok(Standing { stored, versions: told.versions })
            }
        }
    }
}

#[derive(Deserialize)]
struct Page {
    blobs: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    digest: String,
    size: String,
    age_seconds: u64,
}

impl Listed {
    fn unnamed(self) -> Result<Unnamed> {
        let digest =
            self.digest.parse().map_err(|error| Failure::because("the answer cannot be read", &error))?;
        Ok(Unnamed { digest, size: number(&self.size)?, age: Duration::from_secs(self.age_seconds) })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    size: Option<String>,
    age_seconds: Option<u64>,
    versions: u64,
}

fn read<T: DeserializeOwned>(said: Value) -> Result<T> {
    serde_json::from_value(said).map_err(|error| {
        Failure::because("the answer is not what was asked for", &error)
            .hint("is the server of another version?")
    })
}

fn number(text: &str) -> Result<u64> {
    text.parse()
        .map_err(|error: std::num::ParseIntError| Failure::because("the answer cannot be read", &error))
}
