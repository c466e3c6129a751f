//! The main question: the training set versions that hold a wrong version, directly or through
//! anything made from it, or are wrong themselves.
//!
//! `AFFECTED(T, v) = wrong(v) ∧ ((pins(T, m) ∧ reach(v, m)) ∨ T = v)`, a row for each (set version,
//! member, wrong version).

pub mod campaign;
pub mod newly_affected;
mod affected;
mod consumers;
mod count;
mod fixed;
mod notes;
mod part;
mod question;
mod row;
mod survey;
mod wrong;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;
use crate::lineage::index::names::NameNo;
use crate::lineage::walk::flow::{EdgeBudget, Flow, Tracer};
use crate::lineage::walk::walker::Walker;
pub use consumers::{ConsumerVersion, Consumers, ConsumersQuestion, Seen};
pub use part::{Followed, ImpactPart};
pub use question::Question;
pub use row::{Cause, ImpactRow, Inclusion, Status};
pub(in crate::lineage) use survey::CoarseWay;
use survey::Findings;

/// An affected set version.
#[derive(Debug, Clone)]
pub struct AffectedSet {
    /// The set version.
    pub set: VersionNo,
    /// The number of affected members, each counted once. SELF and COARSE rows name no member and
    /// do not count.
    pub members: u32,
    /// The number of wrong versions that it holds or is, each counted once.
    pub wrong: u32,
    /// The hits of its item.
    hits: Range<usize>,
    /// Its rows, if they are not all that its hits yield.
    chosen: Option<Box<[ImpactRow]>>,
}

impl AffectedSet {
    /// The same set version with some of its rows only.
    #[must_use]
    pub fn with_rows(&self, rows: Vec<ImpactRow>) -> Self {
        let distinct = |versions: BTreeSet<VersionNo>| u32::try_from(versions.len()).unwrap_or(u32::MAX);
        let of_members = rows.iter().filter(|row| row.inclusion.is_of_member());
        Self {
            members: distinct(of_members.map(|row| row.pinned).collect()),
            wrong: distinct(rows.iter().map(|row| row.wrong).collect()),
            chosen: Some(rows.into_boxed_slice()),
            ..self.clone()
        }
    }
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct Impact {
    /// The affected set versions, by number.
    pub sets: Vec<AffectedSet>,
    /// The extent to which the question was followed.
    pub followed: Followed,
    found: Findings,
}

impl Impact {
    /// The approximate size in bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let chosen =
            |set: &AffectedSet| set.chosen.as_ref().map_or(0, |rows| size_of_val::<[ImpactRow]>(rows));
        size_of_val::<[AffectedSet]>(&self.sets)
            + self.sets.iter().map(chosen).sum::<usize>()
            + self.found.weight()
    }

    /// The rows of an affected set version, by member and wrong version; never empty.
    #[must_use]
    pub fn rows<'w>(&self, world: impl Into<Walker<'w>>, affected: &AffectedSet) -> Vec<ImpactRow> {
        if let Some(chosen) = &affected.chosen {
            return chosen.to_vec();
        }
        let mut walker = world.into();
        let found = &self.found;
        let built = walker.at().seq_of(affected.set);
        let row = |at: At<'_>, wrong: u32, node: u32, pinned: VersionNo, split: Option<NameNo>, inclusion| {
            let wrong = &found.wrongs[wrong as usize];
            // A statement about a version is always later than the version.
            let stale_at_build = inclusion != Inclusion::Itself && wrong.known <= built;
            let (cause, status, wrong) = (wrong.cause(at), wrong.status, wrong.version);
            ImpactRow { pinned, wrong, cause, inclusion, status, split, stale_at_build, node }
        };
        let mut rows = Vec::new();
        let hits = &found.hits[affected.hits.clone()];
        walker.by_parts(hits.len(), |at, part| {
            let (number, membership) = (at.number(affected.set), &at.index().membership);
            for hit in hits[part].iter().filter(|hit| found.wants(hit)) {
                let interval = membership.at(hit.interval);
                if interval.covers(number) {
                    rows.push(row(
                        at,
                        hit.wrong,
                        hit.node,
                        interval.member,
                        Some(interval.split),
                        hit.inclusion(),
                    ));
                }
            }
        });
        let coarse = found.coarse_of(affected.set);
        walker.by_parts(coarse.len(), |at, part| {
            let coarse = coarse[part].iter();
            rows.extend(
                coarse.map(|hit| row(at, hit.wrong, hit.node, hit.pinned, hit.split, Inclusion::Coarse)),
            );
        });
        let itself = found.self_of(affected.set);
        rows.extend(itself.map(|hit| row(walker.at(), hit.wrong, 0, affected.set, None, Inclusion::Itself)));
        walker.unlocked_if_many(rows.len(), || {
            rows.sort_by_key(|row| (row.pinned, row.wrong, row.inclusion));
            rows.dedup_by_key(|row| (row.pinned, row.wrong));
        });
        rows
    }

    /// The flow of a row's wrong version, for [`ImpactRow::way`]. Incomplete if the budget is
    /// spent.
    #[must_use]
    pub fn flow<'w>(&self, world: impl Into<Walker<'w>>, wrong: VersionNo, budget: &mut EdgeBudget) -> Flow {
        // Traversed again rather than stored: few paths are read, and an answer may follow
        // thousands of flows.
        let mut tracer = Tracer::new(world, self.found.open_barriers, *budget);
        let flow = tracer.flow(&[wrong]);
        *budget = tracer.budget;
        flow
    }
}

impl At<'_> {
    /// As [`Walker::affected`], without pauses.
    #[must_use]
    pub fn affected(self, question: &Question) -> Impact {
        self.walker().affected(question)
    }
}

impl Walker<'_> {
    /// Answers the main question.
    #[must_use]
    pub fn affected(&mut self, question: &Question) -> Impact {
        self.affected_part(question, &ImpactPart::WHOLE)
    }
}
