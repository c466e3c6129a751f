//! Against the flow: everything that flows into some versions, by the rules of the main question.
//!
//! [`flow`](super::flow) goes from what is wrong to the sets that hold it; this goes from sets to what they may hold. The
//! same walls stand, seen from the other side: a set holds what it pins and nothing else; out of a MODEL or a set nothing
//! flows along derivations, unless it is itself what was found wrong. So a MODEL or set that is met as a source belongs
//! to what is found, and nothing behind it does.

use std::collections::HashSet;

use super::flow::Budget;
use super::visited::Marks;
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;

/// What flows into the versions that were given.
#[derive(Debug)]
pub struct Inflow<'a> {
    at: At<'a>,
    /// What was found, each once, in the order of finding.
    found: Vec<VersionNo>,
    seen: Marks,
    /// What was gone behind, or is about to be.
    entered: Marks,
    open: Vec<VersionNo>,
    through_models: bool,
}

impl<'a> Inflow<'a> {
    /// Nothing yet; models and sets that are met as sources are gone behind only if this says so.
    #[must_use]
    pub fn new(at: At<'a>, through_models: bool) -> Self {
        let (seen, entered) = (Marks::new(at.visible()), Marks::new(at.visible()));
        Self { at, found: Vec::new(), seen, entered, open: Vec::new(), through_models }
    }

    /// Adds what flows into a version that a set pins.
    pub fn through_pin(&mut self, member: VersionNo, budget: &mut Budget) {
        self.pin(member);
        self.walk(budget);
    }

    /// Adds what flows into whatever is made from a version.
    pub fn through_source(&mut self, source: VersionNo, budget: &mut Budget) {
        self.source(source);
        self.walk(budget);
    }

    /// Adds what a model, an evaluation or a deployment saw: what it was made from, all the way up to training sets, and
    /// what flows into their members. Models on the way are passed.
    pub fn through_consumer(&mut self, consumer: VersionNo, budget: &mut Budget) {
        let at = self.at;
        let mut met = HashSet::from([consumer]);
        let mut above = vec![consumer];
        while let Some(next) = above.pop() {
            for edge in at.sources(next) {
                if !budget.take() {
                    return;
                }
                self.find(edge.other);
                if !met.insert(edge.other) {
                    continue;
                }
                if at.kind(edge.other) != Kind::TrainingSet {
                    above.push(edge.other);
                } else if self.entered.put(edge.other) {
                    self.open.push(edge.other);
                }
            }
        }
        self.walk(budget);
    }

    /// What was found, in no order that means anything.
    #[must_use]
    pub fn found(&self) -> &[VersionNo] {
        &self.found
    }

    fn walk(&mut self, budget: &mut Budget) {
        let at = self.at;
        while let Some(next) = self.open.pop() {
            // A set is judged by its pins: what it was derived from as a whole does not flow into it.
            if at.kind(next) == Kind::TrainingSet {
                for member in at.member_numbers(next) {
                    if !budget.take() {
                        return;
                    }
                    self.pin(member);
                }
                continue;
            }
            for edge in at.sources(next) {
                if !budget.take() {
                    return;
                }
                self.source(edge.other);
            }
        }
    }

    fn pin(&mut self, member: VersionNo) {
        self.find(member);
        if self.entered.put(member) {
            self.open.push(member);
        }
    }

    fn source(&mut self, source: VersionNo) {
        self.find(source);
        let wall = self.at.kind(source).is_barrier();
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
