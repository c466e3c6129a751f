//! Loads the commits of the demo, several at once if their order does not matter.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::ProgressBar;

use super::answer::DemoAnswer;
use super::commits::{DemoCommit, Loaded, commit, invalid, store};
use super::data_set::{ALL, DataSet};
use super::digits::{self, Digit};
use super::gallery;
use super::story::IMAGES;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::progress;
use crate::domain::id::VersionId;
use crate::domain::invalid::Invalid;
use crate::domain::item::ItemKey;
use crate::domain::log::facts::Outcome;
use crate::domain::write::proposal::Proposal;
use crate::ledger::{Committed, Ledger};

/// Commits in flight: while one is written the next is planned.
const IN_FLIGHT: usize = 4;

/// How the answer is printed.
pub(super) const ANSWER: DemoAnswer = DemoAnswer {
    sets: &["mnist/TRAINING_SET/test-set", "cifar10/TRAINING_SET/test-set"],
    reviewed: "people have reviewed the labels",
    repaired: "the sets and models were made again",
    look: |label| label.attributes["name"].as_str().unwrap_or("?").to_owned(),
    pages: |_| Vec::new(),
};

/// Loads the commits that do not exist yet.
pub(super) async fn load(ledger: &Ledger) -> Result<Loaded> {
    let digits = digits::all()?;
    // Per data set: the labels, and classes, build, review, refresh and rebuild.
    let commits = ALL.len() * (10_000 / IMAGES + 5) + gallery::count(digits.len());
    let bar = progress::items("loading the demo", commits as u64);
    let mut loading = DemoLoader { ledger, bar: &bar, loaded: Loaded::NOTHING };
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
        for DemoCommit { proposal, payloads } in gallery::steps(digits)? {
            store(self.ledger, payloads).await?;
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
        commits.iter().for_each(|committed| self.loaded.count(committed));
        self.commit(set.build().map_err(unplanned)?).await?;
        Ok(())
    }

    async fn commit(&mut self, proposal: Proposal) -> Result<Committed> {
        let committed = commit(self.ledger, self.bar, proposal).await?;
        self.loaded.count(&committed);
        Ok(committed)
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

fn unplanned(broken: Invalid) -> Failure {
    invalid(&broken)
}

fn unreadable(error: csv::Error) -> Failure {
    Failure::because("cannot read the demo's data", &error)
}
