//! What came in between: the rows of the main question that are true at one seq and were not at an earlier one.
//!
//! A row (set version, member, wrong version) can only come about by something that was committed in between:
//!
//! - a set version, all of whose rows are new;
//! - a statement, about the wrong version itself;
//! - a derivation said later, below which lies what lay there before, and above which something is wrong;
//! - a new head, or a statement about it, which ends that the item says again what the wrong version said (RESTORED).
//!
//! A version that was made in between lies below nothing that an older set pins, unless a derivation was said of it. So
//! only the wrong versions that these concern are followed, and the answer before is looked up for those alone that
//! could give an old set version a new row.

use std::collections::{BTreeSet, HashSet};

use super::{AffectedSet, Impact, Part, Question, Row, Status};
use crate::domain::id::Seq;
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::at::At;
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::flow::Budget;
use crate::lineage::walk::inflow::Inflow;

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct Newly {
    /// The main question's answer for the wrong versions concerned, with rows that are old.
    pub impact: Impact,
    /// The set versions with new rows, by number.
    pub sets: Vec<Fresh>,
    /// How many edges were followed, those of the earlier answer included.
    pub edges: u64,
}

/// A set version with new rows.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// Its place in [`Impact::sets`].
    pub place: usize,
    /// Its new rows; never empty. None where all are new, because the set version is.
    pub rows: Option<Vec<Row>>,
}

impl Newly {
    /// The main question's answer with the new rows alone. It says which of the items concerned were followed, and why
    /// not all.
    #[must_use]
    pub fn into_impact(self) -> Impact {
        let Self { mut impact, sets, edges } = self;
        impact.followed.edges = edges;
        let fresh = sets.into_iter().map(|Fresh { place, rows }| {
            let affected = &impact.sets[place];
            rows.map_or_else(|| affected.clone(), |rows| affected.with_rows(rows))
        });
        impact.sets = fresh.collect();
        impact
    }
}

/// The wrong versions that may have new rows.
#[derive(Debug, Default)]
struct Candidates {
    /// In sets that were there before, too.
    anywhere: BTreeSet<VersionNo>,
    /// In new set versions only.
    in_new_sets: BTreeSet<VersionNo>,
}

impl<'a> At<'a> {
    /// The rows that are true here and were not just after the commit `since`, DIRECT and DERIVED, without what is
    /// restored. A part of them is what concerns some of the items that may have new rows.
    #[must_use]
    pub fn newly_affected(self, since: Seq, edges: u64, part: &Part<'_>) -> Newly {
        let before = At::new(self.index, since);
        let mut budget = Budget::edges(edges);
        let candidates = self.concerned(before, &mut budget);
        if budget.spent {
            let mut impact = Impact::default();
            impact.followed.stopped = Some(Stopped::Edges);
            return Newly { impact, sets: Vec::new(), edges };
        }
        let all: Vec<VersionNo> = candidates.anywhere.union(&candidates.in_new_sets).copied().collect();
        let whole = Question::plain(all.clone(), budget.edges);
        let mut impact = self.affected_part(&whole, part);
        let mut followed = edges - budget.edges + impact.followed.edges;

        let items = self.items_of(&all);
        let here = &items[impact.followed.items.clone()];
        let known_before: Vec<VersionNo> = candidates
            .anywhere
            .iter()
            .copied()
            .filter(|version| before.sees(*version) && here.binary_search(&self.item_of(*version)).is_ok())
            .collect();
        let earlier = before.affected(&Question::plain(known_before.clone(), budget.edges));
        followed = followed.saturating_add(earlier.followed.edges);
        if earlier.followed.stopped.is_some() {
            // What is new of an item is known only where the answer before is known, too.
            let first_open = before.items_of(&known_before)[earlier.followed.items.end];
            let end = items.partition_point(|item| *item < first_open);
            let known = Part { items: impact.followed.items.start..end, stop: &|| false };
            impact = self.affected_part(&whole, &known);
            impact.followed.stopped = earlier.followed.stopped;
        }
        let old = triples(before, &earlier);
        let fresh = |(place, affected): (usize, &AffectedSet)| {
            if !before.sees(affected.set) {
                return Some(Fresh { place, rows: None });
            }
            let mut rows = impact.rows(self, affected);
            rows.retain(|row| {
                candidates.anywhere.contains(&row.wrong)
                    && !old.contains(&(affected.set, row.pinned, row.wrong))
            });
            (!rows.is_empty()).then_some(Fresh { place, rows: Some(rows) })
        };
        let sets = impact.sets.iter().enumerate().filter_map(fresh).collect();
        Newly { impact, sets, edges: followed }
    }

