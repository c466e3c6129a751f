//! The inflow: the opposite traversal of [`flow`](super::flow), from versions to everything that they
//! have content of.
//!
//! A version is affected exactly by the wrong versions in its inflow. The barriers are those of the
//! flow: a training set has the content of its pins only, and a version made from a MODEL or a set
//! has none of its content. Such a source may be wrong itself, so it is in the result, but its own
//! sources and pins are not, unless models are followed.

use std::collections::HashSet;

use super::flow::EdgeBudget;
use super::visited::VisitedSet;
use super::walker::Walker;
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;

/// The versions that flow into the given versions.
#[derive(Debug)]
pub struct Inflow<'a> {
    /// The moment that is traversed.
    pub(in crate::lineage) walker: Walker<'a>,
    reached: Reached,
}

/// The versions that a traversal has reached.
#[derive(Debug)]
struct Reached {
    /// The result, each once, in the order of discovery.
    found: Vec<VersionNo>,
    seen: VisitedSet,
    /// The versions that were expanded, or will be.
    entered: VisitedSet,
    open: Vec<VersionNo>,
    through_models: bool,
}

impl<'a> Inflow<'a> {
    /// An empty inflow. Models and sets that are sources are expanded only if `through_models`. With
    /// a walker that pauses, it pauses between versions.
    #[must_use]
    pub fn new(world: impl Into<Walker<'a>>, through_models: bool) -> Self {
        let walker = world.into();
        let (seen, entered) = (VisitedSet::new(walker.visible()), VisitedSet::new(walker.visible()));
        let reached = Reached { found: Vec::new(), seen, entered, open: Vec::new(), through_models };
        Self { walker, reached }
    }

    /// Adds a version that a set pins, and everything that flows into it.
    pub fn through_pin(&mut self, member: VersionNo, budget: &mut EdgeBudget) {
        self.reached.pin(member);
        self.walk(budget);
    }

    /// Adds the members of a training set version, and everything that flows into them.
    pub fn through_members(&mut self, set: VersionNo, budget: &mut EdgeBudget) {
        let (mut position, mut members) = (0, Vec::new());
        while !budget.spent && self.walker.next_members(set, &mut position, &mut members) {
            members.iter().for_each(|member| self.through_pin(*member, budget));
        }
    }

    /// Adds the members that a training set version has and its predecessor has not, and everything
    /// that flows into them.
    pub fn through_new_members(&mut self, set: VersionNo, budget: &mut EdgeBudget) {
        let at = self.walker.at();
        let (item, number) = (at.item_of(set), at.number(set));
        let (_, come) = self.walker.changes_within(item, number - 1, number);
        come.iter().for_each(|interval| self.through_pin(interval.member, budget));
    }

    /// Adds a source, and everything that flows through it into the versions made from it.
    pub fn through_source(&mut self, source: VersionNo, budget: &mut EdgeBudget) {
        self.reached.source(self.walker.at(), source);
        self.walk(budget);
    }

    /// Adds everything that a model, an evaluation or a deployment used: its ancestors up to training
    /// sets, and these sets with everything that flows into their members. Unlike elsewhere, a model
    /// among the ancestors is no barrier.
    pub fn through_consumer(&mut self, consumer: VersionNo, budget: &mut EdgeBudget) {
        let Self { walker, reached } = self;
        let mut met = HashSet::from([consumer]);
        let mut above = vec![consumer];
        while let Some(next) = above.pop() {
            let (at, left) = (walker.at(), budget.edges);
            for edge in at.sources(next) {
                if !budget.take() {
                    return;
                }
                reached.find(edge.other);
                if !met.insert(edge.other) {
                    continue;
                }
                if at.kind(edge.other) != Kind::TrainingSet {
                    above.push(edge.other);
                } else if reached.entered.put(edge.other) {
                    reached.open.push(edge.other);
                }
            }
            walker.step(budget.since(left));
        }
        self.walk(budget);
    }

    /// The result, unordered.
    #[must_use]
    pub fn found(&self) -> &[VersionNo] {
        &self.reached.found
    }

    /// The result, unordered.
    #[must_use]
    pub fn into_found(self) -> Vec<VersionNo> {
        self.reached.found
    }

    fn walk(&mut self, budget: &mut EdgeBudget) {
        let Self { walker, reached } = self;
        let mut members = Vec::new();
        while let Some(next) = reached.open.pop() {
            let (at, left) = (walker.at(), budget.edges);
            // A set is judged by its pins: derivations into the set do not flow into it.
            if at.kind(next) == Kind::TrainingSet {
                let mut position = 0;
                while walker.next_members(next, &mut position, &mut members) {
                    for member in &members {
                        if !budget.take() {
                            return;
                        }
                        reached.pin(*member);
                    }
                }
                continue;
            }
            for edge in at.sources(next) {
                if !budget.take() {
                    return;
                }
                reached.source(at, edge.other);
            }
            walker.step(budget.since(left));
        }
    }
}

impl Reached {
    fn pin(&mut self, member: VersionNo) {
        self.find(member);
        if self.entered.put(member) {
            self.open.push(member);
        }
    }

    fn source(&mut self, at: At<'_>, source: VersionNo) {
        self.find(source);
        if (self.through_models || !at.kind(source).is_barrier()) && self.entered.put(source) {
            self.open.push(source);
        }
    }

    fn find(&mut self, version: VersionNo) {
        if self.seen.put(version) {
            self.found.push(version);
        }
    }
}
