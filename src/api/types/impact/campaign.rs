//! How a campaign of corrections goes round.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};

use super::super::{Asked, Commit, Item, Version};
use crate::api::cursor::List;
use crate::api::engine::budget::{Purpose, Spending};
use crate::api::enums::CampaignStatus;
use crate::api::page::{Connection, Page};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::id::Seq;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::campaign::{self, Progress, Round, Step, median_seconds, seconds};

/// A campaign as far as it has come, shared by the objects that show it.
#[derive(Clone)]
pub struct Campaign {
    scope: Scope,
    commit: Seq,
    asked: Asked,
    wrong: usize,
    told: Arc<campaign::Campaign>,
}

impl Campaign {
    /// How far the campaign has come that a commit began by saying that these versions are wrong.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED where too many derivations would have to be followed.
    pub fn of(
        scope: Scope,
        spending: &Spending,
        commit: Seq,
        wrong: &[VersionNo],
        asked: Asked,
    ) -> Result<Self> {
        let told = spending
            .walk(Purpose::Questions, |budget| scope.walk(|walker| walker.campaign(commit, wrong, budget)))?
            .unwrap_or_default();
        Ok(Self { scope, commit, asked, wrong: wrong.len(), told: Arc::new(told) })
    }

    fn done(&self, step: fn(&Round) -> Option<Step>) -> impl Iterator<Item = Step> {
        self.told.rounds.iter().filter_map(step)
    }

    fn count(&self, step: fn(&Round) -> Option<Step>) -> i32 {
        int(self.done(step).count())
    }

    fn median(&self, step: fn(&Round) -> Option<Step>) -> Option<f64> {
        median_seconds(self.done(step).map(|step| step.since_correction))
    }
}

