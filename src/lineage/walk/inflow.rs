//! The inflow: everything that flows into some versions, by the rules of the main question.
//!
//! [`flow`](super::flow) goes from wrong versions to the sets that hold them; this goes from sets
//! to the versions that they may hold. The barriers are the same in the other direction: a set
//! holds what it pins and nothing else; out of a MODEL or a set nothing flows along derivations,
//! unless it is wrong itself. So a MODEL or set that is met as a source is part of the result, and
//! nothing behind it is.

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
    /// An empty inflow; models and sets that are met as sources are expanded only if
    /// `through_models`. With a walker that pauses, it pauses between versions.
    #[must_use]
    pub fn new(world: impl Into<Walker<'a>>, through_models: bool) -> Self {
        let walker = world.into();
        let (seen, entered) = (VisitedSet::new(walker.visible()), VisitedSet::new(walker.visible()));
        let reached = Reached { found: Vec::new(), seen, entered, open: Vec::new(), through_models };
        Self { walker, reached }
    }

    /// Adds everything that flows into a version that a set pins.
    pub fn through_pin(&mut self, member: VersionNo, budget: &mut EdgeBudget) {
        self.reached.pin(member);
        self.walk(budget);
    }

    /// Adds everything that flows into the members of a training set version.
    pub fn through_members(&mut self, set: VersionNo, budget: &mut EdgeBudget) {
        let (mut position, mut members) = (0, Vec::new());
        while !budget.spent && self.walker.next_members(set, &mut position, &mut members) {
            members.iter().for_each(|member| self.through_pin(*member, budget));
        }
    }

    /// Adds everything that flows into the members that a training set version has and the version
    /// before it has not.
    pub fn through_new_members(&mut self, set: VersionNo, budget: &mut EdgeBudget) {
        let at = self.walker.at();
        let (item, number) = (at.item_of(set), at.number(set));
        let (_, come) = self.walker.changes_within(item, number - 1, number);
        come.iter().for_each(|interval| self.through_pin(interval.member, budget));
    }

    /// Adds everything that flows into any derivative of a version.
    pub fn through_source(&mut self, source: VersionNo, budget: &mut EdgeBudget) {
        self.reached.source(self.walker.at(), source);
        self.walk(budget);
    }

    /// Adds everything that a model, an evaluation or a deployment saw: its ancestors up to
    /// training sets, and everything that flows into their members. Models on the path are passed.
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
        let wall = at.kind(source).is_barrier();
        if (!wall || self.through_models) && self.entered.put(source) {
            self.open.push(source);
        }
    }

    fn find(&mut self, version: VersionNo) {
        if self.seen.put(version) {
            self.found.push(version);
        }
    }
}
