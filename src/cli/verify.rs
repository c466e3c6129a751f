//! `stemma verify`: checks a data directory without changing it: HEAD, every commit with its rows,
//! and the payloads.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use futures_util::TryStreamExt as _;

use super::shared::blobs::{self, BlobUse};
use super::shared::failure::{Failure, Result};
use super::shared::payloads::{PayloadFault, PayloadFaults};
use super::shared::store::{FEW_RECORDS, engine, present, runtime, settings};
use super::shared::{output, progress};
use crate::blob::{BlobError, BlobStore};
use crate::config::Directory;
use crate::domain::id::{Seq, hex};
use crate::domain::log::entry::BlobRecord;
use crate::ledger::{HeadState, Ledger, LedgerError};

/// The hint for a store that has lost commits.
const KEEP: &str = "keep the directory as it is, and restore a backup into another one: `stemma restore`";

/// The approximate size of one read of commits, in bytes.
const PAGE: usize = 4 << 20;

/// Check a data directory without changing anything in it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Verify {
    /// The data directory to check [default: the one of --data]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Also check that every payload that a version names is stored, with the size and SHA-256 of
    /// the log
    #[arg(long)]
    payloads: bool,
    /// Also read every payload and compare its digest
    #[arg(long)]
    read_payloads: bool,
    #[command(flatten)]
    directory: Directory,
}

const EXAMPLES: &str = "\
Examples:
  stemma verify ./stemma-data
  stemma verify ./stemma-data --payloads
  stemma verify /backup/copy-of-stemma-data --read-payloads
  stemma verify ./stemma-data --payloads --blobs s3://bucket/stemma

It reads every commit, compares the digest of each with the one before it and of its rows, and \
compares the newest with HEAD. Nothing in the directory is changed or repaired. No server may \
have it open.

Exit codes: 0 everything is sound; 1 something is damaged or missing; 2 called wrongly; 3 it \
could not be checked.";

impl Verify {
    pub(super) fn run(self) -> Result<()> {
        // Exit code 1 means that something is damaged, so a failure has another code.
        runtime()?.block_on(self.verify()).map_err(Failure::unanswered)
    }

    async fn verify(&self) -> Result<()> {
        let dir = self.dir.as_deref().unwrap_or(&self.directory.data);
        if self.directory.graph.graph.is_some() {
            return Err(Failure::usage("expected a graph in the data directory, found --graph")
                .hint("check a backup of it with `stemma backup --verify FOLDER`"));
        }
        present(dir)?;
        let blobs = blobs::open(&self.directory.blobs, dir, BlobUse::Read).await?;
        let bar = progress::unseen("reading the log");
        let settings = settings(dir, engine(&self.directory)?, Arc::clone(&blobs), FEW_RECORDS);
        let opened = Ledger::inspect(settings, |done, of| progress::show_if_slow(&bar, done, of)).await;
        bar.finish_and_clear();
        let (ledger, state) = opened.map_err(damage)?;
        let looked = self.check(dir, &ledger, state, blobs.as_ref()).await;
        ledger.close().await?;
        looked
    }

