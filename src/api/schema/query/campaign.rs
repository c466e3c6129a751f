//! The progress of a campaign of corrections.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};

use super::asked::Asked;
use crate::api::cursor::List;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::enums::CampaignStatus;
use crate::api::page::{Connection, Page};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::api::types::{Commit, Item, Version};
use crate::domain::id::Seq;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::impact::campaign::{self, Progress, Round, RoundStep, median_seconds, seconds};

/// The progress of a campaign, shared by the objects that show it.
#[derive(Clone)]
pub struct Campaign {
    scope: Scope,
    commit: Seq,
    asked: Asked,
    wrong: usize,
    progress: Arc<campaign::CampaignState>,
}

impl Campaign {
    /// Computes the progress of the campaign that a commit began by stating that these versions are
    /// wrong.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED if too many derivations would have to be followed.
    pub fn of(
        scope: Scope,
        budget: &RequestBudget,
        commit: Seq,
        wrong: &[VersionNo],
        asked: Asked,
    ) -> Result<Self> {
        let progress = budget
            .walk(Purpose::Questions, |budget| scope.walk(|walker| walker.campaign(commit, wrong, budget)))?
            .unwrap_or_default();
        Ok(Self { scope, commit, asked, wrong: wrong.len(), progress: Arc::new(progress) })
    }

    fn done(&self, step: fn(&Round) -> Option<RoundStep>) -> impl Iterator<Item = RoundStep> {
        self.progress.rounds.iter().filter_map(step)
    }

    fn count(&self, step: fn(&Round) -> Option<RoundStep>) -> i32 {
        int(self.done(step).count())
    }

    fn median(&self, step: fn(&Round) -> Option<RoundStep>) -> Option<f64> {
        median_seconds(self.done(step).map(|step| step.since_correction))
    }
}

