//! Holders of a version: by the rules of the main question, wrong or not.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::model::histories::{in_any_world, seqs};
use crate::lineage::query::impact::{Inclusion, Question};
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Index};

#[test]
fn holders_of_a_wrong_version_are_affected_and_no_others() {
    let all = BTreeSet::from([Inclusion::Direct, Inclusion::Derived, Inclusion::Coarse]);
    let (exact, coarse) = (Cell::new(0), Cell::new(0));
    in_any_world(300, 14, |index: &Index| {
        for seq in seqs(index).skip(1) {
            let at = At::new(index, seq);
            for wrong in at.all_wrong() {
                let plain = Question::plain(vec![wrong], u64::MAX);
                let question = Question { inclusion: all.clone(), include_restored: true, ..plain };
                let impact = at.affected(&question);
                let of_set = |set: &crate::lineage::query::impact::AffectedSet| {
                    let rows = impact.rows(at, set).into_iter();
                    rows.map(|row| (set.set, row.pinned, row.split, row.inclusion)).collect::<Vec<_>>()
                };
                let mut rows: Vec<_> = impact.sets.iter().flat_map(of_set).collect();
                rows.sort_unstable();
                let held = at.walker().holders(&[wrong], &all, &mut EdgeBudget::edges(u64::MAX)).unwrap();
                let held: Vec<_> = held
                    .into_iter()
                    .map(|held| (held.set, held.pinned, held.split, held.inclusion))
                    .collect();
                assert_eq!(held, rows, "{wrong:?} at {seq}");
                for (.., inclusion) in rows {
                    let count = if inclusion == Inclusion::Coarse { &coarse } else { &exact };
                    count.set(count.get() + 1);
                }
            }
        }
    });
    assert!(exact.get() > 0 && coarse.get() > 0, "both kinds of rows were met");
}
