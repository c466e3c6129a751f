//! The walk: from the sets and versions that hold something wrong to what was made from them.

use std::collections::{HashMap, HashSet};

use super::super::part::Notes;
use super::super::survey::{Noted, Survey};
use super::super::wrong::Wrong;
use super::super::{Inclusion, Question};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::At;
use crate::lineage::walk::flow::{Budget, Flow};

/// That a wrong version leads to an entry without a set between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Direct {
    pub entry: VersionNo,
    /// The place of the wrong version among those that were followed.
    pub wrong: u32,
    /// How what was made from the entry saw it.
    pub inclusion: Inclusion,
}

/// That a consumer was made from an entry, or is it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub consumer: VersionNo,
    pub entry: VersionNo,
}

/// Notes entries, and what was made from them.
pub(super) struct Entries<'a> {
    pub survey: Survey<'a>,
    wants: HashSet<Inclusion>,
    pub direct: Vec<Direct>,
    pub links: Vec<Link>,
    /// Those whose consumers are linked.
    entered: HashSet<VersionNo>,
    /// The numbers of the versions of each set that anything was made from and that were not entered, ascending.
    waiting: HashMap<u32, Vec<u32>>,
    /// How much of the hits, the COARSE hits and the direct ways was gone on from.
    done: (usize, usize, usize),
    /// Of each node of a flow: a consumer or a set comes before it, whose own consumers it belongs to.
    covered: Vec<bool>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(at: At<'a>, question: &Question) -> Self {
        Self {
            survey: Survey::new(at, question),
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
    fn enter(&mut self, entry: VersionNo, budget: &mut Budget) {
        if self.entered.insert(entry) {
            let made = self.survey.at.consumers(entry, budget).unwrap_or_default();
            self.links.extend(made.into_iter().map(|consumer| Link { consumer, entry }));
        }
    }

    /// Enters the versions of a set in a run of numbers.
    fn enter_run(&mut self, set: u32, (from, to): (u32, u32), budget: &mut Budget) {
        let at = self.survey.at;
        let history = at.history(at.index().membership.item(set));
        let waiting = self.waiting.entry(set).or_insert_with(|| {
            budget.take_all(history.len());
            let made = history.iter().filter(|version| at.flow_from(**version).next().is_some());
            made.map(|version| at.number(*version)).collect()
        });
        let first = waiting.partition_point(|number| *number < from);
        let last = waiting.partition_point(|number| *number < to);
        let numbers: Vec<u32> = waiting.drain(first..last).collect();
        for number in numbers {
            self.enter(history[number as usize - 1], budget);
        }
    }
}

impl Notes for Entries<'_> {
    type Mark = (Noted, usize, usize);

    fn mark(&self) -> Self::Mark {
        (self.survey.mark(), self.direct.len(), self.links.len())
    }

    fn note(&mut self, wrong: u32, followed: &Wrong, flow: &Flow) {
        self.survey.note(wrong, followed, flow);
        if !followed.wanted {
            return;
        }
        let at = self.survey.at;
        self.covered.clear();
        for (place, node) in flow.nodes.iter().enumerate() {
            let kind = at.kind(node.version);
            let passes = kind.is_consumer() || kind == Kind::TrainingSet;
            let behind = place > 0 && self.covered[node.from as usize];
            self.covered.push(behind || passes);
            // A set that is not the start has its own hits.
            if behind || !(kind.is_consumer() || (place == 0 && passes)) {
                continue;
            }
            let is_near = place == 0 || node.from == 0;
            let inclusion = match (node.coarse, is_near) {
                (true, _) => Inclusion::Coarse,
                (false, true) => Inclusion::Direct,
                (false, false) => Inclusion::Derived,
            };
            self.direct.push(Direct { entry: node.version, wrong, inclusion });
        }
    }

    fn item(&mut self, wrongs: &[Wrong], budget: &mut Budget) {
        let (hits, coarse, direct) = self.done;
        for place in hits..self.survey.hits.len() {
            let hit = self.survey.hits[place];
            if !budget.take() {
                return;
            }
            if wrongs[hit.wrong as usize].wanted && self.wants.contains(&hit.inclusion()) {
                let run = self.survey.at.index().membership.run(hit.stay);
                self.enter_run(hit.stay.set, run, budget);
            }
        }
        for place in coarse..self.survey.coarse_hits.len() {
            self.enter(self.survey.coarse_hits[place].set, budget);
        }
        for place in direct..self.direct.len() {
            let Direct { entry, wrong, inclusion } = self.direct[place];
            let itself = wrongs[wrong as usize].version == entry && self.wants.contains(&Inclusion::Itself);
            if self.wants.contains(&inclusion) {
                self.enter(entry, budget);
            } else if itself && self.survey.at.kind(entry).is_consumer() {
                self.links.push(Link { consumer: entry, entry });
            }
        }
        self.done = (self.survey.hits.len(), self.survey.coarse_hits.len(), self.direct.len());
    }

    fn undo(&mut self, (noted, direct, links): Self::Mark) {
        self.survey.undo(noted);
        self.direct.truncate(direct);
        self.links.truncate(links);
    }
}
