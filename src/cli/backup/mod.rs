//! `stemma backup`: copies the log of a store, up to a commit, to a folder, and on request its
//! payloads.
//!
//! The store is opened in this process, or read from a running server. The format of the folder
//! belongs to `crate::backup`.

mod source;
mod verify;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::task::block_in_place;

use self::source::BackupSource;
use super::shared::failure::{Failure, Result};
use super::shared::payloads::{CopyCounts, Copying};
use super::shared::store::runtime;
use super::shared::store_options::{OpenedStore, StoreOptions};
use super::shared::{output, progress};
use crate::backup::{Folder, Payloads};
use crate::blob::FsStore;
use crate::domain::id::{Seq, hex};
use crate::domain::log::entry::Head;

/// The approximate maximum size of a segment, in bytes.
const SEGMENT: u64 = 64 * 1024 * 1024;

/// Add what is new in a store to a backup folder, or check a backup
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Backup {
    /// The folder of the backup; it is created if it is missing, and otherwise added to
    folder: PathBuf,
    /// Copy payloads too; without it the backup holds the log only
    #[arg(long)]
    payloads: bool,
    /// Only what was committed up to this commit
    #[arg(long, value_name = "SEQ")]
    as_of: Option<Seq>,
    /// Check every digest in the backup, and write nothing; no store is needed. Exits with 1 if
    /// anything is damaged or missing, with 3 if it cannot be checked
    #[arg(long, conflicts_with_all = ["payloads", "as_of"])]
    verify: bool,
    #[command(flatten)]
    store: StoreOptions,
}

const EXAMPLES: &str = "\
Examples:
  stemma backup /backup/stemma --payloads --server http://127.0.0.1:8080
  stemma backup /backup/stemma --data ./stemma-data
  stemma backup /backup/stemma --as-of 1200 --data ./stemma-data
  stemma backup --verify /backup/stemma

With --server it asks a running server, which continues to serve; else it opens the data \
directory, which must not be in use. A second backup into the same folder adds what is new. A \
store that is not the one the backup began with, or that was rolled back, is refused. `stemma \
restore` makes a store from it.";

impl Backup {
    pub(super) fn run(self) -> Result<()> {
        runtime()?.block_on(async {
            if self.verify {
                return verify::verify(&self.folder).await.map_err(Failure::unanswered);
            }
            let back_up = async |store: &OpenedStore| {
                let source = match store {
                    OpenedStore::Here(store) => {
                        BackupSource::Here(store.ledger.clone(), Arc::clone(&store.blobs))
                    }
                    OpenedStore::Server(server) => BackupSource::Server(server.clone()),
                };
                self.back_up(&source).await
            };
            self.store.read(back_up).await
        })
    }

    async fn back_up(&self, source: &BackupSource) -> Result<()> {
        let mut folder = Folder::open(&self.folder)?;
        let before = folder.manifest().head();
        let newest = continues(source, before, self.as_of).await?;
        let versions = add(&mut folder, source, newest).await?;
        let mut counts = CopyCounts::default();
        if self.payloads {
            counts = copy_payloads(&mut folder, source).await?;
        }
        let is_new = newest != before || folder.manifest().segments.is_empty();
        if is_new || self.payloads {
            folder.save()?;
        }
        let Head { seq, digest } = folder.manifest().head();
        output::line(match newest.seq.0 - before.seq.0 {
            0 => format!("Nothing new: the backup holds commits up to {seq}."),
            commits => format!(
                "Added {} with {}: the backup holds commits up to {seq}.",
                output::counted(commits, "commit"),
                output::counted(versions, "version")
            ),
        })?;
        output::line(format_args!("Digest of commit {seq}: {}", hex(&digest)))?;
        if self.payloads {
            counts.report("copied", "in the backup")?;
        }
        counts.judge(
            "the backup holds everything else; upload their bytes to the server again and repeat the backup",
        )
    }
}

/// Returns the commit up to which to back up. The source must have the newest commit of the backup,
/// with the same digest.
async fn continues(source: &BackupSource, before: Head, as_of: Option<Seq>) -> Result<Head> {
    let newest = source.head(None).await?;
    let other = |what: String| {
        Failure::new(what).hint(
            "it is another store, or one that was rolled back or migrated: use another folder for its backup",
        )
    };
    if newest.seq < before.seq {
        return Err(other(format!(
            "the store ends at commit {}, and the backup holds commits up to {}",
            newest.seq, before.seq
        )));
    }
    if before.seq > Seq::ZERO && source.head(Some(before.seq)).await?.digest != before.digest {
        return Err(other(format!("the store's commit {} is not the one in the backup", before.seq)));
    }
    match as_of {
        None => Ok(newest),
        Some(seq) if seq > newest.seq => {
            Err(Failure::usage(format!("there is no commit {seq} yet: the newest is {}", newest.seq))
                .hint("use that or an earlier one"))
        }
        // The backup has later commits already.
        Some(seq) if seq <= before.seq => Ok(before),
        Some(seq) => source.head(Some(seq)).await,
    }
}

/// Adds the missing commits and returns the number of their versions. The next commits are read
/// while the previous ones are written.
async fn add(folder: &mut Folder, source: &BackupSource, newest: Head) -> Result<u64> {
    let mut head = folder.manifest().head();
    let bar = progress::items("writing commits", newest.seq.0.saturating_sub(head.seq.0));
    let (mut writer, mut versions) = (None, 0);
    let mut next = source.page(head.seq, newest.seq);
    while head.seq < newest.seq {
        let page = next.read().await?;
        let Some(last) = page.last().map(|log_entry| log_entry.commit.seq) else {
            return Err(Failure::new(format!(
                "expected commits after {}, and the source returned none",
                head.seq
            )));
        };
        next = source.page(last, newest.seq);
        let mut open = match writer.take() {
            Some(open) => open,
            None => folder.begin()?,
        };
        block_in_place(|| page.iter().try_for_each(|log_entry| open.add(log_entry)))?;
        bar.inc(page.len() as u64);
        versions += page.iter().map(|log_entry| log_entry.versions.len() as u64).sum::<u64>();
        head = open.head();
        if open.bytes() < SEGMENT && head.seq < newest.seq {
            writer = Some(open);
        } else {
            // A complete file joins the backup at once, so that an interrupted run repeats less.
            block_in_place(|| folder.take(open).and_then(|()| folder.save()))?;
        }
    }
    bar.finish_and_clear();
    if head == newest {
        Ok(versions)
    } else {
        Err(Failure::new(format!("the source's commit {} changed while it was read", head.seq)))
    }
}

/// Copies the payloads of the segments that do not have all of them.
async fn copy_payloads(folder: &mut Folder, source: &BackupSource) -> Result<CopyCounts> {
    let open: Vec<(usize, u64)> = (0..)
        .zip(&folder.manifest().segments)
        .filter(|(_, segment)| segment.payloads != Payloads::All)
        .map(|(place, segment)| (place, segment.named))
        .collect();
    let bar = progress::items("copying payloads", open.iter().map(|(_, named)| named).sum());
    let store = Arc::new(FsStore::open(folder.path()).await?);
    let copying = Copying { from: source.payloads(), to: store };
    let mut counts = CopyCounts::default();
    for (place, _) in open {
        let before = counts.lacking();
        for log_entry in folder.segment(place, folder.manifest().head().seq) {
            let blobs = block_in_place(|| log_entry)?.blobs;
            copying.copy(&blobs, &mut counts, &bar).await?;
        }
        if counts.lacking() == before {
            folder.note_payloads(place);
        }
    }
    bar.finish_and_clear();
    Ok(counts)
}