    /// Whether a commit may have brought any row: it said something of a version, or of a derivation, or made a version
    /// that is not its item's first, or one of a training set.
    #[must_use]
    pub fn may_affect(self, commit: Seq) -> bool {
        let before = Seq(commit.0.saturating_sub(1));
        let made = || self.made_by(commit).map(VersionNo);
        !self.statements_of(commit).is_empty()
            || !self.index.adjacency.said_between(before, commit).is_empty()
            || made().any(|version| self.number(version) > 1 || self.kind(version) == Kind::TrainingSet)
    }

    fn concerned(self, before: At<'a>, budget: &mut Budget) -> Candidates {
        let mut candidates = Candidates::default();
        let mut touched: Vec<ItemNo> = Vec::new();
        let commits = before.seq().0 + 1..=self.seq().0;
        for said in commits.flat_map(|seq| self.statements_of(Seq(seq))) {
            let version = said.fact.version;
            touched.push(self.item_of(version));
            if self.wrong(version).is_some() {
                candidates.anywhere.insert(version);
            }
        }
        let made = || (before.visible()..self.visible()).map(VersionNo);
        touched.extend(made().filter(|version| self.number(*version) > 1).map(|made| self.item_of(made)));
        touched.sort_unstable();
        touched.dedup();
        for item in touched.into_iter().filter(|item| before.sees_item(*item)) {
            let restored = |version: &&VersionNo| {
                let cause = before.cause(**version, false);
                cause.is_some_and(|cause| before.status(**version, cause) == Status::Restored)
            };
            let wrong = before.history(item).iter().filter(|version| self.wrong(**version).is_some());
            candidates.anywhere.extend(wrong.filter(restored));
        }

        let mut above = Inflow::new(self, false);
        for said in self.index.adjacency.said_between(before.seq(), self.seq()) {
            // No flow follows a derivation into a set.
            if self.kind(said.derived) != Kind::TrainingSet {
                above.through_source(said.source, budget);
            }
        }
        candidates.anywhere.extend(above.found().iter().filter(|version| self.wrong(**version).is_some()));

        let mut held = Inflow::new(self, false);
        let mut begun: HashSet<ItemNo> = HashSet::new();
        for set in made().filter(|version| self.kind(*version) == Kind::TrainingSet) {
            // Of a set that was met already, only what came since.
            if begun.insert(self.item_of(set)) {
                self.member_numbers(set).for_each(|member| held.through_pin(member, budget));
            } else {
                let (_, come) =
                    self.changes_within(self.item_of(set), self.number(set) - 1, self.number(set));
                come.iter().for_each(|stay| held.through_pin(stay.member, budget));
            }
        }
        let wrong = held.found().iter().filter(|version| self.wrong(**version).is_some());
        candidates.in_new_sets.extend(wrong);
        candidates
    }
}

fn triples(at: At<'_>, impact: &Impact) -> HashSet<(VersionNo, VersionNo, VersionNo)> {
    let named = |affected: &AffectedSet| {
        let set = affected.set;
        impact.rows(at, affected).into_iter().map(move |row| (set, row.pinned, row.wrong))
    };
    impact.sets.iter().flat_map(named).collect()
}
