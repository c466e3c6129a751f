//! `stemma restore`: fills an empty store from a backup, with the same ids, answers and head.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use indicatif::ProgressBar;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::shared::blobs::{self, BlobUse};
use super::shared::failure::{Failure, Result};
use super::shared::payloads::{CopyCounts, CopySource, Copying};
use super::shared::store::{FEW_RECORDS, engine, made, runtime, settings};
use super::shared::{output, progress};
use crate::backup::{BackupError, Folder};
use crate::blob::FsStore;
use crate::config::Directory;
use crate::domain::id::{Seq, hex};
use crate::domain::log::entry::Head;
use crate::domain::write::log_entry::LogEntry;
use crate::ledger;

/// The read-ahead, in commits.
const AHEAD: usize = 8;

/// Make a store from a backup
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RestoreCommand {
    /// The folder of the backup
    folder: PathBuf,
    /// Only what was committed up to this commit
    #[arg(long, value_name = "SEQ")]
    as_of: Option<Seq>,
    /// Copy no payloads: only report those that --blobs does not have
    #[arg(long)]
    no_payloads: bool,
    #[command(flatten)]
    directory: Directory,
}

const EXAMPLES: &str = "\
Examples:
  stemma restore /backup/stemma --data ./restored
  stemma restore /backup/stemma --data ./restored --blobs s3://bucket/stemma
  stemma restore /backup/stemma --data ./last-week --as-of 1200

The store must be empty. The same command finishes a restore that was interrupted; until then no \
server opens the store. At the end everything is read back and compared. Payloads that are there \
already are not copied again.";

impl RestoreCommand {
    pub(super) fn run(self) -> Result<()> {
        runtime()?.block_on(self.restore())
    }

    async fn restore(self) -> Result<()> {
        let folder = Folder::read(&self.folder)?;
        let until = folder.head_at(self.as_of)?;
        let dir = made(&self.directory.data)?;
        let to = blobs::open(&self.directory.blobs, dir, BlobUse::Write).await?;
        let from = if self.no_payloads || !self.folder.join("blobs").is_dir() {
            CopySource::Nowhere
        } else {
            CopySource::Store(Arc::new(FsStore::read_only(&self.folder)))
        };
        let settings = settings(dir, engine(&self.directory)?, Arc::clone(&to), FEW_RECORDS);
        let bar = progress::unseen("reading what is there");
        let begun = ledger::Restore::begin(&settings, until, |done, of| {
            progress::show_if_slow(&bar, done, of);
        })
        .await;
        bar.finish_and_clear();
        let mut restore = begun?;
        let had = restore.had();
        if had > Seq::ZERO {
            output::note(format_args!("continuing after commit {had}"));
        }
        let bar = progress::items("restoring commits", until.seq.0);
        let filled = fill(&mut restore, folder, until, &Copying { from, to }, &bar).await;
        bar.finish_and_clear();
        let (versions, counts) = match filled {
            Ok(filled) => filled,
            Err(failure) => {
                // The first failure is the one to report.
                let _ = restore.leave().await;
                return Err(failure);
            }
        };
        let bar = progress::items("reading it back", until.seq.0);
        let finished = restore.finish(|done, _| bar.set_position(done)).await;
        bar.finish_and_clear();
        let Head { seq, digest } = finished?;
        output::line(format_args!(
            "Restored {} with {}: everything was read back, and every hash matches.",
            output::counted(seq.0, "commit"),
            output::counted(versions, "version")
        ))?;
        output::line(format_args!("Digest of commit {seq}: {}", hex(&digest)))?;
        counts.report("copied", "there")?;
        counts.judge("everything else is restored; copy their bytes to --blobs, or upload them to the server")
    }
}

/// Writes all commits, their payloads first. Commits are read and unpacked on a separate thread.
async fn fill(
    restore: &mut ledger::Restore,
    folder: Folder,
    until: Head,
    copying: &Copying,
    bar: &ProgressBar,
) -> Result<(u64, CopyCounts)> {
    let (send, mut receive) = mpsc::channel::<Result<LogEntry, BackupError>>(AHEAD);
    let reading = spawn_blocking(move || {
        for log_entry in folder.log_entries(until.seq) {
            if send.blocking_send(log_entry).is_err() {
                return;
            }
        }
    });
    let quiet = ProgressBar::hidden();
    let (mut versions, mut counts) = (0, CopyCounts::default());
    while let Some(log_entry) = receive.recv().await {
        let log_entry = log_entry?;
        versions += log_entry.versions.len() as u64;
        copying.copy(&log_entry.blobs, &mut counts, &quiet).await?;
        restore.add(log_entry).await?;
        bar.inc(1);
    }
    reading.await.map_err(|error| Failure::because("reading the backup stopped", &error))?;
    Ok((versions, counts))
}
