//! The commits of a demo: those that are missing are made, with their payloads stored before.

use std::error::Error;

use bytes::Bytes;
use futures_util::{TryStreamExt as _, stream};
use indicatif::ProgressBar;

use crate::blob::{self, BlobError};
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::{Digest, Seq};
use crate::domain::invalid::Invalid;
use crate::domain::write::proposal::Proposal;
use crate::ledger::{Committed, Ledger, LedgerError};

/// Payloads in flight: each waits for the disk.
const PUTS: usize = 32;

/// A commit with the payloads that it names.
pub(super) struct DemoCommit {
    pub proposal: Proposal,
    pub payloads: Vec<Bytes>,
}

/// The result of loading.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loaded {
    /// The number of commits of the demo.
    pub commits: u64,
    /// The number of commits that were made now; the others existed already.
    pub made: u64,
    /// The last commit of reviews, before any repair.
    pub reviewed: Seq,
    /// The last commit of repairs.
    pub repaired: Seq,
}

impl Loaded {
    pub(super) const NOTHING: Self = Self { commits: 0, made: 0, reviewed: Seq::ZERO, repaired: Seq::ZERO };

    /// Counts a commit.
    pub(super) fn count(&mut self, committed: &Committed) {
        self.commits += 1;
        self.made += u64::from(committed.created && !committed.replayed);
    }
}

/// Makes a commit, unless an earlier run has made it.
pub(super) async fn commit(ledger: &Ledger, bar: &ProgressBar, proposal: Proposal) -> Result<Committed> {
    let committed = ledger.commit(proposal).await.map_err(|error| match &error {
        LedgerError::Invalid(invalid) if *invalid.cause() == Invalid::KeyReused => {
            Failure::new("this data directory holds the demo of another release")
                .hint("load it into another one with --data, or remove this one")
        }
        _ => error.into(),
    })?;
    bar.inc(1);
    Ok(committed)
}

/// Stores payloads that are not stored yet.
pub(super) async fn store(ledger: &Ledger, payloads: Vec<Bytes>) -> Result<()> {
    let blobs = ledger.blobs();
    let payloads = stream::iter(payloads.into_iter().map(Ok));
    let stored = payloads.try_for_each_concurrent(PUTS, |file| async move {
        let digest = Digest::of(&file);
        if blobs.stat(digest).await?.is_none() {
            let size = file.len() as u64;
            blobs.put(digest, blob::once(file), size).await?;
        }
        Ok::<_, BlobError>(())
    });
    Ok(stored.await?)
}

/// Returns the failure of a demo whose own data breaks a rule.
pub(super) fn invalid(rule: &dyn Error) -> Failure {
    Failure::because("the demo's data is invalid", rule)
}
