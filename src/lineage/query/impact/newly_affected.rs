//! The rows of the main question that are true at one seq and were not at an earlier one.
//!
//! A new row (set version, member, wrong version) needs a commit in between with
//!
//! - a set version, all of whose rows are new;
//! - a statement about the wrong version itself;
//! - an asserted derivation, with something wrong above it and older versions below it;
//! - a new head, or a statement about it, that ends the state RESTORED of its item.
//!
//! A version that was made in between has no older pinned version below it, except by an asserted
//! derivation. So only the wrong versions of these commits are followed, and the earlier answer is
//! computed only for those that could give an older set version a new row.

use std::collections::{BTreeSet, HashSet};

use super::{Impact, ImpactPart, ImpactRow, Question, Status};
use crate::domain::id::Seq;
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::at::At;
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::inflow::Inflow;
use crate::lineage::walk::walker::Walker;

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct Newly {
    /// The main question's answer for these wrong versions, old rows included.
    pub impact: Impact,
    /// The set versions with new rows, by number.
    pub sets: Vec<NewRows>,
    /// The number of edges that were followed, including those of the earlier answer.
    pub edges: u64,
}

/// A set version with new rows.
#[derive(Debug, Clone)]
pub struct NewRows {
    /// Its position in [`Impact::sets`].
    pub place: usize,
    /// Its new rows, never empty; `None` if all are new, because the set version is.
    pub rows: Option<Vec<ImpactRow>>,
}

impl Newly {
    /// The main question's answer with the new rows alone. It reports the items that were followed,
    /// and the reason if not all were.
    #[must_use]
    pub fn into_impact(self) -> Impact {
        let Self { mut impact, sets, edges } = self;
        impact.followed.edges = edges;
        let fresh = sets.into_iter().map(|NewRows { place, rows }| {
            let affected = &impact.sets[place];
            rows.map_or_else(|| affected.clone(), |rows| affected.with_rows(rows))
        });
        impact.sets = fresh.collect();
        impact
    }
}

/// The wrong versions that may have new rows.
#[derive(Debug, Default)]
struct RowCandidates {
    /// In older set versions, too.
    anywhere: BTreeSet<VersionNo>,
    /// In new set versions only.
    in_new_sets: BTreeSet<VersionNo>,
}

impl At<'_> {
    /// Returns true if a commit may have added any row: it has a statement, an asserted derivation,
    /// a version that is not its item's first, or a training set version.
    #[must_use]
    pub fn may_affect(self, commit: Seq) -> bool {
        let before = Seq(commit.0.saturating_sub(1));
        let made = || self.made_by(commit).map(VersionNo);
        !self.statements_of(commit).is_empty()
            || !self.index.adjacency.said_between(before, commit).is_empty()
            || made().any(|version| self.number(version) > 1 || self.kind(version) == Kind::TrainingSet)
    }
}