/// A campaign: one commit of corrections, and what became of the training sets that held what it found wrong.
#[Object]
impl Campaign {
    /// The commit that said what was wrong.
    async fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.commit)
    }

    /// How many versions it said were wrong, by statements that were not withdrawn since. What another commit said again
    /// after that is not this campaign's.
    async fn wrong_count(&self) -> i32 {
        int(self.wrong)
    }

    /// What was asked about, and whether it is wrong: the statements of the commit that were withdrawn.
    async fn asked(&self) -> Asked {
        self.asked.clone()
    }

    /// How many training sets held any of them, or anything made from them, in any of their versions, or are one of them.
    async fn set_count(&self) -> i32 {
        int(self.told.rounds.len())
    }

    /// How many of these sets have been refreshed.
    async fn refreshed_count(&self) -> i32 {
        self.count(|round| round.refreshed)
    }

    /// On how many of these sets a model was trained after they were refreshed.
    async fn trained_count(&self) -> i32 {
        self.count(|round| round.trained)
    }

    /// Of how many of these sets such a model was evaluated.
    async fn evaluated_count(&self) -> i32 {
        self.count(|round| round.evaluated)
    }

    /// Of how many of these sets such a model was deployed.
    async fn deployed_count(&self) -> i32 {
        self.count(|round| round.deployed)
    }

    /// Of how many of these sets nothing is left to do.
    async fn done_count(&self) -> i32 {
        int(self.told.rounds.iter().filter(|round| round.progress() == Progress::Done).count())
    }

    /// The median of the seconds from the correction to the refreshed set, over those that have been refreshed; null
    /// where none has.
    async fn median_seconds_to_refresh(&self) -> Option<f64> {
        self.median(|round| round.refreshed)
    }

    /// The median of the seconds from the correction to the trained model; null where there is none.
    async fn median_seconds_to_train(&self) -> Option<f64> {
        self.median(|round| round.trained)
    }

    /// The median of the seconds from the correction to the evaluation; null where there is none.
    async fn median_seconds_to_evaluate(&self) -> Option<f64> {
        self.median(|round| round.evaluated)
    }

    /// The median of the seconds from the correction to the deployment; null where there is none.
    async fn median_seconds_to_deploy(&self) -> Option<f64> {
        self.median(|round| round.deployed)
    }

    /// The training sets that held any of it or have a version that is wrong itself, in the order in which the sets were
    /// first made.
    async fn sets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only sets where this is what is to be done; an empty list selects nothing.")]
        status: Option<Vec<CampaignStatus>>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<CampaignSet>> {
        let page = Page::new(List::of(ctx, self.commit)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let wanted = |round: &Round| {
            status.as_ref().is_none_or(|status| status.contains(&CampaignStatus::from(round.progress())))
        };
        let rounds = &self.told.rounds;
        let places: Vec<usize> = (0..rounds.len()).filter(|place| wanted(&rounds[*place])).collect();
        Ok(page.of(&self.scope, &places, |place| CampaignSet { campaign: self.clone(), place }))
    }

    /// The deployments in use, heads of their items, that saw any of it: made from a set version that held it or is
    /// wrong, from a model or an evaluation that is wrong, from a model that was made from any of it without a set; or
    /// wrong themselves. The oldest comes first. They are those of `affectedConsumers` with `kinds: [DEPLOYMENT]` and
    /// `onlyHeads`.
    async fn stale_deployments(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<StaleDeployment>> {
        let page = Page::new(List::of(ctx, self.commit)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let version = |version| Version::new(self.scope.clone(), version);
        Ok(page.of(&self.scope, &self.told.stale, |stale| StaleDeployment {
            deployment: version(stale.deployment),
            model: stale.model.map(version),
            training_set: stale.set.map(version),
        }))
    }
}

/// A deployment in use that saw what a campaign found wrong, or that it found wrong itself.
#[derive(SimpleObject, Clone)]
pub struct StaleDeployment {
    /// The deployment, its item's current version.
    deployment: Version,
    /// The first model on the way; what is deployed may be another model made from it. Null if there is none.
    model: Option<Version>,
    /// A training set version that held what was wrong, or is wrong: the newest that leads here by a shortest way. Null if
    /// the way begins at something else that is wrong, such as the model.
    training_set: Option<Version>,
}

/// A step of a campaign that was done, and when.
#[derive(SimpleObject, Clone)]
pub struct CampaignStep {
    /// The version in which it was done; its commit has the time.
    version: Version,
    /// Seconds since the step before; since the correction for the first one. 0 where this came first.
    seconds_since_previous: f64,
    /// Seconds since the correction. 0 where this came first.
    seconds_since_correction: f64,
}

/// A training set that held what a campaign found wrong, and what was done about it.
#[derive(Clone)]
pub struct CampaignSet {
    campaign: Campaign,
    place: usize,
}

impl CampaignSet {
    fn round(&self) -> &Round {
        &self.campaign.told.rounds[self.place]
    }

    fn step(&self, step: Option<Step>) -> Option<CampaignStep> {
        step.map(|step| CampaignStep {
            version: Version::new(self.campaign.scope.clone(), step.version),
            seconds_since_previous: seconds(step.since_previous),
            seconds_since_correction: seconds(step.since_correction),
        })
    }
}

/// A training set that held what a campaign found wrong, and what was done about it.
#[Object]
impl CampaignSet {
    /// The training set.
    async fn item(&self) -> Item {
        Item::new(self.campaign.scope.clone(), self.round().item)
    }

    /// What is to be done next: the first step that has not been done.
    async fn status(&self) -> CampaignStatus {
        self.round().progress().into()
    }

    /// The versions of the set that held anything wrong, oldest first.
    async fn held(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let Campaign { scope, commit, .. } = &self.campaign;
        let owner = List::of(ctx, format_args!("{commit}/{}", self.round().item.0))?;
        let page = Page::new(owner, first, after, last, before)?;
        page.pinned(scope)?;
        let held: Vec<VersionNo> = scope.read(|at| self.round().held_versions(at).collect());
        Ok(page.of(scope, &held, |version| Version::new(scope.clone(), version)))
    }

    /// The refreshed set: the first version after the last that held anything wrong. A set that took a wrong version up
    /// again is to be refreshed again.
    async fn refreshed(&self) -> Option<CampaignStep> {
        self.step(self.round().refreshed)
    }

    /// The first MODEL made from the refreshed version or a later one, not through another set.
    async fn trained(&self) -> Option<CampaignStep> {
        self.step(self.round().trained)
    }

    /// The first EVALUATION made from any model that was trained so.
    async fn evaluated(&self) -> Option<CampaignStep> {
        self.step(self.round().evaluated)
    }

    /// The first DEPLOYMENT made from any model that was trained so. The step before is the evaluation, or the training
    /// where there was no evaluation before.
    async fn deployed(&self) -> Option<CampaignStep> {
        self.step(self.round().deployed)
    }
}
