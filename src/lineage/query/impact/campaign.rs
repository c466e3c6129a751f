//! The progress of a correction campaign: from the commit that declares versions wrong, over the
//! refreshed set and the model trained on it, to that model's evaluation and deployment.
//!
//! A set is refreshed in the version after the last one that holds any wrong version, so a set that
//! pins one again is open again. All versions from there on are clean; the set is trained with the
//! first MODEL made from any of these, and evaluated and deployed with the first EVALUATION and the
//! first DEPLOYMENT of any such model. Derivations into sets are never followed: another set is
//! judged by its own members.

use std::collections::{BTreeMap, HashSet};

use super::Status;
use crate::domain::id::Seq;
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::version::Timestamp;
use crate::lineage::at::At;
use crate::lineage::index::membership::IntervalPosition;
use crate::lineage::walk::flow::{EdgeBudget, OpenBarriers, Tracer};
use crate::lineage::walk::walker::Walker;

/// The next action for a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Progress {
    /// The set's current version still holds something wrong.
    RefreshOpen,
    /// It is refreshed, and no model has been trained on it since.
    TrainOpen,
    /// A model is trained, and none is evaluated.
    EvaluateOpen,
    /// A model is evaluated, and none is deployed.
    DeployOpen,
    /// Everything is done.
    Done,
}

/// A step of the campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundStep {
    /// The version that completed it.
    pub version: VersionNo,
    /// Microseconds since the step before; 0 if it was earlier.
    pub since_previous: Timestamp,
    /// Microseconds since the correction; 0 if it was earlier.
    pub since_correction: Timestamp,
}

/// One training set that held something wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// The set.
    pub item: ItemNo,
    /// The versions that held it, as runs of numbers in the set's history; the last of a run is not
    /// included.
    pub held: Vec<(u32, u32)>,
    /// The first version after the last of these.
    pub refreshed: Option<RoundStep>,
    /// The first MODEL made from that version or a later one.
    pub trained: Option<RoundStep>,
    /// The first EVALUATION of such a model.
    pub evaluated: Option<RoundStep>,
    /// The first DEPLOYMENT of such a model.
    pub deployed: Option<RoundStep>,
}

/// A deployment, its item's head, that saw something wrong or is wrong itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutdatedDeployment {
    /// The deployment.
    pub deployment: VersionNo,
    /// The first model on the path to it; `None` if there is none.
    pub model: Option<VersionNo>,
    /// The set version that held something wrong, or was wrong itself; `None` if the path begins at
    /// a model, an evaluation or the deployment, which is wrong or was made from something wrong
    /// without a set.
    pub set: Option<VersionNo>,
}

/// The state of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CampaignState {
    /// The sets, by item number.
    pub rounds: Vec<Round>,
    /// The deployments, by number.
    pub stale: Vec<OutdatedDeployment>,
}

impl Round {
    /// The first step that has not been done.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        match (self.refreshed, self.trained, self.evaluated, self.deployed) {
            (None, ..) => Progress::RefreshOpen,
            (_, None, ..) => Progress::TrainOpen,
            (_, _, None, _) => Progress::EvaluateOpen,
            (_, _, _, None) => Progress::DeployOpen,
            _ => Progress::Done,
        }
    }

    /// The versions that held something wrong, oldest first.
    pub fn held_versions<'a>(&'a self, at: At<'a>) -> impl Iterator<Item = VersionNo> + 'a {
        let history = at.history(self.item);
        self.held.iter().flat_map(move |(from, to)| &history[*from as usize - 1..*to as usize - 1]).copied()
    }
}

