//! The traversal: from the sets and versions that hold something wrong to their consumers.

use std::collections::{HashMap, HashSet};

use super::super::notes::Notes;
use super::super::survey::{Survey, SurveySavepoint};
use super::super::wrong::FollowedWrong;
use super::super::{Inclusion, Question};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::Walker;
use crate::lineage::walk::flow::{EdgeBudget, Flow};

/// A wrong version that leads to an entry without a set between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Direct {
    pub entry: VersionNo,
    /// The position of the wrong version among those that were followed.
    pub wrong: u32,
    /// The inclusion for the consumers of the entry. If the entry is the wrong version: of the far
    /// ones, because the near ones are entries as well.
    pub inclusion: Inclusion,
}

/// A consumer that was made from an entry, or is it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// The kind of the consumer.
    pub kind: Kind,
    pub consumer: VersionNo,
    pub entry: VersionNo,
}

/// Records entries, and their consumers.
pub(super) struct Entries {
    pub survey: Survey,
    wants: HashSet<Inclusion>,
    pub direct: Vec<Direct>,
    pub links: Vec<Link>,
    /// The entries whose consumers are linked.
    entered: HashSet<VersionNo>,
    /// The numbers of the versions of each set that have derivatives and are not entered yet,
    /// ascending.
    waiting: HashMap<u32, Vec<u32>>,
    /// The number of hits, COARSE hits and direct paths that were processed.
    done: (usize, usize, usize),
    /// True for nodes of a flow with a consumer or a set before them, whose consumers include
    /// theirs.
    covered: Vec<bool>,
}

impl Entries {
    pub(super) fn new(question: &Question) -> Self {
        Self {
            survey: Survey::new(question),
            wants: question.inclusion.iter().copied().collect(),
            direct: Vec::new(),
            links: Vec::new(),
            entered: HashSet::new(),
            waiting: HashMap::new(),
            done: (0, 0, 0),
            covered: Vec::new(),
        }
    }

    /// Links the consumers of an entry to it.
    fn enter(&mut self, walker: &mut Walker<'_>, entry: VersionNo, budget: &mut EdgeBudget) {
        if self.entered.insert(entry) {
            let made = walker.consumers(entry, budget).unwrap_or_default();
            walker.by_parts(made.len(), |at, part| {
                let link =
                    |consumer: &VersionNo| Link { kind: at.kind(*consumer), consumer: *consumer, entry };
                self.links.extend(made[part].iter().map(link));
            });
        }
    }

    /// Enters the versions of a set within a run of numbers.
    fn enter_run(
        &mut self,
        walker: &mut Walker<'_>,
        set: u32,
        (from, to): (u32, u32),
        budget: &mut EdgeBudget,
    ) {
        let item = walker.at().index().membership.item(set);
        let waiting = self.waiting.entry(set).or_insert_with(|| {
            let versions = walker.at().history(item).len();
            budget.take_all(versions);
            let mut waiting = Vec::new();
            walker.by_parts(versions, |at, part| {
                let made = at.history(item)[part].iter();
                let made = made.filter(|version| at.flow_from(**version).next().is_some());
                waiting.extend(made.map(|version| at.number(*version)));
            });
            waiting
        });
        let first = waiting.partition_point(|number| *number < from);
        let last = waiting.partition_point(|number| *number < to);
        let numbers: Vec<u32> = waiting.drain(first..last).collect();
        for number in numbers {
            let version = walker.at().history(item)[number as usize - 1];
            self.enter(walker, version, budget);
        }
    }
}

impl Notes for Entries {
    type Savepoint = (SurveySavepoint, usize, usize);

    fn savepoint(&self) -> Self::Savepoint {
        (self.survey.savepoint(), self.direct.len(), self.links.len())
    }

    fn note(&mut self, walker: &mut Walker<'_>, wrong: u32, followed: &FollowedWrong, flow: &Flow) {
        self.survey.note(walker, wrong, followed, flow);
        if !followed.wanted {
            return;
        }
        self.covered.clear();
        walker.by_parts(flow.nodes.len(), |at, part| {
            for (place, node) in part.clone().zip(&flow.nodes[part]) {
                let kind = at.kind(node.version);
                let passes = kind.is_consumer() || kind == Kind::TrainingSet;
                let (is_start, is_near) = (place == 0, node.from == 0);
                let behind = !is_start && self.covered[node.from as usize];
                // What is made from the start has entries of its own, by its distance.
                self.covered.push(behind || (passes && !is_start));
                // A set that is not the start has its own hits.
                if behind || !(kind.is_consumer() || (is_start && passes)) {
                    continue;
                }
                let inclusion = match (node.coarse, is_near && !is_start) {
                    (true, _) => Inclusion::Coarse,
                    (false, true) => Inclusion::Direct,
                    (false, false) => Inclusion::Derived,
                };
                self.direct.push(Direct { entry: node.version, wrong, inclusion });
            }
        });
    }

    fn item(&mut self, walker: &mut Walker<'_>, wrongs: &[FollowedWrong], budget: &mut EdgeBudget) {
        let (hits, coarse, direct) = self.done;
        for place in hits..self.survey.hits.len() {
            let hit = self.survey.hits[place];
            if !budget.take() {
                return;
            }
            if wrongs[hit.wrong as usize].wanted && self.wants.contains(&hit.inclusion()) {
                let run = walker.at().index().membership.run(hit.interval);
                self.enter_run(walker, hit.interval.set, run, budget);
            }
            walker.step(0);
        }
        for place in coarse..self.survey.coarse_hits.len() {
            self.enter(walker, self.survey.coarse_hits[place].set, budget);
            walker.step(0);
        }
        for place in direct..self.direct.len() {
            let Direct { entry, wrong, inclusion } = self.direct[place];
            let is_start = wrongs[wrong as usize].version == entry;
            let itself = is_start && self.wants.contains(&Inclusion::Itself);
            // Some of its consumers may be near.
            if self.wants.contains(&inclusion) || (is_start && self.wants.contains(&Inclusion::Direct)) {
                self.enter(walker, entry, budget);
            } else if itself && walker.at().kind(entry).is_consumer() {
                self.links.push(Link { kind: walker.at().kind(entry), consumer: entry, entry });
            }
            walker.step(0);
        }
        self.done = (self.survey.hits.len(), self.survey.coarse_hits.len(), self.direct.len());
    }

    fn undo(&mut self, (noted, direct, links): Self::Savepoint) {
        self.survey.undo(noted);
        self.direct.truncate(direct);
        self.links.truncate(links);
    }
}
