//! `stemma migrate`: converts a store of an earlier format, in place.

use std::path::PathBuf;

use clap::Args;

use super::shared::failure::{Failure, Result};
use super::shared::store::{present, runtime};
use super::shared::{output, progress};
use crate::config::Directory;
use crate::domain::id::hex;
use crate::domain::log::entry::Head;
use crate::ledger::{self, Migrated, MigrationStage};

/// Convert a store of an earlier format
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Migrate {
    /// The data directory to convert [default: the one of --data]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    directory: Directory,
}

const EXAMPLES: &str = "\
Examples:
  stemma migrate ./stemma-data
  stemma migrate ./stemma-data && stemma verify ./stemma-data

Ids, seqs, answers, cursors and positions stay the same, and payloads are not touched; the digests \
of commits are new, so the next backup needs another folder. Everything is read back and compared \
before the new log replaces the former store, which is kept: format 1 as graph.v1 and HEAD.v1, \
format 2 as log.v2 and HEAD.v2. A run that was interrupted is finished by the same command. No \
server may have the directory open.";

impl Migrate {
    pub(super) fn run(self) -> Result<()> {
        runtime()?.block_on(self.migrate())
    }

    async fn migrate(self) -> Result<()> {
        let dir = self.dir.as_deref().unwrap_or(&self.directory.data);
        if self.directory.graph.graph.is_some() {
            return Err(Failure::usage("expected a store in the data directory, found --graph")
                .hint("back up a store on a server with the release that wrote it, and restore the backup into an empty one"));
        }
        present(dir)?;
        let (copying, comparing) = (progress::unseen("copying commits"), progress::unseen("reading it back"));
        let migrated = ledger::migrate(dir, |stage, done, of| {
            let bar = match stage {
                MigrationStage::Copying => &copying,
                MigrationStage::Comparing => {
                    copying.finish_and_clear();
                    &comparing
                }
            };
            progress::show_if_slow(bar, done, of);
        })
        .await;
        copying.finish_and_clear();
        comparing.finish_and_clear();
        let Some(Migrated { head: Head { seq, digest }, kept: [store, head] }) = migrated? else {
            return output::line(format_args!("{} needs no migration.", dir.display()));
        };
        output::line(format_args!(
            "Migrated {}: everything was read back, and every hash matches.",
            output::counted(seq.0, "commit")
        ))?;
        output::line(format_args!("Digest of commit {seq}: {}", hex(&digest)))?;
        output::line(format_args!(
            "The former store is kept as {store} and {head}; remove them once you have a backup, in another folder than before."
        ))
    }
}