impl Walker<'_> {
    /// The progress of the campaign that a commit began by declaring these versions wrong; restored
    /// ones need no action. `None` if the budget is spent.
    #[must_use]
    pub fn campaign(
        &mut self,
        commit: Seq,
        wrong: &[VersionNo],
        budget: &mut EdgeBudget,
    ) -> Option<CampaignState> {
        let mut starts: Vec<VersionNo> = wrong.to_vec();
        self.retain(&mut starts, |at, version| {
            let cause = at.cause(*version, false);
            cause.is_some_and(|cause| at.status(*version, cause) != Status::Restored)
        });
        self.unlocked_if_many(starts.len(), || {
            starts.sort_unstable();
            starts.dedup();
        });
        let mut tracer = Tracer::new(&mut *self, OpenBarriers::default(), *budget);
        let flow = tracer.flow(&starts);
        *budget = tracer.budget;
        if budget.spent {
            return None;
        }
        let mut runs: BTreeMap<ItemNo, Vec<(u32, u32)>> = BTreeMap::new();
        let mut held = |at: At<'_>, place: IntervalPosition, _: u32| {
            let membership = &at.index().membership;
            runs.entry(membership.item(place.set)).or_default().push(membership.run(place));
            0
        };
        self.held(&flow, false, &mut held, &mut |_| {});
        let mut seeds: Vec<VersionNo> = Vec::new();
        self.by_parts(flow.nodes.len(), |at, part| {
            let reached = flow.nodes[part].iter().map(|node| node.version);
            seeds.extend(reached.filter(|version| at.kind(*version).is_consumer()));
        });
        self.by_parts(starts.len(), |at, part| {
            let starts = starts[part].iter().copied();
            for set in starts.filter(|version| at.kind(*version) == Kind::TrainingSet) {
                let number = at.number(set);
                runs.entry(at.item_of(set)).or_default().push((number, number + 1));
            }
        });
        let mut downstream = Downstream { walker: self, commit, budget };
        let mut campaign = CampaignState::default();
        for (item, runs) in runs {
            let held = downstream.joined(item, runs);
            if !held.is_empty() {
                campaign.rounds.push(downstream.round(item, held)?);
            }
        }
        campaign.stale = downstream.stale(&campaign.rounds, &seeds)?;
        Some(campaign)
    }
}

