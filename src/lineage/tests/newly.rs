//! What came in between, against the difference of two whole answers.

use std::collections::BTreeSet;

use super::histories::{in_any_world, seqs};
use crate::domain::facts::VersionNo;
use crate::lineage::impact::{Impact, Inclusion, Question};
use crate::lineage::{At, Index};

type Triple = (VersionNo, VersionNo, VersionNo);

#[test]
fn what_is_new_is_the_difference_of_two_whole_answers() {
    in_any_world(400, 9, |index: &Index| {
        for to in seqs(index) {
            let at = At::new(index, to);
            let after = whole(at);
            for from in seqs(index).take_while(|from| *from <= to) {
                let before = whole(At::new(index, from));
                let newly = at.newly_affected(from, u64::MAX);
                assert!(!newly.incomplete);
                let found: Vec<Triple> = newly
                    .sets
                    .iter()
                    .flat_map(|fresh| {
                        let affected = &newly.impact.sets[fresh.place];
                        let rows = fresh.rows.clone().unwrap_or_else(|| newly.impact.rows(at, affected));
                        rows.into_iter().map(|row| (affected.set, row.pinned, row.wrong))
                    })
                    .collect();
                assert!(found.is_sorted(), "set versions and their rows are in order");
                let found: BTreeSet<Triple> = found.into_iter().collect();
                assert_eq!(found, &after - &before, "from {from} to {to}");
            }
        }
    });
}

#[test]
fn a_budget_that_is_met_is_told() {
    in_any_world(100, 9, |index: &Index| {
        let at = At::new(index, index.seq());
        let newly = at.newly_affected(crate::domain::id::Seq::ZERO, 0);
        // Nothing is followed only where nothing can be.
        assert!(newly.incomplete || newly.sets.is_empty() || newly.impact.sets.len() == newly.sets.len());
        let whole = whole(at);
        assert!(newly.incomplete || !newly.sets.is_empty() || whole.is_empty());
    });
}

fn whole(at: At<'_>) -> BTreeSet<Triple> {
    let question = Question {
        versions: at.all_wrong().collect(),
        inclusion: BTreeSet::from([Inclusion::Direct, Inclusion::Derived]),
        include_restored: false,
        include_ontology_stale: false,
        only_heads: false,
        tagged: None,
        through_models: false,
        edges: u64::MAX,
    };
    let impact: Impact = at.affected(&question);
    let of_set = |affected: &crate::lineage::impact::AffectedSet| {
        let set = affected.set;
        impact.rows(at, affected).into_iter().map(move |row| (set, row.pinned, row.wrong))
    };
    impact.sets.iter().flat_map(of_set).collect()
}
