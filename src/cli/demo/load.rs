//! Loads the commits of the demo, several at once if their order does not matter.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::ProgressBar;

use super::data_set::{ALL, DataSet};
use super::digits::{self, Digit};
use super::gallery::{self, GalleryCommit};
use super::story::IMAGES;
use crate::blob::{self, BlobError};
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::progress;
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::ItemKey;
use crate::domain::log::facts::Outcome;
use crate::domain::write::proposal::Proposal;
use crate::ledger::{Committed, Ledger, LedgerError};

/// Commits in flight: while one is written the next is planned.
const IN_FLIGHT: usize = 4;

/// Payloads in flight: each waits for the disk.
const PUTS: usize = 32;

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

/// Loads the commits that do not exist yet.
pub(super) async fn load(ledger: &Ledger) -> Result<Loaded> {
    let digits = digits::all()?;
    // Per data set: the labels, and classes, build, review, refresh and rebuild.
    let commits = ALL.len() * (10_000 / IMAGES + 5) + gallery::count(digits.len());
    let bar = progress::items("loading the demo", commits as u64);
    let mut loading = DemoLoader {
        ledger,
        bar: &bar,
        loaded: Loaded { commits: 0, made: 0, reviewed: Seq::ZERO, repaired: Seq::ZERO },
    };
    let done = async {
        loading.story().await?;
        loading.pictures(&digits).await
    };
    let done = done.await;
    bar.finish_and_clear();
    done.map(|()| loading.loaded)
}

struct DemoLoader<'a> {
    ledger: &'a Ledger,
    bar: &'a ProgressBar,
    loaded: Loaded,
}

impl DemoLoader<'_> {
    async fn story(&mut self) -> Result<()> {
        for set in &ALL {
            self.publish(set).await?;
        }
        // Both campaigns are before both repairs, so that one moment shows everything wrong.
        for set in &ALL {
            let verdicts = set.verdicts().map_err(unreadable)?;
            let campaign = set.review(&verdicts, |label| self.first_version(label)).map_err(unplanned)?;
            let committed = self.commit(campaign).await?;
            self.loaded.reviewed = self.loaded.reviewed.max(committed.seq);
        }
        for set in &ALL {
            let refreshed = self.commit(set.refresh().map_err(unplanned)?).await?;
            let refreshed = self.made(&refreshed, 0)?;
            let rebuilt = self.commit(set.rebuild(refreshed).map_err(unplanned)?).await?;
            self.loaded.repaired = self.loaded.repaired.max(rebuilt.seq);
        }
        Ok(())
    }

    /// Loads the digits with their pictures.
    async fn pictures(&mut self, digits: &[Digit]) -> Result<()> {
        for GalleryCommit { proposal, payloads } in gallery::steps(digits)? {
            let blobs = self.ledger.blobs();
            stream::iter(payloads)
                .map(Ok)
                .try_for_each_concurrent(PUTS, |file| async move {
                    let digest = Digest::of(&file);
                    if blobs.stat(digest).await?.is_none() {
                        let size = file.len() as u64;
                        blobs.put(digest, blob::once(file), size).await?;
                    }
                    Ok::<_, BlobError>(())
                })
                .await?;
            self.commit(proposal).await?;
        }
        Ok(())
    }

    /// Loads the labels as published, and the set and model made from them.
    async fn publish(&mut self, set: &DataSet) -> Result<()> {
        let classes = self.commit(set.publish_classes().map_err(unplanned)?).await?;
        let ontology = self.made(&classes, 0)?;
        let labels = set.labels().map_err(unreadable)?;
        let (ledger, bar) = (self.ledger, self.bar);
        let commits: Vec<Committed> = stream::iter(labels.chunks(IMAGES))
            .map(|chunk| async move {
                let proposal = set.publish_labels(ontology, chunk).map_err(unplanned)?;
                commit(ledger, bar, proposal).await
            })
            .buffered(IN_FLIGHT)
            .try_collect()
            .await?;
        commits.iter().for_each(|committed| self.count(committed));
        self.commit(set.build().map_err(unplanned)?).await?;
        Ok(())
    }

    async fn commit(&mut self, proposal: Proposal) -> Result<Committed> {
        let committed = commit(self.ledger, self.bar, proposal).await?;
        self.count(&committed);
        Ok(committed)
    }

    fn count(&mut self, committed: &Committed) {
        self.loaded.commits += 1;
        self.loaded.made += u64::from(committed.created && !committed.replayed);
    }

    /// Returns the version that a change of a commit made or found.
    fn made(&self, committed: &Committed, change: usize) -> Result<VersionId> {
        let version = committed.outcomes.get(change).and_then(|outcome: &Outcome| outcome.version);
        let id = version.map(|version| self.ledger.view().read(|at| at.id(version)));
        id.ok_or_else(|| Failure::new(format!("commit {} made no version", committed.seq)))
    }

    /// Returns the first version of a label.
    fn first_version(&self, label: &ItemKey) -> Option<VersionId> {
        self.ledger.view().read(|at| {
            let history = at.history(at.item(&label.id())?);
            history.first().map(|version| at.id(*version))
        })
    }
}

async fn commit(ledger: &Ledger, bar: &ProgressBar, proposal: Proposal) -> Result<Committed> {
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

fn unplanned(invalid: Invalid) -> Failure {
    Failure::because("the demo's data is invalid", &invalid)
}

fn unreadable(error: csv::Error) -> Failure {
    Failure::because("cannot read the demo's data", &error)
}