/// Sorted runs, with adjacent ones merged, up to the newest visible version.
fn joined(mut runs: Vec<(u32, u32)>, versions: usize) -> Vec<(u32, u32)> {
    let end = u32::try_from(versions).unwrap_or(u32::MAX).saturating_add(1);
    runs.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (from, to) in runs.into_iter().map(|(from, to)| (from, to.min(end))).filter(|(from, to)| from < to) {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// Finds the steps after set versions.
struct Downstream<'w, 'h, 'b> {
    walker: &'w mut Walker<'h>,
    commit: Seq,
    budget: &'b mut EdgeBudget,
}

impl Downstream<'_, '_, '_> {
    /// The sorted runs in which a set held something wrong, up to its newest visible version.
    fn joined(&mut self, item: ItemNo, runs: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
        let versions = self.walker.at().history(item).len();
        let (mut runs, mut held) = (Some(runs), Vec::new());
        self.walker.unlocked_if_many(runs.as_ref().map_or(0, Vec::len), || {
            held = joined(runs.take().unwrap_or_default(), versions);
        });
        held
    }

    fn round(&mut self, item: ItemNo, held: Vec<(u32, u32)>) -> Option<Round> {
        let last = held.last().map_or(0, |(_, to)| *to as usize - 1);
        let clean: Vec<VersionNo> = self.walker.at().history(item)[last..].to_vec();
        let mut models = self.below(&clean, &[Kind::Model, Kind::Evaluation, Kind::Deployment])?;
        self.walker.retain(&mut models, |at, version| at.kind(*version) == Kind::Model);
        let seen = self.below(&models, &[])?;
        let mut firsts: BTreeMap<Kind, VersionNo> = BTreeMap::new();
        self.walker.by_parts(seen.len(), |at, part| {
            for version in &seen[part] {
                let first = firsts.entry(at.kind(*version)).or_insert(*version);
                *first = (*first).min(*version);
            }
        });
        let first = |kind: Kind| firsts.get(&kind).copied();
        let refreshed = clean.first().map(|version| self.step(*version, None));
        let trained = models.iter().min().map(|version| self.step(*version, refreshed));
        let evaluated = first(Kind::Evaluation).map(|version| self.step(version, trained));
        let deployed = first(Kind::Deployment).map(|version| {
            // A deployment without an evaluation, or before one, follows the training.
            let tried = evaluated.filter(|evaluated| evaluated.version < version);
            self.step(version, tried.or(trained))
        });
        Some(Round { item, held, refreshed, trained, evaluated, deployed })
    }

    fn step(&self, version: VersionNo, previous: Option<RoundStep>) -> RoundStep {
        let at = self.walker.at();
        let time = |seq: Seq| at.index().time(seq).unwrap_or(0);
        let done = time(at.seq_of(version));
        let correction = time(self.commit);
        let before = previous.map_or(correction, |step| time(at.seq_of(step.version)));
        RoundStep {
            version,
            since_previous: (done - before).max(0),
            since_correction: (done - correction).max(0),
        }
    }

    /// The derivatives of these versions, but not through sets, nor beyond versions of the kinds in
    /// `stop_at`.
    fn below(&mut self, starts: &[VersionNo], stop_at: &[Kind]) -> Option<Vec<VersionNo>> {
        let mut seen: HashSet<VersionNo> = starts.iter().copied().collect();
        let mut found = Vec::new();
        let mut open = starts.to_vec();
        while let Some(next) = open.pop() {
            let left = self.budget.edges;
            let whole = self.walker.each_made(next, |at, made| {
                for derived in made {
                    if !self.budget.take() {
                        return false;
                    }
                    let kind = at.kind(*derived);
                    if kind == Kind::TrainingSet || !seen.insert(*derived) {
                        continue;
                    }
                    found.push(*derived);
                    if !stop_at.contains(&kind) {
                        open.push(*derived);
                    }
                }
                true
            });
            if !whole {
                return None;
            }
            self.walker.step(self.budget.since(left));
        }
        Some(found)
    }

    /// The deployments that are heads and were made from set versions that held something wrong, or
    /// from these seeds; each once, by a shortest path: from the newest such set version if there
    /// is one, and over a model if there is one.
    fn stale(&mut self, rounds: &[Round], seeds: &[VersionNo]) -> Option<Vec<OutdatedDeployment>> {
        let Self { walker, budget, .. } = self;
        let mut held: Vec<VersionNo> = Vec::new();
        for round in rounds {
            for (from, to) in &round.held {
                let (first, last) = (*from as usize - 1, *to as usize - 1);
                walker.by_parts(last - first, |at, part| {
                    held.extend(&at.history(round.item)[first + part.start..first + part.end]);
                });
            }
        }
        walker.unlocked_if_many(held.len(), || held.sort_unstable_by_key(|set| std::cmp::Reverse(*set)));
        let held = held.into_iter().map(|set| CampaignPath { set: Some(set), ..CampaignPath::at(set) });
        let mut ways: Vec<CampaignPath> = Vec::with_capacity(seeds.len());
        walker.by_parts(seeds.len(), |at, part| {
            ways.extend(seeds[part].iter().map(|seed| CampaignPath::at(*seed).to(at, *seed)));
        });
        // A version can be reached with and without a model.
        let mut seen: HashSet<(VersionNo, bool)> = HashSet::new();
        let mut stale: BTreeMap<VersionNo, OutdatedDeployment> = BTreeMap::new();
        // A path from a set has priority over one from a seed, so all of these are traversed first.
        for mut queue in [held.collect::<Vec<CampaignPath>>(), ways] {
            walker.retain(&mut queue, |_, way| seen.insert((way.version, way.model.is_some())));
            let mut next = 0;
            while let Some(way) = queue.get(next).copied() {
                next += 1;
                let (at, left) = (walker.at(), budget.edges);
                if at.kind(way.version) == Kind::Deployment && at.is_head(way.version) {
                    let CampaignPath { version: deployment, set, model } = way;
                    let known =
                        stale.entry(deployment).or_insert(OutdatedDeployment { deployment, model, set });
                    if known.model.is_none() && model.is_some() {
                        *known = OutdatedDeployment { deployment, model, set };
                    }
                }
                let whole = walker.each_made(way.version, |at, made| {
                    for derived in made {
                        if !budget.take() {
                            return false;
                        }
                        let further = way.to(at, *derived);
                        let is_set = at.kind(*derived) == Kind::TrainingSet;
                        if !is_set && seen.insert((*derived, further.model.is_some())) {
                            queue.push(further);
                        }
                    }
                    true
                });
                if !whole {
                    return None;
                }
                walker.step(budget.since(left));
            }
        }
        Some(stale.into_values().collect())
    }
}

/// A path from something wrong.
#[derive(Debug, Clone, Copy)]
struct CampaignPath {
    version: VersionNo,
    /// The set version at its start.
    set: Option<VersionNo>,
    /// The first model on it.
    model: Option<VersionNo>,
}

impl CampaignPath {
    const fn at(version: VersionNo) -> Self {
        Self { version, set: None, model: None }
    }

    fn to(self, at: At<'_>, version: VersionNo) -> Self {
        let is_model = at.kind(version) == Kind::Model;
        Self { version, model: self.model.or(is_model.then_some(version)), ..self }
    }
}

/// The median of durations in microseconds, in seconds: the mean of the middle two if their number
/// is even.
#[must_use]
pub fn median_seconds(durations: impl Iterator<Item = Timestamp>) -> Option<f64> {
    let mut sorted: Vec<Timestamp> = durations.collect();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    let lower = if sorted.len().is_multiple_of(2) { sorted[middle - 1] } else { upper };
    Some((seconds(lower) + seconds(upper)) / 2.0)
}

/// Microseconds in seconds.
#[must_use]
pub fn seconds(duration: Timestamp) -> f64 {
    duration as f64 / 1e6
}