/// A campaign: one commit of corrections, and the progress of the training sets that held what it
/// found wrong.
#[Object]
impl Campaign {
    /// The commit of the corrections.
    async fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.commit)
    }

    /// The number of versions that it stated to be wrong, by statements that were not withdrawn
    /// since. A statement that a later commit repeated belongs to that commit's campaign.
    async fn wrong_count(&self) -> i32 {
        int(self.wrong)
    }

    /// The judged input, with the statements of the commit that were withdrawn.
    async fn asked(&self) -> Asked {
        self.asked.clone()
    }

    /// The number of training sets that held any of them or anything made from them in any of their
    /// versions, or are one of them.
    async fn set_count(&self) -> i32 {
        int(self.progress.rounds.len())
    }

    /// The number of these sets that have been refreshed.
    async fn refreshed_count(&self) -> i32 {
        self.count(|round| round.refreshed)
    }

    /// The number of these sets on which a model was trained after the refresh.
    async fn trained_count(&self) -> i32 {
        self.count(|round| round.trained)
    }

    /// The number of these sets with such a model that was evaluated.
    async fn evaluated_count(&self) -> i32 {
        self.count(|round| round.evaluated)
    }

    /// The number of these sets with such a model that was deployed.
    async fn deployed_count(&self) -> i32 {
        self.count(|round| round.deployed)
    }

    /// The number of these sets with nothing left to do.
    async fn done_count(&self) -> i32 {
        int(self.progress.rounds.iter().filter(|round| round.progress() == Progress::Done).count())
    }

    /// The median time from the correction to the refreshed set in seconds, over refreshed sets;
    /// null if there is none.
    async fn median_seconds_to_refresh(&self) -> Option<f64> {
        self.median(|round| round.refreshed)
    }

    /// The median time from the correction to the trained model in seconds; null if there is none.
    async fn median_seconds_to_train(&self) -> Option<f64> {
        self.median(|round| round.trained)
    }

    /// The median time from the correction to the evaluation in seconds; null if there is none.
    async fn median_seconds_to_evaluate(&self) -> Option<f64> {
        self.median(|round| round.evaluated)
    }

    /// The median time from the correction to the deployment in seconds; null if there is none.
    async fn median_seconds_to_deploy(&self) -> Option<f64> {
        self.median(|round| round.deployed)
    }

    /// The training sets that held any of it or have a version that is wrong itself, ordered by
    /// creation of the set.
    async fn sets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only sets with one of these next steps; an empty list selects nothing.")]
        status: Option<Vec<CampaignStatus>>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<CampaignSet>> {
        let page = Page::new(List::of(ctx, self.commit)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let wanted = |round: &Round| {
            status.as_ref().is_none_or(|status| status.contains(&CampaignStatus::from(round.progress())))
        };
        let rounds = &self.progress.rounds;
        let places: Vec<usize> = (0..rounds.len()).filter(|place| wanted(&rounds[*place])).collect();
        Ok(page.of(&self.scope, &places, |place| CampaignSet { campaign: self.clone(), place }))
    }

    /// The deployments in use (heads of their items) that saw any of it: made from a set version
    /// that held it or is wrong, from a model or an evaluation that is wrong, or from a model that
    /// was made from any of it without a set; or wrong themselves. Oldest first. They are those of
    /// `affectedConsumers` with `kinds: [DEPLOYMENT]` and `onlyHeads`.
    async fn stale_deployments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<StaleDeployment>> {
        let page = Page::new(List::of(ctx, self.commit)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let version = |version| Version::new(self.scope.clone(), version);
        Ok(page.of(&self.scope, &self.progress.stale, |stale| StaleDeployment {
            deployment: version(stale.deployment),
            model: stale.model.map(version),
            training_set: stale.set.map(version),
        }))
    }
}

/// A deployment in use that saw what a campaign found wrong, or is wrong itself by the campaign.
#[derive(SimpleObject, Clone)]
pub struct StaleDeployment {
    /// The deployment, its item's current version.
    deployment: Version,
    /// The first model on the path; the deployed model may be another one made from it. Null if
    /// there is none.
    model: Option<Version>,
    /// A training set version that held what was wrong, or is wrong: the newest that leads here by
    /// a shortest path. Null if the path begins at another wrong version, such as the model.
    training_set: Option<Version>,
}

/// A completed step of a campaign.
#[derive(SimpleObject, Clone)]
pub struct CampaignStep {
    /// The version that completed it; its commit has the time.
    version: Version,
    /// Seconds since the previous step, or for the first one since the correction. 0 if this step
    /// came first.
    seconds_since_previous: f64,
    /// Seconds since the correction. 0 if this step came first.
    seconds_since_correction: f64,
}

/// A training set that held what a campaign found wrong, and the steps completed for it.
#[derive(Clone)]
pub struct CampaignSet {
    campaign: Campaign,
    place: usize,
}

impl CampaignSet {
    fn round(&self) -> &Round {
        &self.campaign.progress.rounds[self.place]
    }

    fn step(&self, step: Option<RoundStep>) -> Option<CampaignStep> {
        step.map(|step| CampaignStep {
            version: Version::new(self.campaign.scope.clone(), step.version),
            seconds_since_previous: seconds(step.since_previous),
            seconds_since_correction: seconds(step.since_correction),
        })
    }
}

/// A training set that held what a campaign found wrong, and the steps completed for it.
#[Object]
impl CampaignSet {
    /// The training set.
    async fn item(&self) -> Item {
        Item::new(self.campaign.scope.clone(), self.round().item)
    }

    /// The next step: the first that has not been completed.
    async fn status(&self) -> CampaignStatus {
        self.round().progress().into()
    }

    /// The versions of the set that held anything wrong, oldest first.
    async fn held(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let Campaign { scope, commit, .. } = &self.campaign;
        let owner = List::of(ctx, format_args!("{commit}/{}", self.round().item.0))?;
        let page = Page::new(owner, first, after, last, before)?;
        page.pinned(scope)?;
        let held: Vec<VersionNo> = scope.read(|at| self.round().held_versions(at).collect());
        Ok(page.of(scope, &held, |version| Version::new(scope.clone(), version)))
    }

    /// The refreshed set: the first version after the last that held anything wrong. A set that
    /// holds a wrong version again has to be refreshed again.
    async fn refreshed(&self) -> Option<CampaignStep> {
        self.step(self.round().refreshed)
    }

    /// The first MODEL made from the refreshed version or a later one, not through another set.
    async fn trained(&self) -> Option<CampaignStep> {
        self.step(self.round().trained)
    }

    /// The first EVALUATION made from any such model.
    async fn evaluated(&self) -> Option<CampaignStep> {
        self.step(self.round().evaluated)
    }

    /// The first DEPLOYMENT made from any such model. The previous step is the evaluation, or the
    /// training if there was no evaluation before.
    async fn deployed(&self) -> Option<CampaignStep> {
        self.step(self.round().deployed)
    }
}