impl Walker<'_> {
    /// The rows, DIRECT and DERIVED, that are true here and were not right after the commit
    /// `since`, without restored ones. A part covers some of the items that may have new rows.
    #[must_use]
    pub fn newly_affected(&mut self, since: Seq, edges: u64, part: &ImpactPart<'_>) -> Newly {
        let mut budget = EdgeBudget::edges(edges);
        let candidates = self.concerned(since, &mut budget);
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
        let seen_before = self.at_seq(since).visible();
        let mut known_before: Vec<VersionNo> = candidates.anywhere.iter().copied().collect();
        self.retain(&mut known_before, |at, version| {
            version.0 < seen_before && here.binary_search(&at.item_of(*version)).is_ok()
        });
        let mut before = self.at_seq(since);
        let earlier = before.affected(&Question::plain(known_before.clone(), budget.edges));
        followed = followed.saturating_add(earlier.followed.edges);
        let old = triples(&mut before, &earlier);
        if earlier.followed.stopped.is_some() {
            // The new rows of an item are known only if the earlier answer is known for it.
            let first_open = before.items_of(&known_before)[earlier.followed.items.end];
            let end = items.partition_point(|item| *item < first_open);
            let known = ImpactPart { items: impact.followed.items.start..end, stop: &|| false };
            impact = self.affected_part(&whole, &known);
            impact.followed.stopped = earlier.followed.stopped;
        }
        let mut sets = Vec::new();
        for (place, affected) in impact.sets.iter().enumerate() {
            self.step(1);
            if affected.set.0 >= seen_before {
                sets.push(NewRows { place, rows: None });
                continue;
            }
            let mut rows = impact.rows(&mut *self, affected);
            rows.retain(|row| {
                candidates.anywhere.contains(&row.wrong)
                    && !old.contains(&(affected.set, row.pinned, row.wrong))
            });
            if !rows.is_empty() {
                sets.push(NewRows { place, rows: Some(rows) });
            }
        }
        Newly { impact, sets, edges: followed }
    }

    fn concerned(&mut self, since: Seq, budget: &mut EdgeBudget) -> RowCandidates {
        let mut candidates = RowCandidates::default();
        let mut touched: Vec<ItemNo> = Vec::new();
        for commit in since.0 + 1..=self.at().seq().0 {
            let at = self.at();
            let said = at.statements_of(Seq(commit));
            for said in said {
                let version = said.fact.version;
                touched.push(at.item_of(version));
                if at.is_wrong(version) {
                    candidates.anywhere.insert(version);
                }
            }
            self.step(said.len());
        }
        let seen_before = self.at_seq(since).visible();
        let made = self.visible() - seen_before;
        let mut sets: Vec<VersionNo> = Vec::new();
        self.by_parts(made as usize, |at, part| {
            for place in part {
                let version = VersionNo(seen_before + u32::try_from(place).unwrap_or(u32::MAX));
                if at.number(version) > 1 {
                    touched.push(at.item_of(version));
                }
                if at.kind(version) == Kind::TrainingSet {
                    sets.push(version);
                }
            }
        });
        self.unlocked_if_many(touched.len(), || {
            touched.sort_unstable();
            touched.dedup();
        });
        self.by_parts(touched.len(), |at, part| {
            let before = At::new(at.index, since);
            for item in touched[part].iter().filter(|item| before.sees_item(**item)) {
                let restored = |version: &&VersionNo| {
                    let cause = before.cause(**version, false);
                    cause.is_some_and(|cause| before.status(**version, cause) == Status::Restored)
                };
                let wrong = before.history(*item).iter().filter(|version| at.is_wrong(**version));
                candidates.anywhere.extend(wrong.filter(restored));
            }
        });

        let mut above = Inflow::new(&mut *self, false);
        let mut next = 0;
        loop {
            let at = above.walker.at();
            let said = at.index.adjacency.said_between(since, at.seq());
            let Some(derivation) = said.get(next).copied() else { break };
            next += 1;
            // No flow follows a derivation into a set.
            if at.kind(derivation.derived) != Kind::TrainingSet {
                above.through_source(derivation.source, budget);
            }
            above.walker.step(1);
        }
        let mut found = above.into_found();
        self.retain(&mut found, |at, version| at.is_wrong(*version));
        candidates.anywhere.extend(found);

        let mut held = Inflow::new(&mut *self, false);
        let mut begun: HashSet<ItemNo> = HashSet::new();
        for set in sets {
            // For a set that was met before, only the new members.
            if begun.insert(held.walker.at().item_of(set)) {
                held.through_members(set, budget);
            } else {
                held.through_new_members(set, budget);
            }
        }
        let mut found = held.into_found();
        self.retain(&mut found, |at, version| at.is_wrong(*version));
        candidates.in_new_sets.extend(found);
        candidates
    }
}

fn triples(walker: &mut Walker<'_>, impact: &Impact) -> HashSet<(VersionNo, VersionNo, VersionNo)> {
    let mut triples = HashSet::new();
    for affected in &impact.sets {
        let rows = impact.rows(&mut *walker, affected);
        triples.extend(rows.into_iter().map(|row| (affected.set, row.pinned, row.wrong)));
        walker.step(1);
    }
    triples
}
