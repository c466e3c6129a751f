//! `stemma gc`: lists payloads that no version names, and deletes them on request.
//!
//! The ledger does the work, in this process or on a running server. This module owns the arguments
//! and the output.

mod collector;

use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use self::collector::{Collector, PayloadState};
use super::shared::client::Client;
use super::shared::failure::{Failure, Result};
use super::shared::store::runtime;
use super::shared::store_options::{OpenedStore, StoreOptions};
use super::shared::version::NamedVersion;
use super::shared::{output, progress};
use crate::domain::id::Digest;

const DOCUMENT: &str = include_str!("unreferenced.graphql");

/// The most versions that are listed for a payload.
const NAMED: u32 = 20;

/// List payloads that no version names, and delete them with --delete
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Gc {
    /// Delete what is found; without it nothing is changed
    #[arg(long, conflicts_with = "explain")]
    delete: bool,
    /// Only payloads that were last uploaded longer ago: 90s, 30m, 24h or 7d. Clients must commit
    /// an upload within it
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = grace)]
    grace: Duration,
    /// Explain why one payload is kept: exits with 1 if it is named and not stored, with 3 if that
    /// cannot be determined
    #[arg(long, value_name = "b3:HEX")]
    explain: Option<Digest>,
    /// Delete although the graph is on a server: no other process may be using it
    #[arg(long, requires = "delete", conflicts_with = "server")]
    alone: bool,
    #[command(flatten)]
    store: StoreOptions,
}

const EXAMPLES: &str = "\
Examples:
  stemma gc                 what would be deleted; nothing is changed
  stemma gc --delete
  stemma gc --grace 7d --delete --server https://stemma.example.org
  stemma gc --explain b3:<64 hex digits>

A payload that a version names, at any moment, is never deleted. The payloads must belong to \
this data directory alone: references from another one are not known here.";

impl Gc {
    pub(super) fn run(self) -> Result<()> {
        let explains = self.explain.is_some();
        self.open_and_run().map_err(|failure| if explains { failure.unanswered() } else { failure })
    }

    fn open_and_run(self) -> Result<()> {
        runtime()?.block_on(async {
            let work = async |store: &OpenedStore| {
                let collector = match store {
                    OpenedStore::Here(store) => {
                        if self.alone {
                            store.ledger.permit_deletion();
                        }
                        Collector::Here(store.ledger.clone())
                    }
                    OpenedStore::Server(server) => Collector::Server(server.clone()),
                };
                self.run_on(&store.client()?, &collector).await
            };
            if self.delete { self.store.change(work).await } else { self.store.read(work).await }
        })
    }

    async fn run_on(&self, client: &Client, collector: &Collector) -> Result<()> {
        match self.explain {
            Some(digest) => self.explain(client, collector, digest).await,
            None => self.collect(collector).await,
        }
    }

    async fn collect(&self, collector: &Collector) -> Result<()> {
        let bar = progress::items("looking for garbage", 256);
        let (mut count, mut bytes) = (0, 0);
        let mut next = Some(0);
        while let Some(first) = next {
            let page = collector.page(first, self.grace, self.delete).await;
            let page = page.inspect_err(|_| bar.finish_and_clear())?;
            for blob in page.blobs {
                count += 1;
                bytes += blob.size;
                let line = format!("{}  {}  put {} ago", blob.digest, size(blob.size), ago(blob.age));
                bar.suspend(|| output::line(line))?;
            }
            bar.set_position(u64::from(page.last) + 1);
            next = page.last.checked_add(1);
        }
        bar.finish_and_clear();
        let what = format!("{} ({})", output::counted(count, "payload"), size(bytes));
        output::line(match (count, self.delete) {
            (0, _) => format!("No unreferenced payload is older than {}.", ago(self.grace)),
            (_, true) => format!("Deleted: {what} that no version named."),
            (_, false) => {
                format!("No version names: {what}. Nothing was deleted; use --delete to delete them.")
            }
        })
    }

    async fn explain(&self, client: &Client, collector: &Collector, digest: Digest) -> Result<()> {
        let PayloadState { stored, versions } = collector.state(digest).await?;
        match stored {
            Some((bytes, age)) => {
                output::line(format_args!(
                    "{digest} is stored: {}, last put {} ago.",
                    size(bytes),
                    ago(age)
                ))?;
            }
            None => output::line(format_args!("{digest} is not stored."))?,
        }
        if versions > 0 {
            output::line(format_args!("Named permanently by {}:", output::counted(versions, "version")))?;
            for version in named(client, digest).await? {
                output::line(format_args!("  {}", version.reference()))?;
            }
            if versions > u64::from(NAMED) {
                output::line(format_args!("  and {} more", output::count(versions - u64::from(NAMED))))?;
            }
        }
        match (stored, versions) {
            (None, 0) => Ok(()),
            (None, _) => Err(Failure::found(format!("{digest} is named and not stored"))
                .hint("upload its bytes to /blobs again, or restore them from a backup")),
            (Some(_), 1..) => output::line("It is never deleted."),
            (Some((_, age)), 0) if age < self.grace => output::line(format_args!(
                "No version names it. It is younger than {}: a client may still commit it, so it is not deleted yet.",
                ago(self.grace)
            )),
            (Some(_), 0) => {
                output::line("No version names it, and it is old enough: `stemma gc --delete` deletes it.")
            }
        }
    }
}

/// Returns the first of the versions that name a payload.
async fn named(client: &Client, digest: Digest) -> Result<Vec<NamedVersion>> {
    #[derive(Deserialize)]
    struct VersionsData {
        blob: Option<BlobVersions>,
    }
    #[derive(Deserialize)]
    struct BlobVersions {
        versions: VersionNodes,
    }
    #[derive(Deserialize)]
    struct VersionNodes {
        nodes: Vec<NamedVersion>,
    }
    let variables = json!({"digest": digest.to_string(), "first": NAMED});
    let found: VersionsData = client.ask(DOCUMENT, "Versions", variables).await?;
    Ok(found.blob.map(|blob| blob.versions.nodes).unwrap_or_default())
}

/// Parses a duration: a number and its unit.
fn grace(text: &str) -> Result<Duration, String> {
    let units = [("s", 1), ("m", 60), ("h", 60 * 60), ("d", 24 * 60 * 60)];
    let found = units.iter().find_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(*seconds).map(Duration::from_secs)
    });
    found.ok_or_else(|| "use a number and its unit, such as 90s, 30m, 24h or 7d".to_owned())
}

/// Formats a duration in the largest unit of which there are two or more.
fn ago(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [(24 * 60 * 60, "day"), (60 * 60, "hour"), (60, "minute")];
    let found = units.iter().find(|(length, _)| seconds >= 2 * length);
    found.map_or_else(
        || output::counted(seconds, "second"),
        |(length, unit)| output::counted(seconds / length, unit),
    )
}

fn size(bytes: u64) -> String {
    output::counted(bytes, "byte")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_parsed_and_formatted() {
        for (text, seconds, said) in [
            ("0s", 0, "0 seconds"),
            ("90s", 90, "90 seconds"),
            ("2m", 120, "2 minutes"),
            ("24h", 86_400, "24 hours"),
            ("7d", 604_800, "7 days"),
        ] {
            assert_eq!(grace(text).unwrap(), Duration::from_secs(seconds));
            assert_eq!(ago(Duration::from_secs(seconds)), said);
        }
        for wrong in ["", "24", "h", "-1h", "1.5h", "1 h", "99999999999999999999d", "9999999999999999999d"] {
            assert!(grace(wrong).is_err(), "{wrong}");
        }
    }
}
