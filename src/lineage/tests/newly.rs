//! Newly affected rows, against the difference of two complete answers.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::model::histories::{in_any_world, seqs};
use crate::domain::id::Seq;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::impact::newly_affected::{NewRows, Newly};
use crate::lineage::query::impact::{Impact, ImpactPart, Question};
use crate::lineage::{At, Index};

type Triple = (VersionNo, VersionNo, VersionNo);

#[test]
fn new_rows_are_the_difference_of_two_complete_answers() {
    in_any_world(400, 9, |index: &Index| {
        for to in seqs(index) {
            let at = At::new(index, to);
            let after = whole(at);
            for from in seqs(index).take_while(|from| *from <= to) {
                let before = whole(At::new(index, from));
                let newly = at.walker().newly_affected(from, u64::MAX, &ImpactPart::WHOLE);
                assert_eq!(newly.impact.followed.stopped, None);
                let found = rows(at, &newly);
                assert!(found.is_sorted(), "set versions and their rows are sorted");
                let found: BTreeSet<Triple> = found.into_iter().collect();
                assert_eq!(found, &after - &before, "from {from} to {to}");
            }
        }
    });
}

#[test]
fn a_commit_that_may_not_affect_anything_adds_no_row() {
    let (passed, looked_at) = (Cell::new(0), Cell::new(0));
    in_any_world(400, 9, |index: &Index| {
        for seq in 1..=index.seq().0 {
            let at = At::new(index, Seq(seq));
            let brought =
                !rows(at, &at.walker().newly_affected(Seq(seq - 1), u64::MAX, &ImpactPart::WHOLE)).is_empty();
            if at.may_affect(Seq(seq)) {
                looked_at.set(looked_at.get() + usize::from(brought));
            } else {
                assert!(!brought, "commit {seq}");
                passed.set(passed.get() + 1);
            }
        }
    });
    assert!(passed.get() > 0 && looked_at.get() > 0, "some were skipped, and some added rows");
}

#[test]
fn a_spent_budget_is_reported() {
    let (stopped, whole) = (Cell::new(0), Cell::new(0));
    in_any_world(100, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        for from in seqs(index).step_by(3) {
            let expected = rows(at, &at.walker().newly_affected(from, u64::MAX, &ImpactPart::WHOLE));
            for edges in [0, 4, 16, 64] {
                let newly = at.walker().newly_affected(from, edges, &ImpactPart::WHOLE);
                if newly.impact.followed.stopped.is_some() {
                    stopped.set(stopped.get() + 1);
                } else {
                    assert_eq!(rows(at, &newly), expected, "an answer that reports no stop is complete");
                    whole.set(whole.get() + usize::from(!expected.is_empty()));
                }
            }
        }
    });
    assert!(stopped.get() > 0 && whole.get() > 0, "a budget was met, and was enough");
}

#[test]
fn parts_join_to_the_complete_answer() {
    let resumed = Cell::new(0);
    in_any_world(300, 12, |index: &Index| {
        let at = At::new(index, index.seq());
        for from in seqs(index).step_by(2) {
            let whole: BTreeSet<Triple> =
                rows(at, &at.walker().newly_affected(from, u64::MAX, &ImpactPart::WHOLE))
                    .into_iter()
                    .collect();
            for edges in [2, 5, 9, 16, 40] {
                let mut found: Vec<Triple> = Vec::new();
                let mut start = 0;
                let whole = loop {
                    let part = ImpactPart { items: start..usize::MAX, stop: &|| false };
                    let newly = at.walker().newly_affected(from, edges, &part);
                    found.extend(rows(at, &newly));
                    match newly.impact.followed.stopped {
                        None => break Some(&whole),
                        // One item alone exceeds the budget.
                        Some(_) if newly.impact.followed.items.is_empty() => break None,
                        Some(_) => {
                            start = newly.impact.followed.items.end;
                            resumed.set(resumed.get() + 1);
                        }
                    }
                };
                let distinct: BTreeSet<Triple> = found.iter().copied().collect();
                assert_eq!(distinct.len(), found.len(), "each row once");
                assert!(whole.is_none_or(|whole| *whole == distinct), "from {from} with {edges}");
            }
        }
    });
    assert!(resumed.get() > 0, "nothing was ever resumed");
}

fn rows(at: At<'_>, newly: &Newly) -> Vec<Triple> {
    let of_set = |fresh: &NewRows| {
        let affected = &newly.impact.sets[fresh.place];
        let rows = fresh.rows.clone().unwrap_or_else(|| newly.impact.rows(at, affected));
        rows.into_iter().map(|row| (affected.set, row.pinned, row.wrong))
    };
    newly.sets.iter().flat_map(of_set).collect()
}

fn whole(at: At<'_>) -> BTreeSet<Triple> {
    let impact: Impact = at.affected(&Question::plain(at.all_wrong().collect(), u64::MAX));
    let of_set = |affected: &crate::lineage::query::impact::AffectedSet| {
        let set = affected.set;
        impact.rows(at, affected).into_iter().map(move |row| (set, row.pinned, row.wrong))
    };
    impact.sets.iter().flat_map(of_set).collect()
}