    async fn check(
        &self,
        dir: &Path,
        ledger: &Ledger,
        state: HeadState,
        blobs: &dyn BlobStore,
    ) -> Result<()> {
        let head = ledger.head_at(None).await?;
        let with_payloads = self.payloads || self.read_payloads;
        let bar = progress::items("checking commits", head.seq.0);
        let (mut seq, mut versions, mut payloads) = (Seq::ZERO, 0, 0);
        let mut faults = PayloadFaults::default();
        while seq < head.seq {
            let page = ledger.log_entries(seq, head.seq, PAGE).await.map_err(damage)?;
            let Some(last) = page.last() else {
                return Err(Failure::found(format!("commit {} is missing", seq.next())));
            };
            seq = last.commit.seq;
            for log_entry in &page {
                versions += log_entry.versions.len() as u64;
                payloads += log_entry.blobs.len() as u64;
                for blob in log_entry.blobs.iter().filter(|_| with_payloads) {
                    if let Err(fault) = self.payload(blobs, blob).await? {
                        faults.note(&fault);
                        bar.suspend(|| output::line(fault.line(blob.digest)))?;
                    }
                }
            }
            bar.set_position(seq.0);
        }
        bar.finish_and_clear();
        output::line(format_args!(
            "{} with {} up to commit {}: each matches the digest of the one before it and of its rows.",
            output::counted(head.seq.0, "commit"),
            output::counted(versions, "version"),
            head.seq,
        ))?;
        output::line(format_args!("Digest of commit {}: {}", head.seq, hex(&head.digest)))?;
        let (named, sound) = (output::count(payloads), output::count(payloads - faults.count()));
        output::line(match (with_payloads, self.read_payloads) {
            (false, _) => format!("Payloads: {named} not checked; --payloads checks them."),
            (true, false) => format!("Payloads: {sound} of {named} stored."),
            (true, true) => format!("Payloads: {sound} of {named} read and sound."),
        })?;
        judge(dir, state, head.seq)?;
        match faults.text() {
            Some(faults) => Err(Failure::found(faults)
                .hint("upload their bytes to the server again, or copy them from a backup")),
            None => output::line("Sound."),
        }
    }

    /// Checks one payload.
    async fn payload(&self, blobs: &dyn BlobStore, blob: &BlobRecord) -> Result<Result<(), PayloadFault>> {
        let look = async {
            let meta = if self.read_payloads {
                let mut opened = blobs.open(blob.digest, None).await?;
                while opened.chunks.try_next().await?.is_some() {}
                opened.meta
            } else {
                blobs.stat(blob.digest).await?.ok_or(BlobError::NotFound { digest: blob.digest })?
            };
            Ok((meta.sha256, meta.size) == (blob.sha256, blob.size))
        };
        match look.await {
            Ok(true) => Ok(Ok(())),
            Ok(false) => {
                Ok(Err(PayloadFault::Damaged("its SHA-256 or size differs from the log".to_owned())))
            }
            Err(error) => Ok(Err(PayloadFault::of(error)?)),
        }
    }
}

/// Reports the state of HEAD, and fails if it does not confirm the store.
fn judge(dir: &Path, state: HeadState, newest: Seq) -> Result<()> {
    let kept = format!("the commits up to {newest} are complete");
    let next = "compare the digest with the one that the last backup printed. Then remove HEAD: the next start creates a new one";
    match state {
        HeadState::Agrees => output::line(format_args!("HEAD names commit {newest}.")),
        HeadState::Earlier { seq } => output::line(format_args!(
            "HEAD names commit {seq}: later commits were written and perhaps not acknowledged, as after a kill."
        )),
        HeadState::Missing if newest == Seq::ZERO => output::line("There is no HEAD, and no commit."),
        HeadState::Missing => Err(Failure::found(format!(
            "{}: HEAD is missing; {kept}, but a loss of later commits cannot be detected",
            dir.display()
        ))
        .hint(
            "compare the digest with the one that the last backup printed; the next start creates a new HEAD",
        )),
        HeadState::Damaged => Err(Failure::found(format!(
            "{}: HEAD is damaged; {kept}, but a loss of later commits cannot be detected",
            dir.display()
        ))
        .hint(next)),
        HeadState::Later { seq } => Err(Failure::found(format!(
            "{}: HEAD names commit {seq}, and there is no commit at that place; {kept}",
            dir.display()
        ))
        .hint(KEEP)),
        HeadState::Other { seq } => Err(Failure::found(format!(
            "{}: HEAD names commit {seq}, and there is another commit at that place; {kept}",
            dir.display()
        ))
        .hint(KEEP)),
    }
}

/// Converts an error of reading the store into a finding (damage) or a failure.
fn damage(error: LedgerError) -> Failure {
    let is_damage = error.is_damage();
    let failure = Failure::from(error);
    if is_damage { failure.into_found() } else { failure }
}
